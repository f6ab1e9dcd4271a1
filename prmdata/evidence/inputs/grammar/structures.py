"""What a list or the rows of an input are as a whole: an order, a permutation, the edges of a tree.

Learned from the given inputs like the features of the input domain, but built as such: nobody draws a tree by chance.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from prmdata.evidence.inputs.grammar.count import Count

SUPPORT: Final = 2
"""Lists of two or more (graphs of three nodes or more) that must show it."""
TELLING_EDGES: Final = 5
"""Edges of a graph that tells enough by itself."""
PATH_ENDS: Final = 2
"""Edges of a node where a graph consists of paths and rings."""
SOUND_SHARE: Final = 1.34
"""So many times as many graphs may be given as are what the statement says of them."""
Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ListForm:
    """What all given lists of one field are. ``base``: a permutation of the numbers from ``base`` on. ``ahead``: each
    element is at most its place plus ``ahead`` (parents that come before their children)."""

    is_distinct: bool = False
    is_ascending: bool = False
    is_descending: bool = False
    base: int | None = None
    ahead: int | None = None


@dataclass(frozen=True, slots=True)
class SaidOfGraphs:
    """What a statement says of its graphs. ``has_few_ends``: it speaks of two at most, and of nodes with two edges at most
    where all graphs have such."""

    has_few_ends: bool = False
    is_tree: bool = False
    is_connected: bool = False
    is_simple: bool = False
    is_rooted: bool = False

    def holds(self, n_nodes: int, edges: Sequence[Edge]) -> bool:
        """Whether a graph is what is said of its form."""
        if any(not 1 <= node <= n_nodes for edge in edges for node in edge):
            return False
        if self.is_simple and not is_simple(edges):
            return False
        if self.is_tree and len(edges) != n_nodes - 1:
            return False
        return not (self.is_tree or self.is_connected) or is_connected(n_nodes, edges)


@dataclass(frozen=True, slots=True)
class EdgeForm:
    """What the edges are in all given inputs, ``nodes`` nodes numbered from 1."""

    nodes: Count
    is_tree: bool
    is_connected: bool
    is_simple: bool
    is_without_loops: bool
    most_ends: int | None = None
    """How many edges end in one node at most."""
    points_down: bool = False
    """Whether each edge of a tree leads from the parent to the child, and the root is node 1."""

    def holds(self, n_nodes: int, edges: Sequence[Edge]) -> bool:
        """Whether ``edges`` are such edges."""
        if any(not 1 <= node <= n_nodes for edge in edges for node in edge):
            return False
        if self.is_without_loops and any(first == second for first, second in edges):
            return False
        if self.is_simple and not is_simple(edges):
            return False
        if self.is_tree and len(edges) != n_nodes - 1:
            return False
        if self.most_ends is not None and most_ends(edges) > self.most_ends:
            return False
        if self.points_down and not points_down(edges):
            return False
        return not (self.is_tree or self.is_connected) or is_connected(n_nodes, edges)

    def draw_size(self, n_nodes: int, rng: random.Random) -> int:
        """How many edges to draw."""
        if self.is_connected:
            return n_nodes - 1 + rng.choice((0, 0, 1, 1, 2, 3))
        most = n_nodes if self.most_ends is not None else n_nodes * (n_nodes - 1) // 2
        return min(most, rng.choice((n_nodes // 2, 3 * n_nodes // 4, n_nodes - 1, n_nodes, 2 * n_nodes)))

    def may_follow(self, edge: Edge, edges: Sequence[Edge]) -> bool:
        """Whether ``edge`` may stand beside ``edges``."""
        if self.is_without_loops and edge[0] == edge[1]:
            return False
        if self.most_ends is not None and most_ends([*edges, edge]) > self.most_ends:
            return False
        return not self.is_simple or frozenset(edge) not in map(frozenset, edges)


def list_form(lists: Sequence[Sequence[Any]]) -> ListForm:
    """The form of all ``lists``; nothing where too few of them could show it."""
    telling = [each for each in lists if len(each) > 1]
    if len(telling) < SUPPORT or not all(isinstance(item, int | float) for each in telling for item in each):
        return ListForm()
    pairs = [list(pairwise(each)) for each in telling]
    is_integer = all(type(item) is int for each in telling for item in each)
    base = min(telling[0]) if is_integer else None
    if base not in (0, 1) or any(sorted(each) != list(range(base, base + len(each))) for each in telling):
        base = None
    ahead = None
    if is_integer and base is None and sum(len(each) > 2 for each in telling) >= SUPPORT:
        most = max(item - place for each in telling for place, item in enumerate(each))
        is_near = min(item for each in telling for item in each) >= 0 and most <= 1
        ahead = most if is_near else None
    return ListForm(
        all(len(set(each)) == len(each) for each in telling) and len(telling) > SUPPORT,
        all(one <= other for each in pairs for one, other in each) and len(telling) > SUPPORT,
        all(one >= other for each in pairs for one, other in each) and len(telling) > SUPPORT,
        base,
        ahead,
    )


def edge_form(
    nodes: Count, graphs: Sequence[tuple[int, Sequence[Edge]]], said: SaidOfGraphs | None = None
) -> EdgeForm | None:
    """The form of the edges of ``graphs`` (number of nodes, edges); None where some name other nodes or too few of them
    are large enough to tell. Where few of the given graphs are not what the statement says, they do not count: the
    inputs of a data set are not all valid."""
    said = said or SaidOfGraphs()
    sound = [(n, edges) for n, edges in graphs if said.holds(n, edges)]
    if len(sound) < len(graphs) <= SOUND_SHARE * len(sound):
        graphs = sound
    telling = [(n, edges) for n, edges in graphs if n > 2 and edges]
    are_few = len(telling) < SUPPORT and max((len(edges) for _, edges in telling), default=0) < TELLING_EDGES
    if are_few or any(not EdgeForm(nodes, *[False] * 4).holds(n, edges) for n, edges in graphs):
        return None
    connected = all(is_connected(n, edges) for n, edges in graphs)
    is_tree = connected and all(len(edges) == n - 1 for n, edges in graphs)
    has_few_ends = said.has_few_ends and all(most_ends(edges) <= PATH_ENDS for _, edges in graphs)
    return EdgeForm(
        nodes,
        is_tree=is_tree,
        is_connected=connected,
        is_simple=all(is_simple(edges) for _, edges in graphs),
        is_without_loops=all(first != second for _, edges in graphs for first, second in edges),
        most_ends=PATH_ENDS if has_few_ends else None,
        points_down=said.is_rooted and is_tree and all(points_down(edges) for _, edges in graphs),
    )


def points_down(edges: Sequence[Edge]) -> bool:
    """Whether each node but 1 is the second end of one edge at most, and 1 of none."""
    children = [second for _, second in edges]
    return 1 not in children and len(set(children)) == len(children)


def most_ends(edges: Sequence[Edge]) -> int:
    """How many of ``edges`` end in one node, in the one where most do."""
    return max(Counter(node for edge in edges for node in edge).values(), default=0)


def is_simple(edges: Sequence[Edge]) -> bool:
    """Whether no two edges join the same nodes."""
    return len({frozenset(edge) for edge in edges}) == len(edges)


def is_connected(n_nodes: int, edges: Sequence[Edge]) -> bool:
    """Whether the nodes from 1 to ``n_nodes`` hang together."""
    leader = list(range(n_nodes + 1))

    def find(node: int) -> int:
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for first, second in edges:
        leader[find(first)] = find(second)
    return len({find(node) for node in range(1, n_nodes + 1)}) <= 1


def draw_edges(form: EdgeForm, n_nodes: int, n_edges: int, rng: random.Random) -> list[Edge] | None:
    """So many edges of this form; None where there are none."""
    edges: list[Edge] = []
    if n_nodes < 1:
        return None
    if form.most_ends == PATH_ENDS and not (form.is_tree or form.is_connected):
        return _paths_and_rings(n_nodes, n_edges, rng)
    if form.is_tree or form.is_connected:
        if n_edges < n_nodes - 1:
            return None
        edges = _tree(n_nodes, rng, is_path=form.most_ends == PATH_ENDS, points_down=form.points_down)
    for _ in range(20 * (n_edges + 1)):
        if len(edges) >= n_edges:
            break
        edge = (rng.randint(1, n_nodes), rng.randint(1, n_nodes))
        if form.may_follow(edge, edges):
            edges.append(edge)
    rng.shuffle(edges)
    return edges if len(edges) == n_edges else None


def _tree(n_nodes: int, rng: random.Random, *, is_path: bool, points_down: bool) -> list[Edge]:
    """A path, a star, or each node hung to one before it; names shuffled most of the time."""
    shape = 0 if is_path else rng.randrange(4)
    names = list(range(1, n_nodes + 1))
    if rng.random() < 0.7:
        rest = names[points_down:]
        rng.shuffle(rest)
        names[points_down:] = rest
    edges = []
    for place in range(1, n_nodes):
        parent = place - 1 if shape == 0 else 0 if shape == 1 else rng.randrange(place)
        pair = (names[parent], names[place])
        edges.append(pair if points_down or rng.random() < 0.7 else pair[::-1])
    return edges


def _paths_and_rings(n_nodes: int, n_edges: int, rng: random.Random) -> list[Edge] | None:
    """So many edges of paths, and of rings of three nodes or more."""
    left = rng.sample(range(1, n_nodes + 1), n_nodes)
    edges: list[Edge] = []
    while left and len(edges) < n_edges:
        size = min(len(left), rng.choice((2, 3, 3, 4, 5, 6, 9)))
        part, left = left[:size], left[size:]
        found = list(pairwise(part))
        if size > 2 and rng.random() < 0.6:
            found.append((part[-1], part[0]))
        edges += [edge if rng.random() < 0.7 else edge[::-1] for edge in found][: n_edges - len(edges)]
    rng.shuffle(edges)
    return edges if len(edges) == n_edges else None


def draw_list(form: ListForm, drawn: Sequence[Any], rng: random.Random) -> list[Any] | None:
    """A list of ``form`` as long as ``drawn``, made of its elements where the form leaves a choice."""
    size = len(drawn)
    if form.base is not None:
        return rng.sample(range(form.base, form.base + size), size)
    if form.ahead is not None:
        least = min((item for item in drawn if type(item) is int), default=0)
        return [rng.randint(min(least, place + form.ahead), place + form.ahead) for place in range(size)]
    items = list(drawn)
    if form.is_distinct and len(set(items)) < size:
        if not all(type(item) is int for item in items):
            return None
        items = rng.sample(range(min(items), min(items) + 2 * size + 1), size)
    if form.is_ascending or form.is_descending:
        items.sort(reverse=form.is_descending)
    return items
