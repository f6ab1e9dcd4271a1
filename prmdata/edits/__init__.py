"""Edits of a program: operators propose them, the splice applies them, fingerprints compare results."""
