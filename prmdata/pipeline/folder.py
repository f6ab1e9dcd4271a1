"""OUT as a folder of prmdata: refused if it is something else, locked by one build at a time, with a journal
that is opened or begun anew.

The lock is the kernel's (``flock``): it ends with the process that holds it, however that process dies, so a
stale lock file is taken over without guessing. The lock file is in a folder that belongs to this user alone.
No link is followed to it, nor out of OUT to where the data would be written.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prmdata import __version__
from prmdata.config import BuildConfig
from prmdata.errors import InputError, UsageError
from prmdata.outputs import refuse_links
from prmdata.pipeline.journal import Journal


def check_folder(out: Path) -> None:
    """Refuse to write into a folder that prmdata did not make."""
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file; give a folder with -o")
    if (
        out.is_dir()
        and any(out.iterdir())
        and not (out / ".prmdata").is_dir()
        and not (out / "manifest.json").is_file()
    ):
        raise UsageError(f"{out}: holds files that prmdata did not write; give an empty folder with -o")


def opened_journal(config: BuildConfig, sandbox: str, environment: str) -> Journal:
    """The journal of OUT, begun anew under ``--fresh``.

    Raises UsageError, which names the keys that differ, if OUT was made with another configuration or in
    another ``environment`` (an image with other packages judges differently). A dataset has one of each.
    """
    path = config.out / ".prmdata" / "journal.sqlite"
    if config.fresh:
        for stale in path.parent.glob("journal.sqlite*"):
            stale.unlink()
    fixed = {"sandbox": sandbox, "environment": environment, "version": __version__}
    made_with = json.dumps(config.content() | fixed, sort_keys=True)
    journal = Journal(path)
    before = journal.fact("made_with")
    old, new = json.loads(before or made_with), json.loads(made_with)
    keys = [key for key in sorted(old | new) if old.get(key) != new.get(key)]
    if keys:
        journal.close()
        differ = "; ".join(f"{key} was {old.get(key)!r}, is {new.get(key)!r}" for key in keys)
        back = ", or make that image current again (prmdata sandbox build)" if keys == ["environment"] else ""
        raise UsageError(
            f"{config.out}: made with another configuration ({differ}); give another -o, or --fresh{back}"
        )
    journal.begin()
    journal.note("made_with", made_with)
    return journal


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Lock OUT for this process. If another build has it locked, raises UsageError and names that process."""
    path = out / ".prmdata" / "lock"
    try:
        data = out / "data"
        refuse_links(data, *data.glob("*"), path.parent, *path.parent.glob("*"))
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
