"""Rollouts come with the problems or from a file of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prmdata.errors import InputError
from prmdata.problems import read_problems
from prmdata.records import Problem, Rollout

PROMPT = 'def f(x):\n    """Twice."""\n'


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    row = {"prompt": PROMPT, "reference": PROMPT + "    return 2 * x\n", "tests": ["assert f(2) == 4"]}
    return write(
        tmp_path / "p.jsonl", row | {"id": "a", "rollouts": ["x = 1\n", "x = 1\n"]}, row | {"id": "b"}
    )


def rollouts_of(found: object) -> tuple[Rollout, ...]:
    assert isinstance(found, Problem)
    return found.rollouts


def test_rows_join_by_either_id_whole_or_after_the_prompt(tmp_path: Path, problems: Path) -> None:
    file = write(
        tmp_path / "r.jsonl",
        {"task_id": "b", "completion": "    return x + x\n"},
        {"problem_id": "a", "program": "x = 1\n", "n_samples": 3},
        {"task_id": "b", "program": "y = 2\n"},
        {"task_id": "b", "completion": "    return x + x\n", "n_samples": 4},
        {"task_id": "elsewhere", "program": "z = 3\n"},
    )
    first, second = read_problems(problems, rollouts_from=file)
    assert rollouts_of(first) == (Rollout("x = 1\n", 5),)
    assert rollouts_of(second) == (Rollout(PROMPT + "    return x + x\n", 5), Rollout("y = 2\n"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"task_id": "a"}, "r.jsonl:1: a rollout needs 'program'"),
        ({"program": "x"}, "r.jsonl:1: no id"),
        ({"task_id": "a", "program": 1}, "r.jsonl:1: 'program' must be a string"),
        (
            {"task_id": "a", "program": "x", "n_samples": 0},
            "r.jsonl:1: 'n_samples' must be a positive integer",
        ),
        ({"task_id": "c", "program": "x"}, r"r.jsonl: none of its ids \(c"),
    ],
)
def test_a_file_that_does_not_fit(tmp_path: Path, problems: Path, row: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        list(read_problems(problems, rollouts_from=write(tmp_path / "r.jsonl", row)))
