"""The sides of a split: near-duplicates stay together, and every way to make the dataset gives the same
sides."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prmdata.datasets.splits import assign, point, side_of
from prmdata.errors import UsageError

SHARES = (("train", 0.8), ("validation", 0.1), ("test", 0.1))
problems = st.lists(
    st.tuples(st.text(max_size=6), st.integers(0, 8)), unique_by=lambda pair: pair[0], max_size=40
)


@given(problems, st.integers(0, 3), st.randoms(use_true_random=False))
def test_clusters_are_never_divided_and_no_order_matters(
    given_problems: list[tuple[str, int]], seed: int, random: Random
) -> None:
    sides = dict(zip(given_problems, assign(given_problems, SHARES, seed), strict=True))
    for cluster in range(9):
        assert len({side for (_, own), side in sides.items() if own == cluster}) <= 1
    shuffled = random.sample(given_problems, len(given_problems))
    shares = random.sample(SHARES, len(SHARES))
    assert dict(zip(shuffled, assign(shuffled, shares, seed), strict=True)) == sides


@given(problems, problems, st.integers(0, 3))
def test_added_problems_move_only_clusters_whose_key_changes(
    before: list[tuple[str, int]], added: list[tuple[str, int]], seed: int
) -> None:
    known = {content for content, _ in before}
    after = [*before, *(pair for pair in added if pair[0] not in known)]
    old, new = assign(before, SHARES, seed), assign(after, SHARES, seed)
    for (_, cluster), was, now in zip(before, old, new[: len(before)], strict=True):
        smallest = min(point(content, seed) for content, own in before if own == cluster)
        now_smallest = min(point(content, seed) for content, own in after if own == cluster)
        assert was == now or now_smallest < smallest


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_a_share_is_met_on_average(seed: int) -> None:
    sides = Counter(assign([(f"p{n}", n) for n in range(1000)], SHARES, seed))
    assert abs(sides["test"] - 100) < 70  # the bound is 7 standard deviations wide


def test_the_boundaries_are_the_cumulated_shares_in_the_order_of_their_names() -> None:
    assert [side_of(at, SHARES) for at in (0.0, 0.0999, 0.1, 0.8999, 0.9, 1 - 2**-53)] == [
        "test", "test", "train", "train", "validation", "validation"
    ]  # fmt: skip


def test_pinned_problems_stay_and_their_cluster_follows_the_pinned_one_with_the_smallest_point() -> None:
    clusters = [("a", 0), ("b", 0), ("c", 1), ("d", 1)]
    pinned = {"a": "test", "c": "validation", "d": "train"}
    nearest = min(("c", "d"), key=point)
    sides = assign([*clusters, ("e", 1)], SHARES, 0, pinned)
    assert sides == ["test", "test", "validation", "train", pinned[nearest]]


def test_a_pinned_side_without_a_share_is_refused() -> None:
    with pytest.raises(UsageError, match="--splits-from: it has a split 'dev'"):
        assign([("a", 0)], SHARES, 0, {"a": "dev"})


def test_a_share_of_zero_is_refused() -> None:
    with pytest.raises(UsageError, match="positive"):
        assign([("a", 0)], (("train", 1.0), ("test", 0.0)))
