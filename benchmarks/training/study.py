"""Probes of arms, trained and asked: features are read from the cache, so that an arm takes seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.training.arms import Arm, paired, sample
from benchmarks.training.arrays import Array
from benchmarks.training.cache import Features
from benchmarks.training.probe import Probe, train
from benchmarks.training.rows import Path, Row
from benchmarks.training.scoring import Scores, Suite

FOLDS = 2


@dataclass(slots=True)
class Study:
    """Features, the items to score, and how arms are trained: on at most ``n_rows`` rows, with ``layer`` where an arm
    names none."""

    features: Features
    suite: Suite
    n_rows: int
    layer: int
    _asked: dict[tuple[str, tuple[int, ...]], Array] = field(default_factory=dict)

    def run(self, arm: Arm, seed: int) -> tuple[Scores, int]:
        """The score of each step of each item, and how many rows the probes were trained on, at most.

        A problem's items are scored by a probe that saw none of its rows: where rows and items share problems, each half
        of these has a probe that was trained without it.
        """
        asked = {item.problem_id for _, item in self.suite.items}
        shared = {row.problem for row in arm.rows} & asked
        probes, most = [], 0
        for fold in range(FOLDS if shared else 1):
            rows = [row for row in arm.rows if row.problem not in shared or fold_of(row.problem) != fold]
            probe, n = self._train(arm, sample(rows, self.n_rows, seed), seed)
            probes.append(probe)
            most = max(most, n)
        return self._ask(arm, probes), most

    def _train(self, arm: Arm, rows: Sequence[Row], seed: int) -> tuple[Probe, int]:
        if not arm.pairs:
            labels = np.array([row.label for row in rows])
            inputs = self._inputs(arm, [row.path for row in rows])
            return train(inputs, labels, [row.problem for row in rows], seed), len(rows)
        pairs = paired(rows)
        right = self._inputs(arm, [one.path for one, _ in pairs])
        apart = right - self._inputs(arm, [other.path for _, other in pairs])
        labels = np.repeat([1, 0], len(pairs))
        problems = [one.problem for one, _ in pairs] * 2
        return train(np.concatenate([apart, -apart]), labels, problems, seed), len(pairs)

    def _ask(self, arm: Arm, probes: Sequence[Probe]) -> Scores:
        walks = self.suite.walks()
        spec = (arm.features, self._layers(arm))
        if spec not in self._asked:
            self._asked[spec] = self._inputs(arm, [path for steps in walks.values() for path in steps])
        answers = np.stack([probe(self._asked[spec]) for probe in probes])
        found: Scores = {}
        at = 0
        for _, item in self.suite.items:
            mine = answers[fold_of(item.problem_id) % len(probes), at : at + len(item.steps)]
            found[item.id] = [float(score) for score in mine]
            at += len(item.steps)
        return found

    def _layers(self, arm: Arm) -> tuple[int, ...]:
        return (self.layer,) if arm.layers is None else arm.layers

    def _inputs(self, arm: Arm, paths: Sequence[Path]) -> Array:
        """(paths, width) as float32."""
        layers = list(self._layers(arm))
        state = self._states(paths, layers)
        if arm.features == "state":
            return state
        apart = state - self._states([path[:-1] for path in paths], layers)
        return apart if arm.features == "difference" else np.hstack([state, apart])

    def _states(self, paths: Sequence[Path], layers: list[int]) -> Array:
        found = self.features.states[self.features.places(paths)][:, layers]
        return found.astype(np.float32).reshape(len(paths), -1)

    def surprise(self, suite: Suite, which: int) -> Scores:
        """Minus the sum (0), mean (1) or maximum (2) of the negative log likelihoods of each step's tokens."""
        return {
            name: [-float(one) for one in self.features.surprise[self.features.places(steps), which]]
            for name, steps in suite.walks().items()
        }


def fold_of(problem: str) -> int:
    """Which half a problem belongs to."""
    return hashlib.sha256(problem.encode()).digest()[0] % FOLDS
