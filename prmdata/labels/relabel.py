"""Derive labels again from stored evidence. Nothing is run; rows that lack the evidence are refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prmdata.errors import UsageError
from prmdata.labels.policies import PrefixLabels, apply, policy_named
from prmdata.records import Trace


def relabel(traces: Iterable[Trace], policy: str, *, prefix_labels: PrefixLabels = "once") -> Iterator[Trace]:
    """The rows in their order, labelled by ``policy``. Going from ``strict`` to ``paper`` and back gives the
    same rows.

    Raises UsageError for an unknown policy. If a row lacks evidence that the policy needs, the UsageError
    names the row and the evidence.
    """
    rule = policy_named(policy)
    for trace in traces:
        lacking = rule.missing(trace)
        if lacking is not None:
            raise UsageError(
                f"row {trace.id} of {trace.problem_id}: --policy {policy} needs {lacking}; build it again with that policy"
            )
        yield apply(policy, trace, prefix_labels=prefix_labels)
