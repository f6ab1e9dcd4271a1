"""Naive Bayes over short runs of tokens: what the text of one step says of its label, without the program and
without the problem. The benchmark has it as a baseline, and the card says how far it goes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

ORDERS: Final = (1, 2, 3)
"""The lengths of the runs of tokens that are counted."""


class NgramOdds:
    """Counts the runs of up to three tokens in texts with label 1 and in texts with label 0, and says of another
    text which it resembles, with add-one smoothing."""

    def __init__(self) -> None:
        self._counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self._totals = [0, 0]
        self._texts = [0, 0]
        self._kinds = 1  # one more than was seen: a run that is new

    def learn(self, tokens: Sequence[str], label: int) -> None:
        """Count the runs of one text with the label 0 or 1."""
        found = list(_runs(tokens))
        wrong, right = self._counts
        self._kinds += sum(1 for run in set(found) if run not in wrong and run not in right)
        self._counts[label].update(found)
        self._totals[label] += len(found)
        self._texts[label] += 1

    @property
    def is_trained(self) -> bool:
        """Whether it has seen runs of both labels."""
        return all(self._totals)

    def mean(self, tokens: Sequence[str]) -> float:
        """The mean log odds that a run of the text stands in a text with label 1, in nats; 0 without tokens."""
        found = list(self._odds(tokens))
        return sum(found) / len(found) if found else 0.0

    def guess(self, tokens: Sequence[str]) -> int:
        """The likelier label of a text: the odds of its runs, and how frequent the labels are. The label that it
        has seen alone, if it has not seen both."""
        if not self.is_trained:
            return int(self._texts[1] >= self._texts[0])
        prior = math.log(self._texts[1] / self._texts[0])
        return int(prior + sum(self._odds(tokens)) >= 0)

    def _odds(self, tokens: Sequence[str]) -> Iterator[float]:
        wrong, right = self._counts
        base = math.log((self._totals[0] + self._kinds) / (self._totals[1] + self._kinds))
        for run in _runs(tokens):
            yield base + math.log((right[run] + 1) / (wrong[run] + 1))


def _runs(tokens: Sequence[str]) -> Iterator[str]:
    for order in ORDERS:
        for at in range(len(tokens) - order + 1):
            yield "\0".join(tokens[at : at + order])
