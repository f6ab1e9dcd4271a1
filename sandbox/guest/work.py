"""Bounds what a reference takes for each input whose answer is recorded: its loop iterations and calls, which are
counted, since a count does not depend on how busy the machine is, and its CPU time, for what no count sees (``sorted`` of
a million numbers is one call)."""

from __future__ import annotations

from math import isqrt
from time import process_time as used_s  # a program may put another clock into the module

from .sizes import is_nowhere_smaller

SLOW = ["raised", "TimeoutError"]
"""How an input is observed that used more than it may."""
MOST_EXHAUSTED = 8
"""So many inputs may use up their work before less of it is given to the others: for all of 800 inputs of one reference,
16 s of CPU."""
LEAST_WORK, WORK_FACTOR = 2_000, 20
"""The others then get ``WORK_FACTOR`` times the most that an input needed which came to its end, and at least this."""
MOST_TOTAL, SMALL_SHARE, USUAL_WORK = 16, 16, 60_000
"""Once all inputs together have used ``MOST_TOTAL`` times what one of a quick reference may (``USUAL_WORK``; where one may
use k times that, the square root of k times as much), each may use no more than one ``SMALL_SHARE``-th of what it might
before. Else 800 inputs of ``fizz_buzz`` that stay just within theirs cost 4 s of CPU, and the programs that are compared on
them as much again."""
MOST_SLOW = 3
"""So many inputs may take too much time before those are left out that are nowhere smaller than one of them."""
_STRIDE, _LONGEST_STRIDE = 16, 256
"""The clock is read once in so many iterations and calls: first often, then less and less while they are quick. Reading it
takes 0.7 µs, an iteration of a short loop 0.03 to 0.06."""
_QUICK_S = 1e-4
"""So long may the iterations between two readings take for the next ones to be more."""


class Exhausted(BaseException):
    """An input used more loop iterations and calls, or more time, than it may."""


class Work:
    """What each input may use, and what is left of it."""

    def __init__(self) -> None:
        self.bound = self.left = 0
        self.is_slow = False
        """Whether the input used more CPU time than it may."""
        self._full = self._total = self._most_total = 0
        self._exhausted = self._most_used = 0
        self._look, self._stride = 0, _STRIDE
        self._most_s = self._began = self._until = self._looked = 0.0
        self._slow: list[str] = []

    @property
    def is_exhausted(self) -> bool:
        """Whether the input used more than it may (the program may have caught :class:`Exhausted`)."""
        return self.left < 0 or self.is_slow

    def limit(self, bound: int, most_s: float) -> None:
        """Give each input ``bound`` iterations and calls and ``most_s`` of CPU time from now on."""
        self.bound = self.left = self._full = bound
        self._most_total = MOST_TOTAL * isqrt(bound * USUAL_WORK)
        self._most_s = most_s

    @property
    def used_much(self) -> bool:
        """Whether the input has taken longer than an input may that nothing slows down."""
        return used_s() - self._began > self._most_s

    def spend(self, *_: object) -> None:
        """Count one iteration or call; raise :class:`Exhausted` where nothing is left."""
        self.left -= 1
        if self.left < self._look:
            self._check()

    def _check(self) -> None:
        if self.left < 0 or self._is_late():
            self._look = self.left  # a program that catches this gets it again at once
            raise Exhausted
        now = used_s()
        if now - self._looked < _QUICK_S:
            self._stride = min(2 * self._stride, _LONGEST_STRIDE)
        else:
            self._stride = _STRIDE
        self._looked = now
        self._look = max(0, self.left - self._stride)

    def renew(self) -> None:
        """Give the next input its work. Counts decide how much, so that it is the same on every machine."""
        if self.left < 0:
            self._exhausted += 1
        elif not self.is_slow:
            self._most_used = max(self._most_used, self.bound - self.left)
        self._total += self.bound if self.is_exhausted else self.bound - self.left
        if self._exhausted >= MOST_EXHAUSTED:
            self.bound = min(self.bound, max(LEAST_WORK, WORK_FACTOR * self._most_used))
        if self._total >= self._most_total:
            self.bound = min(self.bound, max(LEAST_WORK, self._full // SMALL_SHARE))
        self.left = self.bound
        self._look = max(0, self.left - _STRIDE)

    def begin(self, slower: int = 1) -> None:
        """The input begins now, in this process, where it takes up to ``slower`` times as long."""
        self.is_slow = False
        self._stride = _STRIDE
        self._look = max(0, self.left - _STRIDE)
        self._began = self._looked = used_s()
        self._until = self._began + slower * self._most_s

    def end(self) -> bool:
        """The input has ended; return whether it used more than it may."""
        return self._is_late() or self.is_exhausted

    def _is_late(self) -> bool:
        self.is_slow = self.is_slow or used_s() > self._until
        return self.is_slow

    def was_slow(self, text: str) -> None:
        """Note an input that used too much of its time."""
        self._slow.append(text)

    def is_too_large(self, text: str) -> bool:
        """Whether an input need not be tried, since several used too much time and it is nowhere smaller than one of
        them."""
        return len(self._slow) >= MOST_SLOW and any(is_nowhere_smaller(text, slow) for slow in self._slow)
