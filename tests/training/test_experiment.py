"""Rows that a probe is trained on, and the whole experiment with features that stand in for a model's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.training.arms import balanced, paired, subsets
from benchmarks.training.cache import compute
from benchmarks.training.experiment import experiment
from benchmarks.training.materials import Materials
from benchmarks.training.rows import Row, labelled_rows, outcome_rows, path_of, program_rows
from benchmarks.training.scoring import Suite
from benchmarks.training.tree import PrefixTree, key
from prmdata.records import Trace, Verdict
from tests.bench.items_by_hand import item
from tests.rows_by_hand import PROGRAM, edited, row

WRONG = Verdict.WRONG_ANSWER


def traces() -> list[Trace]:
    """A reference, a refactoring that passes and a mutant that does not, of the same step."""
    other = PROGRAM.replace("y * 2", "y + y")
    bad = PROGRAM.replace("y * 2", "y * 3")
    found = [
        row(id="reference", label_kind="reference", strategy="reference"),
        edited(other, id="right", intent="refactor"),
        edited(bad, id="wrong", verdict=WRONG, outcomes=(WRONG,)),
    ]
    return [replace(one, labels=(-100,) * 4, reasons=("",) * 4) for one in found]


def test_rules_label_the_same_programs_differently() -> None:
    def seen(rows: list[Row]) -> list[tuple[str, int, int]]:
        return [(one.program, one.place, one.label) for one in rows]

    strict = seen(list(labelled_rows(traces(), "strict")))
    assert ("wrong", 1, 0) in strict
    assert ("right", 1, 1) in strict
    assert not [one for one in strict if one[0] == "wrong" and one[2] == 1]
    assert seen(list(outcome_rows(traces()[1:]))) == [
        *(("right", place, 1) for place in range(3)),
        *(("wrong", place, 0) for place in range(3)),
    ]
    assert seen(list(program_rows(traces()))) == [
        ("right", 0, 1),
        ("right", 1, 1),
        ("wrong", 0, 1),
        ("wrong", 1, 0),
    ]


def test_a_prefix_that_rows_share_is_one_row_a_label() -> None:
    rows = list(labelled_rows(traces(), "paper"))
    assert len({(one.path, one.label) for one in rows}) == len(rows)


def test_choices_keep_the_other_label_and_pairs_share_their_prefix() -> None:
    rows = list(labelled_rows(traces(), "strict"))
    found = subsets(rows)
    assert {one.intent for one in found["wrong mutants, right refactorings"] if one.label == 1} == {
        "",
        "refactor",
    }
    assert not [one for one in found["errors alone"] if one.label == 0]
    [(right, wrong)] = paired(rows)
    assert (right.label, wrong.label) == (1, 0)
    assert right.parent == wrong.parent
    even = balanced([*rows, *[replace(one, operator="other") for one in rows if one.label == 1]])
    assert sum(one.label for one in even) * 2 == len(even)


def stand_in(tree: PrefixTree, with_surprise: bool) -> tuple[np.ndarray, np.ndarray]:
    """Features that know one thing: whether the step holds ``bad``."""
    known = np.array([[float("bad" in path[-1]), len(path[-1]) % 3] for path in tree.paths])
    states = np.repeat(known[:, None], 2, axis=1).astype(np.float16)
    surprise = np.repeat(known[:, :1], 3, axis=1) if with_surprise else np.full((len(known), 3), np.nan)
    return states, surprise.astype(np.float32)


def materials() -> Materials:
    """Rows of twelve problems, and items of four others, of which one shares its problem with the rollouts."""
    rows = []
    for number in range(12):
        for place, text in enumerate(("    fine\n", "    bad\n", "    other\n")):
            path = path_of(f"problem {number}", [f"def f{number}():\n", text])
            facts = {"kind": "fault", "operator": "o", "intent": "mutate", "verdict": "passed"}
            rows.append(
                Row(f"p{number}", f"{number}-{place}", path, int("bad" not in text), **facts,
                    place=1, n_steps=2)
            )  # fmt: skip
    rollouts = [replace(one, problem="problem-m0" if one.problem == "p0" else one.problem) for one in rows]
    items = []
    for name, stratum in (("m0", "model"), ("m1", "human"), ("m2", "model"), ("m3", "planted")):
        items.append(("test", item(name, 3, 1, stratum=stratum, steps=("    a", "    bad", "    cc"))))
        items.append(("test", item(f"{name}r", 2, stratum=stratum, problem_id=f"problem-{name}")))
    pools = dict.fromkeys(("strict", "paper", "outcome", "programs"), rows) | {"rollouts": rollouts}
    return Materials(pools, Suite(items))


def test_the_experiment_finds_what_can_be_found_and_repeats(tmp_path: Path) -> None:
    one, other = (experiment(materials(), stand_in, tmp_path / name, seeds=1) for name in "ab")
    assert one == other
    lines = {
        line["name"]: line for line in json.loads((tmp_path / "a" / "figures.json").read_text())["lines"]
    }
    for name in ("strict", "pairs of one prefix", "rollouts", "all layers", "surprise, mean"):
        assert lines[name]["natural"]["top1"]["own"] == 100.0, name
    assert lines["strict"]["planted"]["auc"]["own"] == 100.0
    assert "planted" not in lines["surprise, mean"]
    assert lines["paper"]["natural"]["auc - strict"] == {"own": 0.0, "low": 0.0, "high": 0.0}
    assert lines["strict"]["natural"]["score"]["all"]["wrong"] == 3


def test_what_is_on_disk_is_not_computed_again(tmp_path: Path) -> None:
    asked = []

    def read(tree: PrefixTree, with_surprise: bool) -> tuple[np.ndarray, np.ndarray]:
        asked.append(len(tree.paths))
        return stand_in(tree, with_surprise)

    wanted = {"p": [path_of("q", ["a", "b"])], "other": [path_of("q", ["a"])]}
    first = compute(wanted, False, tmp_path, read)
    assert compute(wanted, False, tmp_path, read) == first
    assert asked == [2, 3]
    assert compute(wanted | {"p": [path_of("q", ["a", "c"])]}, False, tmp_path, read) != first
    assert len(asked) == 3
    with np.load(first[1]) as found:
        assert list(found["keys"]) == [key(path_of("q", ["a", "b"])[:end]) for end in (1, 2, 3)]
