"""Whether programs that do not compile have a prefix that does, once it is closed with ``pass``."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from prmdata.evidence.program_case import Gathered
from prmdata.records import Candidate, Execution, Question, Run, Task, Verdict, Vetted
from prmdata.steps import close_prefix

JudgedEdit = tuple[Candidate, Gathered]


def prefixes_compile(vetted: Vetted, judged: Sequence[JudgedEdit]) -> Generator[Question, Any, list[bool]]:
    """For each program that does not compile, whether the closed prefix through the edit compiles. The
    guest's compiler is asked and not the host's, because the guest runs the programs."""
    compiles = [True] * len(judged)
    broken = [
        (place, candidate.labelled_step)
        for place, (candidate, finding) in enumerate(judged)
        if finding.execution.verdict == Verdict.COMPILE_ERROR
    ]
    asked = [(place, step) for place, step in broken if step is not None]
    if not asked:
        return compiles
    tasks = tuple(
        Task(close_prefix(judged[place][0].steps[: step + 1]), given_tests_only=()) for place, step in asked
    )
    answers = yield Run(vetted.spec, tasks)
    for (place, _), answer in zip(asked, answers, strict=True):
        compiles[place] = isinstance(answer, Execution) and answer.verdict != Verdict.COMPILE_ERROR
    return compiles
