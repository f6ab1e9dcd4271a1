"""One program as operators see it: what :class:`ProgramText` says of its text, and who means what in it.

Operators never rebuild code from a tree: they replace spans of the text (libcst's ``deep_replace`` was 57%
of a careless mutator's profile, and unparsing loses comments and layout). libcst itself takes ten times
what ``ast`` takes, so ``concrete`` is there for who needs it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from prmdata.edits.kinds import Kinds
from prmdata.edits.program_text import ProgramText
from prmdata.edits.scopes import Scopes

if TYPE_CHECKING:
    from prmdata.edits.cst import CstProgram


class Source(ProgramText):
    """A program, its steps, and lazily all that operators ask of it."""

    @cached_property
    def scopes(self) -> Scopes:
        """Who binds which name, and where each is read and written."""
        return Scopes(self)

    @cached_property
    def kinds(self) -> Kinds:
        """The built-in type of expressions, where the text shows it."""
        return Kinds(self, self.scopes)

    @cached_property
    def concrete(self) -> CstProgram | None:
        """The program in libcst, for operators that need layout as nodes; None where it does not parse."""
        from prmdata.edits.cst import parse_cst  # 0.2 s that most never need

        return parse_cst(self)
