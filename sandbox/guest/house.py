"""One seed's processes: the zygote of candidates, the zygote of judges, the judge of the current problem."""

import os
import select
import socket
import subprocess
import sys

from . import chance, oom, wire, zygote
from .board import Board, create
from .confine import NEVER

PACKAGES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "packages")
JUDGE_BYTES = 1 << 30
_PATIENCE_S = 60


class GuestError(Exception):
    """Our own machinery failed: the host replaces this guest."""


class House:
    """Everything that runs under one hash seed."""

    def __init__(self, seed, board, forks, judges, uids):
        self.seed = seed
        self.board = board
        self.oom = oom.Watch()
        self.null = os.open(os.devnull, os.O_RDONLY)
        self.judge_pid = 0
        self.judge = None
        self.suites = []
        self.plain_suites = []
        self.shares = []
        self._forks = forks
        self._judges = judges
        self._uids = uids

    @classmethod
    def build(cls, seed, started):
        """Start the warm interpreters. They inherit nothing but their control sockets and the board."""
        fd = create()
        forks, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        judges, twins = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        code = f"import sys; sys.path.insert(0, {home!r}); from {__package__}.hatch import main; main()"
        leash = "loose" if 1 in (os.getpid(), os.getppid()) else "leash"  # the end of all, or not
        passed = [theirs.fileno(), twins.fileno(), fd]
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONHASHSEED": str(seed + 1),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUTF8": "1",
            "HOME": started["work"],
            "TMPDIR": started["work"],
        }
        subprocess.Popen(
            [sys.executable, "-s", "-P", "-c", code, *map(str, passed), str(seed), started["work"], leash],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=passed,
            env=environment,
            cwd="/",
        )
        theirs.close()
        twins.close()
        house = cls(seed, Board(fd), forks, judges, started["uids"])
        os.close(fd)
        return house

    def begin_fork(self, fds, limits):
        """Ask for a fresh candidate that has ``fds`` as 0, 1, 2, 3; :meth:`forked` gives its pid."""
        socket.send_fds(self._forks, [limits.packed(self._uids[0])], fds)

    def forked(self):
        return zygote.FORKED.unpack(_told(self._forks))[0]

    def reap(self, pid):
        """End a candidate and all it started: (status, cpu_s, peak_bytes)."""
        self._forks.send(zygote.REAP.pack(b"R", pid, self._uids[0]))
        status, cpu_us, peak_kb, _ = zygote.REAPED.unpack(_told(self._forks))
        return status, cpu_us / 1e6, peak_kb << 10

    def seat_judge(self, spec):
        """A judge for ``spec``, in place of the one before; its first message."""
        self.dismiss_judge()
        self.suites, self.plain_suites = [], []
        ours, theirs = socket.socketpair()
        limits = zygote.FORK.pack(b"F", JUDGE_BYTES, NEVER, NEVER, NEVER, self._uids[1])
        socket.send_fds(self._judges, [limits], [self.null, self.null, 2, theirs.fileno()])
        self.judge_pid = zygote.FORKED.unpack(_told(self._judges))[0]
        theirs.close()
        self.judge = ours
        ours.sendall(wire.pack(spec))
        return self.hear_judge()

    def seat(self, order, channel):
        """Put a candidate, by its channel, before the judge."""
        socket.send_fds(self.judge, [wire.pack(order)], [channel.fileno()])

    def add_suite(self, suite):
        self.suites.append(suite)
        plain = suite["compare"]["rule"] != "checker" and all(map(chance.is_plain, suite["inputs"]))
        self.plain_suites.append(plain)
        self.judge.sendall(wire.pack(suite))

    def ask_judge(self, question):
        self.judge.sendall(wire.pack(question))
        return self.hear_judge()

    def hear_judge(self):
        """The judge's next message; raises GuestError when it is gone or silent."""
        if not select.select([self.judge], [], [], _PATIENCE_S)[0]:
            raise GuestError("the judge is silent")
        found = wire.receive(self.judge)
        return found if type(found) is dict else {}

    def dismiss_judge(self):
        if self.judge is not None:
            self.judge.close()
            self.judge = None
            self._judges.send(zygote.REAP.pack(b"R", self.judge_pid, self._uids[1]))
            _told(self._judges)
            self.judge_pid = 0


def _told(control):
    try:
        data = control.recv(256)
    except OSError:
        data = b""
    if not data:
        raise GuestError("a fork server is gone")
    return data
