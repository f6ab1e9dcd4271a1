"""Edits of a program: operators that propose them, the splice that applies them, fingerprints of the
results."""
