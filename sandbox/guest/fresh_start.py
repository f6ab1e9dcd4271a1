"""Runs something in a fork of the candidate, so that what it leaves behind is gone with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from . import confine, runtime

if TYPE_CHECKING:
    from collections.abc import Callable

    from .coverage import AnyCoverage


_DONE = 77
_DONE_TRUE = 78
"""How a fork ends that has done its work, and whether that returned true; a program that leaves on its own hardly takes the
same codes."""
_fork, _wait = os.fork, os.waitpid


def run(coverage: AnyCoverage, work: Callable[[], object]) -> bool:
    """Call ``work()`` in a fork and wait for its end; return whether it returned true. Where the fork ends in any other way, the candidate ends too."""
    runtime.flush()
    coverage.keep_in_next_fork()
    pid = _fork()
    if pid == 0:
        code = 111
        try:
            found = work()
            runtime.flush()
            code = _DONE_TRUE if found else _DONE
        finally:
            confine.leave(code)
    try:
        status = _wait(pid, 0)[1]
    except ChildProcessError:  # the program ignores the ends of its children
        return False
    if status not in (_DONE << 8, _DONE_TRUE << 8):
        confine.leave(111)
    return status == _DONE_TRUE << 8
