"""Runs something in a fork of the candidate, so that what it leaves behind is gone with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from . import confine, runtime

if TYPE_CHECKING:
    from collections.abc import Callable

    from .coverage import AnyCoverage


_DONE = 77
"""How a fork ends that has done its work; a program that leaves on its own hardly takes the same code."""
_fork, _wait = os.fork, os.waitpid


def run(coverage: AnyCoverage, work: Callable[[], object]) -> None:
    """Call ``work()`` in a fork and wait for its end. Where the fork ends in any other way, the candidate ends too."""
    runtime.flush()
    coverage.keep_in_next_fork()
    pid = _fork()
    if pid == 0:
        code = 111
        try:
            work()
            runtime.flush()
            code = _DONE
        finally:
            confine.leave(code)
    try:
        status = _wait(pid, 0)[1]
    except ChildProcessError:  # the program ignores the ends of its children
        return
    if status != _DONE << 8:
        confine.leave(111)
