"""``strict``: a label is written only where execution has earned it (design.md section 3).

A program passes when it passes its tests and agrees with the reference on every generated input inside
the hull of the given ones. A passing edit that ran and whose step other edits show to be testable is
``1``; one that fails is ``0``, unless some passing program begins with the same steps.
"""

from __future__ import annotations

from prmdata.labels.policies.label_builder import LabelBuilder, Labels, labelled_step
from prmdata.labels.policies.response_class import was_searched
from prmdata.records import IGNORE, Trace, Verdict


def passes(trace: Trace) -> bool:
    """Whether the program passes its tests and agrees on every generated input inside the hull."""
    return trace.verdict == Verdict.PASSED and trace.evidence.inputs_disagreed_inside == 0


def missing(trace: Trace) -> str | None:
    """The evidence that strict labels need and this row lacks."""
    if trace.label_kind == "reference":
        return None
    if trace.verdict == Verdict.PASSED and not trace.evidence.differential:
        return "evidence.differential (generated inputs were never tried on a program that passes its tests)"
    if trace.label_kind == "prefix" and not passes(trace) and not was_searched(trace):
        return "cut (no first bad step was looked for in a program that disagrees with the reference)"
    return None


def label(trace: Trace, label_prefix: bool) -> Labels:
    """Labels and reasons of one row."""
    if trace.label_kind == "reference":
        return _reference(trace)
    if trace.edit is not None:
        return _edit(trace, label_prefix)
    return _completed(trace) if trace.stage is not None else _rollout(trace)


def _reference(trace: Trace) -> Labels:
    builder = LabelBuilder(trace, "unexecuted")
    builder.label_executed(range(len(trace.steps)), trace, "reference")
    return builder.done()


def _edit(trace: Trace, label_prefix: bool) -> Labels:
    edit = trace.edit
    assert edit is not None
    builder = LabelBuilder(trace, "after_edit")
    before = range(edit.step)
    if label_prefix:
        builder.label_executed(before, trace, "prefix")
    else:
        builder.label(before, IGNORE, "prefix")
    label, reason = _verdict_on_edit(trace)
    # A step that the edit changed beside its own range is not the reference's step any more.
    changed = [step for step in edit.also_changed if step < edit.step]
    builder.label(changed, *((1, "passed") if label == 1 else (IGNORE, "also_changed")))
    last = labelled_step(trace)
    new = range(edit.step, edit.step + edit.n_steps)
    if label == 1:
        builder.label_executed(new, trace, "passed")
    else:
        builder.label(new, IGNORE, "part_of_edit")
    if last is not None:
        builder.label((last,), label, reason)
    return builder.done()


def _verdict_on_edit(trace: Trace) -> tuple[int, str]:
    evidence = trace.evidence
    if not passes(trace):
        if evidence.prefix_passes:
            return IGNORE, "recoverable"
        if trace.verdict == Verdict.COMPILE_ERROR:
            return (IGNORE, "closes") if evidence.prefix_compiles else (0, Verdict.COMPILE_ERROR.value)
        return (0, "disagreed") if trace.verdict == Verdict.PASSED else (0, trace.verdict.value)
    if evidence.inputs_disagreed_outside:
        return IGNORE, "disputed"
    if not evidence.edit_executed:
        return IGNORE, "unexecuted"
    if evidence.step_told_apart == 0:
        return IGNORE, "untestable"
    if evidence.inputs_reached == 0:
        return IGNORE, "untried"
    return 1, "passed"


def _rollout(trace: Trace) -> Labels:
    if passes(trace):
        builder = LabelBuilder(trace, "unexecuted")
        builder.label_executed(range(len(trace.steps)), trace, "passed")
        return builder.done()
    if not was_searched(trace):
        return LabelBuilder(trace, "unjudged").done()
    builder = LabelBuilder(trace, "after_error")
    if trace.cut is None:
        builder.label(range(len(trace.steps)), 1, "recovered")
        return builder.done()
    builder.label(range(trace.cut), 1, "recovered")
    if trace.evidence.prefix_passes:
        builder.label((trace.cut,), IGNORE, "recoverable")
    else:
        builder.label((trace.cut,), 0, "not_recovered")
    return builder.done()


def _completed(trace: Trace) -> Labels:
    """A curriculum row: the first ``cut`` steps are the reference's, the rest somebody's completion."""
    if passes(trace):
        builder = LabelBuilder(trace, "unexecuted")
        builder.label_executed(range(len(trace.steps)), trace, "passed")
    else:
        builder = LabelBuilder(trace, "unlocated")
    builder.label(range(trace.cut or 0), IGNORE, "prefix")
    return builder.done()
