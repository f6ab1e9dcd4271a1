"""Put an edit into its program by libcst, and refuse it if it would change anything that it does not declare.

The edit takes its place in the program's libcst tree (:mod:`prmdata.edits.graft`), and unchanged nodes stay
the same objects. If libcst cannot represent the program, or the result of the edit (a deliberate compile
error), the text of the steps is joined instead, and the candidate says why (``spliced_as_text``).

In both cases the candidate is split into steps again. Every old step outside the edit and its declared
``also`` must come back whole and alone, otherwise the edit is refused (an open bracket that swallows the next
line, a comment that moves to the next step). A candidate that does not tokenize is split at its physical
lines; the boundaries of the old steps must still be there.

The reasons of :class:`~prmdata.errors.EditRefused` are the constants below.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from prmdata.edits.source import Source
from prmdata.errors import EditRefused
from prmdata.records import Candidate, Edit, Step
from prmdata.steps import split_steps

NO_OP = "no-op"
OUT_OF_RANGE = "out of range"
GIVEN = "given step"
NOT_WHOLE_LINES = "not whole lines"
UNDECLARED = "undeclared change"
OVERLAP = "declared twice"
EMPTY = "nothing left"

REASONS = (NO_OP, OUT_OF_RANGE, GIVEN, NOT_WHOLE_LINES, UNDECLARED, OVERLAP, EMPTY)

BY_LIBCST: Final = "libcst"
"""The name under which an edit that libcst spliced is counted. Others are counted by ``spliced_as_text``."""

_ENDS: Final = ("\n", "\r")


def splice(source: Source, edit: Edit) -> Candidate:
    """The program after ``edit``. Raises EditRefused with one of ``REASONS``.

    An edit is spliced once: ``source`` caches its candidate for all later callers (the rules that propose an
    edit, and the strategy that takes it).
    """
    known = source.spliced.get((edit.start, edit.stop, edit.text, edit.also))
    if known is not None:
        is_same = known.edit == edit and known.edit.trusted == edit.trusted
        return known if is_same else replace(known, edit=edit)
    candidate = _spliced(source, edit)
    source.spliced[edit.start, edit.stop, edit.text, edit.also] = candidate
    return candidate


def _spliced(source: Source, edit: Edit) -> Candidate:
    from prmdata.edits.cst import (
        CstError,
    )  # the import takes 0.2 s, and callers that only read programs do not need it
    from prmdata.edits.graft import graft
    from prmdata.edits.new_steps import steps_after

    _check(source, edit)
    program = apply(source, edit)
    if program == source.program:
        raise EditRefused(NO_OP)
    if not program.strip():
        raise EditRefused(EMPTY)
    reason, steps = source.cst_reason, None
    if source.cst is not None:
        try:
            steps = steps_after(source, edit, program, graft(source.cst, edit))
        except CstError as error:
            reason = error.reason
    return _counted(source, edit, program, steps or split_steps(program), reason)


def apply(source: Source, edit: Edit) -> str:
    """The program's text after ``edit``, unchecked."""
    also = dict(edit.also)
    texts = [also.get(index, step.text) for index, step in enumerate(source.steps)]
    texts[edit.start : edit.stop] = [edit.text]
    return "".join(texts)


def _check(source: Source, edit: Edit) -> None:
    count = len(source.steps)
    if not 0 <= edit.start <= edit.stop <= count:
        raise EditRefused(OUT_OF_RANGE, f"steps {edit.start}:{edit.stop} of {count}")
    if edit.start < source.given:
        raise EditRefused(GIVEN, f"step {edit.start} of {source.given} given")
    if edit.start == edit.stop and not edit.text:
        raise EditRefused(NO_OP)
    if edit.text and not edit.text.endswith(_ENDS) and edit.stop < count:
        raise EditRefused(NOT_WHOLE_LINES)
    if edit.start == edit.stop == count and count and not source.program.endswith(_ENDS):
        raise EditRefused(NOT_WHOLE_LINES, "the last line has no end to insert after")
    seen = set(range(edit.start, edit.stop))
    for index, text in edit.also:
        if not 0 <= index < count:
            raise EditRefused(OUT_OF_RANGE, f"step {index} of {count}")
        if index < source.given:
            raise EditRefused(GIVEN, f"step {index} of {source.given} given")
        if index in seen:
            raise EditRefused(OVERLAP, f"step {index}")
        if not text.endswith(_ENDS) and index < count - 1:
            raise EditRefused(NOT_WHOLE_LINES)
        seen.add(index)


def _is_logical(steps: tuple[Step, ...]) -> bool:
    """Whether it is certain that ``steps`` are logical lines, and not the physical lines of a program that
    does not tokenize."""
    return any(step.kind != "simple" or step.first_line != step.last_line for step in steps)


def _counted(source: Source, edit: Edit, program: str, steps: tuple[Step, ...], reason: str) -> Candidate:
    index_of: dict[int, int] = {}
    offset = 0
    for index, step in enumerate(steps):
        index_of[offset] = index
        offset += len(step.text)
    index_of[offset] = len(steps)
    also, offset = dict(edit.also), 0
    also_changed: list[int] = []
    bounds: list[int] = []
    for index, old in enumerate(source.steps):
        if index == edit.start:
            bounds = [offset, offset + len(edit.text)]
            offset += len(edit.text)
        if edit.start <= index < edit.stop:
            continue
        if offset not in index_of:
            raise EditRefused(UNDECLARED, f"step {index} does not begin where it did")
        if index in also:
            also_changed.append(index_of[offset])
        offset += len(also.get(index, old.text))
    bounds = bounds or [offset, offset + len(edit.text)]
    if bounds[0] not in index_of or bounds[1] not in index_of:
        raise EditRefused(UNDECLARED, "the new text does not end where its last step ends")
    first, last = index_of[bounds[0]], index_of[bounds[1]]
    if len(steps) - (last - first) != len(source.steps) - (edit.stop - edit.start) and _is_logical(steps):
        raise EditRefused(UNDECLARED, "a step outside the edit was cut in two")
    before = "".join(step.text for step in source.steps[edit.start : edit.stop])
    return Candidate(program, steps, edit, before, first, last, tuple(also_changed), reason)
