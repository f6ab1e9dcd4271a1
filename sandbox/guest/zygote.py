"""The fork server: a warm interpreter under one fixed hash seed, which candidates are forked from.

It never sees a program, a test or an answer: it is told numbers and given descriptors, so that nothing
stays in its memory for a later candidate to find. One zygote forks candidates; its twin, split off
before any candidate exists, forks the judges. Commands arrive on a SOCK_SEQPACKET socket::

    F memory_bytes cpu_s file_bytes processes uid   + descriptors   -> pid
    R pid uid    end it, its descendants and its files              -> status cpu_us peak_kb stragglers
"""

import gc
import os
import signal
import socket
import struct
import sys
import time

from . import confine, rehearsal

FORK = struct.Struct("<cQQQQQ")
REAP = struct.Struct("<cQQ")
FORKED = struct.Struct("<q")
REAPED = struct.Struct("<qQQQ")

WARM = [
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
"""Imported before the first fork: what programs import most, and cheap to carry through a fork."""


def warm_up(seed):
    """Import what is common, seed ``random``, then settle the memory so that forks share it."""
    for name in WARM:
        _import(name)
    sys.modules["random"].seed(seed)
    rehearsal.rehearse()
    gc.collect()
    gc.freeze()
    gc.disable()


def _import(name):
    """Import a module without what it wants done in every forked child: ``random`` would seed itself anew."""
    register, os.register_at_fork = os.register_at_fork, lambda **_: None
    try:
        __import__(name)
    finally:
        os.register_at_fork = register


class Zygote:
    """Serves one control socket until it closes. ``child(uid)`` is what a fork becomes. On a ``leash``
    children die with the zygote; where the death of the guest ends everything that needs no telling."""

    def __init__(self, control, child, work, leash, adopts=True):
        """``adopts``: orphans of a candidate become children of this process."""
        self._control = control
        self._adopts = adopts
        self._leash = leash
        self._child = child
        self._work = work
        self._mapped = confine.mapped_bytes()  # memory limits count from what the interpreter has itself

    def serve(self):
        while True:
            message, fds, _, _ = socket.recv_fds(self._control, 256, 8)
            if not message:
                return
            if message[:1] == b"F":
                self._fork(message, fds)
            else:
                self._reap(message)

    def _fork(self, message, fds):
        _, memory_bytes, cpu_s, file_bytes, processes, uid = FORK.unpack(message)
        pid = os.fork()
        if pid == 0:
            try:
                os.setsid()
                confine.keep_only(fds)
                os.chdir(self._work or "/")
                confine.become(uid)
                if self._leash:
                    confine.die_with_parent()  # after the change of user, which forgets it
                confine.limit(self._mapped + memory_bytes, cpu_s, file_bytes, processes)
                self._child(uid)
            except ConnectionError:
                pass  # whoever asked was killed: nobody is left to tell
            except BaseException:  # the one place: a child must never return into the zygote's loop
                sys.excepthook(*sys.exc_info())
            finally:
                confine.leave(111)
        for fd in fds:
            os.close(fd)
        self._control.send(FORKED.pack(pid))

    def _reap(self, message):
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

    def _has_children(self):
        """Whether any descendant of what was killed still lives; the dead are reaped."""
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return False
        return True

    def _sweep(self, uid):
        """Kill everything of the candidate's and remove its files, as the candidate's own user: the
        supervisor's root may lack the right to touch them."""
        if not uid:
            _kill_children()
            if self._work:
                _empty(self._work)
            return
        try:
            pid = os.fork()
        except OSError:  # a fork bomb left no room for another process: thin it out from here
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


def _kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:  # it went by itself
        pass


def _owned_by(uid):
    """Pids of the living processes of a user. The owner of /proc/PID says nothing: it is root's where a
    process has changed its user."""
    for pid in _pids():
        try:
            with open(f"/proc/{pid}/status") as file:
                said = dict(line.split(":\t", 1) for line in file if line.startswith(("Uid:", "State:")))
            if int(said["Uid"].split()[0]) == uid and said["State"][0] not in "ZX":
                yield pid
        except (OSError, KeyError, ValueError):
            continue


def _kill_children():
    """Kill the processes whose parent is this one (orphans of a candidate come to it)."""
    for pid in _pids():
        try:
            with open(f"/proc/{pid}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
            if parent == os.getpid():
                _kill(pid)
        except (OSError, IndexError):
            continue
    time.sleep(0.001)


def _pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _empty(folder):
    """Remove everything in ``folder``. What a folder holds is moved up first and not walked into: it may be
    nested deeper than a stack or a path can be."""
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
