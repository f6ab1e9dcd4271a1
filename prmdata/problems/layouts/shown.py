"""Gives inputs back the kinds that they lost in JSON, with the help of the calls that a row shows.

JSON knows no tuples, sets, complex numbers, or keys that are not texts. EvalPlus' release files hold lists
and texts instead, and its own package corrects them by a table of problem numbers. The asserts of the same
row show what the function takes: if all shown values at a place are of one kind, the inputs at this place get
that kind.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from prmdata.problems.syntax import parse

_HOLDERS: Final[dict[type, type]] = {tuple: tuple, set: set, frozenset: frozenset}
_ATOMS: Final[dict[type, type]] = {complex: complex, float: float, int: int}


def shown_calls(code: str, entry: str) -> list[list[Any]]:
    """The arguments of each call of ``entry`` in ``code`` that are written out; none where it does not parse."""
    try:
        tree = parse(code)
    except SyntaxError:
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == entry:
            try:
                found.append([ast.literal_eval(argument) for argument in node.args])
            except (ValueError, TypeError):
                continue
    return found


def as_shown(inputs: Iterable[Sequence[Any]], calls: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """``inputs`` with each argument of the kinds that ``calls`` show at its place."""
    return [
        [
            _like(value, [call[place] for call in calls if place < len(call)])
            for place, value in enumerate(one)
        ]
        for one in inputs
    ]


def _like(value: Any, shown: Sequence[Any]) -> Any:
    """``value`` in the kind of the shown values; unchanged if they are of several kinds or if it cannot be
    converted."""
    kinds = {type(one) for one in shown}
    if len(kinds) != 1:
        return value
    (kind,) = kinds
    try:
        if isinstance(value, list) and kind in (list, *_HOLDERS):
            items = [_like(item, list(_items(shown, place))) for place, item in enumerate(value)]
            return _HOLDERS[kind](items) if kind in _HOLDERS else items
        if isinstance(value, dict) and kind is dict:
            keys = [key for one in shown for key in one]
            held = [item for one in shown for item in one.values()]
            return {_like(key, keys): _like(item, held) for key, item in value.items()}
        if isinstance(value, str) and kind in _ATOMS:
            return _ATOMS[kind](value)
    except (ValueError, TypeError):
        return value
    return value


def _items(shown: Sequence[Any], place: int) -> Iterator[Any]:
    """The values that the shown collections hold at ``place``. Records (tuples of one length) are compared
    place by place, other collections as a whole."""
    lengths = {len(one) for one in shown}
    is_record = len(lengths) == 1 and all(isinstance(one, tuple) for one in shown) and place < min(lengths)
    for one in shown:
        yield from ((one[place],) if is_record else one)
