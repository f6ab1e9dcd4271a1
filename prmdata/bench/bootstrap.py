"""Means over problems, and their intervals. Each draw takes problems, with all their items, and not single
items.

Items of one problem share its statement and often most of a program. If items were drawn one by one, there
would seem to be more evidence than there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from prmdata.bench.metrics import Outcome, harmonic

DRAWS: Final = 1000
LOW, HIGH = 0.025, 0.975
SEED: Final = 20260101
RATES: Final = {"acc_error": (True, "hit"), "acc_correct": (False, "hit"), "top1": (True, "top1"), "top3": (True, "top3"), "mrr": (True, "reciprocal")}  # fmt: skip
"""For each rate, the kind of items that it is a mean over (wrong ones or right ones), and the value whose
mean it is."""

Floats = npt.NDArray[np.float64]
"""One number for each draw. Weights have one row for each draw, which says how often each problem was drawn.
The first row holds only ones: it is the benchmark itself."""


def draws(n_problems: int, n: int = DRAWS, seed: int = SEED) -> Floats:
    """The weights of the benchmark itself, and then the weights of ``n`` draws."""
    chosen = np.random.default_rng(seed).integers(0, max(n_problems, 1), size=(n, n_problems))
    drawn = [np.bincount(one, minlength=n_problems) for one in chosen]
    return np.vstack([np.ones(n_problems), *drawn]).astype(np.float64)


def rates(outcomes: Sequence[Outcome], problems: Sequence[int], weights: Floats) -> dict[str, Floats]:
    """Each rate and F1, for each draw. The value is NaN if a draw has no such item. ``problems`` holds the
    problem of each outcome."""
    found: dict[str, Floats] = {}
    for name, (wrong, field) in RATES.items():
        total, count = np.zeros(weights.shape[1]), np.zeros(weights.shape[1])
        for outcome, problem in zip(outcomes, problems, strict=True):
            if outcome.is_wrong == wrong:
                total[problem] += float(getattr(outcome, field))
                count[problem] += 1
        found[name] = _ratio(weights @ total, weights @ count)
    pairs = zip(found["acc_error"], found["acc_correct"], strict=True)
    found["f1"] = np.array([harmonic(one, other) for one, other in pairs])
    return found


def step_auc(steps: Sequence[tuple[float, bool, int]], weights: Floats) -> Floats:
    """For each draw, the share of pairs of a right and a wrong step in which the right step has the higher
    score. Ties count as half. The value is NaN if a draw lacks one of the two kinds. ``steps`` holds the
    score, whether the step is wrong, and the problem."""
    if not steps:
        return np.full(weights.shape[0], np.nan)
    ordered = sorted(steps)
    scores = np.array([score for score, _, _ in ordered])
    wrong = np.array([is_wrong for _, is_wrong, _ in ordered])
    problem = np.array([place for _, _, place in ordered])
    firsts = np.flatnonzero(np.r_[True, scores[1:] != scores[:-1]])
    found = np.empty(weights.shape[0])
    for draw, weight in enumerate(weights):
        drawn = weight[problem]
        bad = np.add.reduceat(drawn * wrong, firsts)
        good = np.add.reduceat(drawn * ~wrong, firsts)
        below = np.cumsum(bad) - bad
        pairs = bad.sum() * good.sum()
        found[draw] = (good * (below + bad / 2)).sum() / pairs if pairs else np.nan
    return found


def with_interval(values: Mapping[str, Floats]) -> dict[str, Any]:
    """Each measure's own value, and under ``intervals`` the middle 95% of its draws; None if it is undefined."""
    own = {name: _number(found[0]) for name, found in values.items()}
    between = {}
    for name, found in values.items():
        kept = found[1:][~np.isnan(found[1:])]
        enough = own[name] is not None and len(kept)
        between[name] = [_number(np.quantile(kept, at)) for at in (LOW, HIGH)] if enough else None
    return {**own, "intervals": between}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 6)


def _ratio(total: Floats, count: Floats) -> Floats:
    found: Floats = np.full(total.shape, np.nan)
    np.divide(total, count, out=found, where=count > 0)
    return found
