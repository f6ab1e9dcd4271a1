"""What a first-error row's program is called: ``correct``, ``revised`` or ``wrong``."""

from __future__ import annotations

from typing import Literal

from prmdata.records import Trace

ResponseClass = Literal["correct", "revised", "wrong"]


def response_class(trace: Trace, passes: bool) -> ResponseClass | None:
    """The class of a rollout; None for rows of other kinds, and where no cut was looked for.

    ``wrong``: no prefix of its own could be completed (the cut is the first step that is neither given
    nor a docstring); ``revised``: some could (all of them, where the program only ends too early).
    """
    if trace.label_kind != "prefix" or trace.stage is not None:
        return trace.response_class
    if passes:
        return "correct"
    if not was_searched(trace):
        return None
    if trace.cut is None:
        return "revised"
    return "wrong" if trace.cut <= first_own_step(trace) else "revised"


def first_own_step(trace: Trace) -> int:
    """The first step that is neither given nor a docstring; the number of steps where there is none."""
    for index, kind in enumerate(trace.step_kinds):
        if index >= trace.given_steps and kind != "docstring":
            return index
    return len(trace.steps)


def was_searched(trace: Trace) -> bool:
    """Whether the first bad step of a failing rollout was looked for: it was found, or a witness begins
    with the whole program, which only ends too early."""
    return trace.stage is not None or trace.cut is not None or trace.witness is not None
