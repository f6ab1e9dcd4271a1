"""Measures the CPU time of a candidate and of its judge, and how long processes were idle."""

from __future__ import annotations

import os
import select
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


_TICKS = os.sysconf("SC_CLK_TCK")
_OF_BOTH, _OF_WAITED_FOR = range(11, 15), range(13, 15)
"""Fields of /proc/PID/stat: the time of the process itself (two) and of children that it waited for (two)."""


class ProcessClock:
    """The CPU clock of one process alone."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._clock_id = (~pid << 3) | 2

    def cpu_s(self) -> float:
        """Return the CPU seconds used so far; 0 when the process is gone."""
        try:
            return time.clock_gettime(self._clock_id)
        except OSError:
            return _from_stat(self.pid) or 0.0


class Clock:
    """The CPU clock of a candidate: of one process and of all that it started, whoever is their parent by now.

    Where the candidate has a user of its own, all processes of that user count; else all descendants of the fork
    server, which adopts orphans and has no other children. What ended without being waited for (children of a
    process that ignores SIGCHLD) no longer stands in any file: the clock keeps what it has seen of it.
    """

    def __init__(self, pid: int, uid: int, starts_others: bool = True) -> None:
        """``starts_others``: whether what runs there can start a process, so that others must be looked for (0.5 ms)."""
        self.pid = pid
        self._uid = uid
        self._starts_others = starts_others
        self._clock_id = (~pid << 3) | 2
        self._others_s = 0.0
        self._lost_s = 0.0
        self.others: set[int] = set()
        """The candidate's other processes, as they were when the clock was last read."""
        self.started_others = False
        try:
            self.pidfd: int | None = os.pidfd_open(pid)
        except OSError:
            self.pidfd = None

    def cpu_s(self) -> float | None:
        """Return the CPU seconds used so far, or None when the process is gone."""
        if self.pidfd is None and _from_stat(self.pid) is None:
            return None
        try:
            own = time.clock_gettime(self._clock_id)
        except OSError:
            left = _from_stat(self.pid)
            if left is None:
                return None
            own = left
        if not self._starts_others:
            return own
        others_s = self._of_others()
        self._lost_s += max(0.0, self._others_s - others_s)
        self._others_s = others_s
        return own + others_s + self._lost_s

    def _of_others(self) -> float:
        """Return the CPU seconds of the candidate's other processes, and of the dead ones that were waited for."""
        found = {
            int(name): fields for name in os.listdir("/proc") if name.isdigit() and (fields := _stat(name))
        }
        own = found.get(self.pid)
        if own is None:
            return self._others_s
        members = _of_user(found, self._uid) if self._uid else _descendants(found, int(own[1]))
        members.discard(self.pid)
        self.others = members
        self.started_others = self.started_others or bool(members)
        ticks = sum(int(own[at]) for at in _OF_WAITED_FOR)
        return (ticks + sum(int(found[pid][at]) for pid in members for at in _OF_BOTH)) / _TICKS

    def await_end(self, timeout_s: float) -> None:
        """Wait until the process has ended, at most ``timeout_s``."""
        if self.pidfd is not None:
            select.select([self.pidfd], [], [], timeout_s)
            return
        deadline = time.monotonic() + timeout_s
        while _from_stat(self.pid) is not None and time.monotonic() < deadline:
            time.sleep(0.001)

    def close(self) -> None:
        if self.pidfd is not None:
            os.close(self.pidfd)
            self.pidfd = None


class IdleClock:
    """Measures from its making on, so that nothing depends on what ran before."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._before: dict[int, float] = {}
        self._busy: dict[int, float] = {}
        self._partner: int | None = None
        self.earlier_s = 0.0
        """The idle seconds before the last :meth:`begin_again`."""

    def begin_again(self, others: Iterable[int]) -> None:
        """Count from now on: the forks in which inputs ran are gone, and nobody knows how long they were busy."""
        self.earlier_s += self.idle_s(others)
        self._started, self._before = time.monotonic(), dict(self._busy)

    def watch(self, pid: int, is_partner: bool = False) -> None:
        """Count from now on the time in which a process runs or waits for a CPU. A partner runs only where it is
        answered (see :meth:`was_answered`)."""
        self._before[pid] = self._busy[pid] = _busy_s(pid)
        if is_partner:
            self._partner = pid

    def was_answered(self) -> bool:
        """Whether the partner ran since the last look: the call that it waited for has returned."""
        if self._partner is None:
            return False
        before, self._busy[self._partner] = self._busy[self._partner], _busy_s(self._partner)
        return self._busy[self._partner] > before

    def idle_s(self, others: Iterable[int]) -> float:
        """Return the seconds in which none of the processes ran or waited for a CPU; ``others`` started after this.

        Where the kernel keeps scheduling statistics, the load of the machine does not matter. Elsewhere this is wall
        time."""
        for pid in (*self._before, *others):
            self._busy[pid] = max(self._busy.get(pid, 0.0), _busy_s(pid))
        return time.monotonic() - self._started - (sum(self._busy.values()) - sum(self._before.values()))


def _busy_s(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/schedstat", "rb") as file:
            ran, waited, _ = file.read().split()
    except (OSError, ValueError):
        return 0.0
    return (int(ran) + int(waited)) / 1e9


def _of_user(found: dict[int, list[bytes]], uid: int) -> set[int]:
    """Return which of the processes are a user's. The owner of /proc/PID is root where a process has changed users."""
    mark = b"\nUid:\t%d\t" % uid
    members = set()
    for pid in found:
        try:
            with open(f"/proc/{pid}/status", "rb") as file:
                if mark in file.read():
                    members.add(pid)
        except OSError:
            continue
    return members


def _descendants(found: dict[int, list[bytes]], pid: int) -> set[int]:
    members, grown = {pid}, True
    while grown:
        more = {each for each, fields in found.items() if each not in members and int(fields[1]) in members}
        members |= more
        grown = bool(more)
    return members - {pid}


def _stat(pid: int | str) -> list[bytes] | None:
    """Return the fields of /proc/PID/stat after the name: state, parent, ..."""
    try:
        with open(
            f"/proc/{pid}/stat", "rb"
        ) as file:  # the name in it is the process's own choice, and no text
            return file.read().rpartition(b")")[2].split()
    except OSError:
        return None


def _from_stat(pid: int) -> float | None:
    fields = _stat(pid)
    if fields is None or fields[0] == b"Z":
        return None
    return (int(fields[11]) + int(fields[12])) / _TICKS
