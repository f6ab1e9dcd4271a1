"""What holds of one value: signs, emptiness, order, distinctness, alphabets, shapes.

A feature is a name, the path of the value, and sometimes a parameter. It *applies* to a call or it does
not (order says nothing about a number); where it applies it holds or fails. At an element path it holds
when it holds of every element.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any, Final

Fact = tuple[str, tuple[Any, ...]]
"""A feature of a value without its path: the name and the parameters."""

RECORD_LENGTH: Final = 4
"""Tuples up to this length, and mixed lists, are also seen as records: position by position."""

_LARGEST_FACTORED: Final = 1_000_000
_SHORT: Final = 32
_RUNS: Final = re.compile(r"[^\W\d_]+|\d+|.", re.DOTALL)
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_PAIRS: Final = {")": "(", "]": "[", "}": "{", ">": "<"}


def facts_of(value: Any) -> Iterable[tuple[Fact, bool]]:
    """Each feature that applies to the value itself (not to what it holds), and whether it holds."""
    if isinstance(value, bool) or value is None:
        return ()
    if isinstance(value, int | float):
        return _of_number(value)
    if isinstance(value, str):
        return _of_short_text(value) if len(value) <= _SHORT else _of_any_text(value)
    if isinstance(value, list | tuple):
        return chain(_of_size(len(value)), _of_sequence(value))
    if isinstance(value, set | frozenset | dict | bytes):
        return _of_size(len(value))
    return ()


def facts_of_ints(values: Sequence[int]) -> Iterator[tuple[Fact, bool]]:
    """The features that apply to any of several integers, and whether each holds of all."""
    low, high = min(values), max(values)
    yield ("nonnegative", ()), low >= 0
    yield ("nonpositive", ()), high <= 0
    yield ("nonzero", ()), 0 not in values
    yield ("beyond one", ()), not any(-1 <= value <= 1 for value in values)
    small = [value for value in values if -_LARGEST_FACTORED < value < _LARGEST_FACTORED]
    if small:
        yield ("prime", ()), all(map(_is_prime, small))
        yield ("composite", ()), min(small) > 1 and not any(map(_is_prime, small))


@lru_cache(maxsize=4096)
def _of_short_text(value: str) -> tuple[tuple[Fact, bool], ...]:
    return tuple(_of_any_text(value))  # words come again and again


def _of_any_text(value: str) -> Iterator[tuple[Fact, bool]]:
    yield from _of_size(len(value))
    yield from _of_text(value)


def _of_number(value: int | float) -> Iterator[tuple[Fact, bool]]:
    yield ("nonnegative", ()), value >= 0
    yield ("nonpositive", ()), value <= 0
    yield ("nonzero", ()), value != 0
    if isinstance(value, int):
        yield ("beyond one", ()), abs(value) > 1
        if abs(value) < _LARGEST_FACTORED:
            yield ("prime", ()), _is_prime(value)
            yield ("composite", ()), value > 1 and not _is_prime(value)
    if isinstance(value, float):
        yield ("finite", ()), math.isfinite(value)
        yield ("integral", ()), value.is_integer()
        yield ("unit", ()), 0.0 <= value <= 1.0


def _of_size(size: int) -> Iterator[tuple[Fact, bool]]:
    yield ("nonempty", ()), size > 0
    if size:
        yield ("several", ()), size > 1
    yield ("even length", ()), size % 2 == 0
    yield ("odd length", ()), size % 2 == 1
    yield ("length", (size,)), True


def _of_sequence(value: Sequence[Any]) -> Iterator[tuple[Fact, bool]]:
    if len(value) < 2:
        return
    up = _ordered(value)
    if up is not None:
        yield ("ascending", ()), up
        yield ("descending", ()), bool(_ordered(value[::-1]))
    yield ("distinct", ()), is_distinct(value)
    yield ("palindrome", ()), list(value) == list(value[::-1])
    if all(isinstance(row, list | tuple | str) for row in value):
        lengths = {len(row) for row in value}
        yield ("rectangular", ()), len(lengths) == 1
        yield ("square", ()), lengths == {len(value)}
        flat = [item for row in value for item in row]
        yield ("distinct throughout", ()), is_distinct(flat)
        if flat and all(type(item) is int for item in flat):
            yield ("run of numbers throughout", ()), _is_run(flat)
            if _is_run(flat):
                yield ("numbers from", (min(flat),)), True
    elif all(isinstance(item, int | float) for item in value):
        yield ("one sign", ()), min(value) >= 0 or max(value) <= 0
        if all(type(item) is int for item in value):
            yield ("run of numbers", ()), _is_run(value)
            if _is_run(value):
                yield ("numbers from", (min(value),)), True


def _of_text(value: str) -> Iterator[tuple[Fact, bool]]:
    if not value:
        return
    yield ("first", (char_class(value[0]),)), True
    yield ("last", (char_class(value[-1]),)), True
    yield ("trimmed", ()), value == value.strip()
    yield ("single spaces", ()), "  " not in value
    yield ("number", ()), is_number(value)
    if value.isdigit():
        yield ("no leading zero", ()), value[0] != "0" or len(value) == 1
    if any(sign in value for pair in _PAIRS.items() for sign in pair):
        yield ("balanced", ()), is_balanced(value)
    if len(value) > 1:
        yield ("palindrome", ()), value == value[::-1]
        yield ("distinct", ()), len(set(value)) == len(value)
        yield ("ascending", ()), list(value) == sorted(value)
    runs = runs_of(value)
    if len(runs) <= 24:
        yield ("pattern", tuple(char_class(run[0]) for run in runs)), True
        for place, run in enumerate(runs):
            yield ("run", (place, run)), True


def is_number(text: str) -> bool:
    """Whether a text is a plainly written decimal number."""
    return _NUMBER.fullmatch(text) is not None


def runs_of(text: str) -> list[str]:
    """A text as runs of letters, runs of digits and single other characters."""
    return _RUNS.findall(text)


def char_class(char: str) -> str:
    """``A``, ``a`` or ``0`` for upper case letters, other letters and digits; else the character."""
    if char.isdigit():
        return "0"
    if char.isalpha():
        return "A" if char.isupper() else "a"
    return char


def is_distinct(values: Sequence[Any]) -> bool:
    """Whether no two values are equal; works for values that cannot be hashed."""
    try:
        return len(set(values)) == len(values)
    except TypeError:
        return all(value not in values[:place] for place, value in enumerate(values))


def is_balanced(text: str) -> bool:
    """Whether the brackets that occur in ``text`` open and close in order (``<`` only with ``>``)."""
    stack: list[str] = []
    angles = "<" in text and ">" in text
    for char in text:
        if char in "([{" or (angles and char == "<"):
            stack.append(char)
        elif (char in ")]}" or (angles and char == ">")) and (not stack or stack.pop() != _PAIRS[char]):
            return False
    return not stack


def _is_run(values: Sequence[int]) -> bool:
    """Whether the values are consecutive integers in some order, each once."""
    return len(set(values)) == len(values) and max(values) - min(values) < len(values)


@lru_cache(maxsize=65536)
def _is_prime(value: int) -> bool:
    return value > 1 and all(value % divisor for divisor in range(2, math.isqrt(value) + 1))


def _ordered(values: Sequence[Any]) -> bool | None:
    """Whether the values ascend; None where they cannot be compared."""
    try:
        return all(bool(a <= b) for a, b in pairwise(values))
    except TypeError:
        return None
