"""The supervisor's view of one candidate process: it starts the process, watches it, ends it and keeps its output.

The supervisor forks nothing; it only waits on descriptors. It limits CPU time by the clock of the process
(whatever it started included, from /proc), memory by the kernel, and output by what it drains here. It ends a sleeping
process after a time in which neither the process nor its judge used or wanted a CPU.
"""

from __future__ import annotations

import os
import select
import socket
import time
from typing import TYPE_CHECKING

from . import wire
from .clocks import Clock, IdleClock, ProcessClock
from .limits import CALLS_FACTOR, SUITE_FACTOR
from .seed_workers import JudgeLostError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .limits import Limits
    from .seed_workers import SeedWorkers


HOST = 0
TAIL_CHARS = 2000
START_S = 0.02
"""What a fresh start of an input may cost beside that: a fork takes 1 to 4 ms."""
_MOST_OUTPUTS = 64
_LONGEST_TICK_S = 0.5


class CandidateProcess:
    """One candidate process, from fork to reap."""

    def __init__(
        self,
        workers: SeedWorkers,
        program_order: dict[str, Any],
        limits: Limits,
        stdin: int | None = None,
        attach: Callable[[socket.socket], None] | None = None,
    ) -> None:
        """``attach(channel)`` attaches the candidate to its judge while the candidate is being forked."""
        self.workers = workers
        self.limits = limits
        self.cause: str | None = None
        self.marks_at_limit: bytes | None = None
        self.most_inputs = 0
        self.starts_afresh = False
        self.wall_s = 0.0
        self.ended: Any = None
        self.outputs: dict[int, list[bytes]] = {}
        self._sizes: dict[int, int] = {}
        self._poll = select.poll()
        self._started = time.monotonic()
        workers.page.clear()
        workers.page.progress = workers.page.program = 0
        workers.page.is_deterministic = workers.page.is_endless = False
        workers.oom.begin()
        ours, theirs = socket.socketpair()
        out, err = os.pipe(), os.pipe()
        for _, sink in (out, err):
            os.fchmod(sink, 0o622)  # so that the candidate's user can open it again, as /dev/stdout
        workers.begin_fork(
            [workers.null if stdin is None else stdin, out[1], err[1], theirs.fileno()], limits
        )
        theirs.close()
        os.close(out[1])
        os.close(err[1])
        self.channel = ours
        ours.sendall(wire.pack(program_order))
        if attach is not None:
            attach(ours)
        for fd in (out[0], err[0]):
            os.set_blocking(fd, False)
            self.outputs[fd] = []
            self._sizes[fd] = 0
            self._poll.register(fd, select.POLLIN)
        self._out, self._err = out[0], err[0]
        self.pid = workers.forked_pid()
        # Programs that share a process are deterministic (see :mod:`batch_candidate`): they start no other.
        self.clock = Clock(self.pid, workers.uid, starts_others=limits.programs == 1)
        self.idle_clock = IdleClock()
        self.idle_clock.watch(self.pid)

    def watch(
        self,
        extra: dict[int, Callable[[], object]],
        done: Callable[[], object],
        heartbeat: Callable[[], None],
        judge_cpu_s: float | None = None,
    ) -> None:
        """Wait until ``done()`` is true or a limit ends the process. ``extra`` maps more descriptors to readers. Where
        the judge works meanwhile, it may use ``judge_cpu_s``; then it is ended too: JudgeLostError."""
        judge = None
        if judge_cpu_s is not None:
            judge = ProcessClock(self.workers.judge.pid)
            self.idle_clock.watch(judge.pid, is_partner=True)
            judge_cpu_s += judge.cpu_s()
        for fd in extra:
            self._poll.register(fd, select.POLLIN)
        pidfd = self.clock.pidfd
        if pidfd is not None:
            self._poll.register(pidfd, select.POLLIN)
        else:  # without a pidfd (gVisor), a closed channel shows that the process ended
            self._poll.register(self.channel, select.POLLIN if self.channel.fileno() in extra else 0)
        self._poll.register(HOST, 0)
        schedule = ClockSchedule(self)
        try:
            while not done():
                for fd, _ in self._poll.poll(schedule.next_ms()):
                    if fd == HOST:
                        raise SystemExit  # the host has hung up, so nobody waits for an answer
                    if fd in extra:
                        extra[fd]()
                    elif fd == self.channel.fileno():
                        self._poll.unregister(fd)
                        self.wait_then_end()
                    elif fd == pidfd:
                        self._poll.unregister(pidfd)
                        self.end()
                    else:
                        self._drain(fd)
                if schedule.due():
                    if self.ended is None:
                        self._check(schedule)
                    else:
                        schedule.wait()
                    if judge is not None and not done() and judge.cpu_s() > judge_cpu_s:  # type: ignore[operator]
                        self.workers.end_judge()
                        raise JudgeLostError(exhausted=True)
                    heartbeat()
        finally:
            for fd in extra:
                self._poll.unregister(fd)

    def wait_then_end(self) -> None:
        """The process fell silent: wait a moment for it to end by itself, then kill it."""
        if self.ended is None:
            self.clock.await_end(1.0)
        self.end()

    def end(self) -> None:
        """Kill and reap the candidate and all it started. A second call does nothing."""
        if self.ended is None:
            self.wall_s = time.monotonic() - self._started
            self.ended = self.workers.reap(self.pid)
            self.clock.close()

    def close(self) -> None:
        """End the process, read the rest of its output and close every descriptor."""
        self.end()
        for fd in list(self.outputs):
            self._drain(fd)
            os.close(fd)
        self.channel.close()

    def text(self, which: int) -> str:
        data = b"".join(self.outputs[self._out if which == 1 else self._err])
        return data.decode("utf-8", "replace")

    def tail(self, which: int) -> str:
        return self.text(which)[-TAIL_CHARS:]

    def _drain(self, fd: int) -> None:
        while True:
            try:
                data = os.read(fd, 1 << 16)
            except BlockingIOError:
                return
            if not data:
                self._unregister(fd)
                return
            self._sizes[fd] += len(data)
            if self._sizes[fd] <= self.limits.output_bytes:
                self.outputs[fd].append(data)
            elif self._sizes[fd] <= self._output_bytes_by_now():
                continue  # written during a generated input, which may write as much as all tests together
            elif self.ended is None:
                self.cause = "output_limit"
                self.end()
                return
            else:
                self.cause = self.cause or "output_limit"
                return

    def _output_bytes_by_now(self) -> int:
        inputs = min(self.workers.page.progress, self.most_inputs, _MOST_OUTPUTS)
        return self.limits.output_bytes * (1 + inputs)

    def _unregister(self, fd: int) -> None:
        try:
            self._poll.unregister(fd)
        except KeyError:
            pass

    def _check(self, schedule: ClockSchedule) -> None:
        used = self.clock.cpu_s()
        if used is None:  # the process is gone already, and no pidfd reported it
            self.end()
            return
        if schedule.exceeded(used) or self._is_idle():
            self.cause = "timeout"
            self.end()
            if self.marks_at_limit is not None:
                self.workers.page.restore(self.marks_at_limit)

    def _is_idle(self) -> bool:
        clock, most_s = self.idle_clock, self.limits.idle_s
        if clock.was_answered() and not self.clock.started_others:
            # What its children take may stay unseen (those that nobody waits for): then all calls share one rest.
            clock.begin_again(self.clock.others)
        idle_s = clock.idle_s(self.clock.others)
        factor = SUITE_FACTOR if self.starts_afresh else CALLS_FACTOR
        return idle_s > most_s or idle_s + clock.earlier_s > factor * most_s

    def used_all_its_time(self) -> bool:
        """Whether the process was ended because it had used up all the time that any run of it would get."""
        return self.cause == "timeout" and self.marks_at_limit is not None

    def allowed_s(self) -> float:
        """Return the CPU time that the process may use now that ``cpu_s`` is used up. It is ``extended_cpu_s`` where
        no other run of the program could differ. If that is used up too, only the lines marked by now count: how
        far a program comes in a given time is not a property of the program."""
        if self.limits.extended_cpu_s == self.limits.cpu_s or not self.workers.page.is_deterministic:
            return self.limits.cpu_s
        if self.marks_at_limit is None:
            self.marks_at_limit = self.workers.page.marked()
        return self.limits.extended_cpu_s


