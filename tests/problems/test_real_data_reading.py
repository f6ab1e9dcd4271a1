"""Every row of the real files is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prmdata.problems import read_problems
from prmdata.records import Problem

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif("PRMDATA_DATA" not in os.environ, reason="PRMDATA_DATA does not name the real data"),
]


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("humaneval/HumanEval.jsonl.gz", 164),
        ("mbpp/mbpp.jsonl.gz", 974),
        ("mbpp/sanitized-mbpp.json.gz", 427),
        ("quixbugs/quixbugs_python.jsonl.gz", 40),
        ("leetcode/LeetCodeDataset-v0.3.1-test.jsonl.gz", 228),
        ("codecontests/codecontests_python.jsonl.gz", 300),
        ("apps/apps_sample.jsonl.gz", 5),
    ],
)
def test_every_row_is_a_whole_problem(path: str, rows: int) -> None:
    found = list(read_problems(Path(os.environ["PRMDATA_DATA"]) / path))
    assert len(found) == rows
    assert all(isinstance(item, Problem) for item in found)
    assert all(item.is_stdio or item.entry_point for item in found if isinstance(item, Problem))


def test_rollouts_join_their_problems() -> None:
    data = Path(os.environ["PRMDATA_DATA"])
    rollouts = data / "humaneval_codegen16b" / "rollouts.jsonl.gz"
    found = read_problems(data / "humaneval" / "HumanEval.jsonl.gz", rollouts_from=rollouts)
    assert sum(len(item.rollouts) for item in found if isinstance(item, Problem)) == 11_387
