"""The figures of a scorer on a benchmark: by stratum and by length, with the threshold and where it was chosen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from prmdata.bench.bootstrap import draws, rates, step_auc, with_interval
from prmdata.bench.item import STRATA, BenchItem
from prmdata.bench.metrics import best_threshold, known_steps, outcome_of
from prmdata.bench.predictions import Prediction
from prmdata.errors import InputError

VALIDATION: Final = "validation"
LENGTHS: Final = ((1, 5), (6, 10), (11, 20), (21, None))
"""Ranges of numbers of steps; both ends are included."""


def score(
    split_items: Sequence[tuple[str, BenchItem]],
    predictions: Mapping[str, Prediction],
    *,
    split: str | None = None,
) -> dict[str, Any]:
    """All figures, as values for JSON.

    If the predictions give scores, the threshold is the one with the highest F1 on the split ``validation``,
    and the figures are of the items outside that split. If that split does not have both kinds of items, the
    threshold is chosen on all items, and the figures say so. Predictions that name the first error need no
    threshold, so all items count. ``split`` names another split to score on. Raises InputError if there is no
    such split.
    """
    scored = any(predictions[item.id].scores is not None for _, item in split_items)
    threshold, chosen_on = _threshold(split_items, predictions) if scored else (math.nan, None)
    used = [item for name, item in split_items if _counts(name, split, chosen_on)]
    if not used:
        have = ", ".join(sorted({name for name, _ in split_items}))
        raise InputError(f"split {split}", f"the benchmark has no such items; its splits are {have}")
    return {
        "scored_on": split or ("all items" if chosen_on != VALIDATION else f"all but {VALIDATION}"),
        "threshold": None if chosen_on is None else {"value": threshold, "chosen_on": chosen_on},
        "all": _figures(used, predictions, threshold),
        "by_stratum": {
            name: _figures(group, predictions, threshold)
            for name in STRATA
            if (group := [item for item in used if item.stratum == name])
        },
        "by_length": {
            _length_name(low, high): _figures(group, predictions, threshold)
            for low, high in LENGTHS
            if (group := [item for item in used if low <= len(item.steps) <= (high or len(item.steps))])
        },
    }


def _length_name(low: int, high: int | None) -> str:
    return f"{low}-{high} steps" if high else f"{low} steps and more"


def _counts(name: str, split: str | None, chosen_on: str | None) -> bool:
    if split is not None:
        return name == split
    return name != VALIDATION or chosen_on != VALIDATION


def _threshold(
    split_items: Sequence[tuple[str, BenchItem]], predictions: Mapping[str, Prediction]
) -> tuple[float, str]:
    """The threshold, and the name of the items on which it was chosen."""
    chosen = [item for name, item in split_items if name == VALIDATION]
    rest = len(split_items) - len(chosen)
    where = VALIDATION
    if not rest or {item.is_wrong for item in chosen} != {True, False}:
        chosen, where = [item for _, item in split_items], "all items"
    return best_threshold(chosen, [predictions[item.id] for item in chosen]), where


def _figures(
    items: Sequence[BenchItem], predictions: Mapping[str, Prediction], threshold: float
) -> dict[str, Any]:
    """The measures of one group of items."""
    numbers: dict[str, int] = {}
    problems = [numbers.setdefault(item.problem_id, len(numbers)) for item in items]
    weights = draws(len(numbers))
    outcomes = [outcome_of(item, predictions[item.id], threshold) for item in items]
    values = rates(outcomes, problems, weights)
    steps = [
        (*known, problem)
        for item, problem in zip(items, problems, strict=True)
        if (scores := predictions[item.id].scores) is not None
        for known in known_steps(item, scores)
    ]
    values["auc"] = step_auc(steps, weights)
    n_wrong = sum(item.is_wrong for item in items)
    counts = {"items": len(items), "wrong": n_wrong, "right": len(items) - n_wrong, "problems": len(numbers)}
    return counts | with_interval(values)
