"""Simple scorers that every real scorer has to beat. Each gives scores, which get a threshold as a model's
scores do.

``last`` and ``first`` suspect one place, and suspect it more in longer programs. (If the score were the same
in every item, the threshold would call all programs wrong, or all of them right.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from prmdata.bench.item import BenchItem
from prmdata.bench.predictions import Prediction
from prmdata.datasets.ngrams import NgramOdds
from prmdata.records import Trace

Scorer = Callable[[BenchItem], Sequence[float]]


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
    """:class:`~prmdata.datasets.ngrams.NgramOdds`, trained on the labelled steps of a dataset. The score is the mean
    log odds that a run of tokens stands in a step with label 1 and not in a step with label 0. The scorer sees one
    step and the last words of the step before it. It never sees the problem."""

    def __init__(self, traces: Iterable[Trace], tokens: Callable[[str], Sequence[str]]) -> None:
        self._tokens = tokens
        self._odds = NgramOdds()
        for trace in traces:
            for place, label in enumerate(trace.labels):
                if label in (0, 1):
                    self._odds.learn(self._seen(trace.steps, place), label)

    @property
    def is_trained(self) -> bool:
        """Whether the scorer has seen steps of both labels."""
        return self._odds.is_trained

    def __call__(self, item: BenchItem) -> Sequence[float]:
        """The mean log odds of each step; 0 where it has no token."""
        return [self._odds.mean(self._seen(item.steps, place)) for place in range(len(item.steps))]

    def _seen(self, steps: Sequence[str], place: int) -> Sequence[str]:
        before = self._tokens(steps[place - 1])[-1:] if place else ()
        return [*before, *self._tokens(steps[place])]


def predicted(scorer: Scorer, items: Iterable[BenchItem]) -> dict[str, Prediction]:
    """The scorer's predictions, by the id of the item."""
    return {item.id: Prediction(scores=tuple(scorer(item))) for item in items}
