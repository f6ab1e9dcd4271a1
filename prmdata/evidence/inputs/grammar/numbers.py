"""Numbers for the fields of a grammar: small ones, seen ones and their neighbours, and the ends of what is allowed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

SIZES: Final = (1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 7, 8, 10)
"""Sizes of what a field counts."""
_FEW: Final = 1_000
"""Up to this one the greatest value that a bound allows is tried among small inputs too. (Beyond it, a program that
counts up to it would take long.)"""
_SEEN_SIZE: Final = 12


@dataclass(slots=True)
class SeenValues:
    """What was seen of one field: its values (of a list: its elements), and the numbers before it that it never exceeds."""

    values: list[Any] = field(default_factory=list)
    lists: list[list[Any]] = field(default_factory=list)
    below: set[str] | None = None

    def add(self, values: Sequence[Any], known: Mapping[str, Any]) -> None:
        self.values += values
        numbers = [value for value in values if type(value) is int]
        if numbers:
            bounds = {name for name, value in known.items() if type(value) is int and max(numbers) <= value}
            self.below = bounds if self.below is None else self.below & bounds

    def letters(self, rng: random.Random) -> list[str]:
        """The letters seen, or nothing now and then: a statement hardly ever allows more."""
        return sorted({char for value in self.values for char in str(value)}) if rng.random() < 0.8 else []


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The least and the greatest number that the statement allows; None where it says nothing. ``scale``: the size that a
    large input should have; None for a small input."""

    low: int | None = None
    high: int | None = None
    scale: int | None = None

    def within(self, number: int, rng: random.Random) -> int:
        """``number``, or another one near the end that it is beyond."""
        if self.low is not None and number < self.low:
            return self.low + rng.choice((0, 0, 1, 2)) if self.high is None else self._small(rng)
        if self.high is not None and number > self.high:
            return self.high if self.low is None or rng.random() < 0.5 else self._small(rng)
        return number

    def _small(self, rng: random.Random) -> int:
        assert self.low is not None
        assert self.high is not None
        return rng.randint(self.low, max(self.low, min(self.high, self.low + rng.choice((1, 2, 4, 9, 20)))))

    def end(self, rng: random.Random) -> int | None:
        """One of the two ends, now and then; always one of a large input, half of the time."""
        if self.scale is not None and self.high is not None and rng.random() < 0.5:
            return self.high - rng.choice((0, 0, 0, 1))
        is_small = self.high is not None and self.high <= _FEW
        if rng.random() < 0.08:
            return self.high if is_small and rng.random() < 0.5 else self.low
        return None


def draw_size(seen: Sequence[int], allowed: NumberRange, old: int | None, rng: random.Random) -> int:
    """How many there are of something, of which there were ``seen``."""
    least = min(seen) if allowed.low is None else allowed.low
    if allowed.scale is not None:
        return allowed.within(max(least, allowed.scale - rng.choice((0, 0, 1, 2))), rng)
    if type(old) is int and rng.random() < 0.5 and old <= 2 * max(SIZES):
        return allowed.within(max(least, old + rng.choice((-1, 1))), rng)
    small = [value for value in seen if value <= _SEEN_SIZE] or [min(seen)]
    size = rng.choice(small) if rng.random() < 0.3 else rng.choice(SIZES)
    return allowed.within(max(size, least), rng)


def draw_number(
    seen: Sequence[int], allowed: NumberRange, below: Sequence[int], rng: random.Random
) -> int | None:
    """A number like the ``seen`` ones, none of which was greater than any of ``below``; None: one of any other kind."""
    low, high = min(seen), max(seen)
    least = low if low in (0, 1) or low < 0 else min(low, 1)
    if allowed.low is not None:
        least = allowed.low if allowed.low >= -_FEW else least
    if (end := allowed.end(rng)) is not None:
        return end
    if allowed.scale is not None and allowed.low is not None and allowed.high is not None:
        return rng.randint(allowed.low, allowed.high)
    if allowed.low is not None and allowed.high is not None and rng.random() < 0.1:
        start = max(
            allowed.low, min(0, allowed.high) - _FEW // 10
        )  # of numbers of both signs, those around zero
        return rng.randint(start, max(start, min(allowed.high, start + _FEW // 5)))
    way = rng.random()
    if below and way < 0.7:
        return rng.randint(min(least, min(below)), max(min(below), min(least, min(below))))
    if way < 0.6:
        spread = rng.choice((1, 2, 4, 9, 20))
        if least < -spread and high > spread:  # of numbers of both signs, the small ones are around zero
            return rng.randint(-spread, spread)
        return rng.randint(least, max(least, min(high, least + spread)))
    if way < 0.7:
        return rng.randint(low, high)
    return rng.choice(seen) + rng.choice((-1, 0, 1)) if way < 0.8 else None
