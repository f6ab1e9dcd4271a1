"""Pairs of a faulty and a fixed program. Each layout has its true columns; the contents were written for
these tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.errors import InputError
from prmdata.problems import read_problems
from prmdata.problems.layouts.native import native_row
from prmdata.problems.layouts.pairs import changed_lines, native_pair
from prmdata.problems.rows import Row
from prmdata.records import Problem, Reject, Rollout

FIXED = "def double(x):\n    return 2 * x\n"
FAULTY = "def double(x):\n    return 3 * x\n"


def read(tmp_path: Path, row: dict[str, Any]) -> Problem:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n")
    (found,) = read_problems(path)
    assert isinstance(found, Problem), found
    return found


def test_humanevalpack_s_check_is_called_by_the_judge_alone(tmp_path: Path) -> None:
    row = {
        "task_id": "Python/0",
        "prompt": "def double(x):\n",
        "declaration": "def double(x):\n",
        "canonical_solution": "    return 2 * x\n",
        "buggy_solution": "    return 3 * x\n",
        "bug_type": "value misuse",
        "failure_symptoms": "incorrect output",
        "entry_point": "double",
        "import": "",
        "test_setup": "",
        "test": "def check(double):\n    assert double(2) == 4\n\ncheck(double)\n",
    }
    problem = read(tmp_path, row)
    assert problem.reference == FIXED
    assert problem.rollouts == (Rollout(FAULTY, faulty_lines=(2,)),)
    assert problem.tests[0].code.strip() == "def check(double):\n    assert double(2) == 4"
    assert problem.metadata["bug_type"] == "value misuse"


def test_debugbench_is_tested_by_its_shown_examples(tmp_path: Path) -> None:
    solution = "class Solution:\n    def flip(self, on: bool, n: int) -> bool:\n        return not on\n"
    row = {
        "slug": "flip",
        "question": "Flip it.",
        "examples": [
            "Input: on = true, n = 1\nOutput: false\nExplanation: It was on.",
            "Input: none\nOutput: ?",
        ],
        "solution": f"\n```python3\n{solution}```\n",
        "buggy_code": solution.replace("not on", "on"),
        "language": "python3",
    }
    problem = read(tmp_path, row)
    assert problem.entry_point == "Solution().flip"
    assert [test.code for test in problem.tests] == ["assert Solution().flip(on=True, n=1) == False"]
    assert problem.rollouts[0].faulty_lines == (3,)


def test_condefects_names_its_line(tmp_path: Path) -> None:
    row = {
        "id": "abc1_a/1",
        "prompt": "Print twice the number.",
        "faultyVersion": "n = int(input())\nprint(3 * n)\n",
        "correctVersion": "n = int(input())\nprint(2 * n)\n",
        "faultLocation": "2",
        "inputs": ["4\n"],
        "outputs": ["8\n"],
    }
    problem = read(tmp_path, row)
    assert problem.is_stdio
    assert problem.rollouts == (Rollout(str(row["faultyVersion"]), faulty_lines=(2,)),)


def test_any_two_columns_are_a_pair(tmp_path: Path) -> None:
    values = {
        "task_id": 7,
        "question": "Double x.",
        "bad": FAULTY,
        "good": FIXED,
        "test_list": ["assert double(2) == 4"],
    }
    row = native_pair(Row(values, "rows:1"), "bad", "good")
    problem = read(tmp_path, row)
    assert (problem.id, problem.prompt, problem.reference) == ("7", "Double x.", FIXED)
    assert problem.rollouts == (Rollout(FAULTY, faulty_lines=(2,)),)
    assert native_row(problem)["rollouts"] == [{"program": FAULTY, "n_samples": 1, "faulty_lines": [2]}]
    with pytest.raises(InputError, match="rows:1: --pair: the column 'worse' is missing"):
        native_pair(Row(values, "rows:1"), "worse", "good")
    del values["test_list"]
    with pytest.raises(InputError, match="no tests in the row"):
        native_pair(Row(values, "rows:1"), "bad", "good")


def test_faulty_lines_must_be_numbers(tmp_path: Path) -> None:
    row = {"id": "a", "prompt": "", "reference": FIXED, "tests": ["assert double(1) == 2"]}
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({**row, "rollouts": [{"program": FAULTY, "faulty_lines": ["2"]}]}) + "\n")
    (found,) = read_problems(path)
    assert isinstance(found, Reject)
    assert "'faulty_lines' of a rollout must be a list of line numbers" in found.detail


def test_an_insertion_makes_the_line_that_follows_it_faulty() -> None:
    assert changed_lines("a\nb\n", "a\nx\nb\n") == (2,)
    assert changed_lines("a\nx\nb\n", "a\nb\n") == (2,)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=6), st.data())
def test_a_changed_line_is_found(lines: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(lines) - 1))
    fixed = [*lines[:place], "new", *lines[place + 1 :]]
    assert changed_lines("\n".join(lines) + "\n", "\n".join(fixed) + "\n") == (place + 1,)
