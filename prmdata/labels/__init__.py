"""Evidence becomes labels: the policies, their reasons, and the rule that rows with a common prefix agree."""
