"""How often the kernel has ended a process of this container for want of memory."""

_FILES = (
    ("/sys/fs/cgroup/memory.events", "oom_kill"),
    ("/sys/fs/cgroup/memory/memory.oom_control", "oom_kill"),
)


def kills():
    """The count so far; 0 where no control group tells."""
    for path, key in _FILES:
        try:
            with open(path) as file:
                for line in file:
                    name, _, count = line.partition(" ")
                    if name == key:
                        return int(count)
        except (OSError, ValueError):
            continue
    return 0


class Watch:
    """Notices new ones."""

    def __init__(self):
        self._seen = kills()

    def struck(self):
        """Whether one was ended since the last look."""
        before, self._seen = self._seen, kills()
        return self._seen > before
