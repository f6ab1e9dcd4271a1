"""``paper``: the published rules, for comparison.

Edits follow PRLCoder (arXiv 2502.01715): if the program passes the given tests, the edited line is ``1``,
else ``0``; the lines before it are ``1``, the lines after it are masked. Rollouts follow PSGPO (arXiv
2410.17621): if the rollout passes the given tests, every step is ``1``, else every step from the cut on is
``0``. Generated inputs, coverage and shared prefixes are not looked at.
"""

from __future__ import annotations

from prmdata.labels.labelled_step import labelled_step, was_searched
from prmdata.labels.policies.label_builder import LabelBuilder, Labels
from prmdata.labels.policies.label_policy import LabelPolicy
from prmdata.labels.reasons import Reason, failure_reason
from prmdata.records import IGNORE, Trace, Verdict


def passes(trace: Trace) -> bool:
    """Whether the program passes the given tests."""
    return trace.verdict == Verdict.PASSED


def missing(trace: Trace) -> str | None:
    """The evidence that the paper's labels need and this row lacks."""
    if trace.label_kind == "prefix" and not passes(trace) and not was_searched(trace):
        return "cut (no first bad step was looked for in a program that fails its tests)"
    return None


def label(trace: Trace, label_prefix: bool) -> Labels:  # noqa: ARG001 - the paper labels every prefix
    """Labels and reasons of one row."""
    steps = range(len(trace.steps))
    if trace.label_kind == "reference":
        builder = LabelBuilder(trace, Reason.REFERENCE)
        builder.label(steps, 1, Reason.REFERENCE)
    elif trace.label_kind == "fault":
        builder = _edit(trace)
    elif passes(trace):
        builder = LabelBuilder(trace, Reason.PASSED)
        builder.label(steps, 1, Reason.PASSED)
    elif trace.stage is not None:
        builder = LabelBuilder(trace, Reason.UNLOCATED)
        builder.label(range(trace.cut or 0), 1, Reason.PREFIX)
    elif not was_searched(trace):
        builder = LabelBuilder(trace, Reason.UNJUDGED)
    elif trace.cut is None:
        builder = LabelBuilder(trace, Reason.RECOVERED)
        builder.label(steps, 1, Reason.RECOVERED)
    else:
        builder = LabelBuilder(trace, Reason.AFTER_ERROR)
        builder.label(range(trace.cut), 1, Reason.RECOVERED)
        builder.label((trace.cut,), 0, Reason.NOT_RECOVERED)
        builder.label(range(trace.cut + 1, len(trace.steps)), 0, Reason.AFTER_ERROR)
    return builder.done()


def _edit(trace: Trace) -> LabelBuilder:
    edit = trace.edit
    assert edit is not None
    builder = LabelBuilder(trace, Reason.AFTER_EDIT)
    builder.label(range(edit.step), 1, Reason.PREFIX)
    new = range(edit.step, edit.step + edit.n_steps)
    builder.label(new, *((1, Reason.PASSED) if passes(trace) else (IGNORE, Reason.PART_OF_EDIT)))
    last = labelled_step(trace)
    if last is not None:
        builder.label((last,), *((1, Reason.PASSED) if passes(trace) else (0, failure_reason(trace.verdict))))
    return builder


POLICY = LabelPolicy("paper", label, missing, passes)
