"""A full disk is one line, not a traceback: what is finished stays, and the build goes on when there is room."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prmdata.errors import InputError

_REFUSED = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}


class DiskError(InputError):
    """The disk is full or refuses to be written. Nothing is torn."""

    def __init__(self, where: Path, error: object) -> None:
        super().__init__(str(where), f"cannot be written ({error}); make room and run the same command again")


@contextmanager
def saying_full(out: Path) -> Iterator[None]:
    """Inside, the system's refusal to write becomes a :class:`DiskError` that names ``out``."""
    try:
        yield
    except OSError as error:
        if error.errno not in _REFUSED:
            raise
        raise DiskError(out, error.strerror or error) from error
