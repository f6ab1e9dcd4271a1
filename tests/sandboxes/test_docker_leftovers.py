"""Only containers that a dead process of this machine left are removed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from prmdata.sandboxes import leftovers
from prmdata.sandboxes.docker_engine import client
from prmdata.sandboxes.hardening import Hardening

LEAVE = """
import os, signal, sys
from prmdata.sandboxes.docker_engine import client
from prmdata.sandboxes.hardening import Hardening
from prmdata.sandboxes.leftovers import owner_labels
made = Hardening().create(sys.argv[1], ("sleep", "300"), owner_labels())
if sys.argv[2] == "started":
    client().start(made)
print(made, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_live_owner_is_never_called_dead() -> None:
    mine = leftovers.owner_labels("run")
    assert not leftovers.is_leftover(mine, running=True)
    assert not leftovers.is_leftover(mine, running=False)


def test_a_pid_that_another_process_has_now_is_not_the_owner() -> None:
    mine = leftovers.owner_labels("run")
    assert leftovers.is_leftover(mine | {"io.prmdata.started": "12"}, running=True)


def test_a_process_that_has_ended_is_dead() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    mine = leftovers.owner_labels("run")
    assert leftovers.is_leftover(mine | {"io.prmdata.pid": str(ended.pid)}, running=True)


def test_another_machine_or_namespace_is_not_ours_to_judge() -> None:
    dead = leftovers.owner_labels("run") | {"io.prmdata.started": "12"}
    assert not leftovers.is_leftover(dead | {"io.prmdata.machine": "elsewhere"}, running=False)
    assert not leftovers.is_leftover(dead | {"io.prmdata.pid-namespace": "pid:[1]"}, running=False)


def test_after_a_reboot_only_what_does_not_run_is_certain() -> None:
    before = leftovers.owner_labels("run") | {"io.prmdata.boot": "the boot before"}
    assert leftovers.is_leftover(before, running=False)
    assert not leftovers.is_leftover(before, running=True)


def test_containers_without_our_labels_are_nothing_to_us() -> None:
    assert not leftovers.is_leftover({}, running=False)
    assert not leftovers.is_leftover({"maintainer": "somebody"}, running=True)


@pytest.mark.docker
@pytest.mark.parametrize("state", ["created", "started"])
def test_what_a_killed_host_left_is_removed_and_what_lives_stays(docker_engine: str, state: str) -> None:
    mine = Hardening().create(docker_engine, ("sleep", "300"), leftovers.owner_labels())
    try:
        done = subprocess.run(
            [sys.executable, "-c", LEAVE, docker_engine, state], capture_output=True, text=True, check=False
        )
        left = done.stdout.strip()
        assert left, done.stderr
        assert left in leftovers.sweep()
        there = {one["Id"] for one in client().containers(all=True)}
        assert left not in there
        assert mine in there
    finally:
        leftovers.remove(mine)


@pytest.mark.docker
def test_removing_what_is_gone_is_no_error(docker_engine: str) -> None:
    made = Hardening().create(docker_engine, ("true",), leftovers.owner_labels())
    leftovers.remove(made)
    leftovers.remove(made)
