"""What exploring does next with what it has seen: driven by hand, with no sandbox, so that each question shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Sequence
from random import Random
from typing import Any

import pytest

from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.explore import Budget, InputCorpus, RecordedInput, explore, suites_of
from prmdata.evidence.gather import Gathered, gather
from prmdata.evidence.values import Call, decode, encode
from prmdata.records import (
    Candidate,
    Compare,
    Execution,
    Observation,
    Problem,
    Run,
    RunResults,
    Spec,
    Task,
    Test,
    Verdict,
    Vetted,
)
from tests.programs_by_hand import change

Lines = frozenset[int]
PASSED = Execution(Verdict.PASSED, (Verdict.PASSED,), lines=(1, 2))


def driven(questions: Generator[Run, RunResults, Any], answer: Callable[[Task], Execution]) -> Any:
    """What a generator returns whose runs are answered task by task."""
    answers: Any = None
    try:
        while True:
            run = questions.send(answers)
            answers = tuple(answer(task) for task in run.tasks)
    except StopIteration as end:
        return end.value


# ---------------------------------------------------------------- what distinguished a sibling


class Neighbours:
    """An input space of whole numbers in which nothing is drawn but the numbers beside the seeds."""

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
"""Wrong on the one far number that is on record."""
LATER = change(REFERENCE, "return x", "return x + (x == 1001)")
"""Wrong on its neighbour alone, which nothing but the sibling leads to."""


def held_by_numbers() -> tuple[Vetted, InputCorpus]:
    problem = Problem("p", "", REFERENCE, (Test("assert", "assert f(1) == 1"),), entry_point="f")
    corpus = InputCorpus(Neighbours(), Compare("exact"), Random(0))
    corpus.recordings = [
        RecordedInput(str(x), str(x), frozenset({2}), frozenset()) for x in (*range(40), 1000)
    ]
    corpus.known = {recorded.text for recorded in corpus.recordings}
    return Vetted(Spec(problem), PASSED), corpus


def by_python(task: Task) -> Execution:
    """A task on numbers, done by this interpreter. No number above 40 reaches the step that was edited."""
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
    return list(driven(gather(vetted, candidates, corpus=corpus, budget=budget), by_python))


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
    driven(gather(vetted, others, corpus=corpus, budget=Budget(inside=50, outside=0)), by_python)
    assert [recorded.text for recorded in corpus.distinguishing] == ["7", "1000"]


def test_nothing_more_is_asked_once_every_program_is_distinguished() -> None:
    vetted, corpus = held_by_numbers()
    budget = Budget(inside=50, outside=0, targeted=30, rounds=2)
    questions = gather(vetted, [SIBLING], corpus=corpus, budget=budget)
    run = next(questions)
    with pytest.raises(StopIteration) as stop:
        questions.send(tuple(map(by_python, run.tasks)))
    assert stop.value.value[0].is_distinguished


def test_programs_that_nothing_distinguishes_are_searched_in_every_round() -> None:
    vetted, corpus = held_by_numbers()
    before = len(corpus.recordings)
    budget = Budget(inside=50, outside=0, targeted=30, rounds=3)
    same = change(REFERENCE, "return x", "return (x)  # the same")
    (finding,) = driven(gather(vetted, [same], corpus=corpus, budget=budget), by_python)
    assert finding.passes
    assert finding.evidence.inputs_tried == len(corpus.recordings) > before
    assert finding.evidence.inputs_reached == 40


# ---------------------------------------------------------------- ways that few inputs take


def call_of(*values: object) -> str:
    return encode(Call(values))


def a_problem(*given: str) -> Vetted:
    test = Test("assert", "assert f('a') == 0")
    return Vetted(
        Spec(Problem("p", "", "def f(s):\n    return 0\n", (test,), entry_point="f")),
        PASSED,
        recorded_inputs=tuple(call_of(text) for text in given),
    )


def rounds_of(
    given: Sequence[str], way: Callable[[str], int], seed: int = 0, climbs: int = 1
) -> list[list[str]]:
    """The texts of each round of exploring, where ``way`` numbers the way that the reference takes for a text."""
    rounds: list[list[str]] = []

    def answer(task: Task) -> Execution:
        texts = [decode(text).values[0] for text in task.suites[0].inputs]
        rounds.append(texts)
        rows = tuple(Observation("answered", "0", lines=(2, 3 + way(text))) for text in texts)
        return Execution(Verdict.PASSED, (), observations=(rows,))

    budget = Budget(inside=150, outside=0, climbs=climbs)
    driven(explore(a_problem(*given), seed=seed, budget=budget), answer)
    return rounds


COMMON = ("abcd", "bcda", "cdab", "dabc", "acbd", "bdac", "cadb", "dbca", "adcb", "badc", "cbda", "dcba")
RARE = "zyzyzyzy"


def is_near_rare(text: str) -> bool:
    return "zyzy" in text


def test_exploring_goes_on_near_inputs_whose_way_few_take() -> None:
    """One given input of thirteen takes another way; a fair share for it would be 4 of 50 inputs."""
    climbed = [rounds_of((*COMMON, RARE), is_near_rare, seed)[1] for seed in range(4)]
    assert [len(texts) for texts in climbed] == [50] * 4
    assert sum(is_near_rare(text) for texts in climbed for text in texts) > 30


def test_of_more_ways_than_can_be_followed_the_rarest_are() -> None:
    """156 given inputs take 52 ways, each at least twice, and one takes its own; 40 ways are followed."""
    many = [
        first + chr(ord("A") + n) * size for n in range(26) for size in (2, 3) for first in ("a", "b", "c")
    ]

    def way(text: str) -> int:
        if is_near_rare(text):
            return 99
        return ord(text[-1]) % 26 + 26 * (len(text) % 2) if text else 90

    climbed = [rounds_of((*many, RARE), way, seed)[1] for seed in range(8)]
    assert sum(is_near_rare(text) for texts in climbed for text in texts) >= 6


def test_climbing_ends_where_it_finds_no_new_way() -> None:
    assert len(rounds_of(COMMON, lambda _: 0, climbs=5)) == 2
    always_new = rounds_of(("abca", "bb", "cdadcc"), lambda text: sum(map(ord, text)), climbs=3)
    assert len(always_new) == 4


def test_given_inputs_are_asked_first_and_their_neighbours_follow() -> None:
    given = ("monday", "tuesday", "friday", "sunday")
    first, *_ = rounds_of(given, lambda _: 0)
    assert first[:4] == [*given]
    rest = first[4:]
    assert not {*rest} & {*given}
    one_off = [
        text
        for text in rest
        if any(
            len(text) == len(one) and sum(a != b for a, b in zip(text, one, strict=True)) == 1
            for one in given
        )
    ]
    assert len(one_off) >= 10


# ---------------------------------------------------------------- what the reference plainly handles


@pytest.mark.parametrize(
    ("status", "line", "is_taken_in"),
    [("answered", 9, True), ("answered", 2, False), ("raised", 9, False)],
    ids=["by a line of its own", "by the usual lines", "by raising"],
)
def test_what_the_reference_handles_by_lines_of_its_own_is_taken_in(
    status: Any, line: int, is_taken_in: bool
) -> None:
    def answer(task: Task) -> Execution:
        texts = [decode(text).values[0] for text in task.suites[0].inputs]
        rows = tuple(
            Observation("answered", "0", lines=(2,)) if text else Observation(status, "0", lines=(line,))
            for text in texts
        )
        return Execution(Verdict.PASSED, (), observations=(rows,))

    budget = Budget(inside=60, outside=30, climbs=0)
    corpus = driven(explore(a_problem("ab", "ba", "cc", "abc"), seed=0, budget=budget), answer)
    assert (not corpus.space.violations(call_of(""))) == is_taken_in
    seen = {recorded.text: recorded.inside for recorded in corpus.recordings}
    assert seen.get(call_of("")) == (None if status == "raised" else is_taken_in)


# ---------------------------------------------------------------- which inputs are put to candidates


def recorded(text: str, answer: str, line: int, *broken: str) -> RecordedInput:
    return RecordedInput(text, answer, frozenset({line}), frozenset((name, (), ()) for name in broken))


def test_every_way_and_every_answer_is_put_before_more_of_the_same() -> None:
    alike = [recorded(f"a{n}", "0", 1) for n in range(20)]
    other_way, other_answer = recorded("way", "0", 2), recorded("answer", "1", 1)
    inside, outside = suites_of([*alike, other_way, other_answer], (7, 0))
    assert {other_way, other_answer} <= {*inside}
    assert len(inside) == 7
    assert outside == []


@pytest.mark.parametrize("most", [2, 5])
def test_far_larger_inputs_are_outside_and_last(most: int) -> None:
    large = recorded("large", "0", 1, "size")
    beside = [recorded(f"b{n}", str(n), 1, "ascending") for n in range(3)]
    _, outside = suites_of([large, *beside], (0, most))
    assert outside[-1] == large
    assert len(outside) == min(most, 4)
