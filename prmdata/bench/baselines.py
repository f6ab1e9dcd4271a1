"""Simple scorers that every real scorer has to beat. Each gives scores, which get a threshold as a model's
scores do.

``last`` and ``first`` suspect one place, and suspect it more in longer programs. (If the score were the same
in every item, the threshold would call all programs wrong, or all of them right.)
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from prmdata.bench.item import BenchItem
from prmdata.bench.predictions import Prediction
from prmdata.records import Trace

Scorer = Callable[[BenchItem], Sequence[float]]

ORDERS: Final = (1, 2, 3)
"""The lengths of the runs of tokens that ``ngram`` counts."""


def last(item: BenchItem) -> Sequence[float]:
    """Suspects the last step, and suspects it more in a longer program."""
    n = len(item.steps)
    return [1.0] * (n - 1) + [1 / (n + 1)]


def first(item: BenchItem) -> Sequence[float]:
    """Suspects the first step, and suspects it more in a longer program."""
    n = len(item.steps)
    return [1 / (n + 1)] + [1.0] * (n - 1)


def longest(item: BenchItem) -> Sequence[float]:
    """Suspects the longest step, counted in characters without the white space around it."""
    return [-float(len(step.strip())) for step in item.steps]


def random(item: BenchItem) -> Sequence[float]:
    """A number in [0, 1) for each step, drawn from the item's id."""
    return [_drawn(f"{item.id}\0{place}") for place in range(len(item.steps))]


def _drawn(text: str) -> float:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2.0**64


PLAIN: Final[dict[str, Scorer]] = {"last": last, "first": first, "longest": longest, "random": random}
NGRAM: Final = "ngram"
NAMES: Final = (*PLAIN, NGRAM)


class NgramScorer:
    """Naive Bayes over runs of up to three tokens of a step, trained on the labelled steps of a dataset. The
    score is the mean log odds that a run stands in a step with label 1 and not in a step with label 0, with
    add-one smoothing. The scorer sees one step and the last words of the step before it. It never sees the
    problem."""

    def __init__(self, traces: Iterable[Trace], tokens: Callable[[str], Sequence[str]]) -> None:
        self._tokens = tokens
        self._counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for trace in traces:
            for place, label in enumerate(trace.labels):
                if label in (0, 1):
                    self._counts[label].update(self._runs(trace.steps, place))
        self._totals = tuple(sum(one.values()) for one in self._counts)
        self._kinds = len(self._counts[0] | self._counts[1]) + 1

    @property
    def is_trained(self) -> bool:
        """Whether the scorer has seen steps of both labels."""
        return all(self._totals)

    def __call__(self, item: BenchItem) -> Sequence[float]:
        """The mean log odds of each step; 0 where it has no token."""
        return [self._odds(list(self._runs(item.steps, place))) for place in range(len(item.steps))]

    def _odds(self, runs: Sequence[str]) -> float:
        wrong, right = self._counts
        found = [
            math.log((right[run] + 1) / (self._totals[1] + self._kinds))
            - math.log((wrong[run] + 1) / (self._totals[0] + self._kinds))
            for run in runs
        ]
        return sum(found) / len(found) if found else 0.0

    def _runs(self, steps: Sequence[str], place: int) -> Iterator[str]:
        before = self._tokens(steps[place - 1])[-1:] if place else ()
        tokens = [*before, *self._tokens(steps[place])]
        for order in ORDERS:
            for at in range(len(tokens) - order + 1):
                yield "\0".join(tokens[at : at + order])


def predicted(scorer: Scorer, items: Iterable[BenchItem]) -> dict[str, Prediction]:
    """The scorer's predictions, by the id of the item."""
    return {item.id: Prediction(scores=tuple(scorer(item))) for item in items}
