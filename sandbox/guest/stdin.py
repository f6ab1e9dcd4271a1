"""The standard input of a candidate."""

from __future__ import annotations

import os


def stdin(data: bytes) -> int:
    """Return a descriptor to read ``data`` from: a file in memory, as after ``program < file``. It can be mapped, asked
    for its size and opened again as /dev/stdin, and it holds any amount."""
    whole = os.memfd_create("stdin")
    left = memoryview(data)
    while left:
        left = left[os.write(whole, left) :]
    os.lseek(whole, 0, os.SEEK_SET)
    return whole
