"""The contract of a label policy: the questions that every policy answers about a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prmdata.labels.policies.label_builder import Labels
from prmdata.records import Trace


@dataclass(frozen=True, slots=True)
class LabelPolicy:
    """A rule from the evidence in one row to its labels: three pure functions under one name.

    Each function looks only at the row, so that labels can be derived again without running anything. Each
    ignores labels that are already in the row, so that a second policy gives what it would have given first.
    A package adds policies by entry points of the group ``prmdata.policies``; each names an instance.
    """

    name: str
    """The name that ``--policy`` takes and the column ``policy`` holds."""

    label: Callable[[Trace, bool], Labels]
    """The labels of a row: one label (1, 0 or -100) and one reason for each step. The bool stands for
    ``--prefix-labels always``: whether the steps before an edit are labelled in this row too. The function is
    called only if ``missing`` gives None."""

    missing: Callable[[Trace], str | None]
    """The evidence that the policy needs and the row lacks, named for the user; None if nothing is
    missing."""

    passes: Callable[[Trace], bool]
    """Whether the row's program counts as passing. A rollout that passes is of class ``correct``."""
