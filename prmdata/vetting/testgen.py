"""New tests from a verified reference: as few inputs as possible that distinguish its mutants from it.

This is a generator without I/O. An input is drawn inside the hull of the given ones, and the reference must
give the same plain answer to it under both seeds. The input is kept only if it kills a mutant that no earlier
test kills (greedy set cover).
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from prmdata.errors import QuarantineError
from prmdata.evidence.explore import Budget, explore
from prmdata.evidence.suites import as_suite
from prmdata.problems.entry import calls_entry
from prmdata.problems.syntax import parses
from prmdata.records import (
    Candidate,
    Execution,
    Observation,
    Problem,
    Reply,
    Request,
    Run,
    RunResult,
    RunResults,
    Spec,
    Task,
    Test,
    Verdict,
    Vetted,
)
from prmdata.vetting.kills import Kills, measure_kills, mutants_of
from prmdata.vetting.test_writer import write_test

VERIFICATIONS = 3
"""Runs of the reference, each under both seeds, that a new test must pass."""
_KILLING = ("disagreed", "raised", "timeout", "died", "opaque")
_LEAD = "\n\n\n# More tests of the function above, each with the right answer and each about another case:\nassert "


@dataclass(frozen=True, slots=True)
class Generated:
    """A problem with its new tests after the given ones, and what both sets notice."""

    problem: Problem
    given: Kills
    killed: int
    """Mutants that the given and the new tests kill together."""
    from_inputs: int = 0
    from_teacher: int = 0
    unwritable: int = 0
    """Inputs that would have killed more but cannot be written as a test."""


def generate_tests(
    vetted: Vetted, *, seed: int = 0, most: int = 20, proposals: int = 0
) -> Generator[Run | Request, Any, Generated]:
    """Up to ``most`` new tests. With ``proposals``, a teacher is asked for so many continuations of a list of tests first;
    of its tests those are kept that the reference passes and a mutant fails that nothing else kills.
    """
    problem = vetted.problem
    given, survivors = yield from measure_kills(vetted, mutants_of(problem, seed=seed))
    left = survivors
    proposed: list[Test] = []
    if proposals and left and not problem.is_stdio:
        texts = yield from _proposed(problem, proposals, seed)
        proposed, left = yield from _useful(vetted, texts, left, most)
    chosen: list[Test] = []
    unwritable = 0
    if left and len(proposed) < most:
        chosen, unwritable = yield from _from_inputs(vetted, left, seed, most - len(proposed))
    tests = yield from _verified(vetted, [*proposed, *chosen])
    killed = yield from _killed(vetted, tests, survivors)
    from_teacher = sum(test in proposed for test in tests)
    return Generated(
        dataclasses.replace(problem, tests=(*problem.tests, *tests)),
        given,
        given.killed + killed,
        from_inputs=len(tests) - from_teacher,
        from_teacher=from_teacher,
        unwritable=unwritable,
    )


def cover(kills: Sequence[frozenset[int]], sizes: Sequence[int], most: int) -> list[int]:
    """Greedy set cover: the indices to take, each the one that kills most of what is left (the smaller one where
    several do), until nothing is gained or ``most`` are taken."""
    left = frozenset().union(*kills) if kills else frozenset()
    taken: list[int] = []
    while left and len(taken) < most:
        best = min(range(len(kills)), key=lambda index: (-len(kills[index] & left), sizes[index], index))
        taken.append(best)
        left -= kills[best]
    return taken


def _from_inputs(
    vetted: Vetted, survivors: list[Candidate], seed: int, most: int
) -> Generator[Run, RunResults, tuple[list[Test], int]]:
    """Tests from generated inputs, and the number of inputs that kill a mutant but could not be written."""
    corpus = yield from explore(vetted, seed=seed, budget=Budget().scaled(vetted.spec.cpu_s))
    recordings = corpus.inside()
    if not recordings:
        return [], 0
    suite = as_suite(recordings, corpus.compare)
    runs = yield Run(vetted.spec, tuple(Task(one.program, tests=False, suites=(suite,)) for one in survivors))
    kills = [set[int]() for _ in recordings]
    for number, run in enumerate(runs):
        for index in _distinguishing(run):
            kills[index].add(number)
    usable: list[tuple[Test, frozenset[int], int]] = []
    unwritable = 0
    for recorded, killed in zip(recordings, kills, strict=True):
        if killed:
            test = write_test(vetted.problem, corpus.compare, recorded.text, recorded.answer)
            unwritable += test is None
            if test is not None:
                usable.append((test, frozenset(killed), len(recorded.text)))
    taken = cover([killed for _, killed, _ in usable], [size for _, _, size in usable], most)
    return [usable[index][0] for index in taken], unwritable


def _killed(vetted: Vetted, tests: list[Test], survivors: list[Candidate]) -> Generator[Run, RunResults, int]:
    """The number of mutants that fail the new tests."""
    if not tests or not survivors:
        return 0
    runs = yield Run(_with_tests(vetted, tests), tuple(Task(one.program) for one in survivors))
    return sum(1 for run in runs if isinstance(run, Execution) and run.verdict != Verdict.PASSED)


def _with_tests(vetted: Vetted, tests: list[Test]) -> Spec:
    return dataclasses.replace(vetted.spec, problem=dataclasses.replace(vetted.problem, tests=tuple(tests)))


def _distinguishing(run: RunResult) -> list[int]:
    """The inputs that distinguish a mutant from the reference. If the program died, the inputs after that do
    not count."""
    if isinstance(run, QuarantineError) or not run.observations:
        return []
    seen: Sequence[Observation] = run.observations[0]
    return [index for index, one in enumerate(seen) if one.status in _KILLING]


def _proposed(problem: Problem, proposals: int, seed: int) -> Generator[Request, Reply, list[Test]]:
    """Assert statements that a teacher continues a list of tests with, distinct and about the entry point."""
    head = "assert " + f"{problem.entry_point}("
    prefix = problem.reference + _LEAD.removesuffix("assert ") + head
    reply = yield Request("complete", problem, prefix, n=proposals, seed=seed)
    found: dict[str, Test] = {}
    for completion in reply.completions:
        for line in (head + completion.removeprefix(prefix)).split("\n"):
            code = line.strip()
            test = Test("assert", code=code)
            if code.startswith("assert ") and parses(code) and calls_entry(test, problem.entry_point or ""):
                found.setdefault(ast.unparse(ast.parse(code)), _as_form(problem, test))
    return list(found.values())


def _as_form(problem: Problem, test: Test) -> Test:
    """An assert in the form of the problem's own tests."""
    if problem.tests[0].form != "check":
        return test
    entry = problem.entry_point or ""
    return Test("check", code=f"def check(candidate):\n    {test.code.replace(entry + '(', 'candidate(')}\n")


