"""The supervisor's view of one candidate process: it starts the process, watches it, ends it and keeps its output.

The supervisor forks nothing; it only waits on descriptors. It limits CPU time by the clock of the process
(whatever it started included, from /proc), memory by the kernel, and output by what it drains here. It ends a sleeping
process after a time in which neither the process nor its judge used or wanted a CPU.
"""

import os
import re
import select
import socket
import sys
import time

from . import fork_server, wire
from .clocks import Clock, IdleClock, ProcessClock
from .seed_workers import JudgeLostError

HOST = 0
OUTPUT_BYTES = 1 << 20
"""What a program may write where its problem neither says otherwise nor expects more."""
TAIL_CHARS = 2000
FILE_BYTES = 16 << 20
PROCESSES = 64
SUITE_FACTOR = 20
"""A whole suite may use this many times ``cpu_s``; each of its inputs may use ``cpu_s``."""
START_S = 0.02
"""What a fresh start of an input may cost beside that: a fork takes 1 to 4 ms."""
IDLE_BASE_S = 3.0
_MOST_OUTPUTS = 64
IMPORT_S = 2.0
_IMPORTED = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)
_LONGEST_TICK_S = 0.5


class CandidateProcess:
    """One candidate process, from fork to reap."""

    def __init__(self, workers, program_order, limits, stdin=None, attach=None):
        """``attach(channel)`` attaches the candidate to its judge while the candidate is being forked."""
        self.workers = workers
        self.limits = limits
        self.cause = None
        self.marks_at_limit = None
        self.most_inputs = 0
        self.starts_afresh = False
        self.wall_s = 0.0
        self.ended = None
        self.outputs = {}
        self._sizes = {}
        self._poll = select.poll()
        self._started = time.monotonic()
        workers.page.clear()
        workers.page.progress = workers.page.program = 0
        workers.page.is_deterministic = False
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
        self.clock = Clock(self.pid, workers.uid)
        self.idle_clock = IdleClock()
        self.idle_clock.watch(self.pid)

    def watch(self, extra, done, heartbeat, judge_cpu_s=None):
        """Wait until ``done()`` is true or a limit ends the process. ``extra`` maps more descriptors to readers. Where
        the judge works meanwhile, it may use ``judge_cpu_s``; then it is ended too: JudgeLostError."""
        judge = None
        if judge_cpu_s is not None:
            judge = ProcessClock(self.workers.judge_pid)
            self.idle_clock.watch(judge.pid)
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
                    if judge is not None and not done() and judge.cpu_s() > judge_cpu_s:
                        self.workers.end_judge()
                        raise JudgeLostError(exhausted=True)
                    heartbeat()
        finally:
            for fd in extra:
                self._poll.unregister(fd)

    def wait_then_end(self):
        """The process fell silent: wait a moment for it to end by itself, then kill it."""
        if self.ended is None:
            self.clock.await_end(1.0)
        self.end()

    def end(self):
        """Kill and reap the candidate and all it started. A second call does nothing."""
        if self.ended is None:
            self.wall_s = time.monotonic() - self._started
            self.ended = self.workers.reap(self.pid)
            self.clock.close()

    def close(self):
        """End the process, read the rest of its output and close every descriptor."""
        self.end()
        for fd in list(self.outputs):
            self._drain(fd)
            os.close(fd)
        self.channel.close()

    def text(self, which):
        data = b"".join(self.outputs[self._out if which == 1 else self._err])
        return data.decode("utf-8", "replace")

    def tail(self, which):
        return self.text(which)[-TAIL_CHARS:]

    def _drain(self, fd):
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

    def _output_bytes_by_now(self):
        inputs = min(self.workers.page.progress, self.most_inputs, _MOST_OUTPUTS)
        return self.limits.output_bytes * (1 + inputs)

    def _unregister(self, fd):
        try:
            self._poll.unregister(fd)
        except KeyError:
            pass

    def _check(self, schedule):
        used = self.clock.cpu_s()
        if used is None:  # the process is gone already, and no pidfd reported it
            self.end()
            return
        if schedule.exceeded(used) or self._is_idle():
            self.cause = "timeout"
            self.end()
            if self.marks_at_limit is not None:
                self.workers.page.restore(self.marks_at_limit)

    def _is_idle(self):
        idle_s, most_s = self.idle_clock.idle_s(self.clock.others), self.limits.idle_s
        return idle_s > most_s or idle_s + self.idle_clock.earlier_s > SUITE_FACTOR * most_s

    def used_all_its_time(self):
        """Whether the process was ended because it had used up all the time that any run of it would get."""
        return self.cause == "timeout" and self.marks_at_limit is not None

    def allowed_s(self):
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

    def __init__(self, process):
        self._process = process
        self._progress = self._program = 0
        self._base, self._suites_from = process.limits.warm_up_s, 0.0
        self._allowed = process.limits.cpu_s
        self._due = time.monotonic()
        self._plan(0.0)

    def next_ms(self):
        return max(1, int((self._due - time.monotonic()) * 1000) + 1)

    def due(self):
        return time.monotonic() >= self._due

    def wait(self):
        """The process has ended: look at the judge now and then."""
        self._due = time.monotonic() + _LONGEST_TICK_S / 10

    def exceeded(self, used):
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

    def _is_over(self, used):
        if used - self._base > self._allowed:
            return True
        starts_s = START_S * self._process.most_inputs if self._process.starts_afresh else 0.0
        return self._progress > 0 and used - self._suites_from > SUITE_FACTOR * self._allowed + starts_s

    def _plan(self, used):
        left = (self._allowed - max(used, 0.0)) / 2
        self._due = time.monotonic() + min(max(left, 0.004), _LONGEST_TICK_S)


def import_s(program):
    """Return the CPU time that a program gets for its imports alone: two seconds where it imports anything that is not
    of the standard library. The import of numpy takes 0.2 to 0.5 s, a reference without it a hundredth of that, and
    the limit comes from the reference."""
    found = _IMPORTED.findall(program)
    return 0.0 if set(found) <= sys.stdlib_module_names else IMPORT_S


def output_bytes_of(spec):
    """Return how much output a program of a problem may write on each stream: what the problem says; else 1 MB, or
    twice the longest output that is expected."""
    if spec.get("output_bytes"):
        return spec["output_bytes"]
    return max(OUTPUT_BYTES, 2 * max((len(test["output"]) for test in spec["tests"]), default=0))


class Limits:
    """The limits of one run, of ``programs`` programs. ``extended_cpu_s`` replaces ``cpu_s`` where one run is enough (see
    :meth:`CandidateProcess.allowed_s`)."""

    warm_up_s = 0.0  # what a process may use before its first program begins

    def __init__(self, cpu_s, memory_mb, extended_cpu_s=None, output_bytes=OUTPUT_BYTES, programs=1):
        self.cpu_s, self.programs = cpu_s, programs
        self.output_bytes = output_bytes
        self.extended_cpu_s = cpu_s if extended_cpu_s is None else extended_cpu_s
        self.memory_bytes = memory_mb << 20
        self.idle_s = IDLE_BASE_S + 2 * cpu_s

    def packed(self, uid):
        kernel_s = int(self.extended_cpu_s * (SUITE_FACTOR + 2) * self.programs) + 2
        return fork_server.FORK.pack(b"F", self.memory_bytes, kernel_s, FILE_BYTES, PROCESSES, uid)
