"""Problems from any layout, the bundled sample, vetting, and new tests.

``read_problems`` reads; ``vet`` (``problems.vetting``) is the generator that decides about one problem, ``inspect_all`` and
``generate_all`` do many; ``overlap_with`` finds benchmark problems; ``signature`` and ``clusters`` find near-duplicates.
"""

from prmdata.problems.sources import read_problems, source_names, total_of

__all__ = ["read_problems", "source_names", "total_of"]
