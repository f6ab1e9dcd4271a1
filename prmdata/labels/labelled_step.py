"""Which step of a row carries the label, which step a row is about, and what a first-error row's program is called
(``correct``, ``revised`` or ``wrong``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from prmdata.records import IGNORE, Trace
from prmdata.records.edits import step_of_label

ResponseClass = Literal["correct", "revised", "wrong"]


def labelled_step(trace: Trace) -> int | None:
    """The step of an edit row that carries the label: the last new one; after a deletion the one that
    follows; None where nothing follows, and in rows without an edit."""
    edit = trace.edit
    return None if edit is None else step_of_label(edit.step, edit.n_steps, len(trace.steps))


def subject_step(trace: Trace) -> int | None:
    """The step that a labelled row is about: the edit's, the first error, else the last one with a label."""
    return last_label(trace.labels) if trace.edit is None else labelled_step(trace)


def last_label(labels: Sequence[int]) -> int | None:
    """Where a trainer stops learning from a row: the first error, else the last label; None: no label."""
    if 0 in labels:
        return labels.index(0)
    return max((index for index, label in enumerate(labels) if label != IGNORE), default=None)


def response_class(trace: Trace, passes: bool) -> ResponseClass | None:
    """The class of a rollout; None for rows of other kinds, and where no cut was looked for.

    ``wrong``: no prefix of its own could be completed (the cut is the first step that is neither given
    nor a docstring); ``revised``: some could (all of them, where the program only ends too early).
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
    """The first step that is neither given nor a docstring; the number of steps where there is none."""
    for index, kind in enumerate(trace.step_kinds):
        if index >= trace.given_steps and kind != "docstring":
            return index
    return len(trace.steps)


def was_searched(trace: Trace) -> bool:
    """Whether the first bad step of a failing rollout was looked for: it was found, or a witness begins
    with the whole program, which only ends too early."""
    return trace.stage is not None or trace.cut is not None or trace.witness is not None
