"""Values as data sets hold them: JSON with integers of any length, infinities and NaN, and texts of Python
literals.

JSON that Python's own reader refuses (an integer of over 4,300 digits) is read too. Values that go into files
are made storable, and values that go into the source of a test are written as Python.
"""

from __future__ import annotations

import ast
import json
import math
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

MOST_DIGITS: Final = 200_000
"""A longer integer is refused: reading it takes time that grows faster than its length."""

_PLAIN_DIGITS: Final = 600
"""Longer integers are written in hexadecimal, which every interpreter reads whatever its limit on decimal digits."""

_UNLIMITED = threading.Lock()


def loads(text: str) -> Any:
    """The value of a JSON text. Raises ValueError (RecursionError where it is nested too deeply), as ``json.loads``."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        with long_integers():
            return json.loads(text)


def opened(text: str) -> Any:
    """The list or object that a text holds as JSON or, as some data sets write it, as a Python literal; the text
    itself where it holds neither."""
    stripped = text.strip()
    if stripped[:1] not in ("[", "{"):
        return text
    for read in (loads, ast.literal_eval):
        try:
            found = read(stripped)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(found, list | dict | tuple):
            return list(found) if isinstance(found, tuple) else found
    return text


def literal(value: Any) -> str:
    """``value`` (what JSON can say, tuples and sets too) as Python source that evaluates to it."""
    if isinstance(value, bool) or value is None or isinstance(value, str | bytes):
        return repr(value)
    if isinstance(value, int):
        return repr(value) if abs(value) < 10**_PLAIN_DIGITS else hex(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f"float({str(value)!r})"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)}: {literal(one)}" for key, one in value.items()) + "}"
    return repr(value)


def storable(value: Any) -> Any:
    """``value`` as JSON can hold it everywhere: bytes and dates become texts, and so do integers that a reader with
    Python's own limit would refuse."""
    if isinstance(value, Mapping):
        return {str(key): storable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [storable(one) for one in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if value is None or isinstance(value, bool | float | str):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**_PLAIN_DIGITS else hex(value)
    return str(value)


@contextmanager
def long_integers() -> Iterator[None]:
    """For a moment, decimal integers of up to ``MOST_DIGITS`` digits can be read."""
    with _UNLIMITED:
        before = sys.get_int_max_str_digits()
        sys.set_int_max_str_digits(MOST_DIGITS)
        try:
            yield
        finally:
            sys.set_int_max_str_digits(before)
