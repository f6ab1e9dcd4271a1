"""``paper``: the published rules, for comparison.

Edits as in PRLCoder (arXiv 2502.01715): passing the given tests makes the edited line ``1``, else ``0``;
lines before it ``1``, lines after it masked. Rollouts as in PSGPO (arXiv 2410.17621): a rollout that
passes the given tests is ``1`` throughout, else every step from the cut on is ``0``. Generated inputs,
coverage and shared prefixes are not looked at.
"""

from __future__ import annotations

from prmdata.labels.policies.label_builder import LabelBuilder, Labels, labelled_step
from prmdata.labels.policies.response_class import was_searched
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
        builder = LabelBuilder(trace, "reference")
        builder.label(steps, 1, "reference")
    elif trace.edit is not None:
        builder = _edit(trace)
    elif passes(trace):
        builder = LabelBuilder(trace, "passed")
        builder.label(steps, 1, "passed")
    elif trace.stage is not None:
        builder = LabelBuilder(trace, "unlocated")
        builder.label(range(trace.cut or 0), 1, "prefix")
    elif not was_searched(trace):
        builder = LabelBuilder(trace, "unjudged")
    elif trace.cut is None:
        builder = LabelBuilder(trace, "recovered")
        builder.label(steps, 1, "recovered")
    else:
        builder = LabelBuilder(trace, "after_error")
        builder.label(range(trace.cut), 1, "recovered")
        builder.label((trace.cut,), 0, "not_recovered")
        builder.label(range(trace.cut + 1, len(trace.steps)), 0, "after_error")
    return builder.done()


def _edit(trace: Trace) -> LabelBuilder:
    edit = trace.edit
    assert edit is not None
    builder = LabelBuilder(trace, "after_edit")
    builder.label(range(edit.step), 1, "prefix")
    new = range(edit.step, edit.step + edit.n_steps)
    builder.label(new, *((1, "passed") if passes(trace) else (IGNORE, "part_of_edit")))
    last = labelled_step(trace)
    if last is not None:
        builder.label((last,), *((1, "passed") if passes(trace) else (0, trace.verdict.value)))
    return builder
