"""Vetting says how many valid inputs were made for a problem that reads standard input, and why where they are few."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prmdata.records import Problem, Test
from prmdata.vetting.inspection import Inspection, inspect
from prmdata.vetting.vet_report import write_vetting

Driven = Callable[[Any], Any]
TWICE = "print(2 * int(input()))\n"
READ = "import sys\nprint(len(sys.stdin.read()))\n"
FIVE = "n = int(input())\nif n > 5:\n    raise ValueError\nprint(n)\n"


def found(
    driven: Driven, reference: str, inputs: list[str], answers: list[str], prompt: str = ""
) -> Inspection:
    tests = tuple(
        Test("stdio", input=text, output=answer) for text, answer in zip(inputs, answers, strict=True)
    )
    inspection = driven(inspect(Problem("p", prompt, reference, tests), kills=False))
    assert isinstance(inspection, Inspection)
    return inspection


@pytest.mark.parametrize(
    ("reference", "inputs", "answers", "prompt", "reason"),
    [
        (TWICE, ["1\n", "2\n", "7\n"], ["2", "4", "14"], "1 ≤ n ≤ 1000", None),
        (
            TWICE,
            ["1\n", "2\n", "7\n"],
            ["2", "4", "14"],
            "1 ≤ n ≤ 9",
            "they were drawn before: there are few different ones",
        ),
        (
            TWICE,
            ["1\n", "2\n", "7\n"],
            ["2", "4", "14"],
            "1 ≤ n ≤ 99. It is guaranteed that n is lucky.",
            "the statement asks for what is not understood: It is guaranteed that n is lucky",
        ),
        (
            FIVE,
            ["1\n", "2\n", "3\n"],
            ["1", "2", "3"],
            "1 ≤ n ≤ 1000",
            "the reference does not answer",
        ),
        (READ, ["", "1\n"], ["0", "2"], "", "no grammar reads all given inputs"),
    ],
)
def test_why_a_problem_has_few_valid_inputs(
    driven: Driven, reference: str, inputs: list[str], answers: list[str], prompt: str, reason: str | None
) -> None:
    made = found(driven, reference, inputs, answers, prompt).inputs
    assert made is not None
    if reason is None:
        assert made.valid >= 100
        assert made.few_because is None
    else:
        assert made.valid < 100
        assert made.few_because is not None
        assert made.few_because.startswith(reason)


def test_the_reasons_are_stored_counted_and_shown(driven: Driven, tmp_path: Path) -> None:
    numbers, answers = ["1\n", "2\n", "7\n"], ["2", "4", "14"]
    many = found(driven, TWICE, numbers, answers, "1 ≤ n ≤ 1000")
    few = found(driven, TWICE, numbers, answers, "1 ≤ n ≤ 9")
    shown: list[str] = []
    report = write_vetting([many, few], tmp_path, shown.append)
    assert report.as_dict()["inputs"] == {"problems": 2, "enough": 1, "few": {"they were drawn before": 1}}
    assert "100 valid inputs or more were made for 1 of 2 problems that read standard input" in report.text()
    facts = [json.loads(line) for line in (tmp_path / "problems.jsonl").read_text().splitlines()]
    assert [row["inputs"]["grammar"] for row in facts] == ["x1:int", "x1:int"]
    assert [row["inputs"]["few_because"] is None for row in facts] == [True, False]
    assert "x1:int" in shown[1]
    assert "few, because they were drawn before" in shown[1]
