"""The start of a warm interpreter: it warms up, splits in two, and both serve forks."""

import os
import socket
import sys
import warnings

from . import candidate, confine, judge, zygote
from .board import Board


def main():
    """``argv``: descriptors of both control sockets and the board, the seed, the work folder."""
    forks, judges, board_fd, seed = map(int, sys.argv[1:5])
    work = sys.argv[5]
    confine.forgo_privileges()
    confine.hide_memory()
    board = Board(board_fd)
    os.close(board_fd)
    _settle_interpreter()
    zygote.warm_up()
    # The twin is no child of this process: it must have none but candidates and their orphans.
    if os.fork() == 0:
        if os.fork() == 0:
            os.close(forks)
            control = socket.socket(fileno=judges)
            zygote.Zygote(control, lambda _: judge.child(), "").serve()
        os._exit(0)
    os.wait()
    confine.die_with_parent()
    confine.adopt_orphans()
    os.close(judges)
    control = socket.socket(fileno=forks)
    zygote.Zygote(control, lambda _: candidate.child(board, seed), work).serve()
    os._exit(0)


def _settle_interpreter():
    """What programs see: no folder of the guest's on the path, no warnings, no traces of the command."""
    home = sys.path.pop(0)
    packages = os.path.join(home, "packages")
    if os.path.isdir(packages):
        sys.path.append(packages)
    sys.argv[:] = [""]
    warnings.simplefilter("ignore")
