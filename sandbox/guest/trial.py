"""One run of one program under one seed: start it, watch it, end it, and say what was seen.

The supervisor holds everything and forks nothing; it only waits on descriptors. Limits: CPU time by the
process's own clock (descendants included, from /proc), memory by the kernel, output by what is drained
here. What sleeps is ended by the time in which neither it nor its judge used or wanted a CPU.
"""

import os
import select
import socket
import time

from . import wire, zygote
from .clocks import Clock, idle_s

HOST = 0
OUTPUT_BYTES = 1 << 20
TAIL_CHARS = 2000
FILE_BYTES = 16 << 20
PROCESSES = 64
SUITE_FACTOR = 20
"""A suite may use so many times ``cpu_s`` in all; each of its inputs ``cpu_s``."""
IDLE_BASE_S = 1.0
_LONGEST_TICK_S = 0.5


class Trial:
    """One candidate process, from fork to reap."""

    def __init__(self, house, program_order, limits, stdin=None, seat=None):
        """``seat(channel)`` puts the candidate before its judge, while it is being forked."""
        self.house = house
        self.limits = limits
        self.cause = None
        self.seen_in_time = None
        self.wall_s = 0.0
        self.ended = None
        self.outputs = {}
        self._sizes = {}
        self._poll = select.poll()
        self._started = time.monotonic()
        house.board.clear()
        house.board.progress = 0
        house.board.certain = False
        house.oom.begin()
        ours, theirs = socket.socketpair()
        out, err = os.pipe(), os.pipe()
        house.begin_fork([house.null if stdin is None else stdin, out[1], err[1], theirs.fileno()], limits)
        theirs.close()
        os.close(out[1])
        os.close(err[1])
        self.channel = ours
        ours.sendall(wire.pack(program_order))
        if seat is not None:
            seat(ours)
        for fd in (out[0], err[0]):
            os.set_blocking(fd, False)
            self.outputs[fd] = []
            self._sizes[fd] = 0
            self._poll.register(fd, select.POLLIN)
        self._out, self._err = out[0], err[0]
        self.pid = house.forked()
        self.clock = Clock(self.pid)

    def watch(self, extra, done, beat):
        """Wait until ``done()`` or a limit ends it. ``extra`` maps further descriptors to what reads them."""
        for fd in extra:
            self._poll.register(fd, select.POLLIN)
        gone = self.clock.pidfd
        if gone is not None:
            self._poll.register(gone, select.POLLIN)
        else:  # the next best sign of its end (gVisor): it hangs up
            self._poll.register(self.channel, 0)
        self._poll.register(HOST, 0)
        pace = Pace(self)
        try:
            while not done():
                for fd, _ in self._poll.poll(pace.next_ms()):
                    if fd == HOST:
                        raise SystemExit  # nobody is left to answer to: the hang-up reports itself
                    if fd in extra:
                        extra[fd]()
                    elif fd == self.channel.fileno():
                        self._poll.unregister(fd)
                        self.settle()
                    elif fd == gone:
                        self._poll.unregister(gone)
                        self.end()
                    else:
                        self._drain(fd)
                if self.ended is None and pace.due():
                    self._check(pace)
                    beat()
        finally:
            for fd in extra:
                self._poll.unregister(fd)

    def settle(self):
        """It fell silent: give it a moment to be found dead by itself before it is killed."""
        if self.ended is None:
            self.clock.await_end(1.0)
        self.end()

    def end(self):
        """Kill and reap the candidate and all it started; idempotent."""
        if self.ended is None:
            self.wall_s = time.monotonic() - self._started
            self.ended = self.house.reap(self.pid)
            self.clock.close()

    def close(self):
        """End it, read what is left of its output, give back every descriptor."""
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
            if self._sizes[fd] <= OUTPUT_BYTES:
                self.outputs[fd].append(data)
            elif self.ended is None:
                self.cause = "output_limit"
                self.end()
                return
            else:
                self.cause = self.cause or "output_limit"
                return

    def _unregister(self, fd):
        try:
            self._poll.unregister(fd)
        except KeyError:
            pass

    def _check(self, pace):
        used = self.clock.cpu_s()
        if used is None:  # it is gone already, and has no descriptor that says so
            self.end()
            return
        if pace.exceeded(used) or idle_s(self._started, self.pid, self.house.judge_pid) > self.limits.idle_s:
            self.cause = "timeout"
            self.end()
            if self.seen_in_time is not None:
                self.house.board.restore(self.seen_in_time)

    def had_its_whole_time(self):
        """Whether it was ended since it had used up all that any run of it would be given."""
        return self.cause == "timeout" and self.seen_in_time is not None

    def allowed_s(self):
        """What it may use now that ``cpu_s`` is used up: ``whole_s`` where no other run of the program could
        differ. What it has marked by now is what counts if that is used up too: how far it comes in a time is
        no fact of the program."""
        if self.limits.whole_s == self.limits.cpu_s or not self.house.board.certain:
            return self.limits.cpu_s
        if self.seen_in_time is None:
            self.seen_in_time = self.house.board.marked()
        return self.limits.whole_s


class Pace:
    """When to look at the clocks again, and whether the time allowed is used up."""

    def __init__(self, trial):
        self._trial = trial
        self._progress = 0
        self._base = 0.0
        self._suites_from = 0.0
        self._allowed = trial.limits.cpu_s
        self._due = time.monotonic()
        self._plan(0.0)

    def next_ms(self):
        return max(1, int((self._due - time.monotonic()) * 1000) + 1)

    def due(self):
        return time.monotonic() >= self._due

    def exceeded(self, used):
        trial = self._trial
        progress = trial.house.board.progress
        if progress != self._progress:
            if self._progress == 0:
                self._suites_from = used
            self._progress = progress
            self._base = used
            self._allowed, trial.seen_in_time = trial.limits.cpu_s, None
        if self._is_over(used):
            self._allowed = trial.allowed_s()
            if self._is_over(used):
                return True
        self._plan(used - self._base)
        return False

    def _is_over(self, used):
        if used - self._base > self._allowed:
            return True
        return self._progress > 0 and used - self._suites_from > SUITE_FACTOR * self._allowed

    def _plan(self, used):
        left = (self._allowed - used) / 2
        self._due = time.monotonic() + min(max(left, 0.004), _LONGEST_TICK_S)


class Limits:
    """What one run may use: ``cpu_s``, and ``whole_s`` where that settles it (see :meth:`Trial.allowed_s`)."""

    def __init__(self, cpu_s, memory_mb, whole_s=None):
        self.cpu_s = cpu_s
        self.whole_s = cpu_s if whole_s is None else whole_s
        self.memory_bytes = memory_mb << 20
        self.idle_s = IDLE_BASE_S + 2 * cpu_s

    def packed(self, uid):
        kernel_s = int(self.whole_s * (SUITE_FACTOR + 2)) + 2
        return zygote.FORK.pack(b"F", self.memory_bytes, kernel_s, FILE_BYTES, PROCESSES, uid)


def own_words(channel):
    """(the last message a script left about itself, its first where that is about its code)."""
    channel.setblocking(False)
    unpacker, found = wire.Unpacker(), []
    try:
        while len(found) < 4 and (data := channel.recv(1 << 18)):
            found += unpacker.feed(data)
    except (OSError, wire.WireError):
        pass
    found = [message for message in found if type(message) is dict]
    about = found.pop(0) if found and found[0].get("op") == "code" else {}
    return found[-1] if found else None, about
