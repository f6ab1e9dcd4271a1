"""Write rows as Parquet shards, as a stream: the same rows give the same bytes.

A shard has a fixed number of rows, and row groups have a fixed size, so the bytes depend neither on when rows
arrive nor on memory. A file appears only when it is complete: it is written under another name, synced, then
renamed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from prmdata.datasets.schema import steps_schema
from prmdata.errors import InputError, UsageError
from prmdata.outputs import open_new, refuse_links

ROWS_PER_SHARD: Final = 100_000
"""Rows in one shard: about 30 MB of compressed Parquet (300 bytes for each row, zstd)."""
ROW_GROUP: Final = 1_000
"""Rows held in memory before they are written: about 3 MB."""
GROUP_CHARS: Final = 32_000_000
"""Characters of prompts held before they are written. Rows with prompts of a megabyte make smaller row
groups."""

# With chunks cut by content, the Hub stores only what changed between two versions (from pyarrow 21 on).
_CHUNKED = {"use_content_defined_chunking": True} if int(pa.__version__.split(".")[0]) >= 21 else {}


class ShardedWriter:
    """Writes the rows of one split of one config, in the order given, into ``folder``.

    ``close`` renames the shards to ``<split>-NNNNN-of-NNNNN.parquet`` and removes the shards of an earlier,
    different write of the same split. If an exception ends the writing, nothing of the split changes.
    """

    def __init__(
        self,
        folder: Path,
        split: str,
        schema: pa.Schema,
        *,
        rows_per_shard: int = ROWS_PER_SHARD,
        row_group: int = ROW_GROUP,
    ) -> None:
        if not re.fullmatch(r"\w+(\.\w+)*", split):
            raise UsageError(f"split {split!r}: a split's name has letters, digits, '_' and '.' only")
        self.n_rows = 0
        self._folder, self._split, self._schema = folder, split, schema
        self._rows_per_shard, self._row_group = rows_per_shard, min(row_group, rows_per_shard)
        self._pending: list[dict[str, Any]] = []
        self._pending_chars = 0
        self._done: list[Path] = []
        self._open: pq.ParquetWriter | None = None
        self._in_shard = 0

    def add(self, row: dict[str, Any]) -> None:
        """Append one row. Raises InputError if a value does not fit its column."""
        self._pending.append(row)
        self.n_rows += 1
        self._pending_chars += len(row.get("prompt") or "")
        full = self._in_shard + len(self._pending) >= self._rows_per_shard
        if full or len(self._pending) >= self._row_group or self._pending_chars > GROUP_CHARS:
            self._flush()
        if full:
            self._close_shard()

    def close(self) -> list[Path]:
        """Finish writing, and return the paths of the shards in order (none if no row was added)."""
        self._flush()
        self._close_shard()
        names = [f"{self._split}-{i:05d}-of-{len(self._done):05d}.parquet" for i in range(len(self._done))]
        for stale in shards(self._folder, self._split):
            if stale.name not in names:
                stale.unlink()
        paths = [self._folder / name for name in names]
        for temporary, path in zip(self._done, paths, strict=True):
            temporary.replace(path)
        if paths:
            sync_folder(self._folder)
        return paths

    def __enter__(self) -> ShardedWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open is not None:
            self._open.close()
        for temporary in self._folder.glob(f".{self._split}-*.tmp") if kind is not None else ():
            temporary.unlink()

    def _flush(self) -> None:
        if not self._pending:
            return
        if self._open is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f".{self._split}-{len(self._done):05d}.{os.getpid()}.tmp"
            open_new(path, "wb").close()
            self._open = pq.ParquetWriter(
                path, self._schema, compression="zstd", write_page_index=True, **_CHUNKED
            )
            self._done.append(path)
        self._open.write_table(_table(self._pending, self._schema), row_group_size=self._row_group)
        self._in_shard += len(self._pending)
        self._pending, self._pending_chars = [], 0

    def _close_shard(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open, self._in_shard = None, 0
            _sync(self._done[-1])


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    try:
        return pa.Table.from_pylist(rows, schema=schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError) as error:
        for row in rows:
            try:
                pa.Table.from_pylist([row], schema=schema)
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError) as cause:
                raise InputError(f"row {row.get('id', '?')}", f"does not fit the columns: {cause}") from cause
        raise InputError("rows", f"do not fit the columns: {error}") from error


def misfits(rows: list[dict[str, Any]]) -> dict[int, str]:
    """The rows of config ``steps`` that do not fit its columns (such as half a surrogate pair in a text), as
    a map from their place to what is wrong. All rows are tried at once, because nearly always all fit; to try
    one at a time would cost 10 ms for each row."""
    schema = steps_schema()
    try:
        _table(rows, schema)
    except InputError:
        return {place: what for place, row in enumerate(rows) if (what := _misfit(row, schema))}
    return {}


def _misfit(row: dict[str, Any], schema: pa.Schema) -> str:
    try:
        _table([row], schema)
    except InputError as error:
        return error.what
    return ""


def write_rows(
    rows: Iterable[tuple[str, dict[str, Any]]], folder: Path, schema: pa.Schema, **sizes: int
) -> dict[str, list[Path]]:
    """Write (split, row) pairs of any schema in one pass; return the files of each split, by its name. Raises
    UsageError if ``folder`` is a symbolic link."""
    refuse_links(folder)
    with ExitStack() as stack:
        writers: dict[str, ShardedWriter] = {}
        for split, row in rows:
            if split not in writers:
                writers[split] = stack.enter_context(ShardedWriter(folder, split, schema, **sizes))
            writers[split].add(row)
        files = {split: writers[split].close() for split in sorted(writers)}
    kept = {path for paths in files.values() for path in paths}
    for stale in shards(folder):
        if stale not in kept:
            stale.unlink()
    return files


_SHARD = re.compile(r"(?P<split>\w+(\.\w+)*)-\d{5}-of-\d{5}\.parquet")
_FIRST = ("train", "validation", "test")


def shards(folder: Path, split: str | None = None) -> list[Path]:
    """The shards in ``folder`` (of ``split``): train, validation, test, then the others by name."""
    found: list[tuple[int, str, Path]] = []
    for path in folder.glob("*.parquet") if folder.is_dir() else ():
        match = _SHARD.fullmatch(path.name)
        if match and split in (None, match["split"]):
            place = _FIRST.index(match["split"]) if match["split"] in _FIRST else len(_FIRST)
            found.append((place, path.name, path))
    return [path for _, _, path in sorted(found)]


def split_of_shard(path: Path) -> str:
    """The split that is in the name of a shard."""
    match = _SHARD.fullmatch(path.name)
    return match["split"] if match else ""


def write_text(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` (UTF-8, line ends as given), completely or not at all."""
    with replacing(path) as file:
        file.write(text.encode("utf-8"))


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that replaces ``path`` if there was no error. After an error, nothing changes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open_new(temporary, "wb") as file:
            yield file
        _sync(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
