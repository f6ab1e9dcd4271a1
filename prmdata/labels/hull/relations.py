"""What holds between the values of one call: order of sizes, membership, bounds of indices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from prmdata.labels.hull.features import Fact
from prmdata.labels.values import Path

Measure = tuple[str, int | float]


def relations_of(slots: Sequence[tuple[Path, Any]]) -> Iterator[tuple[Path, Fact, bool]]:
    """Each relation that applies between two of ``slots`` (arguments, or positions of a record), named
    at the first one's path, and whether it holds."""
    for (first, a), (second, b) in combinations(slots, 2):
        for name, x in measures(a):
            for other, y in measures(b):
                where = (second, name, other)
                yield first, ("<=", where), x <= y
                yield first, (">=", where), x >= y
                yield first, ("!=", where), x != y
                if name == other == "value" and _whole(x) and _whole(y) and x and y:
                    yield first, ("divides", where), y % x == 0
                    yield first, ("divided by", where), x % y == 0
        yield from _members(first, a, second, b)


def measures(value: Any) -> Iterator[Measure]:
    """The sizes that a value has: a number its value, a collection its length, a matrix its width."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield "value", value
    elif isinstance(value, str | bytes | list | tuple | set | frozenset | dict):
        yield "length", len(value)
        if isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple):
            yield "width", len(value[0])


def _members(first: Path, a: Any, second: Path, b: Any) -> Iterator[tuple[Path, Fact, bool]]:
    if kind_pair(a, b):
        yield first, ("equal", (second,)), a == b
        yield first, ("unequal", (second,)), a != b
    for name, one, many in (("in", a, b), ("holds", b, a)):
        if isinstance(many, str) and isinstance(one, str):
            yield first, (name, (second,)), one in many
        elif isinstance(many, list | tuple | set | frozenset | dict) and len(many):
            if isinstance(one, list | tuple | set | frozenset | dict):
                continue
            if any(type(one) is type(member) for member in many):
                yield first, (name, (second,)), one in many


def kind_pair(a: Any, b: Any) -> bool:
    """Whether two values are of one kind and not numbers (whose relations are measured)."""
    return type(a) is type(b) and not isinstance(a, int | float)


def _whole(value: int | float) -> bool:
    return isinstance(value, int)
