"""The fork server: a warm interpreter under one fixed hash seed, which candidates are forked from.

It never sees a program, a test or an answer. It receives only numbers and descriptors, so that nothing
stays in its memory for a later candidate to find. One fork server forks the candidates; a second one, split
off before any candidate exists, forks the judges. Commands arrive on a SOCK_SEQPACKET socket::

    F memory_bytes cpu_s file_bytes processes uid   + descriptors   -> pid
    R pid uid    end the process, its descendants and its files              -> status cpu_us peak_kb stragglers
    K pid        end the process, which is reaped later                      -> pid
    E pid        end and reap the process alone                              -> pid
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import struct
import sys
import time
from typing import TYPE_CHECKING

from . import confine, landlock, warm_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


FORK = struct.Struct("<cQQQQQ")
REAP = struct.Struct("<cQQ")
KILL = struct.Struct("<cQ")
FORKED = struct.Struct("<q")
REAPED = struct.Struct("<qQQQ")

PRELOADED = [
    "abc",
    "bisect",
    "collections",
    "collections.abc",
    "contextlib",
    "copy",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "heapq",
    "io",
    "itertools",
    "json",
    "keyword",
    "linecache",
    "math",
    "numbers",
    "operator",
    "random",
    "re",
    "reprlib",
    "string",
    "time",
    "types",
    "typing",
]
"""The modules that are imported before the first fork: programs import them most, and a fork carries them cheaply."""


def preload(seed: int) -> None:
    """Import the common modules, seed ``random``, warm up, then freeze the heap so that forks share it."""
    for name in PRELOADED:
        _import(name)
    sys.modules["random"].seed(seed)
    warm_up.warm_up()
    gc.collect()
    gc.freeze()
    gc.disable()


def _import(name: str) -> None:
    """Import a module without the hooks it registers for forked children: ``random`` would seed itself anew."""
    register, os.register_at_fork = os.register_at_fork, lambda **_: None
    try:
        __import__(name)
    finally:
        os.register_at_fork = register


class ForkServer:
    """Serves one control socket until it closes. Each fork runs ``child(uid)``. With ``die_with_parent`` the
    kernel kills the children when the fork server dies; where the end of the guest ends every process anyway,
    this is not needed."""

    def __init__(
        self,
        control: socket.socket,
        child: Callable[[int], None],
        work: str,
        die_with_parent: bool,
        adopts: bool = True,
        rules: int | None = None,
    ) -> None:
        """``adopts`` says whether orphans of a candidate become children of this process. ``rules`` restrict what a
        child may write (see :mod:`landlock`)."""
        self._rules = rules
        self._control = control
        self._adopts = adopts
        self._die_with_parent = die_with_parent
        self._child = child
        self._work = work
        # A candidate's memory limit counts on top of what the interpreter itself has mapped.
        self._mapped = confine.mapped_bytes()

    def serve(self) -> None:
        while True:
            message, fds, _, _ = socket.recv_fds(self._control, 256, 8)
            if not message:
                return
            kind = message[:1]
            if kind == b"F":
                self._fork(message, fds)
            elif kind in (b"K", b"E"):
                pid = KILL.unpack(message)[1]
                os.kill(pid, signal.SIGKILL)
                if kind == b"E":
                    os.waitpid(pid, 0)
                self._control.send(FORKED.pack(pid))
            else:
                self._reap(message)

    def _fork(self, message: bytes, fds: list[int]) -> None:
        _, memory_bytes, cpu_s, file_bytes, processes, uid = FORK.unpack(message)
        pid = os.fork()
        if pid == 0:
            try:
                os.setsid()
                if self._work:
                    confine.prefer_for_oom_kill()
                    landlock.restrict(self._rules)
                confine.keep_only(fds)
                os.chdir(self._work or "/")
                confine.become(uid)
                if self._die_with_parent:
                    confine.die_with_parent()  # after the change of user, which clears the setting
                confine.limit(self._mapped + memory_bytes, cpu_s, file_bytes, processes)
                self._child(uid)
            except ConnectionError:
                pass  # the process that asked was killed, so nobody waits for an answer
            except BaseException:  # a child must never return into the fork server's loop
                sys.excepthook(*sys.exc_info())
            finally:
                confine.leave(111)
        for fd in fds:
            os.close(fd)
        self._control.send(FORKED.pack(pid))

    def _reap(self, message: bytes) -> None:
        _, pid, uid = REAP.unpack(message)
        os.kill(pid, signal.SIGKILL)
        _, status, used = os.wait4(pid, 0)
        stragglers = 0
        while self._has_children() if self._adopts or not uid else any(_owned_by(uid)):
            stragglers += 1
            self._sweep(uid)
        if self._work and os.listdir(self._work):
            self._sweep(uid)
            if os.listdir(self._work):
                raise OSError("the work folder cannot be emptied")
        cpu_us = round((used.ru_utime + used.ru_stime) * 1e6)
        self._control.send(REAPED.pack(status, cpu_us, used.ru_maxrss, stragglers))

    def _has_children(self) -> bool:
        """Reap dead descendants of the killed process, and say whether any descendant still lives."""
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return False
        return True

    def _sweep(self, uid: int) -> None:
        """Kill all processes of the candidate and remove its files. This is done as the candidate's own user,
        because the supervisor's root may lack the right to touch them."""
        if not uid:
            _kill_children()
            if self._work:
                _empty(self._work)
            return
        try:
            pid = os.fork()
        except OSError:  # a fork bomb left no room for another process: kill its processes from here
            for pid in _owned_by(uid):
                _kill(pid)
            return
        if pid == 0:
            try:
                confine.become(uid)
                _kill(-1)
                if self._work:
                    _empty(self._work)
            finally:
                os._exit(0)
        os.waitpid(pid, 0)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:  # the process has already ended
        pass


def _owned_by(uid: int) -> Iterator[int]:
    """Yield the pids of the living processes of a user. The owner of /proc/PID is of no use: it is root where
    a process has changed its user."""
    for pid in _pids():
        try:
            with open(f"/proc/{pid}/status") as file:
                fields = dict(line.split(":\t", 1) for line in file if line.startswith(("Uid:", "State:")))
            if int(fields["Uid"].split()[0]) == uid and fields["State"][0] not in "ZX":
                yield pid
        except (OSError, KeyError, ValueError):
            continue


def _kill_children() -> None:
    """Kill the processes whose parent is this one (it adopts the orphans of a candidate)."""
    for pid in _pids():
        try:
            with open(f"/proc/{pid}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
            if parent == os.getpid():
                _kill(pid)
        except (OSError, IndexError):
            continue
    time.sleep(0.001)


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _empty(folder: str) -> None:
    """Remove everything in ``folder``. The contents of a subfolder are moved up instead of being walked into,
    because they may be nested deeper than a stack or a path can be."""
    prefix, moved = os.path.join(folder, os.urandom(8).hex()), 0
    while entries := list(os.scandir(folder)):
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            os.chmod(entry.path, 0o700)  # the program may have taken its own rights away
            for inner in list(os.scandir(entry.path)):
                if inner.is_dir(follow_symlinks=False):
                    os.chmod(inner.path, 0o700)
                moved += 1
                os.rename(inner.path, f"{prefix}{moved}")
            os.rmdir(entry.path)
