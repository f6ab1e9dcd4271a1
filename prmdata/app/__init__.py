"""The composition root: what a command does, wired from the rooms below and named as the command is."""
