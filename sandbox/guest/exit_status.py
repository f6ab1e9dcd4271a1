"""Translates the exit status of a candidate's process into an outcome."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .judging import ERROR, MEMORY

if TYPE_CHECKING:
    from typing import Any

    from .candidate_process import CandidateProcess
    from .seed_workers import JudgeLostError


def outcome_of_exit(process: CandidateProcess) -> tuple[str, dict[str, Any]]:
    """Return (outcome, facts) of a candidate that was ended, or that ended itself before it had answered."""
    if process.cause is not None:
        return process.cause, {"t": None, "l": None, "d": ""}
    code, signal = code_and_signal(process)
    if signal == 9 and process.workers.oom.has_killed():
        return MEMORY, {"t": None, "l": None, "d": "out of memory"}
    what = f"ended by signal {signal}" if signal is not None else f"left with exit code {code}"
    return ERROR, {"t": None, "l": None, "d": what}


def code_and_signal(process: CandidateProcess) -> tuple[int | None, int | None]:
    """Return (exit code, signal) of a candidate that has ended; one of the two is None."""
    status = process.ended[0]
    if os.WIFSIGNALED(status):
        return None, os.WTERMSIG(status)
    return os.WEXITSTATUS(status), None


def report_of_lost_judge(process: CandidateProcess, error: JudgeLostError) -> dict[str, Any]:
    """Return the report of a judge that the answers of its candidate have ended."""
    if not error.exhausted:
        process.cause = MEMORY
    return {"outcomes": [], "first": None, "gone": True, "exhausted": error.exhausted}
