"""What the rows of an input are as a whole: the edges of a tree or of another graph.

Learned from the given inputs like the features of the input domain, but built as such: nobody draws a tree by chance.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from prmdata.evidence.inputs.grammar.count import Count

SUPPORT: Final = 2
"""Graphs of three nodes or more that must show it."""
TELLING_EDGES: Final = 5
"""Edges of a graph that tells enough by itself."""
PATH_ENDS: Final = 2
"""Edges of a node where a graph consists of paths and rings."""
SOUND_SHARE: Final = 1.34
"""So many times as many graphs may be given as are what the statement says of them."""
Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SaidOfStructures:
    """What a statement says of its graphs and lists. ``has_few_ends``: it speaks of two at most, and of nodes with two edges at
    most where all graphs have such. ``is_acyclic``: they have no cycles, whatever a cycle is there. ``is_ascending`` and
    ``is_distinct``: the numbers of a list are sorted, and maybe distinct too. ``may_be_disconnected``: no word of the statement is about
    whether a graph hangs together."""

    has_few_ends: bool = False
    is_tree: bool = False
    is_connected: bool = False
    is_simple: bool = False
    is_rooted: bool = False
    is_acyclic: bool = False
    is_ascending: bool = False
    is_distinct: bool = False
    may_be_disconnected: bool = False

    @property
    def says_anything(self) -> bool:
        """Whether it says that there are edges at all."""
        return self.is_tree or self.is_connected or self.is_simple or self.is_acyclic

    def holds(self, n_nodes: int, edges: Sequence[Edge]) -> bool:
        """Whether a graph is what is said of its form."""
        if any(not 1 <= node <= n_nodes for edge in edges for node in edge):
            return False
        if self.is_simple and not is_simple(edges):
            return False
        if self.is_tree and len(edges) != n_nodes - 1:
            return False
        if self.is_acyclic and not is_acyclic(edges):
            return False
        return not (self.is_tree or self.is_connected) or is_connected(n_nodes, edges)


@dataclass(frozen=True, slots=True)
class EdgeForm:
    """What the edges are in all given inputs, ``nodes`` nodes numbered from ``base``."""

    nodes: Count
    is_tree: bool
    is_connected: bool
    is_simple: bool
    is_without_loops: bool
    most_ends: int | None = None
    """How many edges end in one node at most."""
    points_down: bool = False
    """Whether each edge of a tree leads from the parent to the child, and the root is node 1."""
    base: int = 1
    is_forest: bool = False
    """Whether there are no cycles, whichever way the edges lead."""
    is_acyclic: bool = False
    """Whether no node is reached from itself along the edges."""

    @property
    def has_no_cycles(self) -> bool:
        """Whether there are none, as the statement means them."""
        return self.is_tree or self.is_forest or self.is_acyclic

    def holds(self, n_nodes: int, edges: Sequence[Edge]) -> bool:
        """Whether ``edges`` are such edges."""
        edges = numbered(edges, 1 - self.base)
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
        if self.is_forest and not is_forest(n_nodes, edges):
            return False
        if self.is_acyclic and not is_acyclic(edges):
            return False
        return not (self.is_tree or self.is_connected) or is_connected(n_nodes, edges)

    def draw_size(self, n_nodes: int, rng: random.Random) -> int:
        """How many edges to draw."""
        if self.is_connected:
            return n_nodes - 1 + rng.choice((0, 0, 1, 1, 2, 3))
        most = n_nodes * (n_nodes - 1) // 2
        if self.is_forest or self.most_ends is not None:
            most = max(n_nodes - self.is_forest, 0)
        return min(most, rng.choice((n_nodes // 2, 3 * n_nodes // 4, n_nodes - 1, n_nodes, 2 * n_nodes)))

    def may_follow(self, edge: Edge, edges: Sequence[Edge]) -> bool:
        """Whether ``edge`` may stand beside ``edges``."""
        if self.is_without_loops and edge[0] == edge[1]:
            return False
        if self.most_ends is not None and most_ends([*edges, edge]) > self.most_ends:
            return False
        return not self.is_simple or frozenset(edge) not in map(frozenset, edges)


def edge_form(
    nodes: Count, graphs: Sequence[tuple[int, Sequence[Edge]]], said: SaidOfStructures | None = None
) -> EdgeForm | None:
    """The form of the edges of ``graphs`` (number of nodes, edges); None where some name other nodes or too few of them
    are large enough to tell. Of few, one that tells is enough for what the statement says. Where few of the given graphs
    are not what it says, they do not count: the inputs of a data set are not all valid."""
    said = said or SaidOfStructures()
    base = 0 if said.says_anything and any(0 in edge for _, edges in graphs for edge in edges) else 1
    graphs = [(n, numbered(edges, 1 - base)) for n, edges in graphs]
    sound = [(n, edges) for n, edges in graphs if said.holds(n, edges)]
    if len(sound) < len(graphs) <= SOUND_SHARE * len(sound):
        graphs = sound
    telling = [(n, edges) for n, edges in graphs if n > 2 and edges]
    are_few = len(telling) < SUPPORT and max((len(edges) for _, edges in telling), default=0) < TELLING_EDGES
    is_forest_each = said.is_acyclic and all(is_forest(n, edges) for n, edges in graphs)
    if not telling or (are_few and not said.says_anything):
        return None
    if any(not EdgeForm(nodes, *[False] * 4).holds(n, edges) for n, edges in graphs):
        return None
    connected = all(is_connected(n, edges) for n, edges in graphs)
    connected = connected and (said.is_connected or said.is_tree or not are_few)
    is_tree = connected and all(len(edges) == n - 1 for n, edges in graphs)
    is_tree = is_tree and (said.is_tree or not are_few)
    connected = connected and (is_tree or not said.may_be_disconnected)
    has_few_ends = said.has_few_ends and all(most_ends(edges) <= PATH_ENDS for _, edges in graphs)
    return EdgeForm(
        nodes,
        is_tree=is_tree,
        is_connected=connected,
        is_simple=all(is_simple(edges) for _, edges in graphs),
        is_without_loops=all(first != second for _, edges in graphs for first, second in edges),
        most_ends=PATH_ENDS if has_few_ends else None,
        points_down=said.is_rooted and is_tree and all(points_down(edges) for _, edges in graphs),
        base=base,
        is_forest=is_forest_each,
        is_acyclic=said.is_acyclic and not is_forest_each and all(is_acyclic(edges) for _, edges in graphs),
    )


def numbered(edges: Sequence[Edge], more: int) -> Sequence[Edge]:
    """``edges`` between nodes whose numbers are so much greater."""
    return [(first + more, second + more) for first, second in edges] if more else edges


def is_forest(n_nodes: int, edges: Sequence[Edge]) -> bool:
    """Whether the edges make no ring, whichever way they lead."""
    return n_parts(n_nodes, edges) == n_nodes - len(edges)


def is_acyclic(edges: Sequence[Edge]) -> bool:
    """Whether no node is reached from itself along the edges."""
    left = list(edges)
    while left:
        entered = {second for _, second in left}
        rest = [edge for edge in left if edge[0] in entered]
        if len(rest) == len(left):
            return False
        left = rest
    return True


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
    return n_parts(n_nodes, edges) <= 1


def n_parts(n_nodes: int, edges: Sequence[Edge]) -> int:
    """Into how many parts, each of which hangs together, the nodes from 1 to ``n_nodes`` fall."""
    leader = list(range(n_nodes + 1))

    def find(node: int) -> int:
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for first, second in edges:
        leader[find(first)] = find(second)
    return len({find(node) for node in range(1, n_nodes + 1)})


def draw_edges(form: EdgeForm, n_nodes: int, n_edges: int, rng: random.Random) -> list[Edge] | None:
    """So many edges of this form; None where there are none."""
    edges = _edges(form, n_nodes, n_edges, rng)
    return None if edges is None else list(numbered(edges, form.base - 1))


def _edges(form: EdgeForm, n_nodes: int, n_edges: int, rng: random.Random) -> list[Edge] | None:
    """The same with nodes numbered from 1."""
    edges: list[Edge] = []
    if n_nodes < 1:
        return None
    if form.is_forest and not form.is_connected:
        tree = _tree(n_nodes, rng, is_path=form.most_ends == PATH_ENDS, points_down=False)
        return rng.sample(tree, n_edges) if n_edges <= len(tree) else None
    if form.most_ends == PATH_ENDS and not (form.is_tree or form.is_connected):
        return _paths_and_rings(n_nodes, n_edges, rng)
    if form.is_tree or form.is_connected:
        if n_edges < n_nodes - 1:
            return None
        edges = _tree(n_nodes, rng, is_path=form.most_ends == PATH_ENDS, points_down=form.points_down)
    ranks = rng.sample(range(n_nodes), n_nodes)
    if form.is_acyclic:
        edges = [_downward(edge, ranks) for edge in edges]
    for _ in range(20 * (n_edges + 1)):
        if len(edges) >= n_edges:
            break
        edge = (rng.randint(1, n_nodes), rng.randint(1, n_nodes))
        if form.is_acyclic:
            edge = _downward(edge, ranks)
        if form.may_follow(edge, edges):
            edges.append(edge)
    rng.shuffle(edges)
    return edges if len(edges) == n_edges else None


def _downward(edge: Edge, ranks: Sequence[int]) -> Edge:
    """The edge, turned so that it leads to the lower rank."""
    return edge if ranks[edge[0] - 1] >= ranks[edge[1] - 1] else edge[::-1]


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
