"""The measures of one prediction, and of many. They are pure functions, and ``docs/benchmark.md`` computes
each of them by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from prmdata.bench.item import RIGHT, BenchItem
from prmdata.bench.predictions import Prediction


def first_below(scores: Sequence[float], threshold: float) -> int:
    """The first step whose score is below ``threshold``; -1 if there is none (ProcessBench reads a reward
    model in this way)."""
    return next((place for place, score in enumerate(scores) if score < threshold), RIGHT)


def harmonic(one: float, other: float) -> float:
    """ProcessBench's F1: the harmonic mean of the accuracies on wrong and on right items; 0 where both are 0."""
    return 2 * one * other / (one + other) if one + other else 0.0


@dataclass(frozen=True, slots=True)
class Rank:
    """The place of the wrong step among the steps of its program, with the lowest score first. ``lower``
    steps have a lower score, and ``tied`` steps have the same score, the wrong step included. Tied steps have
    no order, so each measure is its mean over all orders."""

    lower: int
    tied: int

    def within(self, k: int) -> float:
        """The probability that the wrong step is among the first ``k``."""
        return min(max(k - self.lower, 0), self.tied) / self.tied

    @property
    def reciprocal(self) -> float:
        """The mean of 1/rank over the orders of tied steps."""
        return sum(1 / rank for rank in range(self.lower + 1, self.lower + self.tied + 1)) / self.tied


def rank_of(scores: Sequence[float], label: int) -> Rank:
    """The rank of step ``label``."""
    mine = scores[label]
    return Rank(sum(score < mine for score in scores), sum(score == mine for score in scores))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one prediction is worth. ``hit``: the named first error is the label. Only wrong items have ranks.
    If a prediction names one step, that step counts as found and every other step does not."""

    is_wrong: bool
    hit: bool
    top1: float = 0.0
    top3: float = 0.0
    reciprocal: float = 0.0


def outcome_of(item: BenchItem, prediction: Prediction, threshold: float) -> Outcome:
    """The outcome of a prediction. ``threshold`` matters only for predictions that give scores."""
    scores = prediction.scores
    if scores is None:
        hit = prediction.first_error == item.label
        found = float(hit and item.is_wrong)
        return Outcome(item.is_wrong, hit, found, found, found)
    hit = first_below(scores, threshold) == item.label
    if not item.is_wrong:
        return Outcome(False, hit)
    rank = rank_of(scores, item.label)
    return Outcome(True, hit, rank.within(1), rank.within(3), rank.reciprocal)


def best_threshold(items: Sequence[BenchItem], predictions: Sequence[Prediction]) -> float:
    """The threshold with the highest F1. It is the middle of the range that gives this F1, and of the lowest
    such range if there are several.

    A wrong item is hit if the threshold lies in (score of its label, lowest score before it]. A right item is
    hit if the threshold is at most its lowest score. So F1 changes only at these scores.
    """
    starts: list[tuple[float, bool]] = []
    ends: list[tuple[float, bool]] = []
    for item, prediction in zip(items, predictions, strict=True):
        if (scores := prediction.scores) is None:
            continue
        low = scores[item.label] if item.is_wrong else -math.inf
        high = min(scores[: item.label] if item.is_wrong else scores, default=math.inf)
        if low < high:
            starts.append((low, item.is_wrong))
            ends.append((high, item.is_wrong))
    n_wrong = sum(item.is_wrong for item in items)
    n_right = len(items) - n_wrong
    places = sorted({place for place, _ in starts + ends})
    best, chosen = -1.0, 0.0
    starts.sort()
    ends.sort()
    hits = [0, 0]
    at_start = at_end = 0
    for low, high in pairwise([*places, math.inf]):
        while at_start < len(starts) and starts[at_start][0] <= low:
            hits[starts[at_start][1]] += 1
            at_start += 1
        while at_end < len(ends) and ends[at_end][0] <= low:
            hits[ends[at_end][1]] -= 1
            at_end += 1
        f1 = harmonic(hits[1] / max(n_wrong, 1), hits[0] / max(n_right, 1))
        if f1 > best and low < high:
            best, chosen = f1, middle(low, high)
    return chosen


def middle(low: float, high: float) -> float:
    """A threshold in (low, high]; the middle if both are finite."""
    if math.isinf(low) and math.isinf(high):
        return 0.0
    if math.isinf(low):
        return high
    if math.isinf(high):
        return low + 1.0
    half = low / 2 + high / 2
    return half if half > low else high


def known_steps(item: BenchItem, scores: Sequence[float]) -> Iterable[tuple[float, bool]]:
    """The scores of the steps whose label is known, each with whether the step is wrong. For a wrong item
    these are the steps up to and including the first wrong step; for a right item they are all steps. Nobody
    can say whether the steps after an error are right."""
    last = item.label if item.is_wrong else len(scores) - 1
    return ((scores[place], place == item.label) for place in range(last + 1))
