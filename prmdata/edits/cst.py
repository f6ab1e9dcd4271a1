"""A program in libcst, parsed once with all positions: for plug-in operators that need layout as nodes.

The operators of this package do without it (see :mod:`prmdata.edits.program_text`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from prmdata.steps.nesting import DEEPEST, LONGEST, nesting

if TYPE_CHECKING:
    from prmdata.edits.program_text import ProgramText, Span


@dataclass(frozen=True, slots=True)
class CstProgram:
    """``module`` and where each of its nodes stands. Splice spans of the text; never ``module.code``."""

    written: ProgramText
    module: libcst.Module
    _positions: Mapping[libcst.CSTNode, CodeRange]

    def span(self, node: libcst.CSTNode) -> Span:
        """The offsets of ``node`` in the program."""
        place, starts = self._positions[node], self.written.line_starts
        return (
            starts[place.start.line - 1] + place.start.column,
            starts[place.end.line - 1] + place.end.column,
        )


def parse_cst(written: ProgramText) -> CstProgram | None:
    """``written`` in libcst; None where libcst cannot parse it, or would not stop before its stack is full."""
    if len(written.program) > LONGEST or nesting(written.program) > DEEPEST:
        return None
    try:
        wrapper = MetadataWrapper(libcst.parse_module(written.program), unsafe_skip_copy=True)
    except (libcst.ParserSyntaxError, RecursionError):
        return None
    return CstProgram(written, wrapper.module, dict(wrapper.resolve(PositionProvider)))
