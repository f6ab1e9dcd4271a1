"""The features of one value: signs, emptiness, order, distinctness, alphabets, shapes.

A feature is a name, the path of the value, and sometimes a parameter. It *applies* to a call or it does not
(order does not apply to a number). If it applies, it holds or fails. At the path of elements it holds if it
holds for every element. Each feature is one small test, so that a hull runs only the tests of the features
that it has.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from prmdata.evidence.domain.trees import is_tree_from

Fact = tuple[str, tuple[Any, ...]]
"""A feature of a value without its path: the name and the parameters."""
FeatureTest = Callable[[Any], bool | None]
"""Whether a feature holds of a value; None where it does not apply."""

RECORD_LENGTH: Final = 4
"""Tuples up to this length, and mixed lists, are also treated as records, position by position."""

_LARGEST_FACTORED: Final = 1_000_000
_MOST_RUNS: Final = 24
_RUNS: Final = re.compile(r"[^\W\d_]+|\d+|.", re.DOTALL)
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_PAIRS: Final = {")": "(", "]": "[", "}": "{", ">": "<"}
_BRACKETS: Final = frozenset("()[]{}<>")


def facts_of(value: Any) -> Iterator[tuple[Fact, bool]]:
    """Each feature that applies to the value itself (not to its elements), and whether it holds."""
    for name, test in TESTS.get(type(value), {}).items():
        holds = test(value)
        if holds is not None:
            yield (name, ()), holds
    for fact in shown_by(value):
        yield fact, True


def facts_of_ints(values: Sequence[int]) -> Iterator[tuple[Fact, bool]]:
    """The features that apply to any of several integers, and for each whether it holds for all of them."""
    for name, test in TESTS_OF_INTS.items():
        holds = test(values)
        if holds is not None:
            yield (name, ()), holds


def shown_by(value: Any) -> Iterable[Fact]:
    """The features with a parameter that a value shows: its length, the form of a text."""
    if isinstance(value, str):
        return _shown_by_text(value)
    if isinstance(value, list | tuple):
        return (("length", (len(value),)), *_numbers_from(value))
    if isinstance(value, set | frozenset | dict | bytes):
        return (("length", (len(value),)),)
    return ()


@lru_cache(maxsize=4096)
def _shown_by_text(value: str) -> tuple[Fact, ...]:
    length: Fact = ("length", (len(value),))
    if not value:
        return (length,)
    ends: tuple[Fact, ...] = (length, ("first", (char_class(value[0]),)), ("last", (char_class(value[-1]),)))
    runs = runs_of(value)
    if len(runs) > _MOST_RUNS:
        return ends
    pattern: Fact = ("pattern", tuple(char_class(run[0]) for run in runs))
    return (*ends, pattern, *(("run", (place, run)) for place, run in enumerate(runs)))


def _numbers_from(value: Sequence[Any]) -> Iterator[Fact]:
    """The smallest of the integers, if they are consecutive."""
    if len(value) >= 2:
        items = _flat(value) if _has_rows(value) else value
        if items and all(type(item) is int for item in items) and _is_run(items):
            yield "numbers from", (min(items),)


@lru_cache(maxsize=65536)
def _is_prime(value: int) -> bool:
    return value > 1 and all(value % divisor for divisor in range(2, math.isqrt(value) + 1))


def _is_prime_of(value: int) -> bool | None:
    return _is_prime(value) if abs(value) < _LARGEST_FACTORED else None


def _is_composite(value: int) -> bool | None:
    return value > 1 and not _is_prime(value) if abs(value) < _LARGEST_FACTORED else None


_OF_NUMBER: Final[dict[str, FeatureTest]] = {
    "nonnegative": lambda value: value >= 0,
    "nonpositive": lambda value: value <= 0,
    "nonzero": lambda value: value != 0,
}
_OF_INTEGER: Final[dict[str, FeatureTest]] = {
    **_OF_NUMBER,
    "beyond one": lambda value: abs(value) > 1,
    "prime": _is_prime_of,
    "composite": _is_composite,
}
_OF_FLOAT: Final[dict[str, FeatureTest]] = {
    **_OF_NUMBER,
    "finite": math.isfinite,
    "integral": lambda value: value.is_integer(),
    "unit": lambda value: 0.0 <= value <= 1.0,
}
_OF_SIZE: Final[dict[str, FeatureTest]] = {
    "nonempty": lambda value: len(value) > 0,
    "several": lambda value: len(value) > 1 if value else None,
    "even length": lambda value: len(value) % 2 == 0,
    "odd length": lambda value: len(value) % 2 == 1,
}


def _ascends(value: Sequence[Any]) -> bool | None:
    return _ordered(value) if len(value) > 1 else None


def _descends(value: Sequence[Any]) -> bool | None:
    return None if _ascends(value) is None else bool(_ordered(value[::-1]))


def _is_rectangular(value: Sequence[Any]) -> bool | None:
    return len({len(row) for row in value}) == 1 if _has_rows(value) else None


def _is_square(value: Sequence[Any]) -> bool | None:
    return {len(row) for row in value} == {len(value)} if _has_rows(value) else None


def _is_distinct_throughout(value: Sequence[Any]) -> bool | None:
    return is_distinct(_flat(value)) if _has_rows(value) else None


def _is_run_throughout(value: Sequence[Any]) -> bool | None:
    flat = _flat(value) if _has_rows(value) else ()
    return _is_run(flat) if flat and all(type(item) is int for item in flat) else None


def _has_one_sign(value: Sequence[Any]) -> bool | None:
    if len(value) < 2 or not all(isinstance(item, int | float) for item in value):
        return None
    return bool(min(value) >= 0 or max(value) <= 0)


def _is_run_of_numbers(value: Sequence[Any]) -> bool | None:
    return _is_run(value) if len(value) > 1 and all(type(item) is int for item in value) else None


def _has_rows(value: Sequence[Any]) -> bool:
    return len(value) > 1 and all(isinstance(row, list | tuple | str) for row in value)


def _flat(rows: Sequence[Any]) -> list[Any]:
    return [item for row in rows for item in row]


_OF_SEQUENCE: Final[dict[str, FeatureTest]] = {
    **_OF_SIZE,
    "ascending": _ascends,
    "descending": _descends,
    "distinct": lambda value: is_distinct(value) if len(value) > 1 else None,
    "palindrome": lambda value: value == value[::-1] if len(value) > 1 else None,
    "rectangular": _is_rectangular,
    "square": _is_square,
    "distinct throughout": _is_distinct_throughout,
    "run of numbers throughout": _is_run_throughout,
    "one sign": _has_one_sign,
    "run of numbers": _is_run_of_numbers,
    "tree": is_tree_from(0),
    "tree from one": is_tree_from(1),
}
_OF_TEXT: Final[dict[str, FeatureTest]] = {
    **_OF_SIZE,
    "trimmed": lambda value: value == value.strip() if value else None,
    "single spaces": lambda value: "  " not in value if value else None,
    "number": lambda value: is_number(value) if value else None,
    "no leading zero": lambda value: value[0] != "0" or len(value) == 1 if value.isdigit() else None,
    "balanced": lambda value: None if _BRACKETS.isdisjoint(value) else is_balanced(value),
    "palindrome": lambda value: value == value[::-1] if len(value) > 1 else None,
    "distinct": lambda value: len(set(value)) == len(value) if len(value) > 1 else None,
    "ascending": lambda value: list(value) == sorted(value) if len(value) > 1 else None,
}
TESTS: Final[dict[type, dict[str, FeatureTest]]] = {
    int: _OF_INTEGER,
    float: _OF_FLOAT,
    str: _OF_TEXT,
    list: _OF_SEQUENCE,
    tuple: _OF_SEQUENCE,
    **dict.fromkeys((set, frozenset, dict, bytes), _OF_SIZE),
}
"""The features without a parameter that may apply to a value of this type."""


def _factored(values: Sequence[int]) -> list[int]:
    return [value for value in values if -_LARGEST_FACTORED < value < _LARGEST_FACTORED]


def _are_composite(values: Sequence[int]) -> bool | None:
    small = _factored(values)
    return min(small) > 1 and not any(map(_is_prime, small)) if small else None


TESTS_OF_INTS: Final[dict[str, FeatureTest]] = {
    "nonnegative": lambda values: min(values) >= 0,
    "nonpositive": lambda values: max(values) <= 0,
    "nonzero": lambda values: 0 not in values,
    "beyond one": lambda values: not any(-1 <= value <= 1 for value in values),
    "prime": lambda values: all(map(_is_prime, small)) if (small := _factored(values)) else None,
    "composite": _are_composite,
}
"""The features of an integer, asked about several integers at once, because most elements are integers."""


def is_number(text: str) -> bool:
    """Whether a text is a plainly written decimal number."""
    return _NUMBER.fullmatch(text) is not None


def runs_of(text: str) -> list[str]:
    """A text as a sequence of runs of letters, runs of digits, and single other characters."""
    return _RUNS.findall(text)


@lru_cache(maxsize=4096)
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


def _ordered(values: Sequence[Any]) -> bool | None:
    """Whether the values ascend; None where they cannot be compared."""
    try:
        return all(bool(a <= b) for a, b in pairwise(values))
    except TypeError:
        return None
