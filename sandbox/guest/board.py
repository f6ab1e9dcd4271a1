"""The page that supervisor and candidate share: which lines ran, which input is running, whether chance has a way in.

It outlives a candidate that died or was killed, so its lines are known all the same. The candidate can
write what it likes here: coverage is its own claim, and decides no verdict; who claims to be certain gets
its whole time in one run instead of a second one, and is believed only if the judge was told so too.
"""

import mmap
import os

MAX_LINES = 1 << 16
"""Lines beyond this are not watched."""
_PROGRESS = 2 * MAX_LINES
_CERTAIN = _PROGRESS + 8
_SIZE = _PROGRESS + mmap.PAGESIZE


def create():
    """A descriptor of a fresh board, to be mapped by each who shares it."""
    fd = os.memfd_create("board", 0)
    os.ftruncate(fd, _SIZE)
    return fd


class Board:
    """One mapping. ``lines[n]`` is 1 where physical line n ran in the tests; in the suites ``MAX_LINES + n``."""

    def __init__(self, fd):
        self.lines = mmap.mmap(fd, _SIZE)

    def lines_hit(self, start=0):
        """The lines marked in an area, ascending."""
        # A search from the end: to strip 64 KB of zeros takes 0.35 ms, an input in all 0.05 ms.
        last = self.lines.rfind(b"\1", start, start + MAX_LINES)
        return [line for line, hit in enumerate(self.lines[start : last + 1]) if hit]

    def clear(self, start=0, count=MAX_LINES):
        self.lines[start : start + count] = bytes(count)

    def marked(self):
        """All marks as they are now, for :meth:`restore`."""
        return self.lines[:_PROGRESS]

    def restore(self, marked):
        self.lines[:_PROGRESS] = marked

    @property
    def progress(self):
        """How many inputs of suites were begun."""
        return int.from_bytes(self.lines[_PROGRESS : _PROGRESS + 8], "little")

    @progress.setter
    def progress(self, count):
        self.lines[_PROGRESS : _PROGRESS + 8] = count.to_bytes(8, "little")

    @property
    def certain(self):
        """Whether the program says of itself that it is certain (see :mod:`chance`)."""
        return self.lines[_CERTAIN] == 1

    @certain.setter
    def certain(self, certain):
        self.lines[_CERTAIN] = certain
