"""How a candidate's process ended, read from what the kernel said of it."""

import os

from .judging import ERROR, MEMORY


def death(trial):
    """(outcome, facts) of a candidate that was ended, or ended itself before it had answered."""
    if trial.cause is not None:
        return trial.cause, {"t": None, "l": None, "d": ""}
    code, signal = exit_of(trial)
    if signal == 9 and trial.house.oom.struck():
        return MEMORY, {"t": None, "l": None, "d": "out of memory"}
    what = f"ended by signal {signal}" if signal is not None else f"left with exit code {code}"
    return ERROR, {"t": None, "l": None, "d": what}


def exit_of(trial):
    """(exit code, signal) of a candidate that has ended: one of the two is None."""
    status = trial.ended[0]
    if os.WIFSIGNALED(status):
        return None, os.WTERMSIG(status)
    return os.WEXITSTATUS(status), None
