"""One row of a source: its values with the place they stand, read with their types checked.

A value of the wrong type is the file's fault and stops the reading with one line (InputError); a value
that is missing or null is the problem's fault: it reads as empty and the problem is rejected later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prmdata.errors import InputError


@dataclass(frozen=True, slots=True)
class Row:
    """``values`` as read; ``where`` is ``path:line`` (``path:row N`` for Parquet, ``name:row N`` for the Hub);
    ``source`` and ``license`` are what is known about the whole file."""

    values: Mapping[str, Any]
    where: str
    source: str = ""
    license: str = ""

    def fail(self, what: str) -> InputError:
        """The error that says ``what`` is wrong with this row."""
        return InputError(self.where, what)

    def identity(self, *keys: str) -> str:
        """The first of ``keys`` that holds a string or an integer, as text. InputError where none does."""
        for key in keys:
            value = self.values.get(key)
            if isinstance(value, bool) or value is None or value == "":
                continue
            if not isinstance(value, str | int):
                raise self.fail(f"{key!r} must be a string or an integer, found {_kind(value)}")
            return str(value)
        raise self.fail(f"no id: {' or '.join(repr(key) for key in keys)} is missing or empty")

    def text(self, key: str) -> str:
        """The string at ``key``; "" where it is missing or null."""
        value = self.values.get(key)
        if value is None:
            return ""
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
        """The list at ``key``; empty where it is missing or null."""
        value = self.values.get(key)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            raise self.fail(f"{key!r} must be a list, found {_kind(value)}")
        return list(value)

    def mapping(self, key: str) -> dict[str, Any]:
        """The object at ``key``; empty where it is missing or null."""
        value = self.values.get(key)
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
            return json.loads(value)
        except ValueError as error:
            raise self.fail(f"{key!r} is not JSON: {error}") from None

    def rest(self, *used: str) -> dict[str, Any]:
        """The values that no field of a problem took: its metadata."""
        return {key: value for key, value in self.values.items() if key not in used}


def _kind(value: object) -> str:
    """What JSON calls the type of ``value``."""
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", type(None): "null"}
    if isinstance(value, list | tuple):
        return "a list"
    return names.get(type(value), "an object" if isinstance(value, Mapping) else f"a {type(value).__name__}")
