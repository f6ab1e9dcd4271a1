"""Programs of one problem as a prefix tree, in packs that a model reads at once: what programs share is read once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

NO_PARENT = -1


@dataclass(slots=True)
class PrefixTree:
    """Nodes in depth-first order, so that a node stands behind what it comes after. ``paths`` lead to them."""

    paths: list[tuple[str, ...]] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)

    def ancestors(self, node: int) -> list[int]:
        """The nodes before ``node``, from the root on."""
        found = []
        while (node := self.parents[node]) != NO_PARENT:
            found.append(node)
        return found[::-1]


def grow(paths: Iterable[tuple[str, ...]]) -> PrefixTree:
    """The tree of all prefixes of ``paths``, the same for any order of them."""
    every = {path[:length] for path in paths for length in range(1, len(path) + 1)}
    tree = PrefixTree()
    places: dict[tuple[str, ...], int] = {}
    for path in sorted(every):
        places[path] = len(tree.paths)
        tree.paths.append(path)
        tree.parents.append(places.get(path[:-1], NO_PARENT))
    return tree


def packs(tree: PrefixTree, sizes: Sequence[int], limit: int) -> Iterator[tuple[list[int], int]]:
    """Nodes to be read at once, ``limit`` tokens together or one walk where that is longer; with each pack, how many of
    its first nodes an earlier pack has read already and stand there as context. ``sizes``: tokens of each node."""
    pack: list[int] = []
    n_context = total = 0
    for node in range(len(tree.paths)):
        if pack and total + sizes[node] > limit:
            yield pack, n_context
            pack = tree.ancestors(node)
            n_context, total = len(pack), sum(sizes[one] for one in pack)
        pack.append(node)
        total += sizes[node]
    if pack:
        yield pack, n_context


def key(path: Sequence[str]) -> str:
    """A short name of a prefix."""
    return hashlib.sha256("\0".join(path).encode("utf-8", "surrogatepass")).hexdigest()[:24]
