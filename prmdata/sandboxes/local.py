"""The local sandbox: the guest as a subprocess of this machine, without a container engine."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
import time
from functools import cached_property
from typing import Final

from prmdata.errors import SandboxError
from prmdata.resources import guest_digest, shipped
from prmdata.sandboxes.contract import GuestFacts, SandboxProvider, Worker
from prmdata.sandboxes.session import SEEDS, Session, SessionWorker, fresh_uids

WORK_BYTES: Final = 64 << 20
"""Bytes that a candidate can write, in all files together."""
WORK: Final = "/box"
"""The work folder of a guest without a root folder of its own. A guest with one uses ``/tmp`` in it."""


_ALWAYS: Final = ("judge and candidate in two processes, plain data between them", "limits on each process")
_ENCLOSURE: Final = {
    "mount": ("this machine's files are out of reach", "reading and writing this machine's files"),
    "pid": ("this machine's processes are out of sight", "seeing this machine's processes"),
    "network": ("no network", "the network"),
    "ipc": ("shared memory of its own", "this machine's shared memory"),
    "uts": ("a host name of its own", "the host's name"),
}
"""Maps a namespace to what it stops, and to what is possible without it."""
_ONE_USER: Final = (
    "a candidate that kills its judge (both run as you): a failure of the machinery, never a pass"
)
_FILTER: Final = (
    "no user namespaces, keys, io_uring, userfaultfd or sockets of rare families (a system call filter)",
    "the kernel: every system call is let through (this architecture's are not known)",
)
_LANDLOCK: Final = (
    "programs write beneath their work folder only (Landlock)",
    "a second wall around the work folder (the kernel has no Landlock)",
)
"""Maps a filter to what it stops, and to what is possible without it."""
_NEVER: Final = (
    "faults of the kernel, which programs share with this machine (a container with gVisor has another)",
    "memory of all its processes together: there is no cgroup, each process is limited by itself",
)


class PipeStream:
    """Bytes to and from a subprocess."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin, process.stdout

    def read(self, size: int, deadline: float | None = None) -> bytes:
        """See :class:`prmdata.sandboxes.session.Stream`."""
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not select.select([self._out], [], [], left)[0]:
            raise SandboxError("the guest is silent")
        return os.read(self._out.fileno(), size)

    def write(self, data: bytes) -> None:
        """See :class:`prmdata.sandboxes.session.Stream`."""
        try:
            self._in.write(data)
            self._in.flush()
        except (OSError, ValueError) as error:  # ValueError: this side has closed the pipe
            raise SandboxError(f"the guest is gone: {error}") from error


class LocalWorker(SessionWorker):
    """One guest process on this machine."""

    def __init__(self, seeds: tuple[int, ...], python: str) -> None:
        command = [python, "-I", "-B", str(shipped("sandbox") / "guest"), "enclose", str(WORK_BYTES)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        uids = fresh_uids() if os.getuid() == 0 else (0, 0)
        try:
            self._session = Session(PipeStream(self._process), work=WORK, uids=uids, seeds=seeds)
        except SandboxError:
            self.close()
            raise

    def close(self) -> None:
        """End the guest: close its stdin, then kill it if it does not end."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


class LocalSandbox(SandboxProvider):
    """Guests as subprocesses of this machine."""

    name = "local"

    def __init__(self, *, seeds: tuple[int, ...] = SEEDS, python: str = sys.executable) -> None:
        self._seeds = seeds
        self._python = python

    @cached_property
    def facts(self) -> GuestFacts:
        """What a guest on this machine reports about itself. The first use starts a guest to ask (0.2 s)."""
        with self.start() as worker:
            return worker.facts

    @property
    def covers(self) -> tuple[str, ...]:  # type: ignore[override]
        """What this sandbox stops on this machine, as far as the kernel allows it to this user."""
        held = [text for what, (text, _) in _ENCLOSURE.items() if what in self.facts.enclosed]
        return (*_ALWAYS, *held, *self._filters(held=True))

    def _filters(self, *, held: bool) -> list[str]:
        """What the available filters stop (``held``), or what is possible because the others are missing."""
        found = ((_FILTER, self.facts.seccomp), (_LANDLOCK, self.facts.landlock))
        return [texts[0 if held else 1] for texts, holds in found if holds is held]

    @property
    def does_not_cover(self) -> tuple[str, ...]:  # type: ignore[override]
        """What this sandbox does not stop on this machine."""
        open_to = [text for what, (_, text) in _ENCLOSURE.items() if what not in self.facts.enclosed]
        shared_user = () if self.facts.has_separate_users else (_ONE_USER,)
        return (*open_to, *shared_user, *self._filters(held=False), *_NEVER)

    @property
    def environment(self) -> str:
        """See :class:`prmdata.sandboxes.contract.SandboxProvider`."""
        return f"guest {guest_digest()} on Python {self.facts.python}"

    def start(self) -> Worker:
        """See :class:`prmdata.sandboxes.contract.SandboxProvider`."""
        return LocalWorker(self._seeds, self._python)
