"""Finished problems: a journal of what is pending, a driver, and engines that do the work."""
