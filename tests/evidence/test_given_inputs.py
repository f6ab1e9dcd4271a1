"""A program that fails a given test is shown on the input of the tests where it differs first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from prmdata.evidence.explore import explore
from prmdata.evidence.gather import gather
from prmdata.evidence.given_tests import explain
from prmdata.evidence.input_budget import Budget
from prmdata.evidence.program_case import Gathered
from prmdata.records import Candidate, Counterexample, Problem, Verdict, Vetted
from tests.programs_by_hand import asserting, change, delete, reading

LARGEST = """\
def f(xs):
    best = xs[0]
    for x in xs:
        if x > best:
            best = x
    return best
"""
LARGEST_TESTS = ("f([7]) == 7", "f([3, 1]) == 3", "f([2, 5, 4]) == 5")


@pytest.fixture
def explained(
    driven: Callable[..., Any], vetted: Callable[[Problem], Vetted]
) -> Callable[..., list[Gathered]]:
    def judge(problem: Problem, *candidates: Candidate) -> list[Gathered]:
        held = vetted(problem)
        budget = Budget(inside=8, outside=4, climbs=0, targeted=8, rounds=0)
        corpus = driven(explore(held, seed=0, budget=budget))
        found = driven(gather(held, candidates, corpus=corpus, budget=budget))
        return list(driven(explain(held, corpus, [each.program for each in candidates], found)))

    return judge


def test_the_first_given_input_that_differs_is_kept_as_python(
    explained: Callable[..., list[Gathered]],
) -> None:
    edits = [
        change(LARGEST, "x > best", "x < best"),
        delete(LARGEST, "return best"),
        change(LARGEST, "return best", "return best.real.nothing"),
        change(LARGEST, "x > best", "x >= best"),
    ]
    found = explained(asserting(LARGEST, *LARGEST_TESTS), *edits)
    assert [each.evidence.counterexample for each in found] == [
        Counterexample("[3, 1]", "3", "1"),
        Counterexample("[7]", "7", "None"),
        Counterexample("[7]", "7", "raised AttributeError"),
        None,
    ]
    assert all(each.evidence.inputs_disagreed_inside == 0 for each in found), "no generated input told them"


def test_a_program_that_runs_out_of_time_is_not_run_again(explained: Callable[..., list[Gathered]]) -> None:
    stuck = change(LARGEST, "best = x\n", "xs.append(x)\n")
    (found,) = explained(asserting(LARGEST, *LARGEST_TESTS), stuck)
    assert found.execution.verdict in (Verdict.TIMEOUT, Verdict.MEMORY_LIMIT)
    assert found.evidence.counterexample is None


def test_on_standard_input_it_is_the_test_that_fails(explained: Callable[..., list[Gathered]]) -> None:
    double = "n = int(input())\nprint(n * 2)\n"
    problem = reading(double, ("2\n", "4\n"), ("3\n", "6\n"), ("5\n", "10\n"))
    (found,) = explained(problem, change(double, "n * 2", "n ** 2"))
    assert found.evidence.counterexample is not None
    assert found.evidence.counterexample.input.startswith("3")
    assert (found.evidence.counterexample.expected.strip(), found.evidence.counterexample.got.strip()) == (
        "6",
        "9",
    )


def test_what_a_test_asks_beside_the_answer_is_not_explained_by_an_answer(
    explained: Callable[..., list[Gathered]],
) -> None:
    sort = "def f(xs):\n    xs.sort()\n    return len(xs)\n"
    problem = asserting(sort, "(lambda xs: (f(xs), xs))([2, 1]) == (2, [1, 2])")
    (found,) = explained(problem, delete(sort, "xs.sort()"))
    assert found.execution.verdict == Verdict.WRONG_ANSWER
    assert found.evidence.counterexample is None
