"""The few lines that are parsed for an edit: its own, unchanged ones around it, and stand-ins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from libcst import ClassDef, CSTNode, FunctionDef

from prmdata.edits.cst import CstProgram
from prmdata.edits.cst_lines import Block, CstLines, Statement
from prmdata.records import Edit
from prmdata.steps import physical_lines

NEW: Final = -2
"""The origin of a line that belongs to the edit itself."""

_CLAUSE: Final = re.compile(r"[ \t\f]*(?:elif|else|except|finally|case)\b")

Spots = list[tuple[int, int]]
"""Ranges of steps that an edit changes. An empty range is a place between steps where it inserts
something."""


@dataclass(frozen=True, slots=True)
class SiblingRun:
    """Sibling statements ``first:last`` of a block; they are the steps ``start:stop``."""

    block: Block
    first: int
    last: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class StepOrigin:
    """Where an unchanged line comes from: its step (for a stand-in, the first step of what it stands for) and
    the step that it depended on in the old program."""

    step: int
    owner: int


@dataclass(frozen=True, slots=True)
class Skeleton:
    """``code`` is the text of the run with stand-ins; ``whole`` is the same under its synthetic header.
    ``before`` and ``after`` are the origins of the lines around the edit's own lines. ``kept`` holds the
    nodes of each stand-in, in the order of the text. ``has_end`` says whether the text contains the program's
    last lines."""

    code: str
    whole: str
    before: tuple[StepOrigin, ...]
    after: tuple[StepOrigin, ...]
    kept: dict[str, tuple[CSTNode, ...]]
    has_end: bool


def spots_of(program: CstProgram, edit: Edit) -> Spots:
    """What ``edit`` touches. Text that begins with more indentation than its place, or with a clause, also
    touches the line before, because it joins that line's block or statement. Decorators at the end of the
    text also touch the definition that they would decorate."""
    spots = [(edit.start, edit.stop), *((step, step + 1) for step, _ in edit.also)]
    lines = program.lines
    if edit.start > 0 and edit.text and _reaches_back(lines, edit):
        spots.append((edit.start - 1, edit.start))
    if "@" in edit.text and edit.stop < len(lines.statement_of):
        after = lines.statement_of[edit.stop]
        if isinstance(after.node, (FunctionDef, ClassDef)) and edit.stop <= after.header:
            spots.append((after.header, after.header + 1))
    return spots


def _reaches_back(lines: CstLines, edit: Edit) -> bool:
    code = code_line(edit.text)
    if _CLAUSE.match(code):
        return True
    if edit.start == edit.stop:
        return False
    place = lines.statement_of[edit.start].block.indent
    return len(code) - len(code.lstrip()) > len(place) and code.startswith(place)


def code_line(text: str) -> str:
    """The first physical line of ``text`` that is neither blank nor a comment; "" if there is none."""
    for line in physical_lines(text):
        if (bare := line.lstrip(" \t\f\r\n")) and not bare.startswith("#"):
            return line
    return ""


def runs(lines: CstLines, spots: Spots) -> Iterator[SiblingRun]:
    """Every run of siblings that holds all spots, the smallest first. If several blocks end or begin between
    two steps, the innermost block comes first."""
    low, high = min(low for low, _ in spots), max(high for _, high in spots)
    ends = {low, high - 1} if low < high else {low - 1, low}
    found: dict[int, tuple[int, Block]] = {}
    for step in ends:
        if 0 <= step < len(lines.statement_of):
            chain = list(_around(lines.statement_of[step].block))
            found |= {id(block): (len(chain) - place, block) for place, block in enumerate(chain)}
    for _, block in sorted(found.values(), key=lambda each: -each[0]):
        if block.start <= low and high <= block.stop:
            yield _run(block, low, high)


def _around(block: Block) -> Iterator[Block]:
    yield block
    while block.around is not None:
        block = block.around.block
        yield block


def _run(block: Block, low: int, high: int) -> SiblingRun:
    siblings = block.statements
    first = next((place for place, each in enumerate(siblings) if each.stop > low), len(siblings))
    last = next((place for place, each in enumerate(siblings) if each.start >= high), len(siblings))
    last = max(first, last)
    start = siblings[first].start if first < len(siblings) else block.stop
    return SiblingRun(block, first, last, start, siblings[last - 1].stop if last > first else start)


def draw(program: CstProgram, edit: Edit, spots: Spots, run: SiblingRun) -> Skeleton:
    """The skeleton of ``run`` after ``edit``."""
    pen = _Pen(program, edit, spots)
    pen.statements(run.block.statements[run.first : run.last])
    pen.reach(edit.stop)
    code = "".join(pen.parts)
    header = ("if a:" if run.block.indent else "a") + program.module.default_newline
    is_last = run.stop == len(program.text.steps)
    return Skeleton(
        code, header + code, tuple(pen.before), tuple(pen.after), pen.kept, is_last and not pen.ends_kept
    )


class _Pen:
    """Writes a run line by line; the edit's text goes before the first line that comes after its start."""

    def __init__(self, program: CstProgram, edit: Edit, spots: Spots) -> None:
        self.parts: list[str] = []
        self.before: list[StepOrigin] = []
        self.after: list[StepOrigin] = []
        self.kept: dict[str, tuple[CSTNode, ...]] = {}
        self.ends_kept = False
        self._program = program
        self._edit = edit
        self._also = dict(edit.also)
        self._spots = spots
        self._is_put = False
        self._stem = "_kept"
        while any(self._stem in text for text in (program.text.program, edit.text, *self._also.values())):
            self._stem += "_"

    def reach(self, step: int) -> None:
        """Write the edit's text here if ``step`` comes after it."""
        if not self._is_put and step >= self._edit.start:
            self.parts.append(self._edit.text)
            self._is_put = True

    def statements(self, siblings: list[Statement]) -> None:
        """Write neighbouring statements: one stand-in for those that stay whole, the others line by line."""
        whole: list[Statement] = []
        for each in siblings:
            if self._is_touched(each.start, each.stop) or (whole and each.start == self._edit.start):
                self._stand_in(whole)
                whole = []
            if self._is_touched(each.start, each.stop):
                self._statement(each)
            else:
                whole.append(each)
        self._stand_in(whole)

    def _is_touched(self, start: int, stop: int) -> bool:
        return any(low < stop and start < high for low, high in self._spots)

    def _statement(self, statement: Statement) -> None:
        """Write decorators and header, then each suite and clause."""
        place = statement.start
        for section in statement.sections:
            for step in range(place, section.step + 1):
                self._line(step)
            place = section.step + 1
            if section.block is not None:
                self.statements(section.block.statements)
                place = section.block.stop
        if not statement.sections:
            self._line(place)

    def _line(self, step: int) -> None:
        self.reach(step)
        if self._edit.start <= step < self._edit.stop:
            return
        lines = self._program.lines
        self.parts.append(self._also.get(step) or self._program.text.steps[step].text)
        self._note(StepOrigin(step, lines.owner(step)))
        self.ends_kept = False

    def _stand_in(self, whole: list[Statement]) -> None:
        if not whole:
            return
        self.reach(whole[0].start)
        name, block = f"{self._stem}{len(self.kept)}", whole[0].block
        self.kept[name] = tuple(each.node for each in whole)
        self.parts.append(block.indent + name + self._program.module.default_newline)
        self._note(StepOrigin(whole[0].start, block.owner))
        self.ends_kept = whole[-1].stop == len(self._program.text.steps)

    def _note(self, origin: StepOrigin) -> None:
        (self.after if self._is_put else self.before).append(origin)
