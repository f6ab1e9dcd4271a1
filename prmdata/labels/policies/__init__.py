"""Policies: pure functions from the evidence in one row to its labels and reasons.

Everything that a policy needs stands in the :class:`~prmdata.records.Trace`, so labels can be derived
again without running anything (``prmdata relabel``). A policy never guesses: :func:`missing` names the
evidence that a row lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

from prmdata.errors import UsageError
from prmdata.labels.policies import paper, strict
from prmdata.labels.policies.label_builder import Labels
from prmdata.labels.policies.response_class import response_class
from prmdata.records import Trace

PrefixLabels = Literal["once", "always"]

_LABEL: Final[dict[str, Callable[[Trace, bool], Labels]]] = {"strict": strict.label, "paper": paper.label}
_MISSING: Final[dict[str, Callable[[Trace], str | None]]] = {"strict": strict.missing, "paper": paper.missing}
_PASSES: Final[dict[str, Callable[[Trace], bool]]] = {"strict": strict.passes, "paper": paper.passes}

POLICIES: Final = tuple(_LABEL)
"""The names that ``--policy`` takes; the first is the default."""


def apply(policy: str, trace: Trace, *, prefix_labels: PrefixLabels = "once") -> Trace:
    """``trace`` with ``policy``, ``labels``, ``reasons`` and ``response_class`` as the policy sees them.

    One label and one reason a step, each label 1, 0 or -100. Depends on nothing but the row's evidence:
    applying a second policy gives what applying it first would have given. ``prefix_labels`` says whether
    ``strict`` labels the steps before an edit once (in the reference's row) or in each row; ``paper``
    always labels them. Raises UsageError for an unknown policy.
    """
    if policy not in _LABEL:
        raise UsageError(f"--policy {policy}: no such policy; choose {' or '.join(POLICIES)}")
    marks = _LABEL[policy](trace, prefix_labels == "always")
    return replace(
        trace,
        policy=policy,
        labels=marks.labels,
        reasons=marks.reasons,
        response_class=response_class(trace, _PASSES[policy](trace)),
    )


def missing(policy: str, trace: Trace) -> str | None:
    """The evidence that ``policy`` needs and the row lacks, named for the user; None: nothing lacks."""
    return _MISSING[policy](trace)


def passes(policy: str, trace: Trace) -> bool:
    """Whether the row's program counts as passing under ``policy``."""
    return _PASSES[policy](trace)
