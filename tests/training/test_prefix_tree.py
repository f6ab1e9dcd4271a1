"""The prefix tree of the training benchmark: every prefix once, in packs that hold whole walks."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.training.tree import NO_PARENT, grow, key, packs

PATHS = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map(tuple), min_size=1, max_size=8)


@given(PATHS)
def test_each_prefix_is_one_node_behind_its_parent_in_any_order_of_programs(
    paths: list[tuple[str, ...]],
) -> None:
    tree = grow(paths)
    assert set(tree.paths) == {path[:end] for path in paths for end in range(1, len(path) + 1)}
    assert len(tree.paths) == len(set(tree.paths))
    for node, (path, parent) in enumerate(zip(tree.paths, tree.parents, strict=True)):
        assert parent < node
        assert path[:-1] == (() if parent == NO_PARENT else tree.paths[parent])
        assert tree.ancestors(node) == [tree.paths.index(path[:end]) for end in range(1, len(path))]
    shuffled = random.Random(0).sample(paths, len(paths))
    assert grow(shuffled) == tree


@given(PATHS, st.integers(1, 30), st.integers(1, 6))
def test_packs_read_each_node_once_with_all_that_it_comes_after(
    paths: list[tuple[str, ...]], limit: int, size: int
) -> None:
    tree = grow(paths)
    sizes = [1 + node % size for node in range(len(tree.paths))]
    read: list[int] = []
    for pack, n_context in packs(tree, sizes, limit):
        assert all(tree.parents[node] in (NO_PARENT, *pack[:at]) for at, node in enumerate(pack))
        assert set(pack[:n_context]) <= set(read)
        read += pack[n_context:]
        walk = sum(sizes[one] for one in (*tree.ancestors(pack[-1]), pack[-1]))
        assert sum(sizes[one] for one in pack) <= max(limit, walk)
    assert read == list(range(len(tree.paths)))


def test_a_key_names_the_steps_and_not_only_their_text() -> None:
    assert len({key(("ab",)), key(("a", "b")), key(("b", "a"))}) == 3
