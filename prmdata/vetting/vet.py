"""Vetting: whether a problem can teach anything, found by running it. A generator without I/O.

A problem holds where its reference passes all its tests, several times alike, and sabotaged references do not. What can be
repaired is repaired and noted: another of the solutions that the data calls correct takes the place of a broken
one, and a test that several solutions agree against is dropped.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Generator, Mapping, Sequence
from typing import Final

from prmdata.errors import QuarantineError
from prmdata.records import (
    Execution,
    Isolation,
    Problem,
    Reject,
    Run,
    RunResult,
    RunResults,
    Spec,
    Task,
    Verdict,
    Vetted,
)
from prmdata.vetting.agreement import Tried, dropped_by_agreement
from prmdata.vetting.limits import MEMORY_MB, REFERENCE_CPU_S, cpu_limit, may_have_less
from prmdata.vetting.reject_reasons import STAGE, TOO_SLOW, why_rejected
from prmdata.vetting.sabotage import LIES, adversarial, sabotages
from prmdata.vetting.several_answers import differing_references
from prmdata.vetting.surroundings import depends_on_surroundings

REPEATS = 3
"""Runs of the reference, each under both seeds, that must be alike."""
MOST_REPEATS = 40
"""Where the reference's time is above one where the limit changes and may be so by chance, it runs until it is below, so
often at most, between other work (with 12, one that needs 11.3 ms was taken for one above 15 ms once)."""

_INTERACTIVE: Final = re.compile(r"\bthis is an interactive (problem|task)\b|\binteractor\b", re.IGNORECASE)
_SAME_TOGETHER = (Verdict.COMPILE_ERROR, Verdict.TIMEOUT)
"""Verdicts that sharing a process with the judge does not change."""

Held = tuple[Spec, Execution]


def vet(problem: Problem, *, repeats: int = REPEATS) -> Generator[Run, RunResults, Vetted | Reject]:
    """The problem vetted, with its spec (isolation, limits), its reference's execution and the inputs that its tests pass;
    or a Reject of stage ``vet`` with the reason. ``Vetted.problem`` may differ from ``problem`` where it was repaired.
    """
    notes: list[str] = []
    if problem.is_stdio and _INTERACTIVE.search(problem.prompt):
        return Reject(problem.id, STAGE, "an interactive problem", "its judge answers while it runs")
    found = yield from _held(problem, repeats, notes)
    if isinstance(found, Reject):
        return found
    spec, execution = found
    weak = yield from _noticed(spec, execution, notes)
    if weak is not None:
        return weak
    inputs = execution.recorded_inputs
    if spec.problem.is_stdio:
        inputs = tuple(test.input for test in spec.problem.tests)
    vetted = Vetted(spec, execution, inputs, execution.recorded_sequences, tuple(notes))
    rejected = yield from depends_on_surroundings(vetted)
    if rejected is not None:
        return rejected
    differing = yield from differing_references(vetted)
    return vetted if differing is None else dataclasses.replace(vetted, notes=(*vetted.notes, differing))


def spec_of(problem: Problem) -> Generator[Run, RunResults, Spec | Reject]:
    """How programs of ``problem`` are to be run (isolation, limits), found by running its reference once or a few times;
    a Reject where that fails. Whether the tests notice a fault is not asked here."""
    found = yield from _repeated(problem, 1, [])
    return found if isinstance(found, Reject) else found[0]


def _held(problem: Problem, repeats: int, notes: list[str]) -> Generator[Run, RunResults, Held | Reject]:
    """The first solution that holds; else the problem without the tests that its solutions agree against; else why
    the first solution does not hold."""
    solutions = list(dict.fromkeys(text for text in (problem.reference, *problem.references) if text.strip()))
    rollouts = [] if solutions else [rollout.program for rollout in problem.rollouts]
    first: Reject | None = None
    tried: list[Tried] = []
    for program in solutions or rollouts:
        found = yield from _repeated(_with_reference(problem, program), repeats, tried)
        if not isinstance(found, Reject):
            if program != problem.reference:
                kind = "solution" if solutions else "rollout"
                notes.append(f"reference replaced: the first {kind} that passes every test takes its place")
            return found
        first = first or found
    if solutions:
        dropped = yield from dropped_by_agreement(tried)
        if dropped is not None:
            repaired, note = dropped
            found = yield from _repeated(repaired, repeats, [])
            if not isinstance(found, Reject):
                notes.append(note)
                return found
    if first is None:
        return Reject(problem.id, STAGE, "no reference", "the row gives no solution and no rollouts")
    return first if solutions else Reject(problem.id, STAGE, "no reference", "no rollout passes every test")


def _with_reference(problem: Problem, program: str) -> Problem:
    """``program`` as the reference, the other solutions kept behind it."""
    if program == problem.reference:
        return problem
    others = tuple(
        text for text in (problem.reference, *problem.references) if text.strip() and text != program
    )
    return dataclasses.replace(problem, reference=program, references=others)


def _repeated(
    problem: Problem, repeats: int, tried: list[Tried]
) -> Generator[Run, RunResults, Held | Reject]:
    """The reference's execution where it passes ``repeats`` times alike: in a process of its own, or in one process with
    its judge where it cannot pass so (it returns closures, custom classes). What failed is put into ``tried``."""
    memory = problem.limits.memory_mb or MEMORY_MB
    spec = Spec(problem, cpu_s=problem.limits.cpu_s or REFERENCE_CPU_S, memory_mb=memory)
    run = yield from _run(spec)
    if not _passed(run) and not (isinstance(run, Execution) and run.verdict in _SAME_TOGETHER):
        together = dataclasses.replace(spec, isolation=Isolation.ONE_PROCESS)
        run_together = yield from _run(together)
        if _passed(run_together):
            spec, run = together, run_together
        elif isinstance(run, QuarantineError) and isinstance(run_together, Execution):
            run = run_together
    if not isinstance(run, Execution) or not _passed(run):
        tried.append(Tried(problem, run))
        return why_rejected(problem, run, spec.cpu_s)
    if problem.limits.cpu_s is None and run.cpu_s > REFERENCE_CPU_S * (
        len(problem.tests) if problem.is_stdio else 1
    ):
        detail = f"{run.cpu_s:.0f} s of CPU; at most {REFERENCE_CPU_S:g} s, unless the problem sets limits"
        return Reject(problem.id, STAGE, TOO_SLOW, detail)
    cpu_s, runs = run.cpu_s, 1
    while runs < repeats or (problem.limits.cpu_s is None and _is_worth_another(problem, cpu_s, runs)):
        runs += 1
        again = yield from _run(spec)
        if not isinstance(again, Execution):
            return why_rejected(problem, again, spec.cpu_s)
        if _facts(again) != _facts(run):
            return Reject(problem.id, STAGE, "the reference is flaky", _difference(run, again))
        cpu_s = min(cpu_s, again.cpu_s)
    limit = problem.limits.cpu_s or cpu_limit(problem, cpu_s)
    return dataclasses.replace(spec, cpu_s=limit), run


def _is_worth_another(problem: Problem, cpu_s: float, runs: int) -> bool:
    """Whether a reference whose least time was ``cpu_s`` is run again, so that every build finds the same limit."""
    return runs < MOST_REPEATS and runs * cpu_s < REFERENCE_CPU_S and may_have_less(problem, cpu_s)


def _noticed(spec: Spec, execution: Execution, notes: list[str]) -> Generator[Run, RunResults, Reject | None]:
    """Reject where the tests do not notice a sabotaged reference or never call it; note what is weak."""
    problem = spec.problem
    broken, trusting = sabotages(problem), adversarial(problem)
    # They go together: each batch starts a process of its own, which takes as long as ten of these programs.
    answers = yield Run(spec, _tasks(problem, broken, trusting))
    for name, answer in zip(broken, answers, strict=False):
        if _passed(answer):
            return Reject(
                problem.id, STAGE, "tests do not notice a sabotaged reference", f"one that {name} passes"
            )
    is_isolated = spec.isolation == Isolation.TWO_PROCESSES
    if is_isolated and not problem.is_stdio and not execution.recorded_inputs:
        return Reject(problem.id, STAGE, "tests never call the entry point", problem.entry_point or "")
    idle = _idle(answers[list(broken).index("raises")])
    if idle:
        notes.append(f"idle tests: {', '.join(map(str, idle))} pass though the program raises at once")
    passing = [name for name, answer in zip(trusting, answers[len(broken) :], strict=True) if _passed(answer)]
    return _trusted(spec, execution, passing, notes)


def _trusted(spec: Spec, execution: Execution, passing: Sequence[str], notes: list[str]) -> Reject | None:
    """Note the adversarial sabotages that the tests let pass. Reject where nothing else could catch one: the program
    runs in one process with its judge, and no input was recorded from which others could be made. (A container that lies passes in one process whatever the
    tests are: what the column ``isolation`` says of such rows.)"""
    is_together = spec.isolation == Isolation.ONE_PROCESS
    said = ", ".join(name for name in passing if not (is_together and name == LIES))
    if not said:
        return None
    if is_together and not execution.recorded_inputs:
        return Reject(
            spec.problem.id, STAGE, "tests do not notice a sabotaged reference", f"one that {said} passes"
        )
    notes.append(f"weak tests: a program that {said} passes them")
    return None


def _tasks(problem: Problem, *sabotaged: Mapping[str, str]) -> tuple[Task, ...]:
    """Sabotages are edits of ours, so that they may share a process where the reference may. The container that lies
    may not, and of it nothing matters but whether it passes."""
    return tuple(
        Task(program, trusted=problem.trusts_reference and name != LIES, pass_only=name == LIES)
        for programs in sabotaged
        for name, program in programs.items()
    )


def _idle(answer: RunResult) -> Sequence[int]:
    if isinstance(answer, QuarantineError):
        return ()
    return [index for index, outcome in enumerate(answer.outcomes) if outcome == Verdict.PASSED]


def _run(spec: Spec) -> Generator[Run, RunResults, RunResult]:
    answers = yield Run(spec, (Task(spec.problem.reference, record_inputs=True),))
    return answers[0]


def _passed(answer: RunResult) -> bool:
    return isinstance(answer, Execution) and answer.verdict == Verdict.PASSED


def _facts(run: Execution) -> tuple[object, ...]:
    return run.verdict, run.outcomes, run.lines, run.recorded_inputs


def _difference(one: Execution, other: Execution) -> str:
    if one.verdict != other.verdict:
        return f"{one.verdict}, then {other.verdict}"
    if one.outcomes != other.outcomes:
        return "other tests pass"
    return "other lines run" if one.lines != other.lines else "the tests pass it other inputs"
