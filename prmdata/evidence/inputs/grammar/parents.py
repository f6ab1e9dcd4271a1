"""Lists that give each node its parent: ``-1`` or ``0`` for a root, and no node above itself."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

SUPPORT: Final = 2
"""Different lists of three nodes or more that must show it."""


@dataclass(frozen=True, slots=True)
class ParentForm:
    """``root``: what stands for the parent of a root, for which no node has the number. ``has_one_root``: each list has one
    root."""

    root: int
    has_one_root: bool

    def holds(self, parents: Sequence[Any]) -> bool:
        """Whether each of ``parents`` is another node (numbered from 1, by its place) or ``root``, and none is above itself."""
        size = len(parents)
        if any(type(each) is not int or (each != self.root and not 1 <= each <= size) for each in parents):
            return False
        if self.has_one_root and parents.count(self.root) != 1:
            return False
        ends = {self.root}
        for start in range(1, size + 1):
            path: list[int] = []
            node = start
            while node not in ends:
                path.append(node)
                if len(path) > size:
                    return False
                node = parents[node - 1]
            ends.update(path)
        return True

    def draw(self, size: int, rng: random.Random) -> list[int]:
        """The parents of so many nodes: chains, stars, and trees between them."""
        order = rng.sample(range(1, size + 1), size)
        shape = rng.randrange(4)
        parents = [self.root] * size
        for place in range(1, size):
            if not self.has_one_root and rng.random() < 1 / 4:
                continue
            above = place - 1 if shape == 0 else 0 if shape == 1 else rng.randrange(place)
            parents[order[place] - 1] = order[above]
        return parents


def parent_form(lists: Sequence[Sequence[Any]]) -> ParentForm | None:
    """The form of ``lists`` that a statement calls a tree or free of cycles; None where they are no parents."""
    telling = {tuple(each) for each in lists if len(each) > 2}
    if len(telling) < SUPPORT:
        return None
    for root in (-1, 0):
        if all(root in each for each in telling) and all(
            ParentForm(root, False).holds(each) for each in lists
        ):
            return ParentForm(root, all(each.count(root) == 1 for each in telling))
    return None
