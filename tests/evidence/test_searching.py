"""Searching for an input that distinguishes a program, near the inputs that distinguished others. The tests
drive it by hand, without a sandbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random
from typing import Any

import pytest

from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.explore import InputCorpus
from prmdata.evidence.gather import gather
from prmdata.evidence.input_budget import Budget
from prmdata.evidence.input_space import InputSpace
from prmdata.evidence.program_case import Gathered
from prmdata.evidence.suites import RecordedInput
from prmdata.records import (
    Candidate,
    Compare,
    Execution,
    Observation,
    Problem,
    Spec,
    Task,
    Test,
    Verdict,
    Vetted,
)
from tests.programs_by_hand import answered_by_hand, change

PASSED = Execution(Verdict.PASSED, (Verdict.PASSED,), lines=(1, 2))


class Neighbours(InputSpace):
    """An input space of whole numbers, in which only the neighbours of the seeds are drawn."""

    def draw(
        self, rng: Random, wanted: int, seeds: Sequence[str], known: set[str]
    ) -> tuple[list[str], list[str]]:
        near = dict.fromkeys(str(int(text) + step) for text in seeds for step in (1, -1))
        fresh = [text for text in near if text not in known]
        known.update(fresh)
        return fresh[:wanted], []

    def violations(self, text: str) -> frozenset[Feature]:
        return frozenset()

    def is_as_small(self, text: str) -> bool:
        return True

    def widen(self, features: Collection[Feature]) -> None: ...

    def large(self, rng: Random) -> list[str]:
        return []

    def use_programs(self, programs: Sequence[str]) -> None: ...


REFERENCE = "def f(x):\n    return x\n"
SIBLING = change(REFERENCE, "return x", "return x + (x == 1000)")
"""The program is wrong on the one far number that is recorded."""
LATER = change(REFERENCE, "return x", "return x + (x == 1001)")
"""The program is wrong only on the neighbour of that number, which only the sibling leads to."""


def held_by_numbers() -> tuple[Vetted, InputCorpus]:
    problem = Problem("p", "", REFERENCE, (Test("assert", "assert f(1) == 1"),), entry_point="f")
    corpus = InputCorpus(Neighbours(), Compare("exact"), Random(0))
    corpus.recordings = [
        RecordedInput(str(x), str(x), frozenset({2}), frozenset()) for x in (*range(40), 1000)
    ]
    corpus.known = {recorded.text for recorded in corpus.recordings}
    return Vetted(Spec(problem), PASSED), corpus


def by_python(task: Task) -> Execution:
    """Does a task on numbers in this interpreter. No number above 40 reaches the step that was edited."""
    space: dict[str, Any] = {}
    exec(task.program, space)
    seen = []
    for suite in task.suites:
        rows = []
        for place, text in enumerate(suite.inputs):
            got = str(space["f"](int(text)))
            agrees = suite.expected is None or got == suite.expected[place]
            status: Any = "answered" if suite.expected is None else "agreed" if agrees else "disagreed"
            rows.append(Observation(status, got, reached=int(text) < 40, lines=(2,)))
        seen.append(tuple(rows))
    return Execution(Verdict.PASSED, (Verdict.PASSED,), lines=(2,), observations=tuple(seen))


def gathered(*candidates: Candidate) -> list[Gathered]:
    vetted, corpus = held_by_numbers()
    budget = Budget(inside=50, outside=0, targeted=30, rounds=1)
    return list(answered_by_hand(gather(vetted, candidates, corpus=corpus, budget=budget), by_python))


def test_an_input_that_distinguished_a_sibling_leads_to_inputs_for_later_candidates() -> None:
    _, later = gathered(SIBLING, LATER)
    assert later.evidence.inputs_disagreed_inside == 1
    assert later.evidence.counterexample is not None
    assert later.evidence.counterexample.got == "1002"


def test_without_that_sibling_nothing_leads_there() -> None:
    (alone,) = gathered(LATER)
    assert alone.passes
    assert not alone.is_distinguished


def test_what_distinguished_a_program_is_kept_once_and_in_the_order_of_the_candidates() -> None:
    vetted, corpus = held_by_numbers()
    others = [change(REFERENCE, "return x", f"return x + (x == {number})") for number in (7, 1000, 7)]
    answered_by_hand(gather(vetted, others, corpus=corpus, budget=Budget(inside=50, outside=0)), by_python)
    assert [recorded.text for recorded in corpus.distinguishing] == ["7", "1000"]


def test_nothing_more_is_asked_once_every_program_is_distinguished() -> None:
    vetted, corpus = held_by_numbers()
    budget = Budget(inside=50, outside=0, targeted=30, rounds=2)
    questions = gather(vetted, [SIBLING], corpus=corpus, budget=budget)
    judging = next(questions)
    confirming = questions.send(tuple(map(by_python, judging.tasks)))
    assert [suite.inputs for task in confirming.tasks for suite in task.suites] == [("1000",)]
    assert confirming.tasks[0].suites[0].fresh_start
    with pytest.raises(StopIteration) as stop:
        questions.send(tuple(map(by_python, confirming.tasks)))
    assert stop.value.value[0].is_distinguished


def test_programs_that_nothing_distinguishes_are_searched_in_every_round() -> None:
    vetted, corpus = held_by_numbers()
    before = len(corpus.recordings)
    budget = Budget(inside=50, outside=0, targeted=30, rounds=3)
    same = change(REFERENCE, "return x", "return (x)  # the same")
    (finding,) = answered_by_hand(gather(vetted, [same], corpus=corpus, budget=budget), by_python)
    assert finding.passes
    assert finding.evidence.inputs_tried == len(corpus.recordings) > before
    assert finding.evidence.inputs_reached == 40
