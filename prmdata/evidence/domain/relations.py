"""The relations between the values of one call: order of sizes, membership, bounds of indices."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, Final

from prmdata.evidence.domain.features import Fact
from prmdata.evidence.values import Path

Measure = tuple[str, int | float]
Relation = Callable[[Any, Any], bool | None]
"""Whether something holds between two values; None where it does not apply."""


def relations_of(slots: Sequence[tuple[Path, Any]]) -> Iterator[tuple[Path, Fact, bool]]:
    """Each relation that applies between two of ``slots`` (arguments, or positions of a record), and whether
    it holds. It is named by the path of the first value."""
    for (first, a), (second, b) in combinations(slots, 2):
        for mine, _ in measures(a):
            for theirs, _ in measures(b):
                for name in _RELATED.get((mine, theirs), (*_ORDERS, *_DIVISIONS)):
                    parameters = (second, mine, theirs)
                    holds = relation(name, parameters)(a, b)
                    if holds is not None:
                        yield first, (name, parameters), holds
        for name, test in _MEMBERS.items():
            holds = test(a, b)
            if holds is not None:
                yield first, (name, (second,)), holds


def relations_of_numbers(slots: Sequence[tuple[Path, int]]) -> Iterator[tuple[Path, Fact, bool]]:
    """The order of each two of ``slots``, which hold numbers, in the form of :func:`relations_of`."""
    for (first, a), (second, b) in combinations(slots, 2):
        for name, test in _ORDERS.items():
            yield first, (name, (second, "value", "value")), test(a, b)


def relation(name: str, parameters: tuple[Any, ...]) -> Relation:
    """The test of the relation that :func:`relations_of` gives this name and these parameters."""
    if name in _MEMBERS:
        return _MEMBERS[name]
    _, mine, theirs = parameters
    if name in _ORDERS:
        return _between(_ORDERS[name], mine, theirs)
    return _DIVISIONS[name] if mine == theirs == "value" else _never


def is_relation(name: str) -> bool:
    """Whether a feature of this name holds between two values."""
    return name in _ORDERS or name in _DIVISIONS or name in _MEMBERS


def measures(value: Any) -> Iterator[Measure]:
    """The sizes of a value: a number has its value, a collection its length, and a matrix also its width."""
    for name, measure in MEASURES.items():
        size = measure(value)
        if size is not None:
            yield name, size


def _value(value: Any) -> int | float | None:
    return value if type(value) is int or type(value) is float else None


def _length(value: Any) -> int | None:
    return len(value) if type(value) in _SIZED else None


def _greatest(value: Any) -> int | None:
    """The greatest number in rows of whole numbers."""
    if not isinstance(value, list | tuple) or not value:
        return None
    numbers = [item for row in value if isinstance(row, list | tuple) for item in row]
    return max(numbers) if numbers and all(type(item) is int for item in numbers) else None


def _nodes_of_tree(value: Any) -> int | None:
    """The number of nodes of a tree with these edges."""
    return len(value) + 1 if _width(value) in (2, 3) else None


def _width(value: Any) -> int | None:
    has_rows = isinstance(value, list | tuple) and len(value) > 0 and isinstance(value[0], list | tuple)
    return len(value[0]) if has_rows else None


_SIZED: Final = frozenset({str, bytes, list, tuple, set, frozenset, dict})
MEASURES: Final[dict[str, Callable[[Any], int | float | None]]] = {
    "value": _value,
    "length": _length,
    "width": _width,
    "greatest": _greatest,
    "length plus one": _nodes_of_tree,
}


def _are_of_one_kind(a: Any, b: Any) -> bool:
    """Whether two values are of one kind and are not numbers. (Numbers are compared by their sizes.)"""
    return type(a) is type(b) and not isinstance(a, int | float)


def _between(compare: Callable[[Any, Any], bool], mine: str, theirs: str) -> Relation:
    of_a, of_b = MEASURES[mine], MEASURES[theirs]

    def test(a: Any, b: Any) -> bool | None:
        x, y = of_a(a), of_b(b)
        return None if x is None or y is None else compare(x, y)

    return test


def _division(divide: Callable[[int, int], bool]) -> Relation:
    def test(a: Any, b: Any) -> bool | None:
        both = type(a) is int and type(b) is int
        return divide(a, b) if both and a and b else None

    return test


def _is_member(one: Any, many: Any) -> bool | None:
    if isinstance(many, str):
        return one in many if isinstance(one, str) else None
    if not isinstance(many, _HOLDERS) or isinstance(one, _HOLDERS) or not many:
        return None
    kind = type(one)
    return one in many if any(type(member) is kind for member in many) else None


def _never(_: Any, __: Any) -> bool | None:
    return None


_HOLDERS: Final = (list, tuple, set, frozenset, dict)
_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
}
_DIVISIONS: Final[dict[str, Relation]] = {
    "divides": _division(lambda a, b: b % a == 0),
    "divided by": _division(lambda a, b: a % b == 0),
}
_MEMBERS: Final[dict[str, Relation]] = {
    "equal": lambda a, b: a == b if _are_of_one_kind(a, b) else None,
    "unequal": lambda a, b: a != b if _are_of_one_kind(a, b) else None,
    "in": _is_member,
    "holds": lambda a, b: _is_member(b, a),
}
_RELATED: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    **{
        pair: ()
        for other in MEASURES
        for special in ("greatest", "length plus one")
        for pair in ((special, other), (other, special))
    },
    ("value", "greatest"): (">=",),
    ("greatest", "value"): ("<=",),
    ("value", "length plus one"): ("<=", ">="),
    ("length plus one", "value"): ("<=", ">="),
}
"""Which relations are looked at between two measures, where it is not all of them: a number that is at least each number in
some rows (days, and meetings within them), and a number that tells how many nodes a tree of these edges has."""
