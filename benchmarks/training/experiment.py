"""The whole experiment: rows and items, their features, each arm's figures, the table."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.training.arms import Arm, ablations, by_operator, main_arms, sample
from benchmarks.training.arrays import Array
from benchmarks.training.cache import Features, Reader, compute
from benchmarks.training.materials import Materials
from benchmarks.training.probe import auc, fit, held_out_rows
from benchmarks.training.report import BASE, Lines
from benchmarks.training.rows import Path as Walk
from benchmarks.training.rows import Row
from benchmarks.training.scoring import NATURAL, Scores, Suite, mixed
from benchmarks.training.study import Study
from benchmarks.training.tree import PrefixTree

WANTED_OF_OPERATOR = 40
"""Wrong steps that an operator needs to have a line of its own."""
SURPRISE = {"surprise, sum": 0, "surprise, mean": 1, "surprise, maximum": 2}
COMPARED = ("strict", "paper", "outcome")
"""Rules whose probes are trained on the same number of labels."""


def experiment(found: Materials, read: Reader, out: Path, seeds: int = 3) -> str:
    """Run it and return the table; features, figures and predictions are left in ``out``."""
    found.suite.write(out / "bench")
    groups = wanted_features(found)
    features = Features([file for group in groups for file in compute(*group, out / "features", read)])
    n_rows = min(len(found.pools[name]) for name in COMPARED)
    study = Study(features, found.suite, n_rows, best_layer(features, found.pools[BASE]))
    lines = Lines(found.suite, out)
    answers: dict[str, list[Scores]] = {}
    for arm in _arms(found, features.states.shape[1]):
        runs = [study.run(arm, seed) for seed in range(seeds)]
        answers[arm.name] = [scores for scores, _ in runs]
        lines.add(arm.name, arm.group, runs[0][1], answers[arm.name])
    _surprise(study, lines, answers)
    settings = {"rows": n_rows, "layer": study.layer, "pools": {k: len(v) for k, v in found.pools.items()}}
    (out / "figures.json").write_text(json.dumps({"settings": settings, "lines": lines.rows}, indent=1))
    (out / "table.md").write_text(lines.table())
    return f"{json.dumps(settings)}\n{lines.table()}"


def _arms(found: Materials, n_layers: int) -> list[Arm]:
    operators = by_operator(found.pools[BASE], WANTED_OF_OPERATOR)
    arms = [*main_arms(found.pools), *ablations(found.pools, n_layers)]
    arms += [Arm(name, "operators", rows) for name, rows in operators.items()]
    return [arm for arm in arms if {row.label for row in arm.rows} == {0, 1}]


def _surprise(study: Study, lines: Lines, answers: dict[str, list[Scores]]) -> None:
    """The model's own surprise, alone and added to what probes say."""
    natural = study.suite.part(NATURAL)
    for name, which in SURPRISE.items():
        lines.add(name, "labels", 0, [study.surprise(natural, which)])
    nats = study.surprise(natural, 1)
    for name in [one for one in ("strict", "step minus prefix", "rollouts") if one in answers]:
        own = [{item: scores[item] for item in nats} for scores in answers[name]]
        lines.add(f"{name}, and surprise", "with surprise", 0, [mixed(one, nats) for one in own])


Group = tuple[dict[str, list[Walk]], bool]
"""Walks by problem, and whether surprise is needed too."""


def wanted_features(found: Materials) -> list[Group]:
    """The prefixes that rows and items need."""
    edits = (row for name in ("strict", "paper", "programs") for row in found.pools[name])
    return [
        (_of_items(found.suite.part(NATURAL)), True),
        (_of_rows(edits), False),
        (_of_rows(found.pools["rollouts"]), False),
        (_of_items(found.suite.part(("planted",))), False),
        (_of_rows(found.pools["outcome"]), False),
    ]


def gemma_reader(folder: Path, threads: int) -> Reader:
    """Reads with the model, which is loaded at the first use: what is cached needs no torch."""
    loaded: list[Reader] = []

    def read(tree: PrefixTree, with_surprise: bool) -> tuple[Array, Array]:
        if not loaded:
            from benchmarks.training.gemma import Gemma

            loaded.append(Gemma(folder, threads).read)
        return loaded[0](tree, with_surprise)

    return read


def _of_rows(rows: Iterable[Row]) -> dict[str, list[Walk]]:
    wanted: dict[str, list[Walk]] = defaultdict(list)
    for row in rows:
        wanted[row.problem].append(row.path)
    return wanted


def _of_items(suite: Suite) -> dict[str, list[Walk]]:
    wanted: dict[str, list[Walk]] = defaultdict(list)
    walks = suite.walks()
    for _, item in suite.items:
        wanted[item.problem_id] += walks[item.id]
    return wanted


def best_layer(features: Features, rows: Sequence[Row]) -> int:
    """The layer whose probe tells the steps of held-out training problems apart best."""
    rows = sample(rows, 4000, 0)
    labels = np.array([row.label for row in rows])
    states = features.states[features.places([row.path for row in rows])]
    away = held_out_rows([row.problem for row in rows], 0)
    found = []
    for layer in range(states.shape[1]):
        inputs = states[:, layer].astype(np.float32)
        probe = fit(inputs[~away], labels[~away], (0.01,))[0]
        found.append(auc(probe(inputs[away]), labels[away]))
    return int(np.argmax(found))
