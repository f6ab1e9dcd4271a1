"""The start of a fork server: the interpreter warms up, splits in two, and both halves serve forks."""

from __future__ import annotations

import os
import socket
import sys
import warnings

from . import candidate, confine, fork_server, judge, landlock
from .coverage import Coverage
from .shared_page import SharedPage


def main() -> None:
    """Run both fork servers. ``argv`` holds the descriptors of both control sockets and of the shared page, the
    seed, the work folder, and ``die_with_parent`` where the children must die with their parents."""
    candidate_control, judge_control, page_fd, seed = map(int, sys.argv[1:5])
    work, die_with_parent = sys.argv[5], sys.argv[6] == "die_with_parent"
    confine.forgo_privileges()
    confine.hide_memory()
    page = SharedPage(page_fd)
    os.close(page_fd)
    _settle_interpreter()
    coverage = Coverage(page)
    fork_server.preload(seed)
    confine.limit_for_all()
    # The fork server of the judges is not a child of this process, whose only children may be candidates
    # and their orphans.
    if os.fork() == 0:
        if os.fork() == 0:
            os.close(candidate_control)
            control = socket.socket(fileno=judge_control)
            fork_server.ForkServer(control, lambda _: judge.child(), "", die_with_parent).serve()
        os._exit(0)
    os.wait()
    confine.die_with_parent()
    adopts = confine.adopt_orphans()
    rules = landlock.ruleset(work)
    confine.forget_guest()
    os.close(judge_control)
    control = socket.socket(fileno=candidate_control)
    fork_server.ForkServer(
        control, lambda _: candidate.child(page, coverage), work, die_with_parent, adopts, rules
    ).serve()
    os._exit(0)


def _settle_interpreter() -> None:
    """Hide the guest from programs: its folder leaves the path, warnings are off, the command line is empty."""
    home = sys.path.pop(0)
    packages = os.path.join(home, "packages")
    if os.path.isdir(packages):
        sys.path.append(packages)
    sys.argv[:] = [""]
    warnings.simplefilter("ignore")
