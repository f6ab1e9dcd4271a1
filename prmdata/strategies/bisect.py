"""Find the first bad step of a program: pure generators that ask "is the prefix through p good?".

They yield a place (0-based among the places that can be asked), are sent a bool, and return a
:class:`CutFound`. Asking costs K completions, so places are asked once and as few as can be.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

Asking = Generator[int, bool, "CutFound"]


@dataclass(frozen=True, slots=True)
class CutFound:
    """``cut``: the first bad place. It is bad, the place before it is good (or it is the first place), and
    the place after it is bad too. None means that no bad place was found, and the program only ends too
    early."""

    cut: int | None


def first(places: int) -> Asking:
    """Bisect (PSGPO, arXiv 2410.17621), then check the neighbour after the cut.

    Assumes that the empty prefix is good. Recoverability is not always monotone (a later line can
    overwrite an earlier fault): where the prefix one place further is good after all, the search goes on
    behind it. At most ``ceil(log2(places + 1)) + 1`` questions while it is monotone.
    """
    low, high = -1, places  # low is good; high is bad, or it is the place after the last
    bad: set[int] = set()
    while True:
        while high - low > 1:
            middle = (low + high) // 2
            if (yield middle):
                low = middle
            else:
                high = middle
                bad.add(middle)
        if high >= places:
            return CutFound(None)
        if high + 1 >= places or high + 1 in bad or not (yield high + 1):
            return CutFound(high)
        low = high + 1
        high = min((place for place in bad if place > low), default=places)


def full(places: int) -> Asking:
    """Value every prefix (VinePPO, Math-Shepherd): all places are asked, in order. The cut is the first
    bad place after which none is good."""
    last_good = -1
    for place in range(places):
        if (yield place):
            last_good = place
    return CutFound(last_good + 1 if last_good + 1 < places else None)
