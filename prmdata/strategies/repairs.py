"""Repairs of a failing program in one place. A repair shows that a step is wrong, and not only that the
completer could not continue from it.

A repair is a passing program that differs from the failing one only at its cut: the step there is replaced by
one that is much like it, perhaps with another step before it. Everything before and after it stays. (A
replacement that rewrites the step altogether shows nothing: if a whole solution replaces the last ``return``,
it passes, whatever stands before it.) Candidates come from the witness, from passing programs of the same
problem, and from the teacher's edits of that step.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from prmdata.completers.align import words
from prmdata.edits.source import source_of
from prmdata.edits.splice import splice
from prmdata.errors import EditRefused
from prmdata.evidence.explore import InputCorpus
from prmdata.evidence.gather import gather
from prmdata.evidence.program_case import Gathered
from prmdata.records import Question, Request, Trace, Vetted
from prmdata.steps import physical_lines, split_steps

MOST_NEW: Final = 2
"""The most steps that a repair puts in the place of one step."""
ALIKE: Final = 0.6
"""The least share of words that a step has in common with its replacement. Of the repairs of 20 HumanEval
problems that were read by hand, those below this share also replaced the work of earlier steps."""
EDITS: Final = 16
"""How many edits of the step the teacher is asked for."""
_LEAVING: Final = ("return", "raise", "break", "continue")


def is_repair(steps: Sequence[str], at: int, program: Sequence[str]) -> bool:
    """Whether ``program`` differs from ``steps`` at step ``at`` alone, as a repair does (see above)."""
    new = len(program) - len(steps) + 1
    same = list(program[:at]) == list(steps[:at]) and list(program[at + new :]) == list(steps[at + 1 :])
    return 1 <= new <= MOST_NEW and same and _may_replace(steps[at], program[at : at + new])


def _may_replace(step: str, new: Sequence[str]) -> bool:
    """Whether the last of ``new`` is much like the step, and the steps before it do not leave the block."""
    old, *found = (words(one).texts for one in (step, *new))
    if any(_indent(one) != _indent(step) for one in new) or any(
        one[0] in _LEAVING for one in found[:-1] if one
    ):
        return False
    return SequenceMatcher(None, old, found[-1], autojunk=False).ratio() >= ALIKE


def _indent(step: str) -> str:
    """The white space before the code of a step. The code may stand after comments and blank lines."""
    (one, *_) = split_steps(step) or (None,)
    line = physical_lines(step)[one.code_line - 1] if one is not None else ""
    return line[: len(line) - len(line.lstrip())]


def repaired(
    vetted: Vetted, corpus: InputCorpus, trace: Trace, passing: Sequence[Sequence[str]], seed: int
) -> Generator[Question, Any, str | None]:
    """A repair of ``trace``'s program at its cut; None if none was found. ``passing``: the steps of programs
    of the problem that pass."""
    cut = trace.cut
    assert cut is not None
    for program in passing:
        if is_repair(trace.steps, cut, program):
            return "".join(program)
    candidates = [*_grafts(trace, cut), *(yield from _edits(vetted, trace, cut, seed))]
    shown = {one: [step.text for step in split_steps(one)] for one in dict.fromkeys(candidates)}
    candidates = [one for one, steps in shown.items() if is_repair(trace.steps, cut, steps)]
    findings = yield from gather(vetted, candidates, corpus=corpus, pass_only=True)
    for program, finding in zip(candidates, findings, strict=True):
        if isinstance(finding, Gathered) and finding.passes:
            return program
    return None


def _grafts(trace: Trace, cut: int) -> Iterator[str]:
    """The program with the witness's next steps for the step at the cut."""
    before, after = "".join(trace.steps[:cut]), "".join(trace.steps[cut + 1 :])
    rest = [step.text for step in split_steps(trace.witness or "")][cut:]
    for n in range(1, min(MOST_NEW, len(rest)) + 1):
        yield before + "".join(rest[:n]) + after


def _edits(vetted: Vetted, trace: Trace, cut: int, seed: int) -> Generator[Question, Any, list[str]]:
    """The program with the teacher's edits of the step at the cut."""
    source = source_of("".join(trace.steps), vetted.problem.prompt)
    reply = yield Request("mutate", vetted.problem, source.program, (cut,), per_step=EDITS, seed=seed)
    found = []
    for edit in reply.edits:
        try:
            found.append(splice(source, edit).program)
        except EditRefused:
            continue
    return found
