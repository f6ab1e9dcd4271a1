"""A linear probe: logistic regression on standardised features, regularised as held-out problems like it best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.training.arrays import Array

PENALTIES: Final = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""Weights of the squared norm, for each row's mean loss."""
ITERATIONS: Final = 150
HELD_OUT: Final = 0.2


@dataclass(frozen=True, slots=True)
class Probe:
    """Log odds that a step is right: ``(x - mean) / scale @ weights + bias``."""

    mean: Array
    scale: Array
    weights: Array
    bias: float
    penalty: float

    def __call__(self, features: Array) -> Array:
        scores: Array = (features - self.mean) / self.scale @ self.weights + self.bias
        return scores


def train(features: Array, labels: Array, problems: Sequence[str], seed: int) -> Probe:
    """The probe of all rows with the penalty whose probe tells the steps of held-out problems apart best.

    ``features`` (rows, width); ``labels`` 1 or 0. Both labels weigh the same, however often they come.
    """
    held_out = held_out_rows(problems, seed)
    kept = ~held_out
    best, chosen = -1.0, PENALTIES[-1]
    if _has_both(labels[kept]) and _has_both(labels[held_out]):
        for probe in fit(features[kept], labels[kept], PENALTIES):
            found = auc(probe(features[held_out]), labels[held_out])
            if found > best:
                best, chosen = found, probe.penalty
    return fit(features, labels, (chosen,))[0]


def held_out_rows(problems: Sequence[str], seed: int) -> Array:
    """Which rows belong to the problems that are drawn to be held out."""
    names = sorted(set(problems))
    drawn = np.random.default_rng(seed).permutation(len(names))[: max(1, round(len(names) * HELD_OUT))]
    chosen = {names[at] for at in drawn}
    return np.array([problem in chosen for problem in problems], bool)


def fit(features: Array, labels: Array, penalties: Sequence[float]) -> list[Probe]:
    """A probe for each penalty.

    Newton's steps with the bound of the Hessian that holds everywhere (Böhning and Lindsay 1988): one decomposition
    serves all penalties and steps. Raises ValueError without rows of both labels.
    """
    if not _has_both(labels):
        raise ValueError("a probe needs rows of both labels")
    mean = features.mean(0)
    scale = features.std(0) + 1e-6
    inputs = ((features - mean) / scale).astype(np.float64)
    inputs = np.hstack([inputs, np.ones((len(inputs), 1))])
    share = np.where(labels == 1, 0.5 / (labels == 1).sum(), 0.5 / (labels == 0).sum())
    values, vectors = np.linalg.eigh(inputs.T * (share / 4) @ inputs)
    loss = _Loss(inputs @ vectors, labels, share, np.maximum(values, 0))
    probes = []
    for penalty in penalties:
        weights = vectors @ loss.minimum(penalty)
        probes.append(Probe(mean, scale, weights[:-1], float(weights[-1]), penalty))
    return probes


@dataclass(frozen=True, slots=True)
class _Loss:
    """Mean logistic loss: rows in the axes of the Hessian's bound, their labels and shares, the bound's values."""

    rows: Array
    labels: Array
    share: Array
    bound: Array

    def minimum(self, penalty: float) -> Array:
        """Where the loss with the penalty is least, with Nesterov's momentum."""
        weights = ahead = np.zeros(self.rows.shape[1])
        momentum = 1.0
        for _ in range(ITERATIONS):
            odds = 1 / (1 + np.exp(-np.clip(self.rows @ ahead, -30, 30)))
            slope = self.rows.T @ (self.share * (odds - self.labels)) + penalty * ahead
            following = ahead - slope / (self.bound + penalty)
            faster = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
            ahead = following + (momentum - 1) / faster * (following - weights)
            weights, momentum = following, faster
        return weights


def auc(scores: Array, labels: Array) -> float:
    """The chance that a right step has a higher score than a wrong one, ties half."""
    order = np.sort(scores[labels == 0])
    right = scores[labels == 1]
    below = np.searchsorted(order, right, "left") + np.searchsorted(order, right, "right")
    return float(below.mean() / 2 / len(order))


def _has_both(labels: Array) -> bool:
    return bool((labels == 1).any() and (labels == 0).any())
