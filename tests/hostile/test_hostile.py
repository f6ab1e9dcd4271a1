"""Every hostile program gets its expected verdict, and the worker judges well afterwards.

One worker in each sandbox serves the whole suite. If a program breaks something, the known good programs
after it notice. The programs are files under ``programs/`` (some are generated, because they could not be
files), and the verdicts stand in ``verdicts.toml``.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from prmdata.errors import QuarantineError, SandboxError, UsageError
from prmdata.records import RunResult, Spec, Task, Verdict
from prmdata.sandboxes.contract import SandboxProvider, Worker


def _cases() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hostile_cases", Path(__file__).parent / "hostile_cases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["hostile_cases"] = module
    spec.loader.exec_module(module)
    return module


cases = _cases()
CASES = {case.name: case for case in cases.read()}
HEAVY = ("fork_bomb", "thread_bomb", "memory_slow", "memory_in_memfd")
NAMES = [pytest.param(name, marks=pytest.mark.slow) if name in HEAVY else name for name in CASES]
FORGERS = [name for name, case in CASES.items() if case.docker != Verdict.PASSED]

LOOKS_AROUND = """
import os
from contextlib import suppress
def stragglers():
    mine, found = os.getuid(), 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError), open("/proc/" + pid + "/status") as file: found += "Uid:\\t%d\\t" % mine in file.read() and int(pid) != os.getpid()
    return found
def segments():
    with suppress(OSError), open("/proc/sysvipc/shm") as file: return len(file.readlines()) - 1
    return 0
def double(n):
    clean = not os.listdir(".") and not os.environ.get("LD_PRELOAD") and not segments() and not stragglers()
    return n + n if clean and os.getpriority(os.PRIO_PROCESS, 0) in (0, PRIORITY) else 0
""".replace("PRIORITY", str(os.getpriority(os.PRIO_PROCESS, 0)))
"""A program that is right only if nothing of the program before it is left. Its priority is that of these tests (a local
sandbox inherits it) or 0 (a container does not)."""


def provider(name: str) -> SandboxProvider:
    """A sandbox by its name. The test is skipped if the sandbox is not available, unless it is required."""
    from prmdata.sandboxes.docker import DockerSandbox
    from prmdata.sandboxes.local import LocalSandbox

    if name == "local":
        return LocalSandbox()
    try:
        return DockerSandbox(runtime="runsc" if name == "gvisor" else None)
    except (SandboxError, UsageError) as error:
        if os.environ.get("PRMDATA_REQUIRE_DOCKER") == "1" and name == "docker":
            pytest.fail(f"a container engine is required: {error}")
        pytest.skip(f"no {name} sandbox here: {error}")


class Bench:
    """A sandbox with one worker, which is replaced only when it dies. ``patience``: how many times slower it
    runs."""

    def __init__(self, sandbox: SandboxProvider, patience: float = 1.0) -> None:
        self._sandbox = sandbox
        self._patience = patience
        self.worker: Worker = sandbox.start()

    def judged(self, name: str) -> str:
        """The verdict of a hostile program, in the words of ``verdicts.toml``. Afterwards the worker has to
        prove that it judges well."""
        case = CASES[name]
        try:
            got = self._run(case.spec, case.program)
        except SandboxError:
            self.worker.close()
            self.worker = self._sandbox.start()
            return "killed"
        for program in (cases.RIGHT, LOOKS_AROUND):
            after = self._run(cases.DOUBLE, program)
            assert not isinstance(after, QuarantineError), f"after {name}: {after}"
            assert after.verdict == Verdict.PASSED, f"after {name} a good program got {after}"
        return got.reason if isinstance(got, QuarantineError) else str(got.verdict)

    def _run(self, spec: Spec, program: str) -> RunResult:
        return self.worker.run(replace(spec, cpu_s=spec.cpu_s * self._patience), [Task(program)])[0]


@pytest.fixture(scope="module")
def docker() -> Iterator[Bench]:
    bench = Bench(provider("docker"))
    yield bench
    bench.worker.close()


@pytest.fixture(scope="module")
def local() -> Iterator[Bench]:
    bench = Bench(provider("local"))
    yield bench
    bench.worker.close()


@pytest.fixture(scope="module")
def gvisor() -> Iterator[Bench]:
    bench = Bench(provider("gvisor"), patience=5.0)
    yield bench
    bench.worker.close()


@pytest.mark.docker
@pytest.mark.parametrize("name", NAMES)
def test_in_docker(docker: Bench, name: str) -> None:
    assert docker.judged(name) in CASES[name].docker.split("|")


@pytest.mark.parametrize("name", NAMES)
def test_in_the_local_sandbox(local: Bench, name: str) -> None:
    wanted = CASES[name].local
    if wanted.startswith("uncovered"):
        pytest.skip(wanted)
    assert local.judged(name) in wanted.split("|")


@pytest.mark.slow
@pytest.mark.docker
@pytest.mark.parametrize("name", NAMES)
def test_under_gvisor(gvisor: Bench, name: str) -> None:
    assert gvisor.judged(name) in CASES[name].gvisor.split("|")


@pytest.mark.docker
def test_a_kill_for_want_of_memory_is_not_held_against_the_next_program(docker: Bench) -> None:
    """The kernel counts such kills for the whole container. This program ends a child of its own, and then
    times out."""
    docker.judged("memory_in_children")
    for _ in range(2):
        assert docker.judged("kill_self") == Verdict.RUNTIME_ERROR


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 80
    assert len(FORGERS) >= 60


def test_every_program_has_a_verdict() -> None:
    files = {path.stem for path in (Path(__file__).parent / "programs").glob("*.py")}
    assert files | set(cases.GENERATED) == set(CASES)
