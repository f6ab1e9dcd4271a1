"""A full disk or a folder that refuses is one line, not a traceback: what is finished stays, and the same command goes
on when there is room."""

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
"""What the system says of a place that cannot be written, however much room there is."""


class DiskError(InputError):
    """The disk is full or refuses to be written. Nothing is torn."""

    def __init__(self, where: Path, error: object) -> None:
        refuses = isinstance(error, OSError) and error.errno in REFUSED
        why = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        hint = "name a place that can be" if refuses else "make room and run the same command again"
        super().__init__(str(where), f"cannot be written ({why.split(chr(10))[0]}); {hint}")


@contextmanager
def saying_full(out: Path) -> Iterator[None]:
    """Inside, the system's refusal to write becomes a :class:`DiskError` that names ``out``."""
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
