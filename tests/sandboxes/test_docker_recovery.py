"""Containers end with their host, and a pool survives their deaths. All kills are real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from prmdata.errors import QuarantineError, SandboxError
from prmdata.records import Execution, Problem, Spec, Task, Test, Verdict
from prmdata.sandboxes import leftovers
from prmdata.sandboxes.contract import SandboxProvider, Worker
from prmdata.sandboxes.docker import DockerSandbox, DockerWorker
from prmdata.sandboxes.docker_engine import client
from prmdata.sandboxes.pool import Pool

pytestmark = pytest.mark.docker

RIGHT = "def f(n):\n    return n + n\n"
SPEC = Spec(Problem("p", "", RIGHT, (Test("assert", "assert f(2) == 4"),), "f"), cpu_s=1.0, memory_mb=128)

HOST = """
import sys, threading
from prmdata.records import *
from prmdata.sandboxes.docker import DockerSandbox
provider = DockerSandbox()
worker = provider.start()
print(worker.container, flush=True)
endless = Spec(Problem("p", "", "", (Test("assert", "assert f(2) == 4"),), "f"), cpu_s=600.0)
if sys.argv[1] == "busy":
    worker.run(endless, [Task("def f(n):\\n    while True:\\n        pass\\n")])
threading.Event().wait()
"""


@pytest.fixture(scope="module")
def sandbox(docker_engine: str) -> DockerSandbox:
    return DockerSandbox()


def exists(container: str) -> bool:
    return any(one["Id"] == container for one in client().containers(all=True))


def gone_within(container: str, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while exists(container):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_kill_9_of_the_host_ends_its_container_within_ten_seconds(docker_engine: str, state: str) -> None:
    host = subprocess.Popen([sys.executable, "-c", HOST, state], stdout=subprocess.PIPE, text=True)
    assert host.stdout is not None
    container = host.stdout.readline().strip()
    assert exists(container)
    time.sleep(1.0 if state == "busy" else 0.0)
    host.kill()
    host.wait()
    host.stdout.close()
    assert gone_within(container, 10)


def test_a_closed_worker_leaves_no_container_and_no_descriptor(sandbox: DockerSandbox) -> None:
    sandbox.start().close()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        worker = sandbox.start()
        assert isinstance(worker, DockerWorker)
        worker.run(SPEC, [Task(RIGHT)])
        worker.close()
        worker.close()
        assert gone_within(worker.container, 5)
    assert len(os.listdir("/proc/self/fd")) <= before


def test_a_dead_container_is_a_failure_of_the_machinery_never_a_verdict(sandbox: DockerSandbox) -> None:
    worker = sandbox.start()
    assert isinstance(worker, DockerWorker)
    leftovers.remove(worker.container)
    with pytest.raises(SandboxError):
        worker.run(SPEC, [Task(RIGHT)])
    worker.close()


def test_a_problem_with_more_memory_gets_a_larger_container(sandbox: DockerSandbox) -> None:
    program = "def f(n):\n    return len(bytearray(b'x') * (700 << 20)) and n + n\n"
    with sandbox.start() as worker:
        assert isinstance(worker, DockerWorker)
        large = Spec(SPEC.problem, cpu_s=5.0, memory_mb=1200)
        got = worker.run(large, [Task(program)])[0]
        assert isinstance(got, Execution)
        assert got.verdict == Verdict.PASSED
        config = client().inspect_container(worker.container)["HostConfig"]
        assert config["Memory"] == config["MemorySwap"] > 1200 << 20


def test_the_container_is_closed_as_the_threat_model_says(sandbox: DockerSandbox) -> None:
    with sandbox.start() as worker:
        assert isinstance(worker, DockerWorker)
        config = client().inspect_container(worker.container)["HostConfig"]
    assert config["NetworkMode"] == "none"
    assert config["ReadonlyRootfs"]
    assert config["CapDrop"] == ["ALL"]
    assert set(config["CapAdd"]) == {"SETUID", "SETGID", "KILL"}
    assert "no-new-privileges" in config["SecurityOpt"]
    assert config["Memory"] == config["MemorySwap"] > 0
    assert config["PidsLimit"] == 256
    assert config["LogConfig"]["Type"] == "none"
    assert config["AutoRemove"]
    assert config["Init"]
    assert not config["Binds"]


def guest_pids(container: str) -> list[int]:
    """The pids, on this machine, of the guest's processes in a container. The supervisor comes first."""
    rows = client().top(container, ps_args="-eo pid,args")["Processes"]
    return sorted(int(row[0]) for row in rows if "python3" in row[-1] and "init" not in row[-1])


