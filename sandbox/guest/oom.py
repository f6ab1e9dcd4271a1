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


def killed_since(count):
    """Whether one was ended since the count was taken."""
    return kills() > count
