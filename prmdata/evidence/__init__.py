"""Evidence: what distinguishes a program from the reference, on inputs inside the domain of the given ones."""
