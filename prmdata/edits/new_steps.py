"""The steps after an edit, taken from the tree if that is certain: a third of the time of a full split."""

from __future__ import annotations

import re
from typing import Final

from libcst import Match

from prmdata.edits.cst_lines import CstLines
from prmdata.edits.fingerprint import fingerprint, is_compiled
from prmdata.edits.graft import Graft
from prmdata.edits.source import Source
from prmdata.records import Edit, Step, StepKind
from prmdata.steps import physical_lines, split_steps

_STRING: Final = re.compile(r"""[ \t\f]*[A-Za-z]{0,2}["']""")
"""How a line begins that may be a docstring. The lines around it decide whether it is one."""


def steps_after(source: Source, edit: Edit, program: str, grafted: Graft) -> tuple[Step, ...] | None:
    """The steps of ``program``; None if only a full split can tell.

    If this Python compiles the program and libcst parses it, it has the lines on which both agree. A text
    that does not compile is read by ``tokenize`` alone.
    """
    if "\f" in edit.text or "\\\n" in edit.text or "\\\r" in edit.text or edit.also:
        return None
    if not is_compiled(fingerprint(program)):
        return None
    after = source.steps[edit.stop :]
    own = _own_steps(edit.text, grafted)
    if own is None or (after and _STRING.match(_code(after[0]))):
        return None
    first = source.steps[edit.start].first_line if edit.start < len(source.steps) else _last_line(source) + 1
    placed = tuple(_moved(step, first - 1) for step in own)
    shift = (placed[-1].last_line + 1 if placed else first) - (after[0].first_line if after else 0)
    if after and shift:
        after = tuple(_moved(step, shift) for step in after)
    return (*source.steps[: edit.start], *placed, *after)


def _own_steps(text: str, grafted: Graft) -> list[Step] | None:
    """The steps of an edit's own text, counted from line 1."""
    if grafted.lines is None or not grafted.own:
        return [] if not text else None
    if len(grafted.own) > 1:
        found = list(split_steps(text))
        is_certain = len(found) == len(grafted.own) and not any(_STRING.match(_code(each)) for each in found)
        return found if is_certain else None
    kind = _kind(grafted.lines, grafted.own[0])
    lines = physical_lines(text)
    code = next(
        (n for n, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")), 0
    )
    if kind is None or not code or _STRING.match(lines[code - 1]):
        return None
    return [Step(text, 1, len(lines), code, kind)]


def _kind(lines: CstLines, number: int) -> StepKind | None:
    statement = lines.statement_of[number]
    if number < statement.header:
        return "decorator"
    if not statement.sections:
        return "simple"
    if number > statement.header:
        return "clause"
    is_open = statement.sections[0].block is not None or isinstance(statement.node, Match)
    return "header" if is_open else "simple"


def _code(step: Step) -> str:
    """The text of ``step``, beginning with its logical line."""
    return "".join(physical_lines(step.text)[step.code_line - step.first_line :])


def _last_line(source: Source) -> int:
    return source.steps[-1].last_line if source.steps else 0


def _moved(step: Step, by: int) -> Step:
    return Step(step.text, step.first_line + by, step.last_line + by, step.code_line + by, step.kind)
