"""Counts the work of each input, in loop iterations and calls, and gives each input its share of it. A count does not
depend on how busy the machine is, as a clock does."""

from __future__ import annotations

MOST_EXHAUSTED = 8
"""So many inputs may use up their work before less of it is given to the others: for all of 800 inputs of one reference,
16 s of CPU."""
LEAST_WORK, WORK_FACTOR = 2_000, 20
"""The others then get ``WORK_FACTOR`` times the most that an input needed which came to its end, and at least this."""


class Exhausted(BaseException):
    """An input used more loop iterations and calls than it may."""


class Work:
    """What each input may use, and what is left of it."""

    def __init__(self) -> None:
        self.bound = self.left = 0
        self._exhausted = self._most_used = 0

    @property
    def is_exhausted(self) -> bool:
        """Whether the input used more work than it may (the program may have caught :class:`Exhausted`)."""
        return self.left < 0

    def limit(self, bound: int) -> None:
        """Give each input ``bound`` iterations and calls from now on."""
        self.bound = self.left = bound

    def spend(self, *_: object) -> None:
        """Count one iteration or call; raise :class:`Exhausted` where none is left."""
        self.left -= 1
        if self.left < 0:
            raise Exhausted

    def renew(self) -> None:
        """Give the next input its work. A count decides how much, so that it is the same on every machine."""
        if self.is_exhausted:
            self._exhausted += 1
        else:
            self._most_used = max(self._most_used, self.bound - self.left)
        if self._exhausted >= MOST_EXHAUSTED:
            self.bound = min(self.bound, max(LEAST_WORK, WORK_FACTOR * self._most_used))
        self.left = self.bound
