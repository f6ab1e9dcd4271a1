"""Turns a full disk, or a folder that cannot be written, into a one-line error instead of a traceback. What
is finished stays, and the same command continues when there is room."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from prmdata.errors import InputError

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
REFUSED: Final = frozenset(
    {errno.EROFS, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG}
)
"""The errors of the system that mean that a place cannot be written, however much room there is."""


class DiskError(InputError):
    """The disk is full or cannot be written. No file is damaged."""

    def __init__(self, where: Path, error: object) -> None:
        refuses = isinstance(error, OSError) and error.errno in REFUSED
        why = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        hint = "name a place that can be" if refuses else "make room and run the same command again"
        super().__init__(str(where), f"cannot be written ({why.split(chr(10))[0]}); {hint}")


@contextmanager
def saying_full(out: Path) -> Iterator[None]:
    """Inside this context, a refused write becomes a :class:`DiskError` that names ``out``."""
    try:
        yield
    except OSError as error:
        if not _concerns(error, out):
            raise
        raise DiskError(out, error) from error


def _concerns(error: OSError, out: Path) -> bool:
    if error.errno in NO_ROOM | {errno.EROFS}:
        return True
    path = error.filename
    return error.errno in REFUSED and (path is None or Path(str(path)).is_relative_to(out.parent))
