"""Put an edit into its program, and refuse it where it would change anything it does not declare.

The candidate is cut into steps again; every old step outside the edit and its declared ``also`` must
come back whole and alone, else the edit is refused (an open bracket that swallows the next line, a
comment that slides to the next step). A candidate that does not tokenize is cut at its physical
lines; there the old steps' boundaries must still stand.

Reasons of :class:`~prmdata.errors.EditRefused` are the constants below.
"""

from __future__ import annotations

from prmdata.edits.source import Source
from prmdata.errors import EditRefused
from prmdata.records import Candidate, Edit, Step
from prmdata.steps import split_steps
from prmdata.steps.split import physical_lines

NO_OP = "no-op"
OUT_OF_RANGE = "out of range"
GIVEN = "given step"
NOT_WHOLE_LINES = "not whole lines"
UNDECLARED = "undeclared change"
OVERLAP = "declared twice"
EMPTY = "nothing left"

REASONS = (NO_OP, OUT_OF_RANGE, GIVEN, NOT_WHOLE_LINES, UNDECLARED, OVERLAP, EMPTY)

_ENDS = ("\n", "\r")


def splice(source: Source, edit: Edit) -> Candidate:
    """The program after ``edit``. Raises EditRefused with one of ``REASONS``."""
    _check(source, edit)
    program = apply(source, edit)
    if program == source.program:
        raise EditRefused(NO_OP)
    if not program.strip():
        raise EditRefused(EMPTY)
    steps = _one_step_changed(source, edit) or split_steps(program)
    return _counted(source, edit, program, steps)


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


def _one_step_changed(source: Source, edit: Edit) -> tuple[Step, ...] | None:
    """The candidate's steps where one step became one step of the same kind, found by cutting only
    the new text (a tenth of the time of a full cut); None where that would not be safe."""
    if (
        edit.also
        or edit.stop != edit.start + 1
        or not edit.text.endswith(_ENDS)
        or not _is_logical(source.steps)
    ):
        return None
    # A logical line of two physical lines after the text: it comes back as one step only where the
    # text tokenizes and ends where its last line ends.
    probe = "(\n)\n"
    old = source.steps[edit.start]
    found = split_steps(edit.text + source.indent(edit.start) + probe)
    if len(found) != 2 or found[1].text != source.indent(edit.start) + probe:
        return None
    new, line = found[0], source.steps[edit.start].first_line
    words, old_words = _code(new), _code(old)
    if old_words[: len(old_words) - len(old_words.lstrip())] != words[: len(words) - len(words.lstrip())]:
        return None
    plain = old.kind == new.kind == "simple"
    same_head = old.kind in ("header", "clause") and words.split(None, 1)[0] == old_words.split(None, 1)[0]
    if not (plain or same_head):
        return None
    shift = new.last_line - (old.last_line - old.first_line + 1)
    changed = Step(new.text, line, line + new.last_line - 1, line + new.code_line - 1, old.kind)
    after = source.steps[edit.stop :]
    if shift:
        after = tuple(
            Step(s.text, s.first_line + shift, s.last_line + shift, s.code_line + shift, s.kind)
            for s in after
        )
    return (*source.steps[: edit.start], changed, *after)


def _code(step: Step) -> str:
    """The text of ``step`` from its logical line on."""
    return "".join(physical_lines(step.text)[step.code_line - step.first_line :])


def _is_logical(steps: tuple[Step, ...]) -> bool:
    """Whether it is certain that ``steps`` are logical lines and not the physical ones of a program
    that does not tokenize."""
    return any(step.kind != "simple" or step.first_line != step.last_line for step in steps)


def _counted(source: Source, edit: Edit, program: str, steps: tuple[Step, ...]) -> Candidate:
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
    return Candidate(program, steps, edit, before, first, last, tuple(also_changed))
