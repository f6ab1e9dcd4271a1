"""The start of a warm interpreter: it warms up, splits in two, and both serve forks."""

import os
import socket
import sys
import warnings

from . import candidate, confine, judge, zygote
from .board import Board
from .coverage import Coverage


def main():
    """``argv``: descriptors of both control sockets and the board, the seed, the work folder,
    and ``leash`` where children must be told to die with their parents."""
    forks, judges, board_fd, seed = map(int, sys.argv[1:5])
    work, leash = sys.argv[5], sys.argv[6] == "leash"
    confine.forgo_privileges()
    confine.hide_memory()
    board = Board(board_fd)
    os.close(board_fd)
    _settle_interpreter()
    coverage = Coverage(board)
    zygote.warm_up(seed)
    confine.limit_for_all()
    # The twin is no child of this process: it must have none but candidates and their orphans.
    if os.fork() == 0:
        if os.fork() == 0:
            os.close(forks)
            control = socket.socket(fileno=judges)
            zygote.Zygote(control, lambda _: judge.child(), "", leash).serve()
        os._exit(0)
    os.wait()
    confine.die_with_parent()
    adopts = confine.adopt_orphans()
    confine.be_first_to_go()
    confine.forget_guest()
    os.close(judges)
    control = socket.socket(fileno=forks)
    zygote.Zygote(control, lambda _: candidate.child(board, coverage), work, leash, adopts).serve()
    os._exit(0)


def _settle_interpreter():
    """What programs see: no folder of the guest's on the path, no warnings, no traces of the command."""
    home = sys.path.pop(0)
    packages = os.path.join(home, "packages")
    if os.path.isdir(packages):
        sys.path.append(packages)
    sys.argv[:] = [""]
    warnings.simplefilter("ignore")
