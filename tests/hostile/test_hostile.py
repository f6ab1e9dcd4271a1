"""Every hostile program gets the verdict it must get, and leaves a worker that judges well.

One worker a sandbox for the whole suite: whatever a program breaks, the known good ones after it notice.
The programs are files under ``programs/`` (some are generated: they could not be files), the verdicts
stand in ``verdicts.toml``.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from prmdata.errors import QuarantineError, SandboxError
from prmdata.records import Task, Verdict
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
    return n + n if clean and os.getpriority(os.PRIO_PROCESS, 0) == 0 else 0
"""
"""A right program that is right only where nothing of the one before is left."""


def provider(name: str) -> SandboxProvider:
    """A sandbox by name; skips where it is not there, unless one is required."""
    from prmdata.sandboxes.docker import DockerSandbox
    from prmdata.sandboxes.local import LocalSandbox

    if name == "local":
        return LocalSandbox()
    try:
        return DockerSandbox(runtime="runsc" if name == "gvisor" else None)
    except (SandboxError, Exception) as error:
        if os.environ.get("PRMDATA_REQUIRE_DOCKER") == "1" and name == "docker":
            pytest.fail(f"a container engine is required: {error}")
        pytest.skip(f"no {name} sandbox here: {error}")


def _worker(name: str) -> Iterator[Worker]:
    worker = provider(name).start()
    yield worker
    worker.close()


@pytest.fixture(scope="module")
def docker() -> Iterator[Worker]:
    yield from _worker("docker")


@pytest.fixture(scope="module")
def local() -> Iterator[Worker]:
    yield from _worker("local")


@pytest.fixture(scope="module")
def gvisor() -> Iterator[Worker]:
    yield from _worker("gvisor")


def judged(worker: Worker, name: str) -> str:
    """The verdict of a hostile program, in the words of ``verdicts.toml``; then the worker is proven."""
    case = CASES[name]
    got = worker.run(case.spec, [Task(case.program)])[0]
    told = got.reason if isinstance(got, QuarantineError) else str(got.verdict)
    for program in (cases.RIGHT, LOOKS_AROUND):
        after = worker.run(cases.DOUBLE, [Task(program)])[0]
        assert not isinstance(after, QuarantineError), f"after {name}: {after}"
        assert after.verdict == Verdict.PASSED, f"after {name} a good program got {after}"
    return told


@pytest.mark.docker
@pytest.mark.parametrize("name", CASES)
def test_in_docker(docker: Worker, name: str) -> None:
    assert judged(docker, name) in CASES[name].docker.split("|")


@pytest.mark.parametrize("name", CASES)
def test_in_the_local_sandbox(local: Worker, name: str) -> None:
    wanted = CASES[name].local
    if wanted.startswith("uncovered"):
        pytest.skip(wanted)
    assert judged(local, name) in wanted.split("|")


@pytest.mark.slow
@pytest.mark.docker
@pytest.mark.parametrize("name", CASES)
def test_under_gvisor(gvisor: Worker, name: str) -> None:
    assert judged(gvisor, name) in CASES[name].gvisor.split("|")


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 80
    assert len(FORGERS) >= 60


def test_every_program_has_a_verdict() -> None:
    files = {path.stem for path in (Path(__file__).parent / "programs").glob("*.py")}
    assert files | set(cases.GENERATED) == set(CASES)
