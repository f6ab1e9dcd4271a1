"""Which request goes wrong, and how. It is drawn from a seed and the request itself, so the same requests
meet the same faults in any order and at any concurrency.

Faults of transport depend on how often a request was sent before (a second attempt may succeed). Faults of
content do not: a request that is repeated word for word gets the same answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

TRANSPORT: Final = (
    "throttled", "throttled_retry_after", "error_500", "error_503", "slow", "cut", "reset", "malformed_body",
)  # fmt: skip
CONTENT: Final = (
    "malformed_json", "fences", "prose", "truncated", "refusal", "content_filter", "wrong_steps", "extra_edits",
    "duplicates", "wrong_types", "no_usage", "empty", "dedented", "no_op", "bad_syntax", "single_quotes",
    "curly_quotes", "crlf", "no_choices", "bad_request",
)  # fmt: skip
ALL: Final = TRANSPORT + CONTENT


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """``rate`` is the share of requests that go wrong, spread evenly over ``kinds``."""

    rate: float = 0.0
    kinds: tuple[str, ...] = ALL
    seed: int = 0

    def __post_init__(self) -> None:
        unknown = sorted(set(self.kinds) - set(ALL))
        if unknown or not 0 <= self.rate <= 1:
            raise ValueError(
                f"faults: unknown {unknown}, or rate {self.rate} outside 0..1; there are {', '.join(ALL)}"
            )

    def transport(self, content: str, nth: int) -> str | None:
        """The fault of transport that ``content`` meets when it is sent for the ``nth`` time (from 0)."""
        return self._drawn(TRANSPORT, f"transport/{content}/{nth}")

    def content(self, content: str) -> str | None:
        """The fault in the answer to ``content``."""
        return self._drawn(CONTENT, f"content/{content}")

    def _drawn(self, group: tuple[str, ...], what: str) -> str | None:
        kinds = [kind for kind in self.kinds if kind in group]
        if not kinds:
            return None
        share = self.rate * len(kinds) / len(self.kinds)
        place = chance(f"{self.seed}/{what}")
        return kinds[int(place / share * len(kinds))] if place < share else None


def chance(what: str) -> float:
    """A number in [0, 1) drawn from a text."""
    return int.from_bytes(hashlib.sha256(what.encode()).digest()[:7], "big") / 2**56
