"""Which rows become items, and why the others do not; the rows are written by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prmdata.bench.collect import ProblemRows, collect
from prmdata.bench.item import RIGHT, BenchItem, item_of, item_row
from prmdata.records import Counterexample, Problem, Reject, Test, Trace, Verdict
from tests.rows_by_hand import row

PROGRAM = "def f(x):\n    y = x + 1\n    z = y * 3\n    return z\n"
WITNESS = "def f(x):\n    y = x + 1\n    z = y * 2\n    return z\n"
OTHER = "def f(x):\n    y = x + 1\n    return 2 * x + 2\n"
PROBLEM = Problem("p", "Do it.", WITNESS, (Test("assert", code="assert f(1) == 4"),), entry_point="f")
SHOWN = Counterexample("1", "4", "6")


def program(
    text: str = PROGRAM, known: list[int] | None = None, stratum: str = "planted", **facts: Any
) -> Trace:
    """A judged program of a benchmark's build; wrong at step 2 unless told otherwise."""
    more = facts.pop("metadata", {})
    metadata = {"stratum": stratum, "generator": "rules:x", "known_steps": json.dumps(known), **more}
    wrong: dict[str, Any] = {
        "verdict": Verdict.WRONG_ANSWER,
        "cut": 2,
        "witness": WITNESS,
        "labels": (1, 1, 0, -100),
        "evidence": {"counterexample": SHOWN},
        "k": 20,
        "completer": "reference",
    }
    facts = (
        {
            "strategy": "benchmark",
            "label_kind": "prefix",
            "given_steps": 0,
            "prompt": "Do it.",
            "metadata": metadata,
        }
        | wrong
        | facts
    )
    return row(text, **facts)


def collected(*traces: Trace) -> tuple[list[BenchItem], list[str]]:
    found = list(collect(ProblemRows(PROBLEM, traces), "a-model"))
    items = [one for one in found if isinstance(one, BenchItem)]
    return items, [one.reason for one in found if isinstance(one, Reject)]


def test_a_wrong_program_with_its_evidence_is_an_item() -> None:
    (item,), left_out = collected(program(known=[2]))
    assert left_out == []
    assert (item.label, item.final_answer_correct, item.known) == (2, False, True)
    assert item.steps == ("def f(x):", "    y = x + 1", "    z = y * 3", "    return z")
    assert item.lines == (1, 2, 3, 4)
    assert (item.problem, item.program, item.witness) == ("Do it.\n", PROGRAM, WITNESS)
    assert item.counterexample is not None
    assert (item.counterexample.input, item.counterexample.test) == ("1", None)
    assert item_of(item_row(item)) == item


def test_a_right_program_is_an_item_without_an_error() -> None:
    (item,), _ = collected(program(known=[], verdict=Verdict.PASSED, cut=None, labels=(1, 1, 1, 1)))
    assert (item.label, item.final_answer_correct, item.inputs_tried) == (RIGHT, True, 50)


def test_the_label_counts_from_the_first_step_that_is_not_given() -> None:
    (item,), _ = collected(program(known=[2], given_steps=1, prompt="def f(x):\n"))
    assert (item.label, item.steps[0], item.problem) == (1, "    y = x + 1", "def f(x):\n")


def test_a_counterexample_that_is_no_literal_gives_way_to_the_test_that_fails() -> None:
    (item,), _ = collected(
        program(known=[2], evidence={"counterexample": Counterexample("Node(1)", "4", "6")})
    )
    assert item.counterexample is not None
    assert (item.counterexample.input, item.counterexample.test) == ("assert f(1) == 4", 0)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"known": [1]}, "the known wrong line is another one"),
        ({"known": []}, "meant to be right, and fails"),
        ({"known": None, "stratum": "model", "witness": OTHER}, "no repair in one place"),
        ({"known": [2], "labels": (1, 1, -100, -100)}, "recoverable"),
        ({"known": [2], "cut": None}, "no first wrong step"),
        ({"known": [2], "witness": "def f(x):\n    return 0\n"}, "the witness does not begin"),
        ({"known": [2], "verdict": Verdict.COMPILE_ERROR}, "does not compile"),
        ({"known": [2], "verdict": Verdict.PASSED}, "known to be wrong, and passes"),
        ({"known": [], "verdict": Verdict.PASSED, "evidence": {"inputs_disagreed_outside": 1}}, "disputed"),
        ({"known": [], "verdict": Verdict.PASSED, "evidence": {"inputs_tried": 0}}, "no generated input"),
        (
            {"known": [2], "verdict": Verdict.PASSED, "evidence": {"inputs_disagreed_inside": 1}},
            "only a generated input shows a fault",
        ),
        (
            {"known": [2], "witness": PROGRAM.replace("    z", "    y += 0\n    z")},
            "something is missing before the step",
        ),
        ({"text": "x = 1\n", "known": []}, "one step"),
    ],
)  # fmt: skip
def test_what_is_left_out_says_why(facts: dict[str, Any], reason: str) -> None:
    items, left_out = collected(program(**facts))
    assert items == []
    assert reason in left_out[0]


def test_a_model_s_program_enters_with_a_repair_and_under_its_author_s_name() -> None:
    metadata = {"generator": "model"}
    (item,), _ = collected(program(known=None, stratum="model", metadata=metadata))
    assert (item.generator, item.known) == ("a-model", False)


def test_one_program_is_one_item_and_right_ones_are_no_more_than_wrong_ones() -> None:
    right = [
        program(
            f"def f(x):\n    y = x + 1\n    return y * 2 + {n} - {n}\n",
            [],
            id=f"r{n}",
            verdict=Verdict.PASSED,
        )
        for n in range(7)
    ]
    same = program(PROGRAM.replace("\n    z", "  # a comment\n    z"), [2], id="z", witness=None)
    items, left_out = collected(program(known=[2], id="a"), *right, same)
    assert sum(item.is_wrong for item in items) == 1
    assert sum(not item.is_wrong for item in items) == 4
    assert left_out.count("right, and there are enough of this problem") == 3
