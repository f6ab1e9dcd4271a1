"""What a strategy returns for one problem."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from prmdata.records import Reject, Trace


@dataclass(slots=True)
class StrategyResult:
    """Rows without labels yet, what was left out, what the teacher gave that was unusable, and how the
    judged edits were spliced ("libcst", or why as text)."""

    traces: list[Trace] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    unusable: Counter[str] = field(default_factory=Counter)
    spliced: Counter[str] = field(default_factory=Counter)

    def count_unusable(self, counts: Iterable[tuple[str, int]]) -> None:
        """Add counts by reason."""
        for reason, count in counts:
            self.unusable[reason] += count