class ClockSchedule:
    """Decides when the supervisor reads the clocks next, and whether the allowed time is used up."""

    def __init__(self, process: CandidateProcess) -> None:
        self._process = process
        self._progress = self._program = 0
        self._base, self._suites_from = process.limits.warm_up_s, 0.0
        self._allowed = process.limits.cpu_s
        self._due = time.monotonic()
        self._plan(0.0)

    def next_ms(self) -> int:
        return max(1, int((self._due - time.monotonic()) * 1000) + 1)

    def due(self) -> bool:
        return time.monotonic() >= self._due

    def wait(self) -> None:
        """Plan the next looks when the process has ended: from now on only the judge is watched, at long intervals."""
        self._due = time.monotonic() + _LONGEST_TICK_S / 10

    def exceeded(self, used: float) -> bool:
        process = self._process
        # The candidate writes the number itself: it counts up to the inputs that there are, and never backwards.
        progress = min(process.workers.page.progress, process.most_inputs)
        if progress > self._progress:
            program = process.workers.page.program
            if self._progress == 0 or program > self._program:
                self._program, self._suites_from = program, used
            self._progress = progress
            self._base = used
            if process.starts_afresh:
                process.idle_clock.begin_again(process.clock.others)
            self._allowed, process.marks_at_limit = process.limits.cpu_s, None
        if self._is_over(used):
            self._allowed = process.allowed_s()
            if self._is_over(used):
                return True
        self._plan(used - self._base)
        return False

    def _is_over(self, used: float) -> bool:
        if used - self._base > self._allowed:
            return True
        starts_s = START_S * self._process.most_inputs if self._process.starts_afresh else 0.0
        return self._progress > 0 and used - self._suites_from > SUITE_FACTOR * self._allowed + starts_s

    def _plan(self, used: float) -> None:
        left = (self._allowed - max(used, 0.0)) / 2
        self._due = time.monotonic() + min(max(left, 0.004), _LONGEST_TICK_S)