def kill_supervisor(container: str) -> None:
    os.kill(guest_pids(container)[0], signal.SIGKILL)


def kill_fork_server(container: str) -> None:
    os.kill(guest_pids(container)[1], signal.SIGKILL)


class Watched(SandboxProvider):
    """The Docker sandbox. It notes which containers it started."""

    name = "watched"
    covers = does_not_cover = ()

    def __init__(self, inner: DockerSandbox) -> None:
        self._inner = inner
        self.containers: list[str] = []

    def start(self) -> Worker:
        worker = self._inner.start()
        assert isinstance(worker, DockerWorker)
        self.containers.append(worker.container)
        return worker


RIGHT_SLOWLY = "def f(n):\n    return sum(1 for _ in range(100000)) and n + n\n"
WRONG_SLOWLY = "def f(n):\n    return sum(1 for _ in range(100000)) and n\n"


def verdicts_under(
    strike: Callable[[str], None], sandbox: DockerSandbox
) -> tuple[set[tuple[str, ...]], Pool]:
    """Judges 12 right and 12 wrong programs again and again until two containers in use have been killed.
    Returns each distinct outcome of a round."""
    watched, done, struck = Watched(sandbox), threading.Event(), list[str]()

    def attack() -> None:
        while not done.wait(0.3) and len(struck) < 2:
            if watched.containers[-1] not in struck:
                with suppress(Exception):  # it was not running yet, or has ended already
                    strike(watched.containers[-1])
                    struck.append(watched.containers[-1])

    tasks = [Task(f"{text}# {n}\n") for n in range(12) for text in (RIGHT_SLOWLY, WRONG_SLOWLY)]
    seen: set[Any] = set()
    with Pool(watched, 1) as pool:
        pool.submit(SPEC, [Task(RIGHT)]).result(timeout=120)
        attacker = threading.Thread(target=attack)
        attacker.start()
        while attacker.is_alive() or not seen:
            answers = pool.submit(SPEC, tasks).result(timeout=300)
            seen.add(
                tuple(
                    each.reason if isinstance(each, QuarantineError) else str(each.verdict)
                    for each in answers
                )
            )
        done.set()
        attacker.join()
    assert len(struck) == 2
    return seen, pool


@pytest.mark.parametrize("strike", [leftovers.remove, kill_supervisor, kill_fork_server])
def test_verdicts_are_those_of_a_quiet_run(sandbox: DockerSandbox, strike: Callable[[str], None]) -> None:
    seen, pool = verdicts_under(strike, sandbox)
    assert seen == {("passed", "wrong_answer") * 12}
    assert pool.stats.died >= 1


@pytest.mark.skipif(
    "PRMDATA_RESTART_ENGINE" not in os.environ, reason="opt-in: restarts the machine's engine"
)
@pytest.mark.slow
def test_a_restart_of_the_engine_in_the_middle_changes_nothing(sandbox: DockerSandbox) -> None:
    """``PRMDATA_RESTART_ENGINE`` is the command that restarts it."""

    def restart(_: str) -> None:
        subprocess.run(os.environ["PRMDATA_RESTART_ENGINE"], shell=True, check=True)

    seen, _ = verdicts_under(restart, sandbox)
    assert seen == {("passed", "wrong_answer") * 12}
