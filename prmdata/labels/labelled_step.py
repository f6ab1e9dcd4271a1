"""Which step of a row carries the label, which step a row is about, and how the program of a first-error row
is classified (``correct``, ``revised`` or ``wrong``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from prmdata.records import IGNORE, Trace
from prmdata.records.edits import step_of_label

ResponseClass = Literal["correct", "revised", "wrong"]


def labelled_step(trace: Trace) -> int | None:
    """The step of an edit row that carries the label: the last new step, or, after a deletion, the step that
    follows; of a rewrite that fails, its first bad step. None if no step follows, and for rows without an edit."""
    edit = trace.edit
    if edit is None:
        return None
    if trace.label_kind == "prefix" and trace.cut is not None:
        return trace.cut
    return step_of_label(edit.step, edit.n_steps, len(trace.steps))


def subject_step(trace: Trace) -> int | None:
    """The step that a labelled row is about: the step of the edit, else the first error, else the last
    label."""
    return last_label(trace.labels) if trace.edit is None else labelled_step(trace)


def last_label(labels: Sequence[int]) -> int | None:
    """Where a trainer stops learning from a row: the first error, else the last label; None without
    labels."""
    if 0 in labels:
        return labels.index(0)
    return max((index for index, label in enumerate(labels) if label != IGNORE), default=None)


def response_class(trace: Trace, passes: bool) -> ResponseClass | None:
    """The class of a rollout. None for rows of other kinds, and if no cut was looked for.

    ``wrong``: none of the rollout's own prefixes could be completed (the cut is the first step that is
    neither given nor a docstring). ``revised``: some could be completed (all of them, if the program only
    ends too early).
    """
    if trace.label_kind != "prefix" or trace.stage is not None:
        return trace.response_class
    if passes:
        return "correct"
    if not was_searched(trace):
        return None
    if trace.cut is None:
        return "revised"
    return "wrong" if trace.cut <= first_own_step(trace) else "revised"


def first_own_step(trace: Trace) -> int:
    """The first step that is neither given nor a docstring; the number of steps if there is no such step."""
    for index, kind in enumerate(trace.step_kinds):
        if index >= trace.given_steps and kind != "docstring":
            return index
    return len(trace.steps)


def was_searched(trace: Trace) -> bool:
    """Whether the first bad step of a failing rollout was looked for. It was if a cut was found, or if a
    witness begins with the whole program (which then only ends too early)."""
    return trace.stage is not None or trace.cut is not None or trace.witness is not None
