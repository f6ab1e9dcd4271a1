"""Predictions of the benchmark's items, written for ``prmdata bench score`` and scored by it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.training.arrays import Array
from benchmarks.training.rows import Path as Walk
from benchmarks.training.rows import path_of
from prmdata.bench.bootstrap import DRAWS, draws, rates, step_auc
from prmdata.bench.item import BenchItem, item_row, items_schema
from prmdata.bench.metrics import known_steps, outcome_of
from prmdata.bench.predictions import Prediction, read_predictions
from prmdata.bench.score import score
from prmdata.datasets.writer import write_rows

NATURAL = ("human", "model")
Scores = dict[str, list[float]]
"""One number a step, by the item's id; higher for "right"."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Items of a benchmark with their splits."""

    items: Sequence[tuple[str, BenchItem]]

    def part(self, strata: Sequence[str]) -> Suite:
        """The items of some strata."""
        return Suite([pair for pair in self.items if pair[1].stratum in strata])

    def walks(self) -> dict[str, list[Walk]]:
        """The walk to each step of each item, in their order, by the item's id."""
        found = {}
        for _, item in self.items:
            whole = path_of(item.problem, item.steps)
            found[item.id] = [whole[: place + 2] for place in range(len(item.steps))]
        return found

    def write(self, folder: Path) -> None:
        """As a benchmark that ``prmdata bench score`` reads."""
        write_rows(
            ((split, item_row(item)) for split, item in self.items), folder / "data" / "bench", items_schema()
        )


def scored(suite: Suite, scores: Scores, file: Path) -> dict[str, Any]:
    """What ``prmdata bench score`` says of the predictions, which are left in ``file``."""
    file.parent.mkdir(parents=True, exist_ok=True)
    items = [item for _, item in suite.items]
    rows = [json.dumps({"id": item.id, "scores": scores[item.id]}) + "\n" for item in items]
    file.write_text("".join(rows))
    return score(suite.items, read_predictions(file, items))


def drawn(suite: Suite, seeds: Sequence[Scores], n: int = DRAWS) -> dict[str, Array]:
    """AUC and top-1 over all items, the mean over seeds, for ``n`` of the benchmark's draws of problems behind all of them.
    The draws are the same for any scores, so what two scorers differ by has an interval too."""
    numbers: dict[str, int] = {}
    items = [item for _, item in suite.items]
    problems = [numbers.setdefault(item.problem_id, len(numbers)) for item in items]
    weights = draws(len(numbers), n)
    found: list[tuple[Array, Array]] = []
    for scores in seeds:
        made = [Prediction(scores=tuple(scores[item.id])) for item in items]
        outcomes = [outcome_of(item, one, 0.0) for item, one in zip(items, made, strict=True)]
        steps = [
            (*known, problem)
            for item, problem in zip(items, problems, strict=True)
            for known in known_steps(item, scores[item.id])
        ]
        found.append((step_auc(steps, weights), rates(outcomes, problems, weights)["top1"]))
    aucs, tops = zip(*found, strict=True)
    return {"auc": np.mean(aucs, 0), "top1": np.mean(tops, 0)}


def summary(values: Array) -> dict[str, float]:
    """The value itself and the middle 95% of its draws, in percent."""
    low, high = np.nanquantile(values[1:], (0.025, 0.975))
    return {
        name: round(100 * float(one), 1) for name, one in (("own", values[0]), ("low", low), ("high", high))
    }


def mixed(one: Mapping[str, list[float]], other: Mapping[str, list[float]]) -> Scores:
    """The sum of two scorers, each in units of its own spread over all steps."""
    scaled = []
    for scores in (one, other):
        every = np.concatenate([np.asarray(steps) for steps in scores.values()])
        scaled.append(
            {name: (np.asarray(steps) - every.mean()) / every.std() for name, steps in scores.items()}
        )
    return {name: (scaled[0][name] + scaled[1][name]).tolist() for name in one}
