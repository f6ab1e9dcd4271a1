"""The processes of one hash seed: the fork servers of candidates and judges, and the judge of the current problem."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from . import determinism, fork_server, oom, wire
from .clocks import ProcessClock
from .confine import NEVER
from .shared_page import SharedPage, create_page

if TYPE_CHECKING:
    from typing import Any

    from .limits import Limits
    from .protocol import SpecMessage, SuiteMessage


PACKAGES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "packages")
JUDGE_BYTES = 1 << 30
_REPLY_TIMEOUT_S = 60
_TICK_S = 0.1


class GuestError(Exception):
    """The guest itself failed, so the host replaces it."""


class JudgeLostError(Exception):
    """The judge has ended in the middle of its work; ``exhausted`` says whether it was ended for its CPU time."""

    def __init__(self, exhausted: bool) -> None:
        super().__init__("the judge is lost")
        self.exhausted = exhausted


class AttachedJudge:
    """The judge of one problem under one seed, and what it was told."""

    def __init__(self) -> None:
        self.pid = 0
        self.channel: Any = None
        self.suites: list[SuiteMessage] = []
        self.plain_suites: list[bool] = []
        self.shares: list[str] = []
        self.forwards: list[int] | None = None
        """The tests in which the problem's reference returns objects; None until that matters."""


class SeedWorkers:
    """The worker environment of one hash seed: all processes that run under it. ``judge`` is the judge of the problem
    that is worked on."""

    def __init__(
        self,
        seed: int,
        page: SharedPage,
        candidate_control: socket.socket,
        judge_control: socket.socket,
        uids: list[int],
    ) -> None:
        self.seed = seed
        self.page = page
        self.oom = oom.OomWatch()
        self.null = os.open(os.devnull, os.O_RDONLY)
        self.judge = AttachedJudge()
        self._candidate_control = candidate_control
        self._judge_control = judge_control
        self._uids = uids
        self.uid = uids[0]

    @classmethod
    def build(cls, seed: int, work: str, uids: list[int]) -> SeedWorkers:
        """Start the fork servers. They inherit nothing but their control sockets and the shared page."""
        fd = create_page()
        candidate_control, candidate_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        judge_control, judge_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        code = f"import sys; sys.path.insert(0, {home!r}); from {__package__}.bootstrap import main; main()"
        # As the first process of its container (or its child), the guest ends all processes when it ends.
        lifetime = "independent" if 1 in (os.getpid(), os.getppid()) else "die_with_parent"
        passed = [candidate_end.fileno(), judge_end.fileno(), fd]
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONHASHSEED": str(seed + 1),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUTF8": "1",
            "PYTHONINTMAXSTRDIGITS": "0",  # judges know no limit on digits; the expected output may have more
            "HOME": work,
            "TMPDIR": work,
        }
        subprocess.Popen(
            [sys.executable, "-s", "-P", "-c", code, *map(str, passed), str(seed), work, lifetime],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=passed,
            env=environment,
            cwd="/",
        )
        candidate_end.close()
        judge_end.close()
        workers = cls(seed, SharedPage(fd), candidate_control, judge_control, uids)
        os.close(fd)
        return workers

    def begin_fork(self, fds: list[int], limits: Limits) -> None:
        """Ask for a fresh candidate that has ``fds`` as 0, 1, 2, 3; :meth:`forked_pid` returns its pid."""
        socket.send_fds(self._candidate_control, [limits.packed(self._uids[0])], fds)

    def forked_pid(self) -> int:
        return fork_server.FORKED.unpack(_receive_reply(self._candidate_control))[0]

    def reap(self, pid: int) -> tuple[int, float, int]:
        """End a candidate and all it started; return (status, cpu_s, peak_bytes)."""
        self._candidate_control.send(fork_server.REAP.pack(b"R", pid, self._uids[0]))
        status, cpu_us, peak_kb, _ = fork_server.REAPED.unpack(_receive_reply(self._candidate_control))
        return status, cpu_us / 1e6, peak_kb << 10

    def attach_judge(self, spec: SpecMessage) -> dict[str, Any]:
        """Replace the judge by a new one for ``spec``; return the first message of the new judge."""
        self.stop_judge()
        ours, theirs = socket.socketpair()
        limits = fork_server.FORK.pack(b"F", JUDGE_BYTES, NEVER, NEVER, NEVER, self._uids[1])
        socket.send_fds(self._judge_control, [limits], [self.null, self.null, 2, theirs.fileno()])
        self.judge.pid = fork_server.FORKED.unpack(_receive_reply(self._judge_control))[0]
        theirs.close()
        self.judge.channel = ours
        ours.sendall(wire.pack(spec.to_message()))
        try:
            return self.receive_from_judge()
        except JudgeLostError:
            raise GuestError("the judge cannot be started") from None

    def renew_judge(self, spec: SpecMessage) -> None:
        """Replace a judge that is lost by one that knows the same."""
        before = self.judge
        self.attach_judge(spec)
        for suite in before.suites:
            self.add_suite(suite)
        self.judge.shares, self.judge.forwards = before.shares, before.forwards

    def end_judge(self) -> None:
        """End a judge that does not come to an end."""
        self._judge_control.send(fork_server.KILL.pack(b"K", self.judge.pid))
        _receive_reply(self._judge_control)

    def attach_candidate(self, order: dict[str, Any], channel: socket.socket) -> None:
        """Attach a candidate to the judge by handing over its channel."""
        socket.send_fds(self.judge.channel, [wire.pack(order)], [channel.fileno()])

    def add_suite(self, suite: SuiteMessage) -> None:
        self.judge.suites.append(suite)
        plain = suite.compare.rule != "checker" and all(map(determinism.is_plain, suite.inputs))
        self.judge.plain_suites.append(plain)
        self.judge.channel.sendall(wire.pack(suite.to_message()))

    def ask_judge(self, question: dict[str, Any], cpu_s: float) -> dict[str, Any]:
        """Return the judge's answer. A judge that needs more than ``cpu_s`` for it is ended: JudgeLostError."""
        self.judge.channel.sendall(wire.pack(question))
        clock = ProcessClock(self.judge.pid)
        began = clock.cpu_s()
        while not select.select([self.judge.channel], [], [], _TICK_S)[0]:
            if clock.cpu_s() - began > cpu_s:
                self.end_judge()
                raise JudgeLostError(exhausted=True)
        return self.receive_from_judge()

    def receive_from_judge(self) -> dict[str, Any]:
        """Return the judge's next message; raise JudgeLostError when the judge has ended, GuestError when it is
        silent."""
        if not select.select([self.judge.channel], [], [], _REPLY_TIMEOUT_S)[0]:
            raise GuestError("the judge is silent")
        try:
            found = wire.receive(self.judge.channel)
        except wire.WireError:
            raise JudgeLostError(exhausted=False) from None
        return found if type(found) is dict else {}

    def stop_judge(self) -> None:
        """End the judge and forget its problem."""
        judge, self.judge = self.judge, AttachedJudge()
        if judge.channel is not None:
            judge.channel.close()
            self._judge_control.send(fork_server.KILL.pack(b"E", judge.pid))
            _receive_reply(self._judge_control)


def _receive_reply(control: socket.socket) -> bytes:
    try:
        data = control.recv(256)
    except OSError:
        data = b""
    if not data:
        raise GuestError("a fork server is gone")
    return data
