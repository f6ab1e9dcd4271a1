"""All calls of a small scope, because most faults show on some very small input."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from typing import Any, Final

from prmdata.evidence.inputs.value_pool import ValuePool
from prmdata.evidence.values import Call, Path

PER_ARGUMENT: Final = 130
_INTEGERS: Final = tuple(range(-2, 13))
_MORE_INTEGERS: Final = range(13, 130)
"""Tried where a whole number is the only argument: some properties (an abundant number) show on few small numbers."""
_FLOATS: Final = (0.0, 1.0, -1.0, 0.5, 1.5, 2.0, 2.5, -0.5, 10.0)
_LIST_INTEGERS: Final = (1, 0, 2, -1)


def small_calls(pool: ValuePool, most: int) -> Iterator[Call]:
    """Calls with small values for every argument, at most ``most``. Small values come first. Calls with
    several arguments follow the diagonals of the product, so that each argument varies early."""
    if not pool.given:
        return
    names = pool.given[0].names
    columns = [list(islice(small_values(pool, path, 3), PER_ARGUMENT)) for path in pool.given[0].paths]
    if not columns or not all(columns):
        return
    for values in islice(_diagonals(columns), most):
        yield Call(values, names)


def small_values(pool: ValuePool, path: Path, longest: int) -> Iterator[Any]:
    """Small values of each kind seen at ``path``; collections have up to ``longest`` elements."""
    slot = pool.slot(path)
    for kind in slot.kinds:
        if kind == "int":
            yield from _INTEGERS
            yield from (number for number in pool.literals.integers if abs(number) < 10**6)
            yield from _MORE_INTEGERS
        elif kind == "float":
            yield from _FLOATS
            yield from pool.literals.floats
        elif kind == "bool":
            yield from (False, True)
        elif kind == "str":
            letters = _few_letters(slot.letters, pool)
            for size in range(longest + 1):
                yield from ("".join(chars) for chars in product(letters, repeat=size))
        elif kind in ("list", "tuple", "set", "frozenset"):
            yield from _small_collections(kind, pool, path, longest)
        else:
            yield from slot.values[kind][:4]


def _small_collections(kind: str, pool: ValuePool, path: Path, longest: int) -> Iterator[Any]:
    inner = (*path, "[]")
    kinds = pool.slot(inner).kinds
    elements: list[Any]
    if kinds == ["int"]:
        elements = list(_LIST_INTEGERS)
    else:
        elements = list(islice(small_values(pool, inner, min(longest - 1, 2)), 4))
        elements += [value for of in pool.slot(inner).values.values() for value in of[:2]]
        elements = elements[:5]
    build: Any = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind]
    for size in range(longest + 1):
        for items in product(elements, repeat=size):
            try:
                yield build(items)
            except TypeError:
                return


def _few_letters(letters: list[str], pool: ValuePool) -> list[str]:
    """Up to three letters of the alphabet. Letters of different classes come first, and among those the
    letters that programs name."""
    named = [text for text in pool.literals.texts if len(text) == 1 and text in letters]
    chosen: list[str] = []
    for letter in [*named[:1], *letters]:
        if letter not in chosen and all(_class(letter) != _class(other) for other in chosen):
            chosen.append(letter)
    for letter in [*named, *letters]:
        if len(chosen) < 3 and letter not in chosen:
            chosen.append(letter)
    return chosen[:3]


def _class(letter: str) -> tuple[bool, bool, bool]:
    return letter.isdigit(), letter.isupper(), letter.isalpha()


def _diagonals(columns: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    """The product of ``columns``, ordered by the sum of the places in the columns."""
    total = sum(len(column) - 1 for column in columns)
    for level in range(total + 1):
        yield from _of_level(columns, level)


def _of_level(columns: list[list[Any]], level: int) -> Iterator[tuple[Any, ...]]:
    head, *rest = columns
    if not rest:
        if level < len(head):
            yield (head[level],)
        return
    for place in range(min(level, len(head) - 1) + 1):
        for tail in _of_level(rest, level - place):
            yield (head[place], *tail)
