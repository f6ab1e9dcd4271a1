"""One build at a time in one OUT.

The lock is the kernel's (``flock``): it goes with the process that held it, however that died, so a
stale lock file is taken over without guessing. It stands in a folder that is this user's alone, and no link is
followed to it, nor out of OUT to where the data would be written.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prmdata.errors import InputError, UsageError


def refuse_links(*paths: Path) -> None:
    """Raises UsageError where one of ``paths`` is a symbolic link: what is written there would land elsewhere."""
    for path in paths:
        if path.is_symlink():
            raise UsageError(
                f"{path}: is a symbolic link, which is not followed; remove it or give another -o"
            )


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold OUT for this process. Raises UsageError naming the holder where another build has it."""
    path = out / ".prmdata" / "lock"
    try:
        refuse_links(out / "data", path.parent, path)
        out.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
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
