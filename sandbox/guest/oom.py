"""Counts how often the kernel ended a process of this container because memory ran out."""

from __future__ import annotations

import os

_FILES = (
    ("/sys/fs/cgroup/memory.events", b"oom_kill"),
    ("/sys/fs/cgroup/memory/memory.oom_control", b"oom_kill"),
)


class OomWatch:
    """Notices new kills by the kernel's out-of-memory killer."""

    def __init__(self) -> None:
        self._file: int | None
        self._file, self._key = next(
            ((os.open(path, os.O_RDONLY), key) for path, key in _FILES if os.path.exists(path)), (None, b"")
        )
        self._seen = 0
        self.begin()

    def begin(self) -> None:
        """Start a run: kills from before do not count for it."""
        self._seen = self._kills()

    def has_killed(self) -> bool:
        """Whether a process was killed since the run began."""
        return self._kills() > self._seen

    def _kills(self) -> int:
        """Return the count so far, or 0 where no control group reports it."""
        try:
            lines = () if self._file is None else os.pread(self._file, 4096, 0).splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.split()[0] == self._key), 0)
