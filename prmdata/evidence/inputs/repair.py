"""Brings a generated call back into the hull if that is simple: it sorts, mirrors, or drops duplicates."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import islice
from typing import Any, Final

from prmdata.evidence.domain import InputDomain
from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.domain.relations import measures
from prmdata.evidence.domain.trees import as_tree_from
from prmdata.evidence.values import Call, Path, encode

_ROUNDS: Final = 3
_DRAWN: Final = frozenset({"in", "holds"})
"""Features that are repaired by drawing a value at random (an element of the list that must hold it). Such a repair gives
another call each time, so it is not remembered."""

_RUNS: Final = frozenset({"run of numbers", "run of numbers throughout"})
"""These come first: a run is distinct as well, and to drop what is not would make a list shorter."""


class Repairer:
    """Repairs calls for one input domain. Results are remembered, because most calls come several times."""

    def __init__(self, domain: InputDomain, rng: random.Random) -> None:
        self._domain = domain
        self._rng = rng
        self._repaired: dict[str, Call | None] = {}

    def repair(self, call: Call) -> Call | None:
        """``call`` with every repair that applies; it may still be outside. None if no repair applies."""
        try:
            text = encode(call)
        except ValueError:  # too large for the wire, so it has no text to remember it by
            return self._repair(call)[0]
        if text not in self._repaired:
            repaired, is_drawn = self._repair(call)
            if is_drawn:
                return repaired
            self._repaired[text] = repaired
        return self._repaired[text]

    def _repair(self, call: Call) -> tuple[Call | None, bool]:
        """The repaired call, and whether anything was drawn for it."""
        repaired, is_drawn = call, False
        for _ in range(_ROUNDS):
            broken = self._domain.violations(repaired)
            if not broken:
                break
            changed = repaired
            for feature in sorted(broken, key=lambda one: (one[0] not in _RUNS, repr(one))):
                changed = _repair(changed, feature, self._domain, self._rng)
                is_drawn |= feature[0] in _DRAWN
            if changed == repaired:
                break
            repaired = changed
        return None if repaired == call else repaired, is_drawn


def _repair(call: Call, feature: Feature, domain: InputDomain, rng: random.Random) -> Call:
    name, path, where = feature
    if name == "length":
        return _at(call, path, lambda value: _resize(value, where[0]))
    if name in _REPAIRERS:
        return _at(call, path, _REPAIRERS[name])
    if name == "letters":
        letters = domain.chars.get(path) or frozenset()
        classes = domain.classes.get(path, frozenset())
        if letters:
            return _at(call, path, lambda text: "".join(c for c in text if c in letters))
        return _at(call, path, lambda text: "".join(c for c in text if _allowed(c, classes)))
    if name in ("<=", ">=") and len(path) == 1:
        return _repair_count(call, path, where, domain) or _repair_order(call, path, where)
    if name in ("<=", ">=") and path[-2:-1] == ("[]",):
        columns = (path[-1], where[0][-1]) if name == "<=" else (where[0][-1], path[-1])
        return _at(call, path[:-1], lambda row: _in_order(row, *columns))
    if name in ("in", "holds") and len(path) == 1:
        return _repair_member(call, path, where[0], name, rng)
    return call


def _repair_count(call: Call, path: Path, where: tuple[Any, ...], domain: InputDomain) -> Call | None:
    """The call in which a number that must state a size states it; None for another relation."""
    for number in (path, where[0]):
        counted = domain.counts.get(number)
        places = None if counted is None else _places(call, number, counted[0])
        if counted is not None and places is not None:
            sizes = dict(measures(call.values[places[1]]))
            if counted[1] in sizes:
                return call.with_value(places[0], int(sizes[counted[1]]))
    return None


def _repair_order(call: Call, path: Path, where: tuple[Any, ...]) -> Call:
    second, mine, theirs = where
    places = _places(call, path, second)
    if places is None:
        return call
    first, other = places
    a, b = call.values[first], call.values[other]
    if mine == theirs == "value" and type(a) is type(b):
        return call.with_value(first, b).with_value(other, a)
    if mine == theirs == "length" and hasattr(a, "__getitem__") and hasattr(b, "__getitem__"):
        size = min(len(a), len(b))
        return call.with_value(first, _resize(a, size)).with_value(other, _resize(b, size))
    if mine == "value" and isinstance(a, int) and theirs == "length" and len(b):
        return call.with_value(first, a % (len(b) + 1))
    if theirs == "value" and isinstance(b, int) and mine == "length" and len(a):
        return call.with_value(other, b % (len(a) + 1))
    return call


def _repair_member(call: Call, path: Path, second: Path, name: str, rng: random.Random) -> Call:
    places = _places(call, path, second)
    if places is None:
        return call
    one, many = places if name == "in" else places[::-1]
    holder = call.values[many]
    if isinstance(holder, str):
        start = rng.randrange(len(holder) + 1)
        return call.with_value(one, holder[start : start + rng.randint(1, 3)])
    found = [item for item in holder if type(item) is type(call.values[one])]
    return call.with_value(one, rng.choice(found)) if found else call


def _places(call: Call, first: Path, second: Path) -> tuple[int, int] | None:
    order = call.paths
    if first in order and second in order:
        return order.index(first), order.index(second)
    return None


def _at(call: Call, path: Path, change: Callable[[Any], Any]) -> Call:
    """``call`` with ``change`` applied to each value that ``path`` names; unchanged if that is not possible."""
    for index, (head, value) in enumerate(call.slots()):
        if head[0] == path[0]:
            try:
                return call.with_value(index, _inside(value, path[1:], change))
            except (TypeError, ValueError, IndexError, AttributeError):
                return call
    return call


def _inside(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(value)
    step, *rest = path
    tail = tuple(rest)
    if isinstance(value, dict):
        if step == "k":
            return {_inside(key, tail, change): item for key, item in value.items()}
        return {key: _inside(item, tail, change) for key, item in value.items()}
    if step == "word":
        return " ".join(_inside(word, tail, change) for word in value.split(" "))
    if not isinstance(value, list | tuple | set | frozenset):
        raise TypeError(f"a {type(value).__name__} holds nothing that a path names")
    return type(value)(
        _inside(item, tail, change) if step in ("[]", place) else item for place, item in enumerate(value)
    )


def _resize(value: Any, size: int) -> Any:
    if isinstance(value, dict):
        return dict(islice(value.items(), size))
    if isinstance(value, set | frozenset):
        return value  # what would be left out depends on the order of hashes
    if not value or len(value) >= size:
        return value[:size]
    return (value * (size // len(value) + 1))[:size]


def _in_order(row: Any, lower: int, upper: int) -> Any:
    """A row in which the number at ``lower`` is at most the one at ``upper``."""
    changed = list(row)
    changed[lower], changed[upper] = sorted((row[lower], row[upper]))
    return type(row)(changed)


def _unique(value: Any) -> Any:
    kept: list[Any] = []
    for item in value:
        if item not in kept:
            kept.append(item)
    return "".join(kept) if isinstance(value, str) else type(value)(kept)


def _sort(value: Any, down: bool = False) -> Any:
    ordered = sorted(value, reverse=down)
    return "".join(ordered) if isinstance(value, str) else type(value)(ordered)


def _as_run(value: Any) -> Any:
    """Consecutive numbers in the order of the given ones, from the least of them on; of equal numbers the first one gets
    the smaller number."""
    order = sorted(range(len(value)), key=lambda place: value[place])
    run = list(value)
    for rank, place in enumerate(order):
        run[place] = value[order[0]] + rank
    return type(value)(run)


def _rows_as_run(value: Any) -> Any:
    run = iter(_as_run([item for row in value for item in row]))
    return type(value)(type(row)(next(run) for _ in row) for row in value)


def _even(value: Any) -> Any:
    return value[: len(value) // 2 * 2]


def _cut_rows(value: Any, size: int) -> Any:
    return value if isinstance(value, str) else type(value)(row[:size] for row in value)


def _allowed(char: str, classes: frozenset[str]) -> bool:
    from prmdata.evidence.domain.features import char_class

    return char_class(char) in classes


_REPAIRERS: Final[dict[str, Callable[[Any], Any]]] = {
    "nonnegative": abs,
    "nonpositive": lambda value: -abs(value),
    "nonzero": lambda value: type(value)(1) if value == 0 else value,
    "integral": lambda value: float(round(value)),
    "unit": lambda value: abs(value) % 1.0,
    "ascending": _sort,
    "descending": lambda value: _sort(value, down=True),
    "distinct": _unique,
    "run of numbers": _as_run,
    "run of numbers throughout": _rows_as_run,
    "palindrome": lambda value: value[: (len(value) + 1) // 2] + value[: len(value) // 2][::-1],
    "trimmed": lambda value: value.strip(),
    "single spaces": lambda value: " ".join(value.split()),
    "even length": _even,
    "odd length": lambda value: value[: (len(value) - 1) // 2 * 2 + 1],
    "rectangular": lambda value: _cut_rows(value, min(map(len, value))),
    "tree": as_tree_from(0),
    "tree from one": as_tree_from(1),
    "square": lambda value: _cut_rows(value, side := min(len(value), *map(len, value)))[:side],
}
