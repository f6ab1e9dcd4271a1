"""A problem's items are scored by a probe that saw none of its rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.training.arms import Arm
from benchmarks.training.arrays import Array
from benchmarks.training.cache import Features, compute
from benchmarks.training.rows import Row, path_of
from benchmarks.training.scoring import Suite, mixed
from benchmarks.training.study import Study, fold_of
from benchmarks.training.tree import PrefixTree, key
from tests.bench.items_by_hand import item

NAMES = [f"p{number}" for number in range(8)]


def drawn_features(tree: PrefixTree, with_surprise: bool) -> tuple[Array, Array]:
    """States that a prefix has by its name alone."""
    states = [np.random.default_rng(int(key(path), 16)).normal(size=(1, 4)) for path in tree.paths]
    return np.array(states, np.float16), np.full((len(states), 3), np.nan, np.float32)


def study_of(folder: Path) -> tuple[Study, list[Row]]:
    """Items and rows of the same eight problems."""
    suite = Suite([("test", item(name, 3, 1, problem_id=name)) for name in NAMES])
    rows = [
        Row(name, f"{name}-{number}", path_of(name, [f"step {number}\n"]), number % 2, "prefix", "", "", "passed", 0, 1)
        for name in NAMES
        for number in range(12)
    ]  # fmt: skip
    walks = {name: [row.path for row in rows if row.problem == name] for name in NAMES}
    asked = suite.walks()
    files = compute({name: [*walks[name], *asked[name]] for name in NAMES}, False, folder, drawn_features)
    return Study(Features(files), suite, n_rows=1000, layer=0), rows


def test_labels_of_a_problem_change_no_score_of_its_own_items(tmp_path: Path) -> None:
    study, rows = study_of(tmp_path)
    before, n_rows = study.run(Arm("rows", "", rows), 0)
    assert 0 < n_rows < len(rows)
    for name in NAMES:
        flipped = [replace(row, label=1 - row.label) if row.problem == name else row for row in rows]
        after, _ = study.run(Arm("rows", "", flipped), 0)
        changed = {one for one in NAMES if after[one] != before[one]}
        assert changed == {one for one in NAMES if fold_of(one) != fold_of(name)}


def test_rows_of_other_problems_train_one_probe(tmp_path: Path) -> None:
    study, rows = study_of(tmp_path)
    elsewhere = [replace(row, problem=f"other {row.problem}") for row in rows]
    assert study.run(Arm("rows", "", elsewhere), 0)[1] == len(rows)


def test_two_scorers_weigh_alike_whatever_their_units() -> None:
    one, other = {"a": [1.0, 2.0], "b": [4.0]}, {"a": [0.0, 5.0], "b": [1.0]}
    found = mixed(one, other)
    again = mixed({name: [100 * score - 7 for score in scores] for name, scores in one.items()}, other)
    assert np.allclose([*found["a"], *found["b"]], [*again["a"], *again["b"]])
