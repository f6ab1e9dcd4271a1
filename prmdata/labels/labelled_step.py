"""Which step of a row carries the label, and which step a row is about."""

from __future__ import annotations

from prmdata.records import IGNORE, Trace
from prmdata.records.edits import step_of_label


def labelled_step(trace: Trace) -> int | None:
    """The step of an edit row that carries the label: the last new one; after a deletion the one that
    follows; None where nothing follows, and in rows without an edit."""
    edit = trace.edit
    return None if edit is None else step_of_label(edit.step, edit.n_steps, len(trace.steps))


def subject_step(trace: Trace) -> int | None:
    """The step that a labelled row is about: the edit's, the first error, else the last one with a label."""
    if trace.edit is not None:
        return labelled_step(trace)
    if 0 in trace.labels:
        return trace.labels.index(0)
    return max((i for i, label in enumerate(trace.labels) if label != IGNORE), default=None)
