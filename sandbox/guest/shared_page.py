"""The memory page that supervisor and candidate share. It says which lines ran, which input is running, and whether
the program is deterministic.

The page outlives a candidate that died or was killed, so the lines of that candidate are known all the same. The
candidate can write anything here. Coverage is the candidate's own claim and decides no verdict. A candidate that
claims to be deterministic gets all its time in one run instead of a second run, and the claim counts only if
the judge received it too, before any of the program had run.
"""

from __future__ import annotations

import mmap
import os

MAX_LINES = 1 << 16
"""Lines with a higher number are not watched."""
_PROGRESS = 2 * MAX_LINES
_DETERMINISTIC = _PROGRESS + 8
_PROGRAM = _PROGRESS + 16
_ENDLESS = _PROGRESS + 24
_SIZE = _PROGRESS + mmap.PAGESIZE


def create_page() -> int:
    """Return the descriptor of a fresh page; every process that shares the page maps it."""
    fd = os.memfd_create("shared_page", 0)
    os.ftruncate(fd, _SIZE)
    return fd


class SharedPage:
    """One mapping of the page. ``lines[n]`` is 1 where physical line n ran in the tests, ``lines[MAX_LINES + n]`` where
    it ran in the suites."""

    def __init__(self, fd: int) -> None:
        self.lines = mmap.mmap(fd, _SIZE)
        self._most = MAX_LINES

    def expect(self, text: str) -> None:
        """Look at no more lines from now on than a program's ``text`` has: to search a whole area takes 50 µs, which is
        more than most inputs do."""
        self._most = min(text.count("\n") + text.count("\r") + text.count("\f") + 3, MAX_LINES)

    def lines_hit(self, start: int = 0) -> list[int]:
        """Return the lines that are marked in an area, in ascending order."""
        # Search from the end: stripping 64 KB of zeros takes 0.35 ms.
        last = self.lines.rfind(b"\1", start, start + self._most)
        return [line for line, hit in enumerate(self.lines[start : last + 1]) if hit]

    def clear(self, start: int = 0) -> None:
        """Unmark the lines of an area."""
        self.lines[start : start + self._most] = bytes(self._most)

    def marked(self) -> bytes:
        """Return all marks as they are now, for :meth:`restore`."""
        return self.lines[:_PROGRESS]

    def restore(self, marked: bytes) -> None:
        self.lines[:_PROGRESS] = marked

    @property
    def progress(self) -> int:
        """The number of suite inputs that were begun."""
        return int.from_bytes(self.lines[_PROGRESS : _PROGRESS + 8], "little")

    @progress.setter
    def progress(self, count: int) -> None:
        self.lines[_PROGRESS : _PROGRESS + 8] = count.to_bytes(8, "little")

    @property
    def program(self) -> int:
        """The number of programs that were begun in one process (see :mod:`batch_candidate`)."""
        return int.from_bytes(self.lines[_PROGRAM : _PROGRAM + 8], "little")

    @program.setter
    def program(self, count: int) -> None:
        self.lines[_PROGRAM : _PROGRAM + 8] = count.to_bytes(8, "little")

    @property
    def is_deterministic(self) -> bool:
        """Whether the candidate's process says that its program is deterministic (see :mod:`determinism`)."""
        return self.lines[_DETERMINISTIC] == 1

    @is_deterministic.setter
    def is_deterministic(self, is_deterministic: bool) -> None:
        self.lines[_DETERMINISTIC] = is_deterministic

    @property
    def is_endless(self) -> bool:
        """Whether the process has ended because its program never would have (see :mod:`endless`)."""
        return self.lines[_ENDLESS] == 1

    @is_endless.setter
    def is_endless(self, is_endless: bool) -> None:
        self.lines[_ENDLESS] = is_endless
