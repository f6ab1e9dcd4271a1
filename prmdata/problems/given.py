"""Rows given in Python: a ``datasets.Dataset``, a DatasetDict, or any iterable of mappings, as a source with a name.

They are written once to a temporary file, a row at a time, so that everything that reads a source can read them, as often
as it likes and in constant memory. The name holds a digest of the rows: the same rows give the same name.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from prmdata.errors import InputError, UsageError
from prmdata.problems.plain import loads, storable
from prmdata.problems.rows import Row

PREFIX = "rows:"

_FILES: dict[str, IO[bytes]] = {}
"""The temporary files of this process by name; each is removed when the process ends."""


def as_source(rows: object) -> str:
    """The name of a source that holds ``rows``: an iterable of mappings (each a row), or a mapping of splits to such
    iterables. Raises UsageError for anything else."""
    spool = tempfile.NamedTemporaryFile("w+b", prefix="prmdata-rows-", suffix=".jsonl")  # noqa: SIM115
    digest = hashlib.sha256()
    for split, values in _with_splits(rows):
        line = json.dumps([split, storable(values)]).encode() + b"\n"
        digest.update(line)
        spool.write(line)
    spool.flush()
    name = PREFIX + digest.hexdigest()[:16]
    _FILES[name] = spool
    return name


def given_rows(name: str) -> Iterator[Row]:
    """The rows of a source that :func:`as_source` named. Raises InputError if this process was given no such
    source."""
    if name not in _FILES:
        raise InputError(name, "rows given in Python are there only in the process that they were given in")
    empty = True
    with Path(_FILES[name].name).open("rb") as file:
        for number, line in enumerate(file, start=1):
            split, values = loads(line.decode())
            empty = False
            yield Row(values, f"row {number}", source="rows", split=split)
    if empty:
        raise InputError(name, "no row was given")


def _with_splits(rows: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    groups = rows.items() if isinstance(rows, Mapping) else [("", rows)]
    for split, group in groups:
        if not isinstance(group, Iterable) or isinstance(group, str | bytes):
            raise UsageError(f"a source is a name, a path or an iterable of rows, not {type(rows).__name__}")
        for values in group:
            if not isinstance(values, Mapping):
                raise UsageError(f"each row given must be a mapping, found {type(values).__name__}")
            yield str(split), values
