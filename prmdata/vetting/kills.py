"""Kill power: which mutants of the reference the tests notice, by test and by step.

A test that fails no mutant adds nothing to the other tests. A step whose mutants all pass is not watched by
the tests, so its labels rest on generated inputs alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Final

from prmdata.edits.reachable import reachable_steps
from prmdata.edits.rules import propose
from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.errors import EditRefused, QuarantineError
from prmdata.records import (
    Candidate,
    Execution,
    Intent,
    Problem,
    Run,
    RunResult,
    RunResults,
    Task,
    Verdict,
    Vetted,
)
from prmdata.steps import given_count, split_steps

MUTATE: Final[tuple[Intent, ...]] = ("mutate",)


@dataclass(frozen=True, slots=True)
class Kills:
    """``by_test[i]`` mutants fail test i; ``by_step`` holds (step of the reference, its mutants, those killed)."""

    mutants: int
    killed: int
    by_test: tuple[int, ...]
    by_step: tuple[tuple[int, int, int], ...]

    @property
    def idle_tests(self) -> tuple[int, ...]:
        """The tests that no mutant fails. The result is empty if there are no mutants."""
        return tuple(index for index, count in enumerate(self.by_test) if not count) if self.mutants else ()

    @property
    def unwatched_steps(self) -> tuple[int, ...]:
        """The steps that have mutants of which none is killed."""
        return tuple(step for step, mutants, killed in self.by_step if mutants and not killed)


def mutants_of(problem: Problem, *, per_step: int | None = None, seed: int = 0) -> list[Candidate]:
    """Mutants of the reference by the ``rules`` operators, distinct in compiled code, of steps
    that may run, in the order of the steps."""
    steps = split_steps(problem.reference)
    source = Source(problem.reference, given_count(problem.prompt, steps), steps)
    found: list[Candidate] = []
    for edit in propose(source, MUTATE, reachable_steps(problem, source), per_step, seed):
        try:
            found.append(splice(source, edit))
        except EditRefused:
            continue
    return found


def count_kills(n_tests: int, results: Sequence[tuple[Candidate, RunResult]]) -> Kills:
    """The kill power that the executions of mutants show. A quarantined mutant counts for nothing."""
    by_test = [0] * n_tests
    mutants: Counter[int] = Counter()
    killed: Counter[int] = Counter()
    for candidate, run in results:
        if isinstance(run, QuarantineError):
            continue
        step = candidate.edit.start
        mutants[step] += 1
        killed[step] += run.verdict != Verdict.PASSED
        for index, outcome in enumerate(run.outcomes[:n_tests]):
            by_test[index] += outcome not in (None, Verdict.PASSED)
    by_step = tuple((step, mutants[step], killed[step]) for step in sorted(mutants))
    return Kills(sum(mutants.values()), sum(killed.values()), tuple(by_test), by_step)


def measure_kills(
    vetted: Vetted, mutants: Sequence[Candidate]
) -> Generator[Run, RunResults, tuple[Kills, list[Candidate]]]:
    """Run the mutants on the tests: the kill power, and the mutants that pass."""
    if not mutants:
        return count_kills(len(vetted.problem.tests), ()), []
    trusts = vetted.problem.trusts_reference
    tasks = tuple(Task(mutant.program, trusted=trusts and mutant.edit.trusted) for mutant in mutants)
    runs = yield Run(vetted.spec, tasks)
    results = list(zip(mutants, runs, strict=True))
    survivors = [
        mutant for mutant, run in results if isinstance(run, Execution) and run.verdict == Verdict.PASSED
    ]
    return count_kills(len(vetted.problem.tests), results), survivors