def _useful(
    vetted: Vetted, proposed: list[Test], survivors: list[Candidate], most: int
) -> Generator[Run, RunResults, tuple[list[Test], list[Candidate]]]:
    """The proposed tests that the reference passes and that kill what is left; the mutants that still pass."""
    right = yield from _verified(vetted, proposed)
    if not right:
        return [], survivors
    runs = yield Run(_with_tests(vetted, right), tuple(Task(one.program) for one in survivors))
    kills = [set[int]() for _ in right]
    for number, run in enumerate(runs):
        if isinstance(run, Execution):
            for index, outcome in enumerate(run.outcomes):
                if outcome not in (None, Verdict.PASSED):
                    kills[index].add(number)
    taken = cover([frozenset(one) for one in kills], [len(test.code) for test in right], most)
    dead = set().union(*(kills[index] for index in taken)) if taken else set()
    return [right[index] for index in taken], [one for n, one in enumerate(survivors) if n not in dead]


def _verified(vetted: Vetted, tests: list[Test]) -> Generator[Run, RunResults, list[Test]]:
    """The tests that the reference passes in each of ``VERIFICATIONS`` runs."""
    right = list(tests)
    for _ in range(VERIFICATIONS):
        if not right:
            break
        (run,) = yield Run(_with_tests(vetted, right), (Task(vetted.problem.reference),))
        outcomes: Sequence[Verdict | None] = (
            run.outcomes if isinstance(run, Execution) else [None] * len(right)
        )
        right = [test for test, outcome in zip(right, outcomes, strict=False) if outcome == Verdict.PASSED]
    return right
