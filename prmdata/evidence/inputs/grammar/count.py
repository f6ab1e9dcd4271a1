"""A size that a field of the input says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Count:
    """``scale`` times the field ``name``, and ``plus``; without a name the constant ``plus``."""

    name: str | None
    plus: int = 0
    scale: int = 1

    def of(self, known: Mapping[str, Any]) -> int | None:
        """The number; None where the field holds none."""
        if self.name is None:
            return self.plus
        value = known.get(self.name)
        return self.scale * value + self.plus if type(value) is int else None

    def value_for(self, size: int) -> int | None:
        """The value of the field for which the number is ``size``; None where there is none."""
        value, rest = divmod(size - self.plus, self.scale)
        return None if rest or self.name is None else value

    def __str__(self) -> str:
        if self.name is None:
            return str(self.plus)
        scaled = self.name if self.scale == 1 else f"{self.scale}{self.name}"
        return f"{scaled}{self.plus:+d}" if self.plus else scaled
