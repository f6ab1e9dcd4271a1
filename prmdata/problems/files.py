"""Rows of local files: JSON Lines, JSON arrays (each also gzipped) and Parquet, streamed.

Memory is bounded by one row (Parquet: one batch of ``BATCH`` rows), whatever the size of the file.
Lines end at ``\\n`` only: JSON strings may hold U+2028 and form feeds.
"""

from __future__ import annotations

import codecs
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from prmdata.errors import InputError
from prmdata.problems.rows import Row

SUFFIXES = (".jsonl", ".jsonl.gz", ".json", ".json.gz", ".parquet")

BATCH = 64
"""Rows of Parquet decoded at once; CodeContests rows reach megabytes each."""

_CHUNK = 1 << 20


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of ``path``, in order. Raises InputError with ``path:line`` for what cannot be read: no such
    file, another suffix, an empty file, bytes that are not UTF-8, a malformed line (which), a row that is no object."""
    if path.name.endswith(".parquet"):
        found = _parquet(path)
    elif path.name.endswith((".jsonl", ".jsonl.gz")):
        found = _lines(path)
    elif path.name.endswith((".json", ".json.gz")):
        found = _array(path)
    elif not path.exists():
        raise InputError(str(path), "no such file")
    else:
        raise InputError(str(path), f"not a kind of file that is read; known: {', '.join(SUFFIXES)}")
    empty = True
    try:
        for where, value in found:
            if not isinstance(value, dict):
                raise InputError(where, f"each row must be a JSON object, found {type(value).__name__}")
            empty = False
            yield Row(value, where, source=stem(path))
    except FileNotFoundError:
        raise InputError(str(path), "no such file") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(str(path), f"not a whole gzip file: {error}") from None
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror or error}") from None
    if empty:
        raise InputError(str(path), "the file is empty: it holds no row")


def row_count(path: Path) -> int | None:
    """The number of rows of a file that can be read, without decoding them; None for a JSON array."""
    try:
        if path.name.endswith((".jsonl", ".jsonl.gz")):
            with _open(path) as file:
                return sum(1 for line in file if not line.isspace())
        if path.name.endswith(".parquet"):
            import pyarrow.parquet as pq

            return int(pq.read_metadata(path).num_rows)
    except (OSError, EOFError, zlib.error, ValueError):
        return None  # whoever reads it says what is wrong
    return None


def stem(path: Path) -> str:
    """The file's name without the suffixes that say how it is stored: ``HumanEval`` of ``HumanEval.jsonl.gz``."""
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if path.name.endswith(suffix):
            return path.name.removesuffix(suffix)
    return path.name


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.name.endswith(".gz") else path.open("rb")


def _lines(path: Path) -> Iterator[tuple[str, Any]]:
    with _open(path) as file:
        for number, raw in enumerate(file, start=1):
            where = f"{path}:{number}"
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise InputError(
                    where, f"not UTF-8 (byte {error.start} of the line); store the file as UTF-8"
                ) from None
            if not line.strip():
                continue
            try:
                yield where, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise InputError(
                    where, f"not JSON: {_said(error)}; each line must be one JSON object"
                ) from None


def _array(path: Path) -> Iterator[tuple[str, Any]]:
    """The objects of one JSON array, each decoded when it is whole; a lone object is an array of one."""
    text = _Text(path)
    first = text.peek()
    if first == "{":
        yield f"{path}:1", text.value()
        return
    if first != "[":
        if first:
            raise InputError(f"{path}:{text.line}", "a .json file must hold one array of objects")
        return
    text.skip("[")
    while text.peek() != "]":
        yield f"{path}:{text.line}", text.value()
        if text.peek() != ",":
            break
        text.skip(",")
    if text.peek() != "]":
        raise InputError(f"{path}:{text.line}", "not JSON: the array does not end; expected ',' or ']'")


class _Text:
    """The text of a file, read by chunks and forgotten once decoded."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _open(path)
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder()
        self._held = ""
        self._ended = False
        self.line = 1

    def peek(self) -> str:
        """The next character that is no white space; "" at the end."""
        while True:
            kept = self._held.lstrip(" \t\r\n")
            self.line += self._held.count("\n", 0, len(self._held) - len(kept))
            self._held = kept
            if kept or not self._more():
                return kept[:1]

    def skip(self, character: str) -> None:
        self._held = self._held[len(character) :]

    def value(self) -> Any:
        self.peek()
        while True:
            try:
                value, end = self._json.raw_decode(self._held)
            except (ValueError, RecursionError) as error:
                if self._more():
                    continue
                raise InputError(f"{self._path}:{self.line}", f"not JSON: {_said(error)}") from None
            self.line += self._held.count("\n", 0, end)
            self._held = self._held[end:]
            return value

    def _more(self) -> bool:
        """Read on, at least as much again as is held (so that one long row costs no quadratic time)."""
        if self._ended:
            return False
        raw = self._file.read(max(_CHUNK, len(self._held)))
        self._ended = not raw
        if self._ended:
            self._file.close()
        try:
            self._held += self._decoder.decode(raw, final=self._ended)
        except UnicodeDecodeError:
            where = f"{self._path}:{self.line + self._held.count(chr(10))}"
            raise InputError(where, "not UTF-8 at or after this line; store the file as UTF-8") from None
        return not self._ended


def _parquet(path: Path) -> Iterator[tuple[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(batch_size=BATCH):
                for value in batch.to_pylist():
                    number += 1
                    yield f"{path}:row {number}", value
    except pa.ArrowException as error:
        said = str(error).split("\n", 1)[0]
        raise InputError(str(path), f"not Parquet: {said}") from None


def _said(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
