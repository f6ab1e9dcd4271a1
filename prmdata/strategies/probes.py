"""Further edits of the steps that no edit has told apart.

A step gets few edits, and all of them may be equivalent (``if x <= 0`` where x is never negative). Nothing then shows that
the tests watch the step at all, and right edits of it get no label. One more edit that a given test fails shows it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from typing import Final

from prmdata.edits.operators import AUTHOR
from prmdata.edits.source import Source
from prmdata.evidence.executed import declared_steps
from prmdata.evidence.passing import distinguishes_step
from prmdata.evidence.program_case import Gathered
from prmdata.records import Candidate, Execution, Request, Run, RunResults, Task, Verdict, Vetted

MOST_PROBES: Final = 8
"""How many further edits of a step are tried. Of ten steps of CodeContests at which none of three edits was told apart, five
have one among the next eight that a given test fails."""
_TELLING: Final = (Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR)
_Judged = tuple[Candidate, Gathered]


def doubtful_steps(source: Source, judged: Sequence[_Judged]) -> tuple[int, ...]:
    """The steps at which only this is wanting for a label: the rules made an edit that passes and was run, nothing proves it,
    and no edit of its steps was told apart from the program."""
    told = {step for candidate, finding in judged if _tells(finding) for step in _replaced(candidate)}
    return tuple(
        sorted(
            {
                candidate.edit.start
                for candidate, finding in judged
                if candidate.edit.author == AUTHOR
                and finding.passes
                and not finding.evidence.proof
                and finding.evidence.edit_executed
                and finding.evidence.inputs_reached
                and told.isdisjoint(_shown_by(source, _replaced(candidate)))
            }
        )
    )


def request_of(asked: Iterable[Request], steps: Sequence[int]) -> Request | None:
    """The question for further mutations of ``steps``; None where there is none to ask."""
    first = next((each for each in asked if each.kind == "mutate"), None)
    if first is None or not steps:
        return None
    return replace(first, steps=tuple(steps), per_step=first.per_step + MOST_PROBES)


def first_failing(
    vetted: Vetted, candidates: Sequence[Candidate]
) -> Generator[Run, RunResults, list[Candidate]]:
    """For each step the first of ``candidates`` that gives a wrong answer in a given test, or raises there. (Whether one runs out
    of time may depend on the machine.)"""
    if not candidates:
        return []
    tasks = tuple(Task(each.program, pass_only=True, trusted=each.trusted) for each in candidates)
    answers = yield Run(vetted.spec, tasks)
    found: dict[int, Candidate] = {}
    for candidate, answer in zip(candidates, answers, strict=True):
        if isinstance(answer, Execution) and answer.verdict in _TELLING:
            found.setdefault(candidate.edit.start, candidate)
    return list(found.values())


def _tells(finding: Gathered) -> bool:
    verdict = finding.execution.verdict
    return verdict != Verdict.COMPILE_ERROR and distinguishes_step(verdict, finding.evidence)


def _replaced(candidate: Candidate) -> range:
    """The steps that an edit replaces, or the one before which it puts something."""
    return range(candidate.edit.start, max(candidate.edit.stop, candidate.edit.start + 1))


def _shown_by(source: Source, steps: range) -> set[int]:
    """``steps``, and the suites of the functions that they declare: an edit in there shows them too."""
    inside = (declared_steps(source.steps, step) for step in steps if step < len(source.steps))
    return {*steps, *(step for suite in inside for step in suite)}
