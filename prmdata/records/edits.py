"""Steps of a program, edits of them, and the programs that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StepKind = Literal["simple", "header", "clause", "decorator", "docstring"]


@dataclass(frozen=True, slots=True)
class Step:
    """One logical line. ``text`` includes the comment and blank lines before it and its line end;
    ``first_line``..``last_line`` are physical, 1-based, inclusive, of ``text``; ``code_line`` is
    where the logical line itself begins. Joining the steps gives back the program."""

    text: str
    first_line: int
    last_line: int
    code_line: int
    kind: StepKind


Intent = Literal["mutate", "refactor", "complete"]


@dataclass(frozen=True, slots=True)
class Edit:
    """Old steps ``start:stop`` of a program become ``text`` (whole lines; "" deletes them).

    ``also`` declares the other old steps that meaning demands to change (a rename), each with its
    new whole text. Nothing that is not declared changes.
    """

    start: int
    stop: int
    text: str
    intent: Intent
    operator: str
    author: str
    also: tuple[tuple[int, str], ...] = ()


def step_of_label(first: int, n_new: int, n_steps: int) -> int | None:
    """The step that carries an edit's label, in a program of ``n_steps`` steps of which ``n_new`` from
    ``first`` on are new: the last new one; after a deletion the one that follows; None where nothing does."""
    step = first + max(n_new, 1) - 1
    return step if step < n_steps else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """The whole program after an edit. ``new_start:new_stop`` are the edit's new steps in it
    (empty range: a deletion); ``also_changed`` the other declared steps, as indices in it;
    ``spliced_as_text`` why libcst did not splice it ("" where it did)."""

    program: str
    steps: tuple[Step, ...]
    edit: Edit
    before: str
    new_start: int
    new_stop: int
    also_changed: tuple[int, ...] = ()
    spliced_as_text: str = ""

    @property
    def labelled_step(self) -> int | None:
        """See :func:`step_of_label`."""
        return step_of_label(self.new_start, self.new_stop - self.new_start, len(self.steps))
