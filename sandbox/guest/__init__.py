"""The guest: what runs inside the sandbox. Standard library only."""
