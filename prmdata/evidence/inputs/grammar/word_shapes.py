"""Words of one fixed form, such as the times 09:30 and 10:00: groups of digits between separators that stay."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

_DIGITS: Final = re.compile(r"\d+", re.ASCII)
_LONGEST: Final = 9
"""Digits of a group that is drawn as a number."""


@dataclass(frozen=True, slots=True)
class WordShape:
    """``separators`` stand around and between the groups; ``groups`` are (width, least, most) of the given words.
    The width is 0 where the given groups differ in it."""

    separators: tuple[str, ...]
    groups: tuple[tuple[int, int, int], ...]

    def draw(self, rng: random.Random) -> str:
        """A word of this form, each group between the least and the most that was seen."""
        numbers = [str(rng.randint(least, most)).zfill(width) for width, least, most in self.groups]
        return self.separators[0] + "".join(
            number + separator for number, separator in zip(numbers, self.separators[1:], strict=True)
        )


def shape_of(values: Sequence[Any]) -> WordShape | None:
    """The form that all ``values`` share; None where they are no words, or words without two groups or a separator."""
    if len(values) < 2 or not all(isinstance(value, str) for value in values):
        return None
    around = {tuple(_DIGITS.split(value)) for value in values}
    if len(around) != 1:
        return None
    (separators,) = around
    found = [_DIGITS.findall(value) for value in values]
    if (
        len(separators) < 2
        or not any(separators)
        or any(len(group) > _LONGEST for one in found for group in one)
    ):
        return None
    groups = []
    for column in zip(*found, strict=True):
        widths, numbers = {len(group) for group in column}, [int(group) for group in column]
        groups.append((widths.pop() if len(widths) == 1 else 0, min(numbers), max(numbers)))
    return WordShape(separators, tuple(groups))
