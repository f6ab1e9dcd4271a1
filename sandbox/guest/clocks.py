"""Measures the CPU time of a process and its descendants, and how long processes were idle."""

import os
import select
import time

_TICKS = os.sysconf("SC_CLK_TCK")


class Clock:
    """The CPU clock of one process and of all that it started."""

    def __init__(self, pid):
        self.pid = pid
        self._clock_id = (~pid << 3) | 2
        try:
            self.pidfd = os.pidfd_open(pid)
        except OSError:
            self.pidfd = None

    def cpu_s(self):
        """Return the CPU seconds used so far, or None when the process is gone."""
        if self.pidfd is None and _from_stat(self.pid) is None:
            return None
        try:
            own = time.clock_gettime(self._clock_id)
        except OSError:
            own = _from_stat(self.pid)
            if own is None:
                return None
        return own + _of_descendants(self.pid)

    def await_end(self, timeout_s):
        """Wait until the process has ended, at most ``timeout_s``."""
        if self.pidfd is not None:
            select.select([self.pidfd], [], [], timeout_s)
            return
        deadline = time.monotonic() + timeout_s
        while _from_stat(self.pid) is not None and time.monotonic() < deadline:
            time.sleep(0.001)

    def close(self):
        if self.pidfd is not None:
            os.close(self.pidfd)
            self.pidfd = None


def idle_s(started, *pids):
    """Return the seconds since ``started`` in which none of the processes ran or waited for a CPU.

    Where the kernel keeps scheduling statistics, the load of the machine does not matter. Elsewhere this is wall time.
    """
    busy = 0.0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/schedstat", "rb") as file:
                ran, waited, _ = file.read().split()
            busy += (int(ran) + int(waited)) / 1e9
        except (OSError, ValueError):
            continue
    return time.monotonic() - started - busy


def _of_descendants(pid):
    """Return the CPU seconds of the living descendants of a process and of the dead ones that it waited for."""
    total, parents = 0.0, {pid}
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = _stat(name)
            if fields is not None:
                found[int(name)] = fields
    if pid in found:
        total += (int(found[pid][13]) + int(found[pid][14])) / _TICKS
    grown = True
    while grown:
        grown = False
        for each, fields in found.items():
            if each not in parents and int(fields[1]) in parents:
                parents.add(each)
                grown = True
                total += sum(map(int, fields[11:15])) / _TICKS
    return total


def _stat(pid):
    """Return the fields of /proc/PID/stat after the name: state, parent, ..."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None


def _from_stat(pid):
    fields = _stat(pid)
    if fields is None or fields[0] == "Z":
        return None
    return (int(fields[11]) + int(fields[12])) / _TICKS
