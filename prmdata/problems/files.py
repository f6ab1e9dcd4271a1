"""Rows of local files of every kind that is read, streamed: memory is bounded by one row, whatever the file's size."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, cast

from prmdata.errors import InputError
from prmdata.problems import json_rows, table_rows
from prmdata.problems.json_rows import Found
from prmdata.problems.rows import BadRow, Row

_PACKED = ("", ".gz", ".zst")
_TEXTS = (".jsonl", ".json", ".csv", ".tsv")
SUFFIXES = (*(kind + packed for kind in _TEXTS for packed in _PACKED), ".parquet", ".arrow")

NO_FILE = f"no such file; check the path, and give a file of a kind that is read: {', '.join(SUFFIXES)}"

STDIN = "-"
"""The source that is standard input: JSON Lines, an array, CSV or TSV, told by its first character."""


def rows_of(path: Path, shown: str | None = None) -> Iterator[Row | BadRow]:
    """The rows of ``path``, in order; one whose values cannot be had is a BadRow with its place (``path:line``).

    Raises InputError where nothing can be read: no such file, another suffix, an empty file, a file that is not what its
    suffix says. ``shown`` names the file in messages.
    """
    shown = shown or str(path)
    empty = True
    with ExitStack() as stack:
        try:
            for where, value in _found(path, shown, stack):
                empty = False
                if isinstance(value, BadRow):
                    yield value
                elif not isinstance(value, dict):
                    what = f"each row must be a JSON object, found {type(value).__name__}"
                    yield BadRow(where, what)
                else:
                    yield Row(value, where, source=stem(path), folder=path.parent)
        except FileNotFoundError:
            raise InputError(shown, NO_FILE) from None
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise InputError(shown, f"not a whole gzip file: {error}") from None
        except OSError as error:
            raise InputError(shown, f"cannot be read: {error.strerror or error}") from None
    if empty:
        raise InputError(shown, "the file is empty: it holds no row")


def standard_input() -> Iterator[Row | BadRow]:
    """The rows of standard input, named ``stdin``."""
    file = cast(BinaryIO, sys.stdin.buffer)
    head = file.peek(1 << 10)[: 1 << 10] if isinstance(file, io.BufferedReader) else b""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"{":
        found = json_rows.lines(file, "stdin")
    elif start == b"[":
        found = json_rows.array(file, "stdin")
    else:
        found = table_rows.separated(file, "stdin", None)
    empty = True
    for where, value in found:
        empty = False
        if isinstance(value, dict):
            yield Row(value, where, source="stdin")
        else:
            yield value if isinstance(value, BadRow) else BadRow(where, "each row must be a JSON object")
    if empty:
        raise InputError("stdin", "standard input is empty: it holds no row")


def row_count(path: Path) -> int | None:
    """The number of rows of a file that can be read, without decoding them; None where that takes decoding (a JSON
    array, a CSV, whose texts may hold line ends)."""
    try:
        if _unpacked_name(path).endswith(".jsonl"):
            with ExitStack() as stack:
                return sum(1 for line in _open(path, stack) if not line.isspace())
        if path.suffix.lower() == ".parquet":
            import pyarrow.parquet as pq

            return int(pq.read_metadata(path).num_rows)
    except (OSError, EOFError, zlib.error, ValueError):
        return None  # reading the file will report what is wrong
    return None


def stem(path: Path) -> str:
    """The file's name without the suffixes that say how it is stored: ``HumanEval`` of ``HumanEval.jsonl.gz``."""
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if path.name.lower().endswith(suffix):
            return path.name[: -len(suffix)]
    return path.name


def _found(path: Path, shown: str, stack: ExitStack) -> Found:
    name = _unpacked_name(path)
    if path.suffix.lower() == ".parquet":
        return table_rows.parquet(path, shown)
    if path.suffix.lower() == ".arrow":
        return table_rows.arrow(path, shown)
    if name.endswith(".jsonl"):
        return json_rows.lines(_open(path, stack), shown)
    if name.endswith(".json"):
        return json_rows.array(_open(path, stack), shown)
    if name.endswith((".csv", ".tsv")):
        separator = "\t" if name.endswith(".tsv") else None
        return table_rows.separated(_open(path, stack), shown, separator)
    if not path.exists():
        raise InputError(shown, NO_FILE)
    raise InputError(shown, f"not a kind of file that is read; known: {', '.join(SUFFIXES)}")


def _unpacked_name(path: Path) -> str:
    return path.name.lower().removesuffix(".gz").removesuffix(".zst")


def _open(path: Path, stack: ExitStack) -> BinaryIO:
    if path.suffix.lower() == ".gz":
        return cast(BinaryIO, stack.enter_context(gzip.open(path, "rb")))
    if path.suffix.lower() == ".zst":
        return _zstandard(path, stack)
    return stack.enter_context(path.open("rb"))


def _zstandard(path: Path, stack: ExitStack) -> BinaryIO:
    """The content of a zstd file, by the decoder that pyarrow brings."""
    import pyarrow as pa

    raw = stack.enter_context(pa.OSFile(str(path), "rb"))
    stream: Any = stack.enter_context(pa.CompressedInputStream(raw, "zstd"))
    return cast(BinaryIO, io.BufferedReader(_Readable(stream)))


class _Readable(io.RawIOBase):
    """A stream of pyarrow as Python's own buffering expects one."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
