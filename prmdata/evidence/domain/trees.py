"""Lists of the edges of a tree: rows of two node numbers, and perhaps a weight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

_WIDEST: Final = 3


def is_tree_from(least: int) -> Callable[[Sequence[Any]], bool | None]:
    """A test whether rows are the edges of a tree whose nodes are numbered from ``least`` on; None for values that
    are no rows, and for a single row, which nearly always is one."""

    def test(rows: Sequence[Any]) -> bool | None:
        if len(rows) < 2 or not all(isinstance(row, list | tuple) for row in rows):
            return None
        if not _are_pairs(rows):
            return False
        group = list(range(least + len(rows) + 1))
        for first, second, *_ in rows:
            if not (least <= first < len(group) and least <= second < len(group)):
                return False
            one, other = _root(group, first), _root(group, second)
            if one == other:
                return False
            group[one] = other
        return True

    return test


def as_tree_from(least: int) -> Callable[[Any], Any]:
    """A change of rows into the edges of such a tree, by their own numbers; every third node hangs on the one before it, so
    that some trees are deep."""

    def change(rows: Any) -> Any:
        if not _are_pairs(rows):
            return rows
        found = []
        for node, row in enumerate(rows, 1):
            total = abs(row[0]) + 7 * abs(row[1])
            parent = node - 1 if total % 3 == 0 else total % node
            ends = (least + parent, least + node) if row[0] <= row[1] else (least + node, least + parent)
            found.append(type(row)((*ends, *row[2:])))
        return type(rows)(found)

    return change


def _are_pairs(rows: Sequence[Any]) -> bool:
    return all(
        isinstance(row, list | tuple)
        and 2 <= len(row) <= _WIDEST
        and type(row[0]) is int
        and type(row[1]) is int
        for row in rows
    )


def _root(group: list[int], node: int) -> int:
    while group[node] != node:
        group[node] = node = group[group[node]]
    return node
