"""No two workers share a user, because the kernel counts a user's processes over all containers."""

from __future__ import annotations

import subprocess
import sys

from prmdata.sandboxes.session import fresh_uids

IN_A_CONTAINER = "import os\nos.getpid = lambda: 7\nfrom prmdata.sandboxes.session import fresh_uids\nprint(fresh_uids())\n"


def test_the_workers_of_a_process_share_no_user() -> None:
    pairs = [fresh_uids() for _ in range(500)]
    assert len({user for pair in pairs for user in pair}) == 1000


def test_processes_of_one_pid_do_not_begin_alike() -> None:
    """Each container counts its pids from 1."""
    ran = [
        subprocess.run([sys.executable, "-c", IN_A_CONTAINER], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    assert len({one.stdout for one in ran}) > 1
