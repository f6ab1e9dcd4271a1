"""Steps of a program, edits of them, and the programs that result from the edits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

StepKind = Literal["simple", "header", "clause", "decorator", "docstring"]


@dataclass(frozen=True, slots=True)
class Step:
    """One logical line. ``text`` includes the comment lines and blank lines before it and its line end.
    ``first_line`` to ``last_line`` are the physical lines of ``text`` (1-based, inclusive). ``code_line``
    is the line where the logical line itself begins. Joining the steps gives back the program."""

    text: str
    first_line: int
    last_line: int
    code_line: int
    kind: StepKind


Intent = Literal["mutate", "refactor", "rewrite", "complete"]


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit that replaces the old steps ``start:stop`` of a program by ``text``.

    ``text`` consists of whole lines; "" deletes the steps. ``also`` declares the other old steps that must
    change so that the meaning stays whole (a rename), each with its whole new text. An edit changes nothing
    that it does not declare.
    """

    start: int
    stop: int
    text: str
    intent: Intent
    operator: str
    author: str
    also: tuple[tuple[int, str], ...] = ()
    trusted: bool = field(default=False, compare=False)
    """Whether an operator made it whose edits may share a process (see :mod:`prmdata.edits.rules`)."""


def step_of_label(first: int, n_new: int, n_steps: int) -> int | None:
    """The step that carries the label of an edit, or None if no step can carry it.

    The program has ``n_steps`` steps, of which ``n_new`` steps, beginning at ``first``, are new. The label
    goes to the last new step. After a deletion it goes to the step that follows.
    """
    step = first + max(n_new, 1) - 1
    return step if step < n_steps else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """The whole program after an edit. ``new_start:new_stop`` are the new steps of the edit in it (an
    empty range means a deletion). ``also_changed`` are the other declared steps, as indices in the new
    program. ``spliced_as_text`` says why libcst did not splice the edit ("" if libcst did). ``trusted``: it is a
    trusted edit of a vetted reference, or of a program that is one (see :class:`prmdata.records.Task`)."""

    program: str
    steps: tuple[Step, ...]
    edit: Edit
    before: str
    new_start: int
    new_stop: int
    also_changed: tuple[int, ...] = ()
    spliced_as_text: str = ""
    trusted: bool = False

    @property
    def labelled_step(self) -> int | None:
        """See :func:`step_of_label`."""
        return step_of_label(self.new_start, self.new_stop - self.new_start, len(self.steps))
