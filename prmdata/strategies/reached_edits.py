"""Which edits of a reference its tests and the inputs reach. Mutation testing calls the others uncovered."""

from __future__ import annotations

from collections.abc import Sequence

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
    """The candidates with a step that the reference runs, by its tests or on an input. The others could only be masked: no
    run reaches their edit. All of them where the tests do not tell the lines, or another program was edited."""
    lines = vetted.reference.lines
    if lines is None or source.program != vetted.problem.reference:
        return list(candidates)
    reached = frozenset(lines).union(*(recorded.lines for recorded in corpus.recordings))
    ran = executed_steps(source.steps, reached)
    found = [each for each in candidates if any(ran[step] for step in _touched(each.edit, len(ran)))]
    if len(found) < len(candidates):
        outcome.count_unusable((("no run reaches the step", len(candidates) - len(found)),))
    return found


def _touched(edit: Edit, n_steps: int) -> list[int]:
    """The steps that an edit replaces, or those around what it puts in."""
    place = range(edit.start - 1, edit.start + 1) if edit.start == edit.stop else range(edit.start, edit.stop)
    return [step for step in (*place, *(step for step, _ in edit.also)) if 0 <= step < n_steps]
