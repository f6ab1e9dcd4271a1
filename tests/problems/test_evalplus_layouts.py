"""EvalPlus' layouts for MBPP: larger tests as a script, and as inputs that JSON changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prmdata.problems import read_problems
from prmdata.problems.layouts.shown import as_shown, shown_calls
from prmdata.records import Problem


def read(folder: Path, row: dict[str, Any]) -> Problem:
    path = folder / "rows.jsonl"
    path.write_text(json.dumps(row) + "\n")
    (problem,) = read_problems(path)
    assert isinstance(problem, Problem)
    return problem


def run(problem: Problem, program: str) -> bool:
    """Whether ``program`` passes the problem's tests, as the judge would run them."""
    names: dict[str, Any] = {}
    exec(program, names)
    for test in problem.tests:
        try:
            exec(test.code, names)
            if test.form == "check":
                names["check"](names[problem.entry_point or ""])
        except AssertionError:
            return False
    return True


SHARED = "def shared(a, b):\n    return tuple(x for x in a if x in b)\n"
WRONG = "def shared(a, b):\n    return tuple(x for x in sorted(set(a)) if x in b)\n"


@pytest.mark.parametrize("caller", ["shared", "candidate"])
def test_a_script_calls_the_function_by_its_name_or_as_candidate(tmp_path: Path, caller: str) -> None:
    row = {
        "task_id": 2,
        "prompt": "Find the shared elements.",
        "code": SHARED,
        "source_file": "x",
        "test_imports": [],
        "test_list": ["assert shared((3, 4), (4,)) == (4,)"],
        "test": "inputs = [[(1,), (1,)], [(2, 1), (1, 2)]]\nresults = [(1,), (2, 1)]\n"
        f"for inp, exp in zip(inputs, results):\n    assert {caller}(*inp) == exp\n",
    }
    problem = read(tmp_path, row)
    assert problem.entry_point == "shared"
    assert run(problem, SHARED)
    assert not run(problem, WRONG)
    assert problem.id == "2"


def test_inputs_that_json_made_lists_are_tuples_again(tmp_path: Path) -> None:
    row = {
        "task_id": "Mbpp/2",
        "prompt": '"""\nFind the shared elements.\n"""\n',
        "entry_point": "shared",
        "canonical_solution": "\ndef shared(a, b):\n    return a + b[:1]\n",
        "assertion": "\nassert shared((3, 4), (5, 7)) == (3, 4, 5)\n",
        "base_input": [[[3, 4], [5, 7]]],
        "plus_input": [[[], [1]], [[2, 2], []]],
        "atol": 0,
        "contract": "",
    }
    problem = read(tmp_path, row)
    assert run(problem, "def shared(a, b):\n    return (*a, *b[:1]) + ()\n")
    assert "((2, 2)" in problem.tests[1].code.replace("[(2, 2)", "((2, 2)")
    assert not run(problem, "def shared(a, b):\n    return a\n")


@pytest.mark.parametrize(
    ("shown", "given", "wanted"),
    [
        ("f((1, 2))", [[3]], [(3,)]),
        ("f([(1, 'a'), (2, 'b')])", [[[3, "c"]]], [[(3, "c")]]),
        ("f({1, 2})", [[1]], [{1}]),
        ("f({1: (2, 3)})", [{"4": [5]}], [{4: (5,)}]),
        ("f(1 + 2j)", ["(3+4j)"], [3 + 4j]),
        ("f([1]); f((1,))", [[3]], [[3]]),
        ("f(x)", [[3]], [[3]]),
        ("f((1, [2]))", [[1, [2]]], [(1, [2])]),
        ("f(1.5)", ["nan?"], ["nan?"]),
        ("f(", [[3]], [[3]]),
    ],
)
def test_values_take_the_kinds_that_the_asserts_show(shown: str, given: list[Any], wanted: list[Any]) -> None:
    assert as_shown([given], shown_calls(shown, "f")) == [wanted]
