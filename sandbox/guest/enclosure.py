"""Encloses the local sandbox in namespaces with a root of their own, where the supervisor is the init process.

It runs as ``python3 -I guest enclose WORK_BYTES``. Root gets mount, pid, network, ipc and host-name namespaces. Any
other user gets the same inside a user namespace of one user, where the kernel allows that. The new root holds,
read-only, the system's libraries, the interpreter and the guest. It also holds a fresh /proc, five harmless devices,
and /tmp (/box where /tmp holds the interpreter), a small memory file system, which is the only writable place. The guest's ``ready`` message lists the
namespaces that it got (``PRMDATA_ENCLOSED``), so a missing one never goes unnoticed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from . import confine

_WORK, _WORK_ELSEWHERE = "/tmp", "/box"
_LINKS = {
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "fd": "/proc/self/fd",
}
_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (
    0x20000,
    0x4000000,
    0x8000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
_RDONLY, _NOSUID, _NODEV, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_NOEXEC = 8
_MNT_DETACH = 2
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_OWN = ("/", "/tmp", "/box", "/dev", "/proc", "/sys")
"""What the new root has of its own, or not at all."""
_FILES = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/alternatives",
    "/etc/localtime",
    "/etc/ssl/openssl.cnf",
)
_DEVICES = ("null", "zero", "full", "random", "urandom")
_BASES = ("/mnt", "/media", "/srv", "/opt", "/tmp", "/var/tmp")
"""Candidates for the folder in which the new root is built: it must not hold anything that the root will show."""
_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Enclose this process; a child returns to become the supervisor, and this process ends with it."""
    confine.die_with_parent()
    work_bytes = int(sys.argv[2])
    held = enter()
    pid = os.fork()
    if pid:
        for fd in (0, 1):
            os.close(fd)
        _, status = os.waitpid(pid, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    confine.die_with_parent()
    if "mount" in held:
        os.environ["PRMDATA_WORK"] = new_root(work_bytes)
    if "ipc" in held:
        forbid_segments()
    os.environ["PRMDATA_ENCLOSED"] = " ".join(held)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def enter() -> tuple[str, ...]:
    """Enter the namespaces and return their names (the pid namespace holds only the children)."""
    uid, gid = os.geteuid(), os.getegid()
    spaces = {"mount": _NEWNS, "pid": _NEWPID, "network": _NEWNET, "ipc": _NEWIPC, "uts": _NEWUTS}
    if uid != 0:
        spaces = {"user": _NEWUSER, **spaces}
    if _libc.unshare(sum(spaces.values())) != 0:
        return ()
    if uid != 0:
        for file, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{file}", "w") as target:
                target.write(text)
    return tuple(spaces)


def new_root(work_bytes: int) -> str:
    """Build the new root, enter it and return its work folder. This runs as the first process of the new pid
    namespace."""
    _mount(None, "/", None, _REC | _PRIVATE)
    shown = [*_FILES, *_interpreter(), os.path.dirname(os.path.abspath(__file__))]
    base = next(
        path for path in _BASES if os.path.isdir(path) and not any(s.startswith(path + "/") for s in shown)
    )
    _mount("tmpfs", base, "tmpfs", _NOSUID | _NODEV, "size=1m,mode=0755")
    for path in _SYSTEM:
        if os.path.islink(path):
            os.symlink(os.readlink(path), base + path)
        elif os.path.isdir(path):
            _show(path, base)
    for path in shown:
        if os.path.exists(path) and not os.path.exists(base + path):
            _show(path, base)
    os.mkdir(base + "/dev")
    for name in _DEVICES:
        _bind(f"/dev/{name}", _place(f"{base}/dev/{name}", folder=False), 0, device=True)
    work = _WORK_ELSEWHERE if os.path.lexists(base + _WORK) else _WORK
    for name, target in {**_LINKS, "shm": work}.items():
        os.symlink(target, f"{base}/dev/{name}")
    os.mkdir(base + "/proc")
    _mount("proc", base + "/proc", "proc", _NOSUID | _NODEV | _NOEXEC)
    os.mkdir(base + work)
    _mount("tmpfs", base + work, "tmpfs", _NOSUID | _NODEV, f"size={work_bytes},nr_inodes=8192,mode=1777")
    os.mkdir(base + "/old")
    os.chdir(base)
    _check(_libc.pivot_root(b".", b"old"), "pivot_root")
    os.chdir("/")
    _check(_libc.umount2(b"/old", _MNT_DETACH), "umount")
    os.rmdir("/old")
    _mount(None, "/", None, _BIND | _REMOUNT | _RDONLY | _NOSUID | _NODEV)
    return work


def forbid_segments() -> None:
    """Forbid System V segments, semaphores and message queues: they would outlive the program that made them."""
    for name, most in (
        ("kernel/shmmni", "0"),
        ("kernel/msgmni", "0"),
        ("kernel/sem", "0 0 0 0"),
        ("fs/mqueue/queues_max", "0"),
    ):
        try:
            with open(f"/proc/sys/{name}", "w") as file:
                file.write(most)
        except OSError:  # a kernel without them, or one that keeps its settings from user namespaces
            continue


def _interpreter() -> list[str]:
    """Return the folders that make up the interpreter, and the libraries that it has loaded from elsewhere."""
    given = [sys.base_prefix, sys.prefix, sys.base_exec_prefix, sys.exec_prefix]
    given += [os.path.dirname(os.path.realpath(path)) for path in (sys.executable, os.__file__)]
    found = dict.fromkeys(path for each in given for path in (each, os.path.realpath(each)))
    with open("/proc/self/maps") as maps:
        found |= dict.fromkeys(line.split(maxsplit=5)[5].rstrip("\n") for line in maps if ".so" in line)
    return [path for path in found if path not in _OWN and not path.startswith(_SYSTEM)]


def _show(path: str, base: str) -> None:
    """Make ``path`` visible, read-only, under the new root."""
    _bind(path, _place(base + path, os.path.isdir(path)), _RDONLY)


def _place(target: str, folder: bool) -> str:
    os.makedirs(target if folder else os.path.dirname(target), exist_ok=True)
    if not folder:
        os.close(os.open(target, os.O_CREAT, 0o600))
    return target


def _bind(source: str, target: str, more: int, device: bool = False) -> None:
    _mount(source, target, None, _BIND | _REC)
    # In a user namespace a mount's own restrictions are locked: they must be named again.
    locked = os.statvfs(target).f_flag & (_NOSUID | _NODEV | _NOEXEC | _RDONLY)
    _mount(None, target, None, _BIND | _REMOUNT | _NOSUID | (0 if device else _NODEV) | locked | more)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    given = [None if text is None else text.encode() for text in (source, target, kind)]
    _check(
        _libc.mount(*given, ctypes.c_ulong(flags), None if data is None else data.encode()), f"mount {target}"
    )


def _check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
