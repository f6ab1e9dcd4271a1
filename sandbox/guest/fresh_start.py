"""Runs something in a fork of the candidate, so that what it leaves behind is gone with it."""

import os
import sys

from . import confine

_DONE = 77
"""How a fork ends that has done its work; a program that leaves on its own hardly takes the same code."""
_fork, _wait = os.fork, os.waitpid


def run(coverage, work):
    """Call ``work()`` in a fork and wait for its end. Where the fork ends in any other way, the candidate ends too."""
    _flush()
    coverage.keep_in_next_fork()
    pid = _fork()
    if pid == 0:
        code = 111
        try:
            work()
            _flush()
            code = _DONE
        finally:
            confine.leave(code)
    try:
        status = _wait(pid, 0)[1]
    except ChildProcessError:  # the program ignores the ends of its children
        return
    if status != _DONE << 8:
        confine.leave(111)


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            continue
