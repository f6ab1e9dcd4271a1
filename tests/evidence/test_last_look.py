"""Answers that are equal and yet not the same only dispute; excluded inputs show that a step can be told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from prmdata.evidence.gather import gather
from prmdata.evidence.last_look import is_other_kind
from prmdata.evidence.passing import distinguishes_step
from prmdata.evidence.program_case import Gathered
from prmdata.evidence.stdin_space import StdinSpace
from prmdata.records import Problem, Vetted
from tests.programs_by_hand import asserting, change, reading


@pytest.mark.parametrize(
    ("expected", "got", "is_ordered", "found"),
    [
        ("3", "3.0", False, True),
        ("1", "true", False, True),
        ("3", "3", False, False),
        ("[1,[2,3]]", "[1,[2,3.0]]", False, True),
        ("[1.5,2]", "[1.50,2]", False, False),
        ("2.0", "2", False, False),
        ('"3"', '"3"', False, False),
    ],
)
def test_the_kind_of_an_answer(expected: str, got: str, is_ordered: bool, found: bool) -> None:
    assert is_other_kind(expected, got, is_ordered) is found


COUNT = "def f(xs):\n    return len(xs) + 1\n"
TALLY = "def f(xs):\n    d = {}\n    for x in xs:\n        d[x] = x + 1\n    return dict(sorted(d.items()))\n"


def finding(
    driven: Callable[..., Any], vetted: Callable[[Problem], Vetted], problem: Problem, old: str, new: str
) -> Gathered:
    (found,) = driven(gather(vetted(problem), [change(problem.reference, old, new)]))
    assert isinstance(found, Gathered)
    return found


def test_a_float_for_an_integer_is_disputed(
    driven: Callable[..., Any], vetted: Callable[[Problem], Vetted]
) -> None:
    problem = asserting(COUNT, "f([2]) == 2", "f([4, 0]) == 3", "f([7, 7, 1]) == 4")
    found = finding(driven, vetted, problem, "+ 1", "+ 1.0")
    assert found.passes
    assert found.evidence.inputs_disagreed_outside == 1
    assert found.evidence.counterexample is not None
    assert found.evidence.counterexample.got == found.evidence.counterexample.expected + ".0"
    assert not finding(
        driven, vetted, problem, "len(xs) + 1", "1 + len(xs)"
    ).evidence.inputs_disagreed_outside


def test_the_order_of_a_dictionary_disputes_where_the_statement_speaks_of_order(
    driven: Callable[..., Any], vetted: Callable[[Problem], Vetted]
) -> None:
    tests = ("f([3, 1]) == {1: 2, 3: 4}", "f([2, 5, 4]) == {2: 3, 4: 5, 5: 6}", "f([7]) == {7: 8}")
    edit = ("dict(sorted(d.items()))", "d")
    plain = asserting(TALLY, *tests)
    asked = asserting(TALLY, *tests, prompt="Successors of numbers, sorted by number.")
    assert not finding(driven, vetted, plain, *edit).evidence.inputs_disagreed_outside
    assert finding(driven, vetted, asked, *edit).evidence.inputs_disagreed_outside == 1


def test_a_reference_that_makes_floats_takes_fractions(
    driven: Callable[..., Any], vetted: Callable[[Problem], Vetted]
) -> None:
    code = "def f(xs):\n    total = 0.0\n    for x in xs:\n        total += float(x)\n    return total\n"
    problem = asserting(code, "f([3, 1]) == 4.0", "f([2, 5, 4]) == 11.0", "f([7]) == 7.0")
    found = finding(driven, vetted, problem, "float(x)", "int(x)")
    assert found.passes
    assert found.evidence.inputs_disagreed_outside == 1


def test_an_excluded_input_decides_nothing_and_tells_the_step_apart(
    driven: Callable[..., Any], vetted: Callable[[Problem], Vetted]
) -> None:
    code = "def f(xs):\n    d = 0\n    for x in xs:\n        d = x\n    return d\n"
    tests = ("f([3, 1]) == 1", "f([2, 5, 4]) == 4", "f([7]) == 7")
    silent = asserting(code, *tests)
    stated = asserting(code, *tests, prompt="The last number of a non-empty list.")
    assert finding(driven, vetted, silent, "d = 0", "d = 1").evidence.inputs_disagreed_outside == 1
    found = finding(driven, vetted, stated, "d = 0", "d = 1")
    assert found.evidence.stated_bounds == ("The last number of a non-empty list.",)
    assert found.evidence.inputs_disagreed_outside == 0
    assert found.evidence.inputs_disagreed_excluded == 1
    assert not found.is_distinguished
    assert distinguishes_step(found.execution.verdict, found.evidence)


GUARDED = "n = int(input())\nif n < 2:\n    print(0)\n    exit()\nprint(n * (n - 1) + 5)\n"


def test_an_excluded_input_tells_a_guard_from_none_where_standard_input_is_read(
    driven: Callable[..., Any], vetted: Callable[[Problem], Vetted]
) -> None:
    problem = replace(
        reading(GUARDED, ("2\n", "7\n"), ("5\n", "25\n"), ("9\n", "77\n")), prompt="n (2 ≤ n ≤ 50)."
    )
    found = finding(driven, vetted, problem, "n < 2", "n < 1")
    assert found.evidence.inputs_disagreed_inside == found.evidence.inputs_disagreed_outside == 0
    assert found.evidence.inputs_disagreed_excluded == 1
    assert not found.is_distinguished
    assert distinguishes_step(found.execution.verdict, found.evidence)
    same = finding(driven, vetted, problem, "n < 2", "n <= 1")
    assert same.evidence.inputs_disagreed_excluded == 0


def test_excluded_texts_break_one_bound_and_nothing_else() -> None:
    said = "Integers n and k (2 ≤ n ≤ 9, 0 ≤ k ≤ n), then n integers a_i (1 ≤ a_i ≤ 6)."
    space = StdinSpace(["2 1\n4 5\n", "3 0\n2 2 6\n", "4 4\n1 1 6 3\n"], [""], statement=said)
    found = [[int(token) for token in text.split()] for text in space.excluded_inputs()]
    assert {n for n, *_ in found if not 2 <= n <= 9} == {1, 10}
    assert {k for n, k, *_ in found if 2 <= n <= 9 and not 0 <= k <= n} == {-1, -2}
    for n, k, *rest in found:
        assert len(rest) == n
        assert (2 <= n <= 9) + (k >= 0) + all(1 <= number <= 6 for number in rest) >= 2


def test_a_text_has_no_length_below_nothing() -> None:
    said = "An integer n (1 ≤ n ≤ 9), then a string of n lowercase letters."
    texts = ["2\nab\n", "3\nbab\n", "1\na\n"]
    space = StdinSpace(texts, [""], statement=said)
    assert {text.split()[0] for text in space.excluded_inputs()} == {"10"}
