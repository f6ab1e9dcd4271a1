"""Problems, read from files of any layout, the Hub, or the bundled sample; nothing is judged here."""

from prmdata.problems.sources import read_problems, source_names, total_of

__all__ = ["read_problems", "source_names", "total_of"]
