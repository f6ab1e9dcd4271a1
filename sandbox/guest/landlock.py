"""Lets candidates write beneath their work folder only, by Landlock, where the kernel has it (Linux 5.13).

It is a second wall: in a container and in the local sandbox's own root everything else is read-only already, but for
a process's own files in /proc (its badness when memory runs out, its memory).
"""

from __future__ import annotations

import ctypes
import os
import struct

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same on every architecture
_VERSION = 1
_BENEATH = 1
_WRITES = (
    1 << 1 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12
)  # write to a file, remove and make entries of every kind
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_OF_FILES = 1 << 1 | _TRUNCATE
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def ruleset(folder: str) -> int | None:
    """Return the descriptor of rules that allow to write beneath ``folder`` and to devices, or None where the kernel
    knows no such rules. It is made once; to restrict a process by it takes one system call."""
    version = _libc.syscall(_CREATE, None, 0, _VERSION)
    if version < 1:
        return None
    handled = _WRITES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    rules = _libc.syscall(_CREATE, struct.pack("=Q", handled), 8, 0)
    if rules < 0:
        return None
    try:
        for path, allowed in ((folder, handled), ("/dev", handled & _OF_FILES)):
            _allow(rules, path, allowed)
    except OSError:
        os.close(rules)
        return None
    return rules


def restrict(rules: int | None) -> None:
    """Put the restriction on this process and on all that it starts."""
    if rules is not None:
        _libc.syscall(_RESTRICT, rules, 0)


def is_there() -> bool:
    """Return whether the kernel has it."""
    return _libc.syscall(_CREATE, None, 0, _VERSION) >= 1


def _allow(rules: int, path: str, allowed: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if _libc.syscall(_ADD_RULE, rules, _BENEATH, struct.pack("=Qi", allowed, place), 0) != 0:
            raise OSError(ctypes.get_errno(), f"landlock: {path}")
    finally:
        os.close(place)
