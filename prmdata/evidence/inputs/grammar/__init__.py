"""The grammar of what a program reads from its standard input: learned, printed, and sampled from."""
