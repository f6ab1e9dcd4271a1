"""Which edits of the rules the tests and the inputs of a reference reach. Mutation testing calls the others uncovered."""

from __future__ import annotations

from collections.abc import Sequence

from prmdata.edits.operators import AUTHOR
from prmdata.edits.source import Source
from prmdata.evidence.executed import executed_steps
from prmdata.evidence.explore import InputCorpus
from prmdata.records import Candidate, Edit, Vetted
from prmdata.strategies.rows import StrategyResult


def those_reached(
    vetted: Vetted,
    corpus: InputCorpus,
    source: Source,
    candidates: Sequence[Candidate],
    outcome: StrategyResult,
) -> list[Candidate]:
    """The candidates with a step that the reference runs, by its tests or on an input, and those that the rules did not
    make. No run reaches the others, so they could only be masked: the rules would not have been asked for them, had that
    been known. What a model wrote is kept, whatever it shows. All candidates where the tests do not tell the lines, or
    another program was edited."""
    lines = vetted.reference.lines
    if lines is None or source.program != vetted.problem.reference:
        return list(candidates)
    reached = frozenset(lines).union(*(recorded.lines for recorded in corpus.recordings))
    ran = executed_steps(source.steps, reached)
    found = [each for each in candidates if each.edit.author != AUTHOR or _is_reached(each.edit, ran)]
    if len(found) < len(candidates):
        outcome.count_unusable((("no run reaches the step", len(candidates) - len(found)),))
    return found


def _is_reached(edit: Edit, ran: Sequence[bool | None]) -> bool:
    """Whether a step ran that an edit replaces, or one of those around what it puts in."""
    place = range(edit.start - 1, edit.start + 1) if edit.start == edit.stop else range(edit.start, edit.stop)
    touched = (*place, *(step for step, _ in edit.also))
    return any(ran[step] for step in touched if 0 <= step < len(ran))
