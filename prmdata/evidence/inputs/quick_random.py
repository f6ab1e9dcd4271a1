"""Random numbers as ``random.Random`` draws them, in one call of Python each instead of three."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

ChoiceT = TypeVar("ChoiceT")


class QuickRandom(random.Random):
    """Gives what ``random.Random`` gives for the same seed and the same calls, whatever the version of Python."""

    def below(self, most: int) -> int:
        """A number from 0 up to ``most``, which is left out."""
        draw, bits = self.getrandbits, most.bit_length()
        number = draw(bits)
        while number >= most:
            number = draw(bits)
        return number

    def choice(self, seq: Sequence[ChoiceT]) -> ChoiceT:  # type: ignore[override]
        """See ``random.Random``."""
        most = len(seq)
        if not most:
            raise IndexError("Cannot choose from an empty sequence")
        draw, bits = self.getrandbits, most.bit_length()
        number = draw(bits)
        while number >= most:
            number = draw(bits)
        return seq[number]

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """See ``random.Random``."""
        first, end = (0, start) if stop is None else (start, stop)
        if step != 1 or end <= first:
            return super().randrange(start, stop, step)
        return first + self.below(end - first)

    def randint(self, a: int, b: int) -> int:
        """See ``random.Random``."""
        return self.randrange(a, b + 1)
