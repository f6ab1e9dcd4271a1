"""``strict``: a label is written only where execution has earned it (``docs/labels.md``).

A program passes if it passes its tests and agrees with the reference on every generated input inside the
hull of the given ones. An edit of a passing program is ``1`` if it ran and other edits show that its step is
testable, or if it is proved to change nothing. An edit of a failing program is ``0``, unless some passing
program begins with the same steps.
"""

from __future__ import annotations

from prmdata.evidence import passing
from prmdata.labels.labelled_step import labelled_step, was_searched
from prmdata.labels.policies.label_builder import LabelBuilder, Labels
from prmdata.labels.policies.label_policy import LabelPolicy
from prmdata.labels.reasons import Reason, failure_reason
from prmdata.records import IGNORE, Evidence, Trace, Verdict


def passes(trace: Trace) -> bool:
    """See :func:`prmdata.evidence.passing.passes`."""
    return passing.passes(trace.verdict, trace.evidence)


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
    if trace.label_kind == "fault":
        return _edit(trace, label_prefix)
    return _completed(trace) if trace.stage is not None else _rollout(trace, label_prefix)


def _reference(trace: Trace) -> Labels:
    builder = LabelBuilder(trace, Reason.UNEXECUTED)
    builder.label_executed(range(len(trace.steps)), Reason.REFERENCE)
    return builder.done()


def _edit(trace: Trace, label_prefix: bool) -> Labels:
    edit = trace.edit
    assert edit is not None
    builder = LabelBuilder(trace, Reason.AFTER_EDIT)
    before = range(edit.step)
    if label_prefix:
        builder.label_executed(before, Reason.PREFIX)
    else:
        builder.label(before, IGNORE, Reason.PREFIX)
    label, reason = _verdict_on_edit(trace)
    # A step that the edit changed outside its own range is no longer a step of the reference.
    changed = [step for step in edit.also_changed if step < edit.step]
    builder.label(changed, *((1, reason) if label == 1 else (IGNORE, Reason.ALSO_CHANGED)))
    last = labelled_step(trace)
    new = range(edit.step, edit.step + edit.n_steps)
    if reason == Reason.PROVED:
        builder.label(new, 1, reason)
    elif label == 1:
        builder.label_executed(new, reason)
    else:
        builder.label(new, IGNORE, Reason.PART_OF_EDIT)
    if last is not None:
        builder.label((last,), label, reason)
    return builder.done()


def _verdict_on_edit(trace: Trace) -> tuple[int, Reason]:
    evidence = trace.evidence
    if not passes(trace):
        if evidence.prefix_passes:
            return IGNORE, Reason.RECOVERABLE
        if trace.verdict == Verdict.COMPILE_ERROR:
            return (IGNORE, Reason.CLOSES) if evidence.prefix_compiles else (0, Reason.COMPILE_ERROR)
        return (
            (0, Reason.DISAGREED) if trace.verdict == Verdict.PASSED else (0, failure_reason(trace.verdict))
        )
    if evidence.inputs_disagreed_outside:
        return IGNORE, Reason.DISPUTED
    label, reason = _seen(evidence)
    return (1, Reason.PROVED) if label != 1 and evidence.proof else (label, reason)


def _seen(evidence: Evidence) -> tuple[int, Reason]:
    """What tests and inputs show of an edit whose program agrees with the reference on all of them."""
    if not evidence.edit_executed:
        return IGNORE, Reason.UNEXECUTED
    if evidence.step_told_apart == 0:
        return IGNORE, Reason.UNTESTABLE
    if evidence.inputs_reached == 0:
        return IGNORE, Reason.UNTRIED
    return 1, Reason.PASSED


def _rollout(trace: Trace, label_prefix: bool) -> Labels:
    """A program that a model wrote. A rewrite (it has an edit) begins with steps of the reference, which are labelled
    there."""
    end = len(trace.steps)
    if passes(trace):
        builder = LabelBuilder(trace, Reason.UNEXECUTED)
        builder.label_executed(range(end), Reason.PASSED)
    elif not was_searched(trace):
        return LabelBuilder(trace, Reason.UNJUDGED).done()
    else:
        builder = LabelBuilder(trace, Reason.AFTER_ERROR)
        builder.label(range(end if trace.cut is None else trace.cut), 1, Reason.RECOVERED)
        if trace.cut is not None and trace.evidence.prefix_passes:
            builder.label((trace.cut,), IGNORE, Reason.RECOVERABLE)
        elif trace.cut is not None:
            builder.label((trace.cut,), 0, Reason.NOT_RECOVERED)
    before = range(0 if trace.edit is None else trace.edit.step)
    if label_prefix:
        builder.label_executed(before, Reason.PREFIX)
    else:
        builder.label(before, IGNORE, Reason.PREFIX)
    return builder.done()


def _completed(trace: Trace) -> Labels:
    """A curriculum row: the first ``cut`` steps come from the reference, the rest from a completer."""
    if passes(trace):
        builder = LabelBuilder(trace, Reason.UNEXECUTED)
        builder.label_executed(range(len(trace.steps)), Reason.PASSED)
    else:
        builder = LabelBuilder(trace, Reason.UNLOCATED)
    builder.label(range(trace.cut or 0), IGNORE, Reason.PREFIX)
    return builder.done()


POLICY = LabelPolicy("strict", label, missing, passes)
