"""What a first-error row's program is called: ``correct``, ``revised`` or ``wrong``."""

from __future__ import annotations

from typing import Literal

from prmdata.records import Trace

ResponseClass = Literal["correct", "revised", "wrong"]


def response_class(trace: Trace, passes: bool) -> ResponseClass | None:
    """The class of a rollout; None for rows of other kinds, and where no cut was looked for.

    ``wrong``: no prefix of its own could be completed (the cut is the first step that is neither given
    nor a docstring); ``revised``: some could.
    """
    if trace.label_kind != "prefix" or trace.stage is not None:
        return trace.response_class
    if passes:
        return "correct"
    if trace.cut is None:
        return None
    return "wrong" if trace.cut <= first_own_step(trace) else "revised"


def first_own_step(trace: Trace) -> int:
    """The first step that is neither given nor a docstring; the number of steps where there is none."""
    for index, kind in enumerate(trace.step_kinds):
        if index >= trace.given_steps and kind != "docstring":
            return index
    return len(trace.steps)
