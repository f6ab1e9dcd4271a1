"""The contract of a label policy: what one has to answer about a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prmdata.labels.policies.label_builder import Labels
from prmdata.records import Trace


@dataclass(frozen=True, slots=True)
class LabelPolicy:
    """A rule from the evidence in one row to its labels: three pure functions under one name.

    Each looks at nothing but the row, so that labels can be derived again without running anything, and
    ignores labels that stand in it already, so that a second policy gives what it would have given first.
    A package adds policies by entry points of the group ``prmdata.policies``, each naming an instance.
    """

    name: str
    """What ``--policy`` takes and the column ``policy`` holds."""

    label: Callable[[Trace, bool], Labels]
    """The labels of a row: one label (1, 0 or -100) and one reason a step. The bool is
    ``--prefix-labels always``: whether the steps before an edit are labelled in this row too. Called only
    where ``missing`` gives None."""

    missing: Callable[[Trace], str | None]
    """The evidence that the policy needs and the row lacks, named for the user; None: nothing lacks."""

    passes: Callable[[Trace], bool]
    """Whether the row's program counts as passing (a rollout that does is of class ``correct``)."""
