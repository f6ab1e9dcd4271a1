"""State in evidence, in a real sandbox: counters, memos, classes, and programs that keep state though the
reference does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from prmdata.evidence.explore import explore
from prmdata.evidence.gather import gather
from prmdata.evidence.input_budget import Budget
from prmdata.evidence.program_case import Gathered
from prmdata.records import Candidate, Problem, Test, Vetted
from tests.programs_by_hand import asserting, change

Judge = Callable[..., list[Gathered]]


@pytest.fixture
def judged(driven: Callable[..., Any], vetted: Callable[[Problem], Vetted]) -> Judge:
    def judge(problem: Problem, *candidates: Candidate) -> list[Gathered]:
        found = driven(gather(vetted(problem), candidates))
        assert all(isinstance(one, Gathered) for one in found), found
        return list(found)

    return judge


def shown(reference: str, program: str, finding: Gathered) -> tuple[str, str]:
    """The results of the counterexample's lines after the reference, and after the program."""
    example = finding.evidence.counterexample
    assert example is not None
    *before, last = example.input.split("\n")
    came = []
    for text in (reference, program):
        names: dict[str, Any] = {}
        exec("\n".join([text, *before]), names)
        came.append(repr(eval(last, names)))
    assert (example.expected, example.got) == tuple(came)
    return came[0], came[1]


COUNTER = "_last = 0\n\n\ndef f(step):\n    global _last\n    _last = _last + step\n    return _last\n"
COUNTER_TESTS = Test("assert", "assert f(1) == 1\nassert f(2) == 3\nassert f(5) == 8")


def test_a_counter_is_compared_from_a_fresh_start(judged: Judge) -> None:
    problem = Problem("p", "Count.", COUNTER, (COUNTER_TESTS,), entry_point="f")
    right = change(COUNTER, "_last = _last + step", "_last += step")
    top = change(COUNTER, "_last = 0", "_last = 5 - 5")
    wrong = change(COUNTER, "_last = _last + step", "_last = _last + step if _last < 30 else step")
    one, other, fault = judged(problem, right, top, wrong)
    assert one.passes
    assert one.evidence.inputs_disagreed_outside == 0
    assert one.evidence.inputs_tried > 50
    assert other.evidence.inputs_reached == other.evidence.inputs_tried > 50
    assert fault.evidence.inputs_disagreed_inside == 1
    expected, got = shown(COUNTER, wrong.program, fault)
    assert int(expected) > int(got)
    assert fault.evidence.counterexample is not None
    assert fault.evidence.counterexample.input.count("\n") >= 1


MEMO = (
    "_known = {}\n\n\ndef f(n):\n    if n not in _known:\n        _known[n] = n * n\n    return _known[n]\n"
)


def test_a_memo_is_a_pure_function(
    judged: Judge, driven: Callable[..., Any], vetted: Callable[[Problem], Vetted]
) -> None:
    problem = asserting(MEMO, "f(2) == 4", "f(3) == 9", "f(10) == 100")
    corpus = driven(explore(vetted(problem), seed=0, budget=Budget()))
    assert corpus.budget is None
    (finding,) = judged(problem, change(MEMO, "n * n", "n ** 2"))
    assert finding.passes
    assert finding.evidence.inputs_tried > 50


def test_a_program_that_keeps_state_of_its_own_is_shown_by_the_calls_that_lead_there(judged: Judge) -> None:
    reference = "def f(n):\n    found = []\n    found.append(n)\n    return len(found) + n\n"
    cache = change(
        reference, "return len(found) + n", "return f.__dict__.setdefault(n // 20, len(found) + n)"
    )
    (history,) = judged(asserting(reference, "f(2) == 3", "f(22) == 23", "f(44) == 45"), cache)
    assert history.evidence.inputs_disagreed_inside == 1
    expected, got = shown(reference, cache.program, history)
    assert expected != got
    assert history.evidence.counterexample is not None
    assert history.evidence.counterexample.input.count("f(") == 2


STACK = """\
class Stack:
    def __init__(self):
        self.items = []

    def push(self, x):
        self.items.append(x)

    def pop(self):
        if not self.items:
            return None
        return self.items.pop()
"""
STACK_TESTS = (
    "s = Stack()\ns.push(1)\ns.push(2)\nassert s.pop() == 2\nassert s.pop() == 1\nassert s.pop() is None"
)


def test_a_class_gets_sequences_of_calls(judged: Judge) -> None:
    problem = Problem("p", "A stack.", STACK, (Test("assert", STACK_TESTS),), entry_point="Stack")
    right = change(STACK, "self.items.append(x)", "self.items += [x]")
    wrong = change(STACK, "self.items.append(x)", "self.items = [*self.items, x][-3:]")
    same, fault = judged(problem, right, wrong)
    assert same.passes
    assert same.evidence.inputs_reached > 50
    assert fault.evidence.inputs_disagreed_inside == 1
    shown(STACK, wrong.program, fault)


POINT = """Point = type("Point", (), {"__init__": lambda self, x, y: self.__dict__.update(x=x, y=y)})
def f(n):
    return Point(n, n + 1)
"""
NAMED = 'Point = __import__("collections").namedtuple("Point", "x y")'


def test_a_namedtuple_with_the_fields_of_the_references_object_is_as_good(judged: Judge) -> None:
    problem = Problem(
        "p", "A point.", POINT, (Test("assert", "p = f(3)\nassert {p.x, p.y} == {3, 4}"),), entry_point="f"
    )
    line = POINT.split("\n", maxsplit=1)[0]
    right = change(POINT, line, NAMED)
    wrong = change(POINT, line, NAMED.replace("x y", "y x"))
    same, fault = judged(problem, right, wrong)
    assert same.passes
    assert same.evidence.inputs_disagreed_inside == same.evidence.inputs_disagreed_outside == 0
    assert fault.evidence.inputs_disagreed_inside + fault.evidence.inputs_disagreed_outside > 0


def test_inputs_on_which_the_reference_differs_from_itself_are_no_evidence(
    driven: Callable[..., Any], vetted: Callable[[Problem], Vetted]
) -> None:
    reference = "import itertools\n_n = itertools.count()\n\n\ndef f(x):\n    return x + min(next(_n), 3)\n"
    problem = Problem(
        "p", "p", reference, (Test("assert", "assert f(1) == 1\nassert f(1) == 2"),), entry_point="f"
    )
    corpus = driven(explore(vetted(problem), seed=0, budget=Budget()))
    assert corpus.starts_afresh
    assert all(recorded.text.startswith('{"q":') for recorded in corpus.recordings)
    assert len(corpus.inside()) > 20
