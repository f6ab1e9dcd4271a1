"""Process-supervision datasets for code: labels on every line, earned by execution."""

__version__ = "0.1.0"
