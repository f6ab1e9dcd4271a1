"""The rule by which the tests of a problem compare is read from the tests."""

from __future__ import annotations

import pytest

from prmdata.evidence.compare_rule import TOLERANCE, accepts_several, compare_rule
from prmdata.records import Compare, Problem, Test

DEFAULT = Compare()
FLOATS = Compare("float", tolerance=TOLERANCE)


def problem(*codes: str, compare: Compare = DEFAULT, form: str = "assert") -> Problem:
    tests = tuple(Test(form, code=code) for code in codes)  # type: ignore[arg-type]
    return Problem("p", "", "", tests, entry_point="f", compare=compare)


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("assert f(1) == 2", FLOATS),
        ("assert abs(f(1.5) - 2) < 1e-3", Compare("float", tolerance=1e-3)),
        ("assert abs(f(1.5) - 2) <= 10 ** -4", Compare("float", tolerance=1e-4)),
        ("assert math.fabs(f(1.5) - 2) < 0.01", Compare("float", tolerance=0.01)),
        ("assert math.isclose(f(1.5), 2, rel_tol=1e-5)", Compare("float", tolerance=1e-5)),
        ("assert math.isclose(f(1.5), 2)", FLOATS),
        ("assert f(1.5) == pytest.approx(2, abs=0.5)", Compare("float", tolerance=0.5)),
        ("assert sorted(f([2, 1])) == [1, 2]", Compare("any-order")),
        ("assert set(f([2, 1])) == {1, 2}", Compare("any-order")),
        ("assert Counter(f([2, 1])) == Counter([1, 2])", Compare("any-order")),
        ("assert sorted([1, 2]) == f(sorted([2, 1]))", FLOATS),
        ("assert abs(f(3)) < 5", FLOATS),
        ("assert abs(f(3) - 2) < limit", FLOATS),
        ("assert abs(f(3) - 2) < 10 ** 400", FLOATS),
        ("assert len(f(3)) < 1e-3", FLOATS),
        ("assert 0 < abs(f(3)) < 1", FLOATS),
        ("assert f(", FLOATS),
    ],
)
def test_the_rule_that_a_test_shows(code: str, rule: Compare) -> None:
    assert compare_rule(problem("assert f(0) == 0", code)) == rule


def test_check_form_calls_the_entry_point_by_another_name() -> None:
    check = "def check(candidate):\n    assert sorted(candidate([1])) == [1]\n"
    assert compare_rule(problem(check, form="check")) == Compare("any-order")


def test_what_the_problem_declares_goes_first() -> None:
    declared = Compare("checker", checker="def ok(i, e, g): return True\n")
    assert compare_rule(problem("assert abs(f(1) - 2) < 1e-3", compare=declared)) == declared


def test_standard_output_is_compared_by_tokens() -> None:
    stdio = Problem("p", "", "", (Test("stdio", input="1\n", output="2\n"),))
    assert compare_rule(stdio) == Compare()


def test_negative_numbers_are_no_tolerances() -> None:
    assert compare_rule(problem("assert abs(f(1)) < -1")) == FLOATS


OWN = "def value(xs, x):\n    return xs[0] + xs[1] * x\n"


@pytest.mark.parametrize(
    ("code", "several"),
    [
        ("assert abs(value([1, 2], f([1, 2]))) < 1e-4", True),
        ("assert value(f([1, 2])) == 0", True),
        ("def check(candidate):\n    xs = [1, 2]\n    y = candidate(list(xs))\n    assert abs(value(xs, y)) < 1\n", True),
        ("assert abs(f([1, 2]) - value([1, 2], 3)) < 1e-4", False),
        ("assert value(f([1, 2]), 3)", False),
        ("def check(candidate):\n    out = candidate(1)\n    wanted = 2\n    assert value(out, wanted)\n", False),
        ("assert sorted(f([1, 2])) == [1, 2]", False),
        ("assert f([1, 2]) == 2", False),
    ],
)  # fmt: skip
def test_tests_that_ask_whether_an_answer_will_do(code: str, several: bool) -> None:
    test = Test("check" if "candidate" in code else "assert", code=code)
    assert accepts_several(Problem("p", "", OWN, (test,), entry_point="f")) is several
