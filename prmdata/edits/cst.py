"""A program in libcst: parsed once, each step a place in the tree, and no text lost.

libcst silently drops a byte-order mark and, in some places, a form feed. It ends the whole process (a fault
in its native parser) at a few hundred nested brackets. So a tree is used only if it reproduces the program
byte for byte, and no text is parsed that is nested more deeply than ``DEEPEST`` or longer than ``LONGEST``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import libcst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from prmdata.edits.cst_lines import CstLines, read_lines
from prmdata.steps.nesting import DEEPEST, nesting

if TYPE_CHECKING:
    from prmdata.edits.program_text import ProgramText, Span

LONGEST: Final = 4_000
"""The most characters of one step. libcst takes 0.8 s for a chain of 1,500 operators, and the time is
quadratic."""

NOT_PARSED: Final = "libcst does not parse the program"
NOT_THE_BYTES: Final = "libcst does not keep the program's bytes"
NOT_THE_STEPS: Final = "libcst's lines are not the program's steps"


class CstError(Exception):
    """Why libcst cannot represent a text. ``reason`` is one of the constants of this module."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CstProgram:
    """``module`` is the tree; its code is the program's text, byte for byte.

    Comments stand where the steps have them. libcst gives some of them to the end of a block (92 of 3,662
    leading comments); here, these come before the line after them. Nodes are shared with the trees of edited
    programs.
    """

    def __init__(self, text: ProgramText, module: libcst.Module, lines: CstLines) -> None:
        self.text = text
        self.module = module
        self.lines = lines

    @cached_property
    def _positions(self) -> Mapping[libcst.CSTNode, CodeRange]:
        wrapper = MetadataWrapper(self.module, unsafe_skip_copy=True)
        return dict(wrapper.resolve(PositionProvider))

    def span(self, node: libcst.CSTNode) -> Span:
        """The offsets of ``node`` in the program. The positions are computed when they are first asked
        for."""
        place, starts = self._positions[node], self.text.line_starts
        return (
            starts[place.start.line - 1] + place.start.column,
            starts[place.end.line - 1] + place.end.column,
        )


def parse_cst(text: ProgramText) -> CstProgram:
    """``text`` in libcst. Raises CstError if libcst cannot parse it or would not reproduce it."""
    if any(len(step.text) > LONGEST for step in text.steps):
        raise CstError(NOT_PARSED)
    module, lines = parsed(text.program)
    if len(lines.statement_of) != len(text.steps):
        raise CstError(NOT_THE_STEPS)
    texts = _statement_texts(module)
    code = "".join(texts)
    if code != text.program and (module.has_trailing_newline or code.rstrip("\r\n") != text.program):
        raise CstError(NOT_THE_BYTES)
    starts = accumulate(map(len, texts[:-1]), initial=0)
    if any(
        text.step_starts[each.start] != at for each, at in zip(lines.top.statements, starts, strict=False)
    ):
        raise CstError(NOT_THE_STEPS)
    return CstProgram(text, module, lines)


def parsed(code: str, default_indent: str | None = None) -> tuple[libcst.Module, CstLines]:
    """``code`` parsed, with its lines; raises CstError. ``default_indent`` is the default indent of the tree
    that receives the nodes. If the two trees have different defaults, blocks with the default indent state it
    explicitly."""
    if is_too_deep(code):
        raise CstError(NOT_PARSED)
    try:
        return read_lines(libcst.parse_module(code), default_indent)
    except (libcst.ParserSyntaxError, libcst.CSTValidationError, RecursionError, UnicodeError):
        raise CstError(NOT_PARSED) from None


def is_too_deep(code: str) -> bool:
    """Whether ``code`` may be nested more deeply than ``DEEPEST`` levels. A short text cannot be nested much
    deeper."""
    return len(code) > 2 * DEEPEST and nesting(code) > DEEPEST


def _statement_texts(module: libcst.Module) -> list[str]:
    """The text of ``module``: one text for each statement, and one for the lines after the last statement. If
    libcst adds a line end to a program without one, it is not removed here."""
    try:
        texts = [module.code_for_node(node) for node in module.body]
        return [*texts, "".join(module.code_for_node(line) for line in module.footer)]
    except RecursionError:
        raise CstError(NOT_PARSED) from None
