"""Labels and reasons of one row while a policy writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from prmdata.records import IGNORE, Trace


@dataclass(frozen=True, slots=True)
class Labels:
    """One label and one reason a step."""

    labels: tuple[int, ...]
    reasons: tuple[str, ...]


class LabelBuilder:
    """A row's steps, each masked with ``default`` until it is marked.

    Steps that the prompt contains stay ``given`` and docstrings ``neutral`` whatever is marked: no
    execution says anything about them.
    """

    def __init__(self, trace: Trace, default: str) -> None:
        self._fixed = [_fixed_reason(trace, index) for index in range(len(trace.steps))]
        self._labels = [IGNORE] * len(trace.steps)
        self._reasons = [fixed or default for fixed in self._fixed]

    def mark(self, steps: Iterable[int], label: int, reason: str) -> None:
        """Give ``steps`` a label; steps outside the program and fixed ones are left alone."""
        for step in steps:
            if 0 <= step < len(self._labels) and self._fixed[step] is None:
                self._labels[step] = label
                self._reasons[step] = reason

    def mark_executed(self, steps: Iterable[int], trace: Trace, reason: str) -> None:
        """``1`` where the step ran; where it did not, or nobody knows, ``unexecuted``."""
        for step in steps:
            if step < len(trace.executed) and trace.executed[step]:
                self.mark((step,), 1, reason)
            else:
                self.mark((step,), IGNORE, "unexecuted")

    def done(self) -> Labels:
        return Labels(tuple(self._labels), tuple(self._reasons))


def _fixed_reason(trace: Trace, step: int) -> str | None:
    if step < trace.given_steps:
        return "given"
    if trace.step_kinds[step] == "docstring":
        return "neutral"
    return None


def labelled_step(trace: Trace) -> int | None:
    """The step of an edit row that carries the label: the last new one; after a deletion the one that
    follows; None where nothing follows, and in rows without an edit."""
    if trace.edit is None:
        return None
    step = trace.edit.step + max(trace.edit.n_steps - 1, 0)
    return step if step < len(trace.steps) else None
