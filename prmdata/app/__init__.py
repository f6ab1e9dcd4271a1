"""The composition root: builds, checks and finished datasets, wired from the other rooms."""
