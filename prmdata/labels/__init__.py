"""Evidence becomes labels: the policies, their reasons, and what rows with a common prefix owe each other."""
