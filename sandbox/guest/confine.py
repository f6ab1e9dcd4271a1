"""Confines a fresh child before it runs foreign code: it gives up descriptors, its user and resources."""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAPBSET_DROP = 24
_CAPABILITIES = 41
_CAPSET_VERSION = 0x20080522
_SIGKILL = 9
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGE = 128 << 10

OPEN_FILES = 64
_SHARED_MEMORY = "/dev/shm"
NEVER = 1 << 62
"""This value as a limit means that there is no limit."""
_libc = ctypes.CDLL(None, use_errno=True)
leave = os._exit
"""Bound here before a program can replace ``os._exit``: a child must not return into the guest's loops."""


def die_with_parent() -> None:
    """Have this process killed when its parent ends, in whatever way the parent ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


def adopt_orphans() -> bool:
    """Make orphaned descendants children of this process; return whether the kernel supports that (gVisor does
    not)."""
    return _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0


def forgo_privileges() -> None:
    """Forbid that any program started from here gains a privilege (set-uid files have no effect)."""
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def hide_memory() -> None:
    """Forbid other processes of this user to trace this process or to read its memory."""
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def show_memory() -> None:
    """Let this process see its own files in /proc again (/dev/stdin is one): a change of user hides them. Only
    processes of its user can see them too, and a candidate's user runs nothing but the candidate."""
    _libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)


def link_shared_memory(work: str) -> None:
    """Have the folder of shared memory and named semaphores (multiprocessing needs it) be the work folder, which is
    bounded and emptied after each candidate."""
    try:
        os.symlink(work, _SHARED_MEMORY)
    except OSError:  # there is one, or no right to make one
        return


def give_back_memory() -> None:
    """Return the memory of large outputs and answers to the kernel when it is freed. The thresholds of glibc start at
    these values but grow with what is freed: 8 MB became 12.5 MB in 20,000 candidates. Other libraries have no
    such thresholds."""
    mallopt = getattr(_libc, "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_TRIM_THRESHOLD, _LARGE)


def prefer_for_oom_kill() -> None:
    """Have the kernel end this process before any other when memory runs out: a candidate, not the fork server that it
    comes from, without which the worker would be lost."""
    try:
        with open("/proc/self/oom_score_adj", "wb", buffering=0) as file:
            file.write(b"1000")
    except OSError:
        return  # the per-process limit still holds


def become(uid: int) -> None:
    """Run as ``uid`` from now on, without any capability. Where the user cannot be changed, ``uid`` is 0: the user
    stays and loses the capabilities that a user namespace gave it."""
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    else:
        for capability in range(_CAPABILITIES):
            _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
        _libc.capset((ctypes.c_uint32 * 2)(_CAPSET_VERSION, 0), (ctypes.c_uint32 * 6)())


def keep_only(fds: Sequence[int]) -> None:
    """Make ``fds`` the descriptors 0, 1, 2 ... and close every other descriptor."""
    for index, fd in enumerate(fds):  # received in order, above 2: none is overwritten before its turn
        os.dup2(fd, index)
    os.closerange(len(fds), 1 << 20)


def limit(memory_bytes: int, cpu_s: int, file_bytes: int, processes: int) -> None:
    """Set the kernel's limits on this process and on those that it starts."""
    _set(resource.RLIMIT_AS, memory_bytes)
    _set(resource.RLIMIT_CPU, cpu_s)
    _set(resource.RLIMIT_FSIZE, file_bytes)
    _set(resource.RLIMIT_NPROC, processes)


def limit_for_all() -> None:
    """Set the limits that are the same for every child; the children inherit them."""
    _set(resource.RLIMIT_NOFILE, OPEN_FILES)
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_MEMLOCK, 0)
    resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, 8 << 20))


def mapped_bytes() -> int:
    """Return how much address space this process has mapped."""
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


_hard = {
    which: resource.getrlimit(which)[1]
    for which in (
        resource.RLIMIT_AS,
        resource.RLIMIT_CPU,
        resource.RLIMIT_FSIZE,
        resource.RLIMIT_NPROC,
        resource.RLIMIT_NOFILE,
        resource.RLIMIT_CORE,
        resource.RLIMIT_MEMLOCK,
    )
}


def _set(which: int, value: int) -> None:
    if value >= NEVER:
        value = resource.RLIM_INFINITY
    hard = _hard[which]
    if hard != resource.RLIM_INFINITY and (value == resource.RLIM_INFINITY or value > hard):
        value = hard
    resource.setrlimit(which, (value, value))


def forget_guest() -> None:
    """Remove the guest's own modules, so that no program imports them by accident."""
    for name in [name for name in sys.modules if name.partition(".")[0] == __package__]:
        del sys.modules[name]
