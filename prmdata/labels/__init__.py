"""Evidence becomes labels: hulls of inputs, generated inputs, what they told apart, policies, audits."""
