"""How often the kernel has ended a process of this container for want of memory."""

import os

_FILES = (
    ("/sys/fs/cgroup/memory.events", b"oom_kill"),
    ("/sys/fs/cgroup/memory/memory.oom_control", b"oom_kill"),
)


class Watch:
    """Notices new ones."""

    def __init__(self):
        self._file, self._key = next(
            ((os.open(path, os.O_RDONLY), key) for path, key in _FILES if os.path.exists(path)), (None, b"")
        )
        self._seen = 0
        self.begin()

    def begin(self):
        """A run begins: whatever struck before is none of its."""
        self._seen = self._kills()

    def struck(self):
        """Whether one was ended since the run began."""
        return self._kills() > self._seen

    def _kills(self):
        """The count so far; 0 where no control group tells."""
        try:
            lines = () if self._file is None else os.pread(self._file, 4096, 0).splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.split()[0] == self._key), 0)
