"""Problems from any layout, the bundled sample, vetting, and new tests."""

from prmdata.problems.sources import read_problems, source_names

__all__ = ["read_problems", "source_names"]
