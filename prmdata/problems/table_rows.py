"""Rows of tables: CSV and TSV, Parquet, and Arrow as ``datasets`` writes it, streamed."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from prmdata.errors import InputError
from prmdata.problems.json_rows import Found
from prmdata.problems.rows import BadRow

BATCH = 64
"""Rows of Parquet or Arrow decoded at once; CodeContests rows reach megabytes each."""

_SEPARATORS = (",", ";", "\t", "|")


def separated(file: BinaryIO, shown: str, separator: str | None) -> Found:
    """The rows of a CSV as objects of texts by the names of its first line; empty cells are null. ``separator`` None: of
    comma, semicolon, tab and bar the one that the first line holds most of. A row's place is the line where it begins.

    A row of more cells than there are names, or with bytes that are not UTF-8, is a bad row. Raises InputError where the
    first line gives no names, or is not UTF-8.
    """
    csv.field_size_limit(sys.maxsize)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    head = text.readline()
    if "\0" in head or any("\udc80" <= letter <= "\udcff" for letter in head):
        raise InputError(
            f"{shown}:1", "the line that names the columns is not UTF-8; store the file as UTF-8"
        )
    if separator is None:
        separator = max(_SEPARATORS, key=head.count)
    reader = csv.reader(_led(head, text), delimiter=separator, strict=True)
    names = _names(next(reader, []), shown)
    began = reader.line_num + 1
    while True:
        where = f"{shown}:{began}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield where, BadRow(where, f"not CSV: {error}; close the quotes that this row opens")
            began = reader.line_num + 1
            continue
        began = reader.line_num + 1
        if cells:
            yield where, _object(names, cells, where)


def parquet(path: Path, shown: str) -> Found:
    """The rows of a Parquet file, a batch at a time. Raises InputError where it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield from _batches(file.iter_batches(batch_size=BATCH), shown)
    except pa.ArrowException as error:
        raise InputError(shown, f"not Parquet: {_first_line(error)}") from None


def arrow(path: Path, shown: str) -> Found:
    """The rows of an Arrow file or stream. Raises InputError where it is neither."""
    import pyarrow as pa

    try:
        with pa.memory_map(str(path)) as source:
            yield from _batches(_record_batches(source), shown)
    except pa.ArrowException as error:
        raise InputError(shown, f"not Arrow: {_first_line(error)}") from None


def _record_batches(source: Any) -> Iterator[Any]:
    import pyarrow as pa

    try:
        file = pa.ipc.open_file(source)
    except pa.ArrowInvalid:
        source.seek(0)
        yield from pa.ipc.open_stream(source)
        return
    for index in range(file.num_record_batches):
        yield file.get_batch(index)


def _batches(batches: Iterable[Any], shown: str) -> Found:
    number = 0
    for batch in batches:
        for start in range(0, batch.num_rows, BATCH):
            for value in _values(batch.slice(start, BATCH)):
                number += 1
                where = f"{shown}:row {number}"
                yield where, BadRow(where, value.what) if isinstance(value, BadRow) else value


def _values(batch: Any) -> list[Any]:
    """The rows of a batch; where one holds bytes that are not UTF-8, it alone is bad."""
    try:
        found: list[Any] = batch.to_pylist()
    except UnicodeDecodeError as error:
        if batch.num_rows == 1:
            return [BadRow("", f"not UTF-8: {error.reason} at byte {error.start} of one of its texts")]
        return [one for index in range(batch.num_rows) for one in _values(batch.slice(index, 1))]
    return found


def _names(cells: list[str], shown: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    if not any(names):
        raise InputError(f"{shown}:1", "the first line must name the columns")
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise InputError(f"{shown}:1", f"two columns are named {double!r}; give each a name of its own")
    return names


def _object(names: list[str], cells: list[str], where: str) -> dict[str, str | None] | BadRow:
    if len(cells) > len(names):
        what = f"{len(cells)} cells and {len(names)} columns; quote the texts that hold a separator"
        return BadRow(where, what)
    values: dict[str, str | None] = dict.fromkeys(names)
    for name, cell in zip(names, cells, strict=False):
        if not _is_utf8(cell):
            return BadRow(where, f"{name!r} is not UTF-8; store the file as UTF-8")
        values[name] = cell or None
    return values


def _is_utf8(text: str) -> bool:
    return text.isascii() or not any("\udc80" <= char <= "\udcff" for char in text)


def _led(head: str, rest: Iterable[str]) -> Iterator[str]:
    yield head
    yield from rest


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
