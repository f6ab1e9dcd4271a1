"""What exploring does next, given what it has seen. The tests drive it by hand, without a sandbox, so that
each question is visible."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from prmdata.errors import QuarantineError
from prmdata.evidence.domain import learn
from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.explore import STRIDE, InputCorpus, explore, explore_near
from prmdata.evidence.input_budget import LEAST_INPUTS, Budget, budget_of
from prmdata.evidence.input_space import InputSpace
from prmdata.evidence.suites import RecordedInput, suites_of
from prmdata.evidence.values import Call, decode, encode
from prmdata.records import (
    Compare,
    Execution,
    Observation,
    Problem,
    Run,
    RunResult,
    RunResults,
    Spec,
    Task,
    Test,
    Verdict,
    Vetted,
)
from prmdata.testing.trampoline import run_to_end
from tests.programs_by_hand import answered_by_hand

PASSED = Execution(Verdict.PASSED, (Verdict.PASSED,), lines=(1, 2))


def call_of(*values: object) -> str:
    return encode(Call(values))


def a_problem(*given: object, reference: str = "def f(s):\n    return 0\n", **facts: Any) -> Vetted:
    test = Test("assert", "assert f('a') == 0")
    return Vetted(
        Spec(Problem("p", "", reference, (test,), entry_point="f", **facts)),
        PASSED,
        recorded_inputs=tuple(call_of(text) for text in given),
    )


def as_itself(task: Task) -> Execution | None:
    """The answer of a reference that agrees with itself when it is judged as a candidate is; None for other
    questions."""
    if not task.tests:
        return None
    seen = tuple(tuple(Observation("agreed") for _ in suite.inputs) for suite in task.suites)
    return Execution(Verdict.PASSED, (), observations=seen)


def recording(answer: Callable[[Task], RunResult]) -> Callable[[Task], RunResult]:
    """Answers the runs that record the reference by ``answer``. The reference agrees with itself."""
    return lambda task: as_itself(task) or answer(task)


def rounds_of(
    given: Sequence[str], way: Callable[[str], int], seed: int = 0, climbs: int = 1
) -> list[list[str]]:
    """The texts of each round of exploring. ``way`` gives, for a text, the number of the way that the
    reference takes."""
    rounds: list[list[str]] = []

    def answer(task: Task) -> Execution:
        texts = [decode(text).values[0] for text in task.suites[0].inputs]
        rounds.append(texts)
        rows = tuple(Observation("answered", "0", lines=(2, 3 + way(text))) for text in texts)
        return Execution(Verdict.PASSED, (), observations=(rows,))

    budget = Budget(inside=150, outside=0, climbs=climbs)
    answered_by_hand(explore(a_problem(*given), seed=seed, budget=budget), recording(answer))
    return rounds


COMMON = ("abcd", "bcda", "cdab", "dabc", "acbd", "bdac", "cadb", "dbca", "adcb", "badc", "cbda", "dcba")
RARE = "zyzyzyzy"


def is_near_rare(text: str) -> bool:
    return "zyzy" in text


def test_exploring_goes_on_near_inputs_whose_way_few_take() -> None:
    """One of thirteen given inputs takes another way. Its fair share would be 4 of 50 inputs."""
    climbed = [rounds_of((*COMMON, RARE), is_near_rare, seed)[1] for seed in range(4)]
    assert [len(texts) for texts in climbed] == [50] * 4
    assert sum(is_near_rare(text) for texts in climbed for text in texts) > 30


def test_of_more_ways_than_can_be_followed_the_rarest_are() -> None:
    """The reference has 53 ways for 157 given inputs: 52 ways are each taken at least twice, and one is taken
    once. Only 40 ways are followed."""
    many = [
        first + chr(ord("A") + n) * size for n in range(26) for size in (2, 3) for first in ("a", "b", "c")
    ]

    def way(text: str) -> int:
        if is_near_rare(text):
            return 99
        return ord(text[-1]) % 26 + 26 * (len(text) % 2) if text else 90

    climbed = [rounds_of((*many, RARE), way, seed)[1] for seed in range(24)]
    assert sum(is_near_rare(text) for texts in climbed for text in texts) >= 12


def test_climbing_ends_where_it_finds_no_new_way() -> None:
    assert len(rounds_of(("abcdef", "bcdefa", "cdefab", "fedcba"), lambda _: 0, climbs=5)) == 2
    always_new = rounds_of(("abca", "bb", "cdadcc"), lambda text: sum(map(ord, text)), climbs=3)
    assert len(always_new) == 4


def test_programs_that_read_standard_input_get_fewer_inputs_and_slow_ones_fewer_still() -> None:
    calls = a_problem("a")
    assert budget_of(calls) == Budget().scaled(calls.spec.cpu_s)
    problem = Problem("p", "", "print(0)\n", (Test("stdio", input="1", output="0"),))
    quick, slow = (budget_of(Vetted(Spec(problem, cpu_s=cpu_s), PASSED)) for cpu_s in (0.06, 0.5))
    assert (quick.inside, quick.outside) == (200, 60)
    assert LEAST_INPUTS <= slow.inside < quick.inside < Budget().inside


def test_an_input_of_a_slow_program_may_cost_as_much_as_a_test_so_candidates_run_ten_for_each() -> None:
    def most_runs(n_tests: int, cpu_s: float) -> int:
        problem = Problem("p", "", "print(0)\n", (Test("stdio", input="1", output="0"),) * n_tests)
        budget = budget_of(Vetted(Spec(problem, cpu_s=cpu_s), PASSED))
        assert budget.inside >= LEAST_INPUTS
        return budget.inside + budget.outside + budget.rounds * (budget.targeted + budget.outside // 2)

    assert most_runs(3, 4.0) <= 30
    assert most_runs(1, 0.5) <= 30
    assert most_runs(3, 0.18) > 30
    assert 30 < most_runs(12, 4.0) <= 120


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


def test_the_literals_of_the_reference_are_ingredients_from_the_start() -> None:
    asked: list[str] = []

    def answer(task: Task) -> Execution:
        asked.extend(decode(text).values[0] for text in task.suites[0].inputs)
        rows = tuple(Observation("answered", "0", lines=(2,)) for _ in task.suites[0].inputs)
        return Execution(Verdict.PASSED, (), observations=(rows,))

    given = ("hello world", "the quick fox", "abc")
    budget = Budget(inside=80, outside=0, climbs=0)
    answered_by_hand(explore(a_problem(*given), seed=0, budget=budget), recording(answer))
    assert "zebra" not in asked
    named = a_problem(*given, reference="def f(s):\n    return int(s == 'zebra')\n")
    answered_by_hand(explore(named, seed=0, budget=budget), recording(answer))
    assert "zebra" in asked


@pytest.mark.parametrize("is_refused", [False, True])
def test_where_a_checker_compares_the_reference_must_be_accepted_by_it(is_refused: bool) -> None:
    """The checker is asked only about the reference's own valid answers. A checker that cannot be run accepts
    nothing."""

    def answer(task: Task) -> RunResult:
        (suite,) = task.suites
        if suite.expected is None:
            rows = tuple(Observation("answered", text, lines=(2,)) for text in suite.inputs)
        elif is_refused:
            return QuarantineError("unrepeatable")
        else:
            rows = tuple(Observation("agreed" if "b" in text else "disagreed") for text in suite.inputs)
        return Execution(Verdict.PASSED, (), observations=(rows,))

    by_checker = Compare("checker", checker="def ok(input, expected, got):\n    return True\n")
    vetted = a_problem("abcd", "bcda", "cda", compare=by_checker)
    corpus = answered_by_hand(
        explore(vetted, seed=0, budget=Budget(inside=40, outside=10, climbs=0)), recording(answer)
    )
    assert all("b" in recorded.text for recorded in corpus.recordings)
    assert (not corpus.recordings) == is_refused


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
    corpus = answered_by_hand(
        explore(a_problem("ab", "ba", "cc", "abc"), seed=0, budget=budget), recording(answer)
    )
    assert (not corpus.space.violations(call_of(""))) == is_taken_in
    seen = {recorded.text: recorded.inside for recorded in corpus.recordings}
    assert seen.get(call_of("")) == (None if status == "raised" else is_taken_in)


@pytest.mark.parametrize(("n_broken", "is_taken_in"), [(1, True), (2, True), (3, False)])
def test_an_input_that_breaks_much_shows_nothing_of_the_domain(n_broken: int, is_taken_in: bool) -> None:
    given = ([1, 2, 5], [2, 4], [3, 9, 11])
    before = learn([Call((one,)) for one in given])

    def breaks(text: str) -> int:
        """The number of features that an input breaks. Sizes are no features, and the hull is never widened
        by them."""
        names = [name for name, _, _ in before.violations(decode(text))]
        return 0 if "size" in names else len(names)

    def answer(task: Task) -> Execution:
        found = [breaks(text) for text in task.suites[0].inputs]
        rows = tuple(Observation("answered", "0", lines=(9 if n == n_broken else 2,)) for n in found)
        return Execution(Verdict.PASSED, (), observations=(rows,))

    budget = Budget(inside=60, outside=60, climbs=0)
    corpus = answered_by_hand(explore(a_problem(*given), seed=0, budget=budget), recording(answer))
    seen = [one for one in corpus.recordings if breaks(one.text) == n_broken]
    assert len(seen) >= 3
    assert {one.inside for one in seen} == {is_taken_in}


def test_far_larger_numbers_are_asked_last_once_and_under_a_part_of_the_limit() -> None:
    vetted = a_problem(3, 7, 12)
    runs: list[Run] = []

    def answer(run: Run) -> RunResults:
        if (alike := as_itself(run.tasks[0])) is not None:
            return (alike,)
        runs.append(run)
        rows = tuple(Observation("answered", "0", lines=(2,)) for _ in run.tasks[0].suites[0].inputs)
        return (Execution(Verdict.PASSED, (), observations=(rows,)),)

    corpus = run_to_end(explore(vetted, seed=0, budget=Budget(inside=20, outside=5, climbs=0)), answer)
    assert [run.spec.cpu_s for run in runs] == [vetted.spec.cpu_s, vetted.spec.cpu_s / STRIDE]
    large = runs[-1].tasks[0].suites[0].inputs
    assert min(decode(text).values[0] for text in large) > 10_000
    assert {*large} <= {one.text for one in corpus.outside()}
    assert {one.text for one in corpus.recordings} <= corpus.known


# ---------------------------------------------------------------- which inputs are put to candidates


class Outside(InputSpace):
    """An input space in which each capital letter puts a text outside."""

    def __init__(self, *texts: str) -> None:
        self._texts = [*texts]

    def draw(
        self, rng: Random, wanted: int, seeds: Sequence[str], known: set[str]
    ) -> tuple[list[str], list[str]]:
        return [], self._texts

    def violations(self, text: str) -> frozenset[Feature]:
        return frozenset((letter, (), ()) for letter in text if letter.isupper())

    def is_as_small(self, text: str) -> bool:
        return True

    def widen(self, features: Collection[Feature]) -> None: ...

    def large(self, rng: Random) -> list[str]:
        return []

    def use_programs(self, programs: Sequence[str]) -> None: ...


def test_outside_inputs_that_break_least_come_first_and_every_feature_in_turn() -> None:
    space = Outside("AB1", "AC1", "A1", "A2", "A3", "Z1", "Z2", "AB2")

    def answer(task: Task) -> Execution:
        rows = tuple(Observation("answered", "0", lines=(2,)) for _ in task.suites[0].inputs)
        return Execution(Verdict.PASSED, (), observations=(rows,))

    corpus = InputCorpus(space, Compare("exact"), Random(0))
    found = answered_by_hand(explore_near(a_problem("a"), corpus, 0, 8, ()), answer)
    assert [one.text for one in found] == ["A1", "Z1", "AB1", "AC1", "A2", "Z2", "AB2", "A3"]


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


def test_far_larger_inputs_that_are_inside_keep_a_quarter_of_the_places() -> None:
    usual = [recorded(f"u{n}", str(n), 1) for n in range(20)]
    large = [replace(recorded(f"l{n}", "0", 1), is_large=True) for n in range(6)]
    inside, _ = suites_of([*usual, *large], (16, 0))
    assert (inside[-4:], len(inside)) == (large[-4:], 16)
    few, _ = suites_of([*usual, *large], (2, 0))
    assert few == [usual[0], large[-1]]
