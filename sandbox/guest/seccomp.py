"""Refuses the system calls that no candidate needs, by a filter in the kernel that all processes of the guest inherit.

What it closes is open to every user on most kernels and outlives a candidate or reaches past the namespaces: user
namespaces (with them mounts), keys in the kernel's key rings, userfaultfd, io_uring, sockets of families other than
unix, internet and netlink (AF_VSOCK reaches the host of a virtual machine, AF_ALG the kernel's crypto). A container
engine's own filter closes most of these, but not all (Docker 20.10 lets AF_VSOCK through).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_NEW_NAMESPACES = 0x7E020000
"""Every CLONE_NEW* flag that clone knows."""
_FAMILIES = (1, 2, 10, 16)
_X32 = 0x40000000

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_REFUSED = {
    "unshare": (272, 97),
    "setns": (308, 268),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "perf_event_open": (298, 241),
    "bpf": (321, 280),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "quotactl": (179, 60),
    "acct": (163, 89),
}
"""System call -> its number on x86_64 and on aarch64."""
_CLONE, _CLONE3, _SOCKET, _SOCKETPAIR = (56, 220), (435, 435), (41, 198), (53, 199)


def install() -> bool:
    """Put the filter on this process and on all that it starts. Return whether it holds: not on an architecture
    whose numbers are not known here, nor on a kernel without filters."""
    known = _ARCHITECTURES.get(os.uname().machine)
    if known is None:
        return False
    program = _program(*known)
    code = ctypes.create_string_buffer(b"".join(program))
    # struct sock_fprog: the number of instructions, and where they are
    described = struct.pack("@HP", len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, described, 0, 0) == 0


def _program(architecture: int, column: int) -> list[bytes]:
    """Return the filter's instructions. Each refusal is one test and one return, so that no jump is far."""
    refuse, allow = _return(errno.EPERM), _then(_RETURN, _ALLOW)
    program = [_then(_LOAD, _ARCHITECTURE), _if(_EQUAL, architecture, 1, 0), refuse]
    program += [_then(_LOAD, _NUMBER)]
    if column == 0:
        program += [_if(_AT_LEAST, _X32, 0, 1), refuse]
    for numbers in _REFUSED.values():
        program += [_if(_EQUAL, numbers[column], 0, 1), refuse]
    # The C library takes clone where clone3, whose flags lie in memory, is not there.
    program += [_if(_EQUAL, _CLONE3[column], 0, 1), _return(errno.ENOSYS)]
    program += [_if(_EQUAL, _CLONE[column], 0, 4), _then(_LOAD, _FIRST_ARGUMENT)]
    program += [_if(_ANY_BIT, _NEW_NAMESPACES, 0, 1), refuse, allow]
    program += [_if(_EQUAL, _SOCKET[column], 1, 0), _if(_EQUAL, _SOCKETPAIR[column], 0, len(_FAMILIES) + 2)]
    program += [_then(_LOAD, _FIRST_ARGUMENT)]
    program += [_if(_EQUAL, family, len(_FAMILIES) - at, 0) for at, family in enumerate(_FAMILIES)]
    return [*program, _return(errno.EAFNOSUPPORT), allow]


def _then(code: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, 0, 0, value)


def _if(code: int, value: int, jump_if_true: int, jump_if_false: int) -> bytes:
    return struct.pack("=HBBI", code, jump_if_true, jump_if_false, value)


def _return(error: int) -> bytes:
    return _then(_RETURN, _ERRNO | error)
