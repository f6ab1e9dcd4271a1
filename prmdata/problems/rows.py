"""One row of a source: its values with the place they stand, read with their types checked.

A value of the wrong type is that row's fault: it raises RowError, which becomes a reject with the row's place. A value
that is missing or null reads as empty, and the problem is rejected later for what it lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prmdata.errors import InputError
from prmdata.problems.plain import loads, opened, storable


class RowError(InputError):
    """One row cannot be read as a problem; the rows beside it can."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row whose values cannot be had at all: ``where`` it stands, ``what`` is wrong with it."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Row:
    """``values`` as read; ``where`` is ``path:line`` (``path:row N`` for Parquet, ``name:row N`` for the Hub);
    ``source`` and ``license`` are what is known about the whole file, ``split`` the split that holds the row,
    ``number`` its place in the source (from 0) and ``folder`` where files that it names lie."""

    values: Mapping[str, Any]
    where: str
    source: str = ""
    license: str = ""
    split: str = ""
    number: int = 0
    folder: Path | None = None

    def fail(self, what: str) -> RowError:
        """The error that says ``what`` is wrong with this row."""
        return RowError(self.where, what)

    def identity(self, *keys: str) -> str:
        """The first of ``keys`` that holds a string or an integer, as text; where none does, the row's place:
        ``source/number``. RowError for a value of another type."""
        for key in keys:
            value = self.values.get(key)
            if isinstance(value, bool) or value is None or value == "":
                continue
            if not isinstance(value, str | int):
                raise self.fail(f"{key!r} must be a string or an integer, found {_kind(value)}")
            return written(value)
        return f"{self.source or 'row'}/{self.number}"

    def text(self, key: str) -> str:
        """The string at ``key``; "" where it is missing or null."""
        value = self.values.get(key)
        if value is None:
            return ""
        if isinstance(value, bytes):
            try:
                return value.decode()
            except UnicodeDecodeError as error:
                raise self.fail(f"{key!r} is not UTF-8 (byte {error.start}); store it as UTF-8") from None
        if not isinstance(value, str):
            raise self.fail(f"{key!r} must be a string, found {_kind(value)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of strings at ``key``; empty where it is missing or null."""
        items = self.items(key)
        for index, item in enumerate(items):
            if not isinstance(item, str):
                raise self.fail(f"{key!r}[{index}] must be a string, found {_kind(item)}")
        return tuple(items)

    def items(self, key: str) -> list[Any]:
        """The list at ``key`` (or in the JSON that stands there as a string); empty where it is missing or null."""
        value = self._opened(key)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            raise self.fail(f"{key!r} must be a list, found {_kind(value)}")
        return list(value)

    def mapping(self, key: str) -> dict[str, Any]:
        """The object at ``key`` (or in the JSON that stands there as a string); empty where it is missing or null."""
        value = self._opened(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self.fail(f"{key!r} must be an object, found {_kind(value)}")
        return dict(value)

    def embedded(self, key: str) -> Any:
        """The JSON that stands as a string at ``key`` (as the Hub stores nested columns); None where it is
        missing, null or empty; values that are no string are taken as they are."""
        value = self.values.get(key)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return loads(value)
        except (ValueError, RecursionError) as error:
            raise self.fail(f"{key!r} is not JSON: {error}") from None

    def rest(self, *used: str) -> dict[str, Any]:
        """The values that no field of a problem took, as JSON can hold them: its metadata."""
        return {key: storable(value) for key, value in self.values.items() if key not in used}

    def _opened(self, key: str) -> Any:
        value = self.values.get(key)
        return (opened(value) if value.strip() else None) if isinstance(value, str) else value


def written(value: str | int) -> str:
    """An id as text; an integer with more digits than Python writes is written in hexadecimal."""
    return str(storable(value))


def whole(row: Row | BadRow) -> Row:
    """The row; raises InputError where it cannot be had."""
    if isinstance(row, BadRow):
        raise InputError(row.where, row.what)
    return row


def _kind(value: object) -> str:
    """What JSON calls the type of ``value``."""
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", type(None): "null"}
    if isinstance(value, list | tuple):
        return "a list"
    return names.get(type(value), "an object" if isinstance(value, Mapping) else f"a {type(value).__name__}")
