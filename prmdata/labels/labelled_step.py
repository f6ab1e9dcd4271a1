"""Which step of a row carries the label, and which step a row is about."""

from __future__ import annotations

from collections.abc import Sequence

from prmdata.records import IGNORE, Trace
from prmdata.records.edits import step_of_label


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
