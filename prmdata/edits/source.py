"""One program as operators see it: its text (:class:`ProgramText`), and the scopes of its names.

Operators never rebuild code from a tree. They replace spans of the text, because libcst's ``deep_replace``
took 57% of a mutator's time, and unparsing loses comments and layout. They read ``ast``, which takes a tenth
of libcst's time. Their proposals are put into the tree ``cst`` (:mod:`prmdata.edits.splice`).
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from prmdata.edits.kinds import Kinds
from prmdata.edits.program_text import ProgramText
from prmdata.edits.scopes import Scopes
from prmdata.steps import given_count, split_steps

if TYPE_CHECKING:
    from prmdata.edits.cst import CstError, CstProgram
    from prmdata.records import Candidate

SpliceKey = tuple[int, int, str, tuple[tuple[int, str], ...]]
"""The parts of an edit that decide its candidate: range, text, and the other steps."""


class Source(ProgramText):
    """A program, its steps, and everything else that operators ask about it, computed when it is needed."""

    @cached_property
    def spliced(self) -> dict[SpliceKey, Candidate]:
        """The candidates of the edits that were spliced so far (:func:`prmdata.edits.splice.splice`)."""
        return {}

    @cached_property
    def scopes(self) -> Scopes:
        """Which scope binds which name, and where each name is read and written."""
        return Scopes(self)

    @cached_property
    def kinds(self) -> Kinds:
        """The built-in type of expressions, where the text shows it."""
        return Kinds(self, self.scopes)

    @cached_property
    def _parsed(self) -> CstProgram | CstError:
        from prmdata.edits.cst import (
            CstError,
            parse_cst,
        )  # the import takes 0.2 s, and callers that only read programs do not need it

        try:
            return parse_cst(self)
        except CstError as error:
            return error

    @property
    def cst(self) -> CstProgram | None:
        """The program in libcst, parsed once. Edits are spliced into it, and operators that need layout as
        nodes find it there. None if libcst cannot parse it or would not reproduce its bytes."""
        return None if isinstance(self._parsed, Exception) else self._parsed

    @property
    def cst_reason(self) -> str:
        """Why ``cst`` is None; "" if it is not None."""
        return self._parsed.reason if isinstance(self._parsed, Exception) else ""


@lru_cache(maxsize=32)
def source_of(program: str, prompt: str) -> Source:
    """The source of ``program``, whose first steps ``prompt`` may contain. The last few sources are cached:
    the code that proposes edits and the code that splices them ask about the same program, and so it is
    parsed once."""
    steps = split_steps(program)
    return Source(program, given_count(prompt, steps), steps)
