"""Problems that lack a part become rejects with the true reason, and entry points are found."""

from __future__ import annotations

from typing import Any

import pytest

from prmdata.problems.soundness import examine
from prmdata.records import Problem, Reject, Rollout, Test

REFERENCE = "def f(x):\n    return 2 * x\n"


def problem(*tests: str, reference: str = REFERENCE, **more: Any) -> Problem:
    forms = (Test("check" if "def check" in code else "assert", code=code) for code in tests)
    return Problem("p", "Twice.", reference, tuple(forms), **more)


@pytest.mark.parametrize(
    ("given", "reason", "detail"),
    [
        (problem("assert f(1)", reference=" \n"), "no reference", ""),
        (problem(), "no tests", ""),
        (problem("assert f(1)", reference="def f(x:\n"), "the reference does not parse", "line 1"),
        (problem("assert f(1)", reference="print 'two'\n"), "the reference does not parse", "line 1"),
        (problem("assert f(1)", reference="x = 1\0\n"), "the reference does not parse", "null bytes"),
        (problem("assert f(1", "assert f(1)"), "a test does not parse", "test 0"),
        (problem("assert f(1)", setup="import ("), "the setup does not parse", ""),
        (problem("assert g(1) == 2"), "tests never call the reference", "it defines f"),
        (
            problem("assert f(1)", entry_point="g"),
            "the reference does not define the entry point",
            "it defines f",
        ),
        (problem("assert g(1)", entry_point="f"), "tests never call the entry point", "f"),
        (
            problem("def check(candidate):\n    assert True\n", entry_point="f"),
            "tests never call the entry point",
            "f",
        ),
        (
            problem("def check():\n    assert True\n", entry_point="f"),
            "tests never call the entry point",
            "f",
        ),
        (
            problem("assert f(1)", entry_point="not a name"),
            "the reference does not define the entry point",
            "not a",
        ),
    ],
)
def test_a_part_is_missing(given: Problem, reason: str, detail: str) -> None:
    found = examine(given)
    assert isinstance(found, Reject)
    assert (found.problem_id, found.stage, found.reason) == ("p", "read", reason)
    assert detail in found.detail


def test_tests_of_two_kinds() -> None:
    mixed = Problem(
        "p", "", REFERENCE, (Test("assert", code="assert f(1)"), Test("stdio", input="1", output="2"))
    )
    found = examine(mixed)
    assert isinstance(found, Reject)
    assert found.reason == "tests of two kinds"


def test_rollouts_may_stand_in_for_a_reference() -> None:
    given = problem("assert f(1)", reference="", entry_point="f", rollouts=(Rollout(REFERENCE),))
    assert examine(given) == given


METHODS = "class Solution:\n    def g(self):\n        return 0\n    def _h(self):\n        return 0\n"


@pytest.mark.parametrize(
    ("reference", "tests", "entry"),
    [
        (REFERENCE, ["assert f(1) == 2"], "f"),
        ("def g(x):\n    return x\n" + REFERENCE, ["assert f(g(1)) == 2", "assert g(f(1)) == 2"], "f"),
        ("def g(x):\n    return x\n" + REFERENCE, ["assert f(g(1)) == 2", "assert f(g(2)) == 4"], "f"),
        ("class P:\n    pass\n" + REFERENCE, ["assert f(P()) == 2"], "f"),
        ("f = lambda x: x\n", ["assert f(1)"], "f"),
        ("if True:\n    def f(x):\n        return x\n", ["assert f(1)"], "f"),
        ("try:\n    import g\nexcept ImportError:\n    def f(x):\n        return x\n", ["assert f(1)"], "f"),
        (METHODS, ["assert Solution().g() == 0"], "Solution().g"),
        (METHODS, ["def check(candidate):\n    assert candidate() == 0\n"], "Solution().g"),
        (REFERENCE, ["def check(candidate):\n    assert candidate(1) == 2\n"], "f"),
        ("async def f(x):\n    return x\n", ["import asyncio\nassert asyncio.run(f(1)) == 1"], "f"),
    ],
)
def test_the_entry_point_is_found(reference: str, tests: list[str], entry: str) -> None:
    found = examine(problem(*tests, reference=reference))
    assert isinstance(found, Problem), found
    assert found.entry_point == entry


@pytest.mark.parametrize("entry", ["f", "Solution().g", "Solution.g", "Late().inherited"])
def test_a_named_entry_point_stays(entry: str) -> None:
    reference = REFERENCE + METHODS + "class Late(Solution):\n    pass\n"
    given = problem("def check(candidate):\n    assert candidate\n", reference=reference, entry_point=entry)
    assert examine(given) == given
