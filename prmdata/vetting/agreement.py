"""Finds wrong expected outputs by agreement. If several solutions that the data calls correct give the same
answer and a test expects another one, the test is wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from prmdata.errors import QuarantineError
from prmdata.records import (
    Execution,
    Observation,
    Problem,
    Run,
    RunResult,
    RunResults,
    Spec,
    Suite,
    Task,
    Verdict,
)

AGREEING = 2
"""How many solutions must agree against a test."""
KEPT_SHARE = 0.5
"""The least share of a problem's tests that must stay. A problem that would lose more is not repaired."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A solution (``problem.reference``) that does not pass, and how it ran."""

    problem: Problem
    run: RunResult

    @property
    def against(self) -> frozenset[int]:
        """The tests that the solution answers in another way than expected; empty if it also fails in another
        way."""
        if isinstance(self.run, QuarantineError) or len(self.run.outcomes) != len(self.problem.tests):
            return frozenset()
        outcomes = self.run.outcomes
        if any(outcome not in (Verdict.PASSED, Verdict.WRONG_ANSWER) for outcome in outcomes):
            return frozenset()
        return frozenset(index for index, outcome in enumerate(outcomes) if outcome == Verdict.WRONG_ANSWER)


def dropped_by_agreement(tried: Sequence[Tried]) -> Generator[Run, RunResults, tuple[Problem, str] | None]:
    """The problem without the tests that at least ``AGREEING`` solutions fail with equal answers, the first of those
    solutions as its reference, and a note that says so; None where they do not agree or too few tests would stay."""
    groups: dict[frozenset[int], list[Tried]] = {}
    for one in tried:
        if one.against:
            groups.setdefault(one.against, []).append(one)
    enough = [(against, group) for against, group in groups.items() if len(group) >= AGREEING]
    if not enough:
        return None
    against, group = max(enough, key=lambda pair: len(pair[1]))
    problem = group[0].problem
    kept = [test for index, test in enumerate(problem.tests) if index not in against]
    if len(kept) < max(1, KEPT_SHARE * len(problem.tests)):
        return None
    for index in sorted(against):
        answers = yield from _answers(group, index)
        if answers is None or len(set(answers)) != 1:
            return None
    shown = ", ".join(map(str, sorted(against)))
    note = f"tests dropped: {len(group)} solutions agree on other answers than {shown} (from 0) expect"
    return dataclasses.replace(problem, tests=tuple(kept)), note


def _answers(group: Sequence[Tried], index: int) -> Generator[Run, RunResults, list[tuple[str, ...]] | None]:
    """The answers of each solution on the inputs of one test; None if a solution does not answer."""
    found = []
    for one in group:
        spec = Spec(one.problem)
        test = one.problem.tests[index]
        inputs: tuple[str, ...] = (test.input,)
        if test.form != "stdio":
            (run,) = yield Run(
                spec, (Task(one.problem.reference, record_inputs=True, given_tests_only=(index,)),)
            )
            if not isinstance(run, Execution) or not run.recorded_inputs:
                return None
            inputs = run.recorded_inputs
        (run,) = yield Run(spec, (Task(one.problem.reference, tests=False, suites=(Suite(inputs),)),))
        if not isinstance(run, Execution) or not run.observations:
            return None
        observed = run.observations[0]
        if any(observation.status != "answered" for observation in observed):
            return None
        found.append(tuple(_plain(observation, test.form == "stdio") for observation in observed))
    return found


def _plain(observation: Observation, is_stdio: bool) -> str:
    """The answer as it is compared; printed text is compared by its tokens."""
    return " ".join(observation.answer.split()) if is_stdio else observation.answer
