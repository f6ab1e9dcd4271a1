"""Runs witnesses and counterexamples again, from nothing but what a benchmark stores."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prmdata.bench.item import BenchItem, Shown
from prmdata.problems.single import stored_problem
from prmdata.records import (
    Execution,
    Isolation,
    Problem,
    Run,
    RunResult,
    RunResults,
    Spec,
    Task,
    Test,
    Verdict,
)

Doubts = dict[str, str]
"""Why the evidence of an item does not hold, by the id of the item."""


def spec_of(row: Mapping[str, Any]) -> Spec:
    """How the programs of a problem are run, from its row in config ``problems``."""
    return Spec(stored_problem(row), Isolation(row["isolation"]), cpu_s=row["cpu_s"])


def verify(spec: Spec, items: Sequence[BenchItem]) -> Generator[Run, RunResults, Doubts]:
    """Run every program of one problem's items again. Right programs and witnesses have to pass all tests.
    Each counterexample has to be passed by the witness and not by the program. For a wrong program, only its
    counterexample is checked."""
    doubts: Doubts = {}
    passing = {item.id: item.witness or item.program for item in items}
    programs = list(dict.fromkeys(passing.values()))
    answers = yield Run(spec, tuple(Task(program) for program in programs))
    passed = {program: _passed(answer) for program, answer in zip(programs, answers, strict=True)}
    for item in items:
        if not passed[passing[item.id]]:
            doubts[item.id] = "the witness does not pass again" if item.is_wrong else "it does not pass again"
        elif item.is_wrong:
            doubt = yield from _shown_again(spec, item)
            if doubt is not None:
                doubts[item.id] = doubt
    return doubts


def _shown_again(spec: Spec, item: BenchItem) -> Generator[Run, RunResults, str | None]:
    assert item.counterexample is not None
    assert item.witness is not None
    shown = item.counterexample
    only = None if shown.test is None else (shown.test,)
    asked = (
        spec
        if only is not None
        else replace(spec, problem=replace(spec.problem, tests=(as_test(spec.problem, shown),)))
    )
    tasks = tuple(Task(program, given_tests_only=only) for program in (item.program, item.witness))
    wrong, witness = yield Run(asked, tasks)
    if not _passed(witness):
        return "the witness does not pass the counterexample"
    if not isinstance(wrong, Execution) or wrong.verdict == Verdict.PASSED:
        return "the counterexample does not show the fault again"
    return None


def as_test(problem: Problem, shown: Shown) -> Test:
    """A counterexample as a test of its own."""
    if problem.is_stdio:
        return Test("stdio", input=shown.input, output=shown.expected)
    return Test(
        "check", code=f"def check(candidate):\n    assert candidate({shown.input}) == {shown.expected}\n"
    )


def _passed(answer: RunResult) -> bool:
    return isinstance(answer, Execution) and answer.verdict == Verdict.PASSED
