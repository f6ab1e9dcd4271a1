"""The measures agree with computations by hand, and with slow definitions on drawn scores."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.bench.bootstrap import draws, rates, step_auc
from prmdata.bench.item import RIGHT, BenchItem
from prmdata.bench.metrics import best_threshold, first_below, harmonic, known_steps, outcome_of, rank_of
from prmdata.bench.predictions import Prediction
from tests.bench.items_by_hand import item

SCORES = st.lists(st.sampled_from([-1.0, 0.0, 0.25, 0.5, 0.75, 2.0]), min_size=1, max_size=6)


@st.composite
def scored(draw: st.DrawFn) -> tuple[BenchItem, Prediction]:
    scores = draw(SCORES)
    label = draw(st.integers(-1, len(scores) - 1))
    return item(str(draw(st.integers())), len(scores), label), Prediction(tuple(scores))


def f1_at(pairs: Sequence[tuple[BenchItem, Prediction]], threshold: float) -> float:
    """ProcessBench's own computation: matches among wrong and among right items, then the harmonic mean."""
    hits: dict[bool, list[bool]] = {True: [], False: []}
    for one, prediction in pairs:
        assert prediction.scores is not None
        hits[one.label != -1].append(first_below(prediction.scores, threshold) == one.label)
    means = [sum(found) / len(found) if found else 0.0 for found in hits.values()]
    return 2 * means[0] * means[1] / sum(means) if sum(means) else 0.0


def test_the_first_step_below_the_threshold_is_named() -> None:
    assert first_below([0.9, 0.4, 0.1], 0.5) == 1
    assert first_below([0.9, 0.5], 0.5) == RIGHT


def test_f1_is_the_harmonic_mean() -> None:
    assert harmonic(0.5, 1.0) == pytest.approx(2 / 3)
    assert harmonic(0.0, 0.0) == 0.0


def test_a_rank_with_ties_is_the_mean_over_their_orders() -> None:
    rank = rank_of([0.1, 0.3, 0.3, 0.9], 2)  # one score is lower and two are tied: rank 2 or 3
    assert (rank.within(1), rank.within(2), rank.within(3)) == (0.0, 0.5, 1.0)
    assert rank.reciprocal == pytest.approx((1 / 2 + 1 / 3) / 2)


@given(SCORES, st.data())
def test_a_rank_is_the_mean_over_all_orders_of_the_steps(scores: list[float], data: st.DataObject) -> None:
    label = data.draw(st.integers(0, len(scores) - 1))
    ranks = [
        sorted(order, key=lambda place: scores[place]).index(label) + 1
        for order in itertools.permutations(range(len(scores)))
    ]
    rank = rank_of(scores, label)
    assert rank.reciprocal == pytest.approx(sum(1 / one for one in ranks) / len(ranks))
    for k in (1, 3):
        assert rank.within(k) == pytest.approx(sum(one <= k for one in ranks) / len(ranks))


def test_the_threshold_by_hand() -> None:
    pairs = [
        (item("a", 3, 1), Prediction((0.9, 0.2, 0.1))),  # a threshold in (0.2, 0.9] hits the label
        (item("b", 2, 0), Prediction((0.4, 0.9))),  # a threshold above 0.4 hits the label
        (item("c", 2), Prediction((0.6, 0.8))),  # a threshold up to 0.6 hits the label
    ]
    assert best_threshold(*zip(*pairs, strict=True)) == pytest.approx(0.5)  # the middle of (0.4, 0.6]


@given(st.lists(scored(), min_size=1, max_size=8))
def test_no_threshold_does_better_than_the_chosen_one(pairs: list[tuple[BenchItem, Prediction]]) -> None:
    chosen = best_threshold([one for one, _ in pairs], [one for _, one in pairs])
    tried = [-2.0, -0.5, 0.1, 0.3, 0.6, 1.0, 3.0]
    assert f1_at(pairs, chosen) == pytest.approx(max(f1_at(pairs, one) for one in tried))


def test_a_named_step_counts_as_found_only_where_it_is_wrong() -> None:
    assert outcome_of(item("a", 3, 1), Prediction(first_error=1), math.nan).top3 == 1.0
    assert outcome_of(item("a", 3, 1), Prediction(first_error=2), math.nan).top3 == 0.0
    right = outcome_of(item("a", 3), Prediction(first_error=RIGHT), math.nan)
    assert right.hit
    assert not right.is_wrong


def test_what_follows_an_error_is_not_judged() -> None:
    assert list(known_steps(item("a", 3, 1), (0.9, 0.1, 0.5))) == [(0.9, False), (0.1, True)]
    assert list(known_steps(item("a", 2), (0.9, 0.1))) == [(0.9, False), (0.1, False)]


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.booleans(), st.integers(0, 2)), max_size=12))
def test_the_area_is_the_share_of_pairs_in_order(steps: list[tuple[float, bool, int]]) -> None:
    good = [score for score, wrong, _ in steps if not wrong]
    bad = [score for score, wrong, _ in steps if wrong]
    found = step_auc(steps, draws(3, 2))[0]
    if good and bad:
        share = sum((g > b) + (g == b) / 2 for g in good for b in bad) / (len(good) * len(bad))
        assert found == pytest.approx(share)
    else:
        assert math.isnan(found)


def test_a_draw_takes_problems_with_all_their_items() -> None:
    outcomes = [outcome_of(item("a", 2, 1), Prediction(first_error=place), math.nan) for place in (1, 1, 0)]
    weights = draws(2, 200)
    found = rates(outcomes, [0, 0, 1], weights)["acc_error"]
    assert found[0] == pytest.approx(2 / 3)
    # Drawn twice each: only problem 0 (1.0), only problem 1 (0.0), both (2/3).
    assert {round(float(one), 3) for one in found} == {1.0, 0.0, 0.667}
