"""Labels and their reasons, decided by a policy (`labels/policies/`) from the evidence in a row alone."""
