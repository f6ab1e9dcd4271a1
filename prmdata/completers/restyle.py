"""Refactors a passing program towards another one, so that it says the same thing in the other one's way.

Suppose a rollout tests ``not a`` and swaps the branches, counts with ``while``, or names a part of an
expression. The reference cannot finish it as it stands, though nothing is wrong with it. The ``rules``
refactorings that write a line which the rollout has and the program lacks are applied as long as the two
come closer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from prmdata.completers.align import Alignment, aligned, words
from prmdata.edits.rules import all_proposals
from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.errors import EditRefused
from prmdata.records import Edit, Step
from prmdata.steps import given_count, physical_lines, split_steps

ROUNDS: Final = 5
"""The most refactorings that are applied to one program."""
TRIED: Final = 10
"""The most refactorings that are tried in one round."""
LEAST_GAIN: Final = 0.05
LEAST_ALIKE: Final = 0.4
"""If the mean similarity of the steps is below this, the two programs are different ideas, and no refactoring
brings them closer."""
PAIRS: Final = 250_000
"""The most pairs of steps that are compared to refactor one program: 55 alignments of 67 steps with 67. There
can be no more alignments than that; of longer programs there are fewer."""
SPARE: Final = 0.15
"""The cost of a step for which the rollout has no counterpart."""

Shape = tuple[str, ...]


def restyled(steps: Sequence[Step], program: str, prompt: str) -> tuple[tuple[Step, ...], Alignment]:
    """``program``, or a refactoring of it that is closer to ``steps``, as steps, and how the two align."""
    others = split_steps(program)
    best = aligned(steps, others)
    tried = min(TRIED, PAIRS // (ROUNDS * max(len(steps) * len(others), 1)))
    if best.score < LEAST_ALIKE * max(len(steps), 1) or not tried:
        return others, best
    for _ in range(ROUNDS):
        closer = _closer(steps, (program, prompt), others, best, tried)
        if closer is None:
            break
        program, others, best = closer
    return others, best


def _closer(
    steps: Sequence[Step], texts: tuple[str, str], others: tuple[Step, ...], best: Alignment, tried: int
) -> tuple[str, tuple[Step, ...], Alignment] | None:
    """A refactoring of a program that comes closer; None if there is none. ``texts`` are the program and its
    prompt. Of the ``tried`` most promising refactorings, the one that replaces most steps is taken (a loop
    before a name for a part of one of its lines), then the closest one."""
    program, prompt = texts
    found = None
    best_yet = (0, 0.0)
    worth = _worth(best, others)
    source, edits = _refactorings(program, given_count(prompt, others))
    for edit in islice(_relevant(steps, others, edits), tried):
        try:
            candidate = splice(source, edit)
        except EditRefused:
            continue
        alignment = aligned(steps, candidate.steps)
        gain = _worth(alignment, candidate.steps) - worth
        width = edit.stop - edit.start
        if gain > LEAST_GAIN and (width, gain) > best_yet:
            best_yet = width, gain
            found = candidate.program, candidate.steps, alignment
    return found


def _worth(alignment: Alignment, others: Sequence[Step]) -> float:
    used = sum(place is not None for place in alignment.matched)
    return alignment.score - SPARE * (len(others) - used)


def _relevant(
    steps: Sequence[Step], others: Sequence[Step], edits: Sequence[tuple[Edit, frozenset[Shape]]]
) -> Iterator[Edit]:
    """The edits that write a line of a shape that occurs more often in ``steps`` than in ``others``."""
    there = Counter(words(step.text).shape for step in others)
    mine = Counter(words(step.text).shape for step in steps)
    lacking = {shape for shape, number in mine.items() if number > there[shape]}
    ordered = sorted(edits, key=lambda pair: -len(pair[1] & lacking))
    return (edit for edit, shapes in ordered[:TRIED] if shapes & lacking)


@lru_cache(maxsize=256)
def _refactorings(program: str, given: int) -> tuple[Source, tuple[tuple[Edit, frozenset[Shape]], ...]]:
    """All refactorings of ``program`` by the built-in rules, with the shapes of the lines that each
    writes."""
    source = Source(program, given)
    edits = all_proposals(source, lambda operator: operator.intent == "refactor")
    return source, tuple((edit, _applied(source, edit)) for edit in edits)


def _applied(source: Source, edit: Edit) -> frozenset[Shape]:
    texts = [edit.text, *(text for _, text in edit.also)]
    old = {words(step.text).shape for step in source.steps[edit.start : edit.stop]}
    new = {words(line.strip()).shape for text in texts for line in physical_lines(text) if line.strip()}
    return frozenset(new - old)
