"""Special points of the layouts that hold no labels of steps, or hold more than labels."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from prmdata.datasets.problem_rows import problems_schema
from prmdata.datasets.writer import write_rows
from prmdata.errors import InputError
from prmdata.exports.export import export
from prmdata.records import Verdict
from tests.builders.exported import FAULT, by_id, rows_of
from tests.builders.traces import write_split


def test_pairs_share_their_prefix_and_prefer_the_same_hand(out, tmp_path):
    export(out, "pairs", tmp_path / "x", **FAULT)
    rows, traces = rows_of(tmp_path / "x"), by_id(out)
    assert len(rows) == 96
    passing = {"".join(t.steps) for t in traces.values() if t.verdict == Verdict.PASSED}
    for row in rows:
        assert row["chosen"] != row["rejected"]
        assert "".join(traces[row["id"]].steps).startswith(row["prompt"] + row["rejected"])
        assert any(program.startswith(row["prompt"] + row["chosen"]) for program in passing)
        assert row["chosen_by"] != "reference", "a passing refactor of the same step exists"


def test_pairs_of_rollouts_prefer_what_did_pass(out, tmp_path):
    export(out, "pairs", tmp_path / "x", label_kind="prefix")
    for row in rows_of(tmp_path / "x"):
        assert row["chosen"] + " - 1" == row["rejected"].replace("\n", "") or row["rejected"].startswith(
            row["chosen"].rstrip()
        )
        assert row["chosen_by"] == "openai:made-model"


def test_orm_counts_a_program_once_and_leaves_out_the_disputed(made, tmp_path):
    base = made.reference_trace(0)
    disputed = made.edit_trace(0, 1, 1)
    disputed = replace(disputed, evidence=replace(disputed.evidence, inputs_disagreed_outside=2))
    twin = replace(made.edit_trace(0, 2), id="twin")
    write_split([base, disputed, made.edit_trace(0, 2), twin], tmp_path / "OUT/data/steps", "train")
    counts = export(tmp_path / "OUT", "orm", tmp_path / "x").counts
    assert [(row["id"], row["label"]) for row in rows_of(tmp_path / "x")] == [
        (base.id, 1),
        (made.edit_trace(0, 2).id, 0),
    ]
    assert counts.left_out == {"disputed": 1, "same program": 1}


def test_curriculum_gives_the_prefix_and_asks_for_the_rest(made, tmp_path):
    base = made.reference_trace(0)
    stages = [
        replace(base, id=f"stage{i}", strategy="curriculum", label_kind="prefix", stage=i, cut=at)
        for i, at in enumerate((4, 2))
    ]
    write_split([base, *stages], tmp_path / "OUT/data/steps", "train")
    export(tmp_path / "OUT", "curriculum", tmp_path / "x")
    rows = rows_of(tmp_path / "x")
    assert [row["prompt"] + row["completion"] for row in rows] == ["".join(base.steps)] * 2
    assert [row["steps"] for row in rows] == [list(base.steps[4:]), list(base.steps[2:])]
    assert all(len(row["executed"]) == len(row["steps"]) for row in rows)
    assert {row["guide"] for row in rows} == {"reference"}
    trl = export(tmp_path / "OUT", "trl", tmp_path / "t").counts
    assert trl.left_out == {"curriculum stage": 2}, "stages repeat the reference's steps and are no labels"


def test_values_and_rewards_are_null_where_not_all_k_ran(out, tmp_path):
    export(out, "values", tmp_path / "x", label_kind="prefix")
    for row in rows_of(tmp_path / "x"):
        assert len(row["values"]) == len(row["steps"]) == len(row["rewards"])
        known = [value for value in (row["prompt_value"], *row["values"]) if value is not None]
        assert known[0] + sum(reward for reward in row["rewards"] if reward is not None) == pytest.approx(
            known[-1]
        )
        assert None in row["values"]


def test_a_rollout_without_an_answer_has_no_values(made, tmp_path):
    """A model may answer nothing. Then the program is the prompt, and every step of it is given."""
    rollout = made.rollout_trace(0, 2)
    given = rollout.given_steps
    names = ("steps", "step_kinds", "executed", "labels", "reasons")
    cut = {name: getattr(rollout, name)[:given] for name in names}
    empty = replace(rollout, id="empty", values=(None,) * (given - 1) + (0.5,), cut=None, probes=(), **cut)
    write_split([rollout, empty], tmp_path / "OUT/data/steps", "train")
    assert export(tmp_path / "OUT", "values", tmp_path / "x").counts.left_out == {"no values": 1}


def test_processbench_names_the_first_error(out, tmp_path):
    export(out, "processbench", tmp_path / "x", **FAULT)
    traces = by_id(out)
    for row in rows_of(tmp_path / "x"):
        trace = traces[row["id"]]
        expected = trace.labels.index(0) - trace.given_steps if 0 in trace.labels else -1
        assert row["label"] == expected
        assert row["final_answer_correct"] == (trace.verdict == Verdict.PASSED)


def test_verl_carries_the_tests(out, made, tmp_path):
    with pytest.raises(InputError, match="problems"):
        export(out, "verl", tmp_path / "x")
    problem = {"source": "made", "prompt": "p", "reference": "r", "entry_point": "f", "setup": ""}
    stdio = {"form": "stdio", "code": "", "input": "1\n", "output": "2\n"}
    code = {"form": "assert", "code": "assert f(1) == 2", "input": "", "output": ""}
    pairs = [
        ("train", {**problem, "problem_id": f"made/{i}", "tests": [stdio if i == 0 else code]})
        for i in range(8)
    ]
    write_rows(pairs, out / "data/problems", problems_schema())
    export(out, "verl", tmp_path / "x")
    rows = {row["extra_info"]["problem_id"]: row for row in rows_of(tmp_path / "x")}
    assert len(rows) == 8
    assert json.loads(rows["made/0"]["reward_model"]["ground_truth"]) == {
        "inputs": ["1\n"],
        "outputs": ["2\n"],
    }
    assert json.loads(rows["made/1"]["reward_model"]["ground_truth"])["tests"] == ["assert f(1) == 2"]
