"""One build at a time in one OUT.

The lock is the kernel's (``flock``): it goes with the process that held it, however that died, so a
stale lock file is taken over without guessing.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prmdata.errors import InputError, UsageError


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold OUT for this process. Raises UsageError naming the holder where another build has it."""
    path = out / ".prmdata" / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise InputError(str(out), f"cannot be written: {error.strerror}; give another -o") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 32).decode("ascii", "replace").strip() or "unknown"
            raise UsageError(
                f"{out}: another build (process {holder}) is writing here; wait for it or give another -o"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
