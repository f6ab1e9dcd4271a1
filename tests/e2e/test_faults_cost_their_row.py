"""A whole build with programs that no file can hold: these become rejects, and all other rows are there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prmdata.app.finish import BuildResult
from prmdata.datasets.manifest import read_rejects
from prmdata.datasets.reader import read_traces
from prmdata.records import Verdict
from tests.e2e.conftest import Prmdata

NAMELESS = """\
class Nameless(type):
    __name__ = '\\ud800'
class Error(Exception, metaclass=Nameless): pass
def f(x):
    raise Error
"""
NOT_TEXT = "def f(x):\n    return 0  # \ud800\n"
WRONG = "def f(x):\n    return 0\n"


def problem(name: str, **facts: Any) -> str:
    row = {
        "id": name,
        "prompt": f"Twice {name}.",
        "reference": "def f(x):\n    return x * 2\n",
        "tests": ["assert f(3) == 6", "assert f(10) == 20"],
        "entry_point": "f",
    }
    return json.dumps(row | facts) + "\n"


def test_what_is_no_text_costs_its_row_and_not_the_build(tmp_path: Path, prmdata: Prmdata) -> None:
    source = tmp_path / "source.jsonl"
    rollouts = {"rollouts": [NAMELESS, NOT_TEXT, WRONG]}
    lines = [problem("p", **rollouts), problem("q", prompt="\ud800"), problem("r\ud800")]
    source.write_text("".join(lines), encoding="utf-8")
    out = tmp_path / "out"
    prmdata("build", source, "-o", out, "--sandbox", "local", "--strategy", "first-error")
    rows = {"".join(row.steps): row for row in read_traces(out) if row.strategy == "first-error"}
    assert set(rows) == {NAMELESS, WRONG}
    assert rows[NAMELESS].verdict == Verdict.RUNTIME_ERROR
    rejects = {(one.problem_id, one.reason.partition(":")[0]): one for one in read_rejects(out)}
    assert set(rejects) == {("p", "not text"), ("q", "not text"), ("r\\ud800", "not text")}
    assert rejects["p", "not text"].program == NOT_TEXT


@pytest.mark.parametrize(("stages", "code"), [({}, 0), ({"fault": 3, "vet": 2}, 0), ({"machinery": 1}, 1)])
def test_a_whole_problem_lost_to_a_fault_is_said_by_the_exit_code(stages: dict[str, int], code: int) -> None:
    counts = {"problems": 2, "vetted": 1, "rows": {"reference": 1, "fault": 4}, "stages": stages}
    counts |= {"labels": {}, "rejects": {}}
    result = BuildResult(Path("out"), 5, counts, None)
    assert result.exit_code == code
    assert "nothing usable" not in result.text()
    assert ("not done: 1 problem," in result.text()) == bool(code)
