"""Policies: pure functions from the evidence in one row to its labels and reasons.

Everything that a policy needs is in the :class:`~prmdata.records.Trace`, so labels can be derived again
without running anything (``prmdata relabel``). A policy never guesses: :func:`missing` names the evidence
that a row lacks. :class:`LabelPolicy` is the contract. ``strict`` and ``paper`` fulfil it, and so do the
policies that other packages plug in.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points
from typing import Final, Literal, get_args

from prmdata.errors import UsageError
from prmdata.labels.labelled_step import response_class
from prmdata.labels.policies import paper, strict
from prmdata.labels.policies.label_builder import LabelBuilder, Labels
from prmdata.labels.policies.label_policy import LabelPolicy
from prmdata.plug_ins import load
from prmdata.records import IGNORE, Trace

__all__ = [
    "GROUP",
    "SHIPPED",
    "LabelBuilder",
    "LabelPolicy",
    "Labels",
    "PrefixLabels",
    "apply",
    "missing",
    "passes",
    "policies",
    "policy_named",
]

PrefixLabels = Literal["once", "always"]

GROUP: Final = "prmdata.policies"
"""The entry point group. Each entry point names a :class:`LabelPolicy`."""

SHIPPED: Final = (strict.POLICY, paper.POLICY)
"""The policies of this package. The first one is the default of ``--policy``."""


@cache
def policies() -> dict[str, LabelPolicy]:
    """Every policy by the name that ``--policy`` takes: the built-in ones, then plug-ins by entry point name.

    Raises UsageError if a plug-in cannot be loaded, is not a policy, or has the name of another policy.
    """
    found = {policy.name: policy for policy in SHIPPED}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        policy = load(point)
        if not isinstance(policy, LabelPolicy):
            raise UsageError(
                f"policy {point.name} ({point.value}) is a {type(policy).__name__}, not a LabelPolicy"
            )
        if policy.name in found:
            raise UsageError(f"two policies are called {policy.name}: names go into rows and must differ")
        found[policy.name] = policy
    return found


def policy_named(name: str) -> LabelPolicy:
    """The policy called ``name``. Raises UsageError, which lists the policies, if there is no such policy."""
    known = policies()
    if name not in known:
        raise UsageError(f"--policy {name}: no such policy; choose {' or '.join(known)}")
    return known[name]


def apply(policy: str, trace: Trace, *, prefix_labels: PrefixLabels = "once") -> Trace:
    """``trace`` with ``policy``, ``labels``, ``reasons`` and ``response_class`` as the policy decides them.

    Each step gets one label (1, 0 or -100) and one reason. The result depends only on the row's evidence:
    applying a second policy gives what applying it first would have given. ``prefix_labels`` says whether
    ``strict`` labels the steps before an edit once (in the reference's row) or in each row; ``paper`` always
    labels them. Raises UsageError for an unknown policy, any other word for ``prefix_labels``, and a policy that breaks
    its contract.
    """
    rule = policy_named(policy)
    if prefix_labels not in get_args(PrefixLabels):
        raise UsageError(f"prefix_labels {prefix_labels!r}: choose {' or '.join(get_args(PrefixLabels))}")
    found = rule.label(trace, prefix_labels == "always")
    if not {*found.labels} <= {1, 0, IGNORE} or not len(found.labels) == len(found.reasons) == len(
        trace.steps
    ):
        raise UsageError(
            f"policy {policy} does not give each step of row {trace.id} one label (1, 0, -100) and reason"
        )
    return replace(
        trace,
        policy=policy,
        labels=found.labels,
        reasons=found.reasons,
        response_class=response_class(trace, rule.passes(trace)),
    )


def missing(policy: str, trace: Trace) -> str | None:
    """The evidence that ``policy`` needs and the row lacks, named for the user; None if nothing is
    missing."""
    return policy_named(policy).missing(trace)


def passes(policy: str, trace: Trace) -> bool:
    """Whether the row's program counts as passing under ``policy``."""
    return policy_named(policy).passes(trace)
