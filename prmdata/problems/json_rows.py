"""Rows of JSON: one object on each line, or one array of objects, streamed.

Lines end at ``\\n`` only: JSON strings may hold U+2028 and form feeds. A line that cannot be read is one bad row; an array
that cannot be read on is the file's fault.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from prmdata.errors import InputError
from prmdata.problems.plain import loads, long_integers
from prmdata.problems.rows import BadRow

Found = Iterator[tuple[str, Any]]
"""Values with their places. A BadRow stands for a value that cannot be read."""

_CHUNK = 1 << 20


def lines(file: BinaryIO, shown: str) -> Found:
    """The value of each line that is not blank."""
    for number, raw in enumerate(file, start=1):
        where = f"{shown}:{number}"
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            what = f"not UTF-8 (byte {error.start} of the line); store the file as UTF-8"
            yield where, BadRow(where, what)
            continue
        if not line.strip():
            continue
        try:
            yield where, loads(line)
        except (ValueError, RecursionError) as error:
            yield where, BadRow(where, f"not JSON: {_said(error)}; each line must be one JSON object")


def array(file: BinaryIO, shown: str) -> Found:
    """The objects of one JSON array, each decoded when it is whole. A file that begins with an object may hold several,
    one after the other, or the array under its only name (``{"data": [...]}``). Raises InputError with the line where the
    file cannot be read on."""
    text = _Text(file, shown)
    first = text.peek()
    if first == "{":
        yield from _objects(text, shown)
        return
    if first != "[":
        if first:
            raise InputError(f"{shown}:{text.line}", "a .json file must hold one array of objects")
        return
    text.skip("[")
    while text.peek() != "]":
        yield f"{shown}:{text.line}", text.value()
        if text.peek() != ",":
            break
        text.skip(",")
    if text.peek() != "]":
        raise InputError(f"{shown}:{text.line}", "not JSON: the array does not end; expected ',' or ']'")


def _objects(text: _Text, shown: str) -> Found:
    while (first := text.peek()) == "{":
        where = f"{shown}:{text.line}"
        value = text.value()
        match list(value.values()):
            case [[*rows]] if rows and all(isinstance(row, dict) for row in rows):
                yield from ((where, row) for row in rows)
            case _:
                yield where, value
    if first:
        raise InputError(f"{shown}:{text.line}", "not JSON: expected another object, or the end of the file")


class _Text:
    """The text of a file, read by chunks and forgotten once decoded."""

    def __init__(self, file: BinaryIO, shown: str) -> None:
        self._shown = shown
        self._file = file
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
                value, end = self._decoded()
            except (ValueError, RecursionError) as error:
                if self._more():
                    continue
                raise InputError(f"{self._shown}:{self.line}", f"not JSON: {_said(error)}") from None
            self.line += self._held.count("\n", 0, end)
            self._held = self._held[end:]
            return value

    def _decoded(self) -> tuple[Any, int]:
        """The value at the beginning of the text, and its end. Integers may be of any length."""
        try:
            return self._json.raw_decode(self._held)
        except json.JSONDecodeError:
            raise
        except ValueError:
            with long_integers():
                return self._json.raw_decode(self._held)

    def _more(self) -> bool:
        """Read at least as much again as is in memory, so that one long row costs no quadratic time."""
        if self._ended:
            return False
        raw = self._file.read(max(_CHUNK, len(self._held)))
        self._ended = not raw
        if self._ended:
            self._file.close()
        try:
            self._held += self._decoder.decode(raw, final=self._ended)
        except UnicodeDecodeError:
            where = f"{self._shown}:{self.line + self._held.count(chr(10))}"
            raise InputError(where, "not UTF-8 at or after this line; store the file as UTF-8") from None
        return not self._ended


def _said(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at column {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
