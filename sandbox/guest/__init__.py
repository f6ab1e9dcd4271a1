"""The guest is the program that runs inside the sandbox. It uses the standard library only."""
