"""Holds the labels and reasons of one row while a policy decides them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from prmdata.labels.reasons import Reason
from prmdata.records import IGNORE, Trace


@dataclass(frozen=True, slots=True)
class Labels:
    """One label and one reason for each step."""

    labels: tuple[int, ...]
    reasons: tuple[str, ...]


class LabelBuilder:
    """The steps of a row. Each is masked with the reason ``default`` until it is labelled.

    Steps that the prompt contains stay ``given``, and docstrings stay ``neutral``, whatever label is asked
    for, because no execution says anything about them.
    """

    def __init__(self, trace: Trace, default: str) -> None:
        self._executed = trace.executed
        self._fixed = [_fixed_reason(trace, index) for index in range(len(trace.steps))]
        self._labels = [IGNORE] * len(trace.steps)
        self._reasons = [fixed or default for fixed in self._fixed]

    def label(self, steps: Iterable[int], label: int, reason: str) -> None:
        """Give ``steps`` a label. Steps outside the program and fixed steps are left alone."""
        for step in steps:
            if 0 <= step < len(self._labels) and self._fixed[step] is None:
                self._labels[step] = label
                self._reasons[step] = reason

    def label_executed(self, steps: Iterable[int], reason: str) -> None:
        """Label a step ``1`` if it ran; give it the reason ``unexecuted`` if it did not run or this is
        unknown."""
        for step in steps:
            if step < len(self._executed) and self._executed[step]:
                self.label((step,), 1, reason)
            else:
                self.label((step,), IGNORE, Reason.UNEXECUTED)

    def done(self) -> Labels:
        """The labels that were decided, with the reasons as plain strings."""
        return Labels(tuple(self._labels), tuple(map(str, self._reasons)))


def _fixed_reason(trace: Trace, step: int) -> str | None:
    if step < trace.given_steps:
        return Reason.GIVEN
    return Reason.NEUTRAL if trace.step_kinds[step] == "docstring" else None
