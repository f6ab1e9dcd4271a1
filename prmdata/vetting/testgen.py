"""New tests from a verified reference: as few inputs as possible that distinguish its mutants from it.

This is a generator without I/O. An input is drawn inside the hull of the given ones, and the reference must
give the same plain answer to it under both seeds. The input is kept only if it kills a mutant that no earlier
test kills (greedy set cover).
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Any, Final

from prmdata.errors import QuarantineError
from prmdata.evidence.explore import explore
from prmdata.evidence.input_budget import Budget
from prmdata.evidence.suites import RecordedInput, as_suite
from prmdata.problems.entry import calls_entry
from prmdata.problems.syntax import parses
from prmdata.records import (
    Candidate,
    Compare,
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
SHOWN: Final = 8
"""Wrong versions that a teacher is shown: one a step in turn."""
_SURVIVORS: Final = (
    "\n\n\n# Wrong versions of the function that its tests have not noticed, line before -> line in it:\n"
)
_LEAD: Final = "# More tests of the function above, each with the right answer and each about another case:\n"


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
    """Up to ``most`` new tests. With ``proposals``, a teacher is asked for so many continuations of a list of tests first. It
    is shown mutants that the given tests let live although generated inputs tell them from the reference. Of its tests those
    are kept that the reference passes and a mutant fails that nothing else kills.
    """
    problem = vetted.problem
    given, survivors = yield from measure_kills(vetted, mutants_of(problem, seed=seed))
    left = set(range(len(survivors)))
    tried = yield from _tried(vetted, survivors, seed)
    proposed: list[Test] = []
    if proposals and left and not problem.is_stdio:
        caught = [survivors[number] for number in sorted(set().union(*tried.kills))]
        texts = yield from _proposed(problem, caught, proposals, seed)
        proposed, dead = yield from _useful(vetted, texts, survivors, most)
        left -= dead
    chosen, unwritable = _from_inputs(problem, tried, left, most - len(proposed))
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


@dataclass(frozen=True, slots=True)
class _Tried:
    """Generated inputs, and for each the survivors (by number) whose answers differ from the reference's."""

    recordings: Sequence[RecordedInput] = ()
    kills: Sequence[set[int]] = ()
    compare: Compare = field(default_factory=Compare)


def _tried(vetted: Vetted, survivors: Sequence[Candidate], seed: int) -> Generator[Run, RunResults, _Tried]:
    """What generated inputs show about the mutants that the given tests let live."""
    if not survivors:
        return _Tried()
    corpus = yield from explore(vetted, seed=seed, budget=Budget().scaled(vetted.spec.cpu_s))
    recordings = corpus.inside()
    if not recordings:
        return _Tried()
    suite = as_suite(recordings, corpus.compare)
    runs = yield Run(vetted.spec, tuple(Task(one.program, tests=False, suites=(suite,)) for one in survivors))
    kills = [set[int]() for _ in recordings]
    for number, run in enumerate(runs):
        for index in _distinguishing(run):
            kills[index].add(number)
    return _Tried(recordings, kills, corpus.compare)


def _from_inputs(problem: Problem, tried: _Tried, left: set[int], most: int) -> tuple[list[Test], int]:
    """Tests from generated inputs that kill what is ``left``, and how many inputs that kill could not be written."""
    if not left or most <= 0:
        return [], 0
    usable: list[tuple[Test, frozenset[int], int]] = []
    unwritable = 0
    for recorded, kills in zip(tried.recordings, tried.kills, strict=True):
        killed = kills & left
        if killed:
            test = write_test(problem, tried.compare, recorded.text, recorded.answer)
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


def _proposed(
    problem: Problem, caught: Sequence[Candidate], proposals: int, seed: int
) -> Generator[Request, Reply, list[Test]]:
    """Assert statements that a teacher continues a list of tests with, distinct and about the entry point. ``caught``: wrong
    versions that these tests should fail."""
    head = "assert " + f"{problem.entry_point}("
    prefix = problem.reference + _lead(caught) + head
    reply = yield Request("complete", problem, prefix, n=proposals, seed=seed)
    found: dict[str, Test] = {}
    for completion in reply.completions:
        for line in (head + completion.removeprefix(prefix)).split("\n"):
            code = line.strip()
            test = Test("assert", code=code)
            if code.startswith("assert ") and parses(code) and calls_entry(test, problem.entry_point or ""):
                found.setdefault(ast.unparse(ast.parse(code)), _as_form(problem, test))
    return list(found.values())


def _lead(caught: Sequence[Candidate]) -> str:
    """What begins the list of tests: wrong versions that it should tell from the function, of as many steps as can be."""
    by_step: dict[int, list[Candidate]] = {}
    for one in caught:
        by_step.setdefault(one.edit.start, []).append(one)
    turns = (one for turn in zip_longest(*by_step.values()) for one in turn if one is not None)
    lines = [
        f"#   {' '.join(one.before.split()) or '(nothing)'}  ->  {' '.join(one.edit.text.split()) or '(nothing)'}\n"
        for one in islice(turns, SHOWN)
    ]
    return (_SURVIVORS + "".join(lines) if lines else "\n\n\n") + _LEAD


def _as_form(problem: Problem, test: Test) -> Test:
    """An assert in the form of the problem's own tests."""
    if problem.tests[0].form != "check":
        return test
    entry = problem.entry_point or ""
    return Test("check", code=f"def check(candidate):\n    {test.code.replace(entry + '(', 'candidate(')}\n")


def _useful(
    vetted: Vetted, proposed: list[Test], survivors: Sequence[Candidate], most: int
) -> Generator[Run, RunResults, tuple[list[Test], set[int]]]:
    """The proposed tests that the reference passes and that kill survivors; the numbers of those that they kill."""
    right = yield from _verified(vetted, proposed)
    if not right:
        return [], set()
    runs = yield Run(_with_tests(vetted, right), tuple(Task(one.program) for one in survivors))
    kills = [set[int]() for _ in right]
    for number, run in enumerate(runs):
        if isinstance(run, Execution):
            for index, outcome in enumerate(run.outcomes):
                if outcome not in (None, Verdict.PASSED):
                    kills[index].add(number)
    taken = cover([frozenset(one) for one in kills], [len(test.code) for test in right], most)
    return [right[index] for index in taken], set().union(*(kills[index] for index in taken))


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
