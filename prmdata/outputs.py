"""Files that commands write, through no symbolic link.

Neither the file itself nor a folder below the one that was named may be a link, so that a dataset from
somebody else cannot decide where this user writes.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import IO, Any

from prmdata.errors import UsageError


def refuse_links(*paths: Path) -> None:
    """Raises UsageError if one of ``paths`` is a symbolic link, because the text would be written somewhere
    else."""
    for path in paths:
        if path.is_symlink():
            raise _is_link(path)


def open_output(path: Path, mode: str = "w") -> IO[Any]:
    """A file to write or to append to (text: UTF-8, line ends as given). Raises UsageError if it is a
    symbolic link."""
    encoding, newline = (None, None) if "b" in mode else ("utf-8", "\n")
    try:
        return open(path, mode, encoding=encoding, newline=newline, opener=_unlinked)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _is_link(path) from None
        raise


def open_new(path: Path, mode: str = "w") -> IO[Any]:
    """A new file. What an interrupted run left under the same name is removed first."""
    path.unlink(missing_ok=True)
    return open_output(path, mode.replace("w", "x"))


def _unlinked(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)


def _is_link(path: Path) -> UsageError:
    return UsageError(f"{path}: is a symbolic link, which is not followed; remove it or name another place")
