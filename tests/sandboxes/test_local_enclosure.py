"""The surroundings that the local sandbox gives to programs, and how the sandbox ends."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

from prmdata.errors import SandboxError
from prmdata.records import Execution, Problem, Spec, Task, Test, Verdict
from prmdata.sandboxes.contract import Worker
from prmdata.sandboxes.local import LocalSandbox
from tests.sandboxes.conftest import Judge

PROBLEM = Problem(
    id="p", prompt="", reference="def f(a): pass\n", tests=(Test("assert", "assert f(1)"),), entry_point="f"
)


@pytest.fixture
def enclosed(local_worker: Worker) -> None:
    if "mount" not in local_worker.facts.enclosed:
        pytest.skip("this kernel makes no namespaces for this user")


@pytest.mark.usefixtures("enclosed")
@pytest.mark.parametrize(
    "expression",
    [
        f"os.path.exists({str(Path.home())!r} + '/.bashrc')",
        f"os.path.exists({__file__!r})",
        "os.path.exists('/etc/passwd')",
        "os.path.exists('/tmp') and len(os.listdir('/tmp')) > 1",  # the work folder, or the path of the guest itself
        "os.path.exists('/sys')",
        "os.path.realpath('/dev/shm') != os.getcwd()",
        "os.path.exists('/box') and os.getcwd() != '/box'",
        "os.access('/', os.W_OK) or os.access('/usr', os.W_OK) or os.access('/dev', os.W_OK)",
        "len([p for p in os.listdir('/proc') if p.isdigit()]) > 12",
        "len(os.listdir('/proc/self/fd')) > 5",
        "len(open('/proc/net/dev').read().splitlines()) > 3",
        "[k for k in os.environ if 'KEY' in k or 'TOKEN' in k]",
    ],
)
def test_what_a_candidate_does_not_find(judged: Judge, expression: str) -> None:
    assert (
        judged(f"import os\ndef f(a):\n    return bool({expression})\n", "assert f(1) is False").verdict
        == Verdict.PASSED
    )


@pytest.mark.usefixtures("enclosed")
def test_there_is_no_network(judged: Judge) -> None:
    program = (
        "import socket\ndef f(a):\n    try:\n        socket.create_connection(('127.0.0.1', a), 1)\n"
        "    except OSError as error:\n        return type(error).__name__\n"
    )
    assert (
        judged(program, "assert f(22) in ('OSError', 'ConnectionRefusedError', 'PermissionError')").verdict
        == Verdict.PASSED
    )


def test_a_candidate_can_neither_trace_nor_end_its_judge(judged: Judge) -> None:
    program = (
        "import os, signal\n"
        "def f(a):\n"
        "    done = []\n"
        "    for name in os.listdir('/proc'):\n"
        "        if name.isdigit() and int(name) != os.getpid():\n"
        "            for what in (lambda: os.kill(int(name), signal.SIGKILL), lambda: open(f'/proc/{name}/mem', 'rb').read(1),\n"
        "                         lambda: os.listdir(f'/proc/{name}/fd'), lambda: open(f'/proc/{name}/environ', 'rb').read()):\n"
        "                try:\n"
        "                    what(); done.append(name)\n"
        "                except OSError:\n"
        "                    pass\n"
        "    return done\n"
    )
    if os.getuid() != 0:
        pytest.skip("judge and candidate share a user here")
    assert judged(program, "assert f(1) == []").verdict == Verdict.PASSED


def test_an_environment_in_the_root_folder_judges(tmp_path: Path) -> None:
    """Images of containers often have it there: /venv."""
    home = Path(f"/venv-{tmp_path.name}")
    try:
        venv.create(home, symlinks=True)
    except PermissionError:
        pytest.skip("only root may write to the root folder")
    try:
        with LocalSandbox(python=str(home / "bin" / "python")).start() as worker:
            (found,) = worker.run(Spec(PROBLEM), [Task("def f(a): return True\n")])
    finally:
        shutil.rmtree(home)
    assert isinstance(found, Execution)
    assert found.verdict == Verdict.PASSED


def test_what_is_covered_and_what_is_not_is_said() -> None:
    assert LocalSandbox().covers
    assert LocalSandbox().does_not_cover


def test_the_filters_that_hold_are_named() -> None:
    sandbox = LocalSandbox()
    for word, holds in (("filter", sandbox.facts.seccomp), ("(Landlock)", sandbox.facts.landlock)):
        assert any(word in text for text in sandbox.covers) is holds


def test_landlock_keeps_a_program_from_its_own_files_in_proc(judged: Judge, local_worker: Worker) -> None:
    if not local_worker.facts.landlock:
        pytest.skip("this kernel has no Landlock")
    program = (
        "def f(name):\n    try:\n        open('/proc/self/' + name, 'w').close()\n"
        "    except PermissionError:\n        return []\n"
    )
    assert (
        judged(program, "assert f('oom_score_adj') == []", "assert f('mem') == []").verdict == Verdict.PASSED
    )


def test_a_closed_worker_raises_and_can_be_closed_again() -> None:
    worker = LocalSandbox().start()
    worker.close()
    worker.close()
    with pytest.raises(SandboxError):
        worker.run(Spec(PROBLEM), [Task("def f(a): return True\n")])


def test_a_guest_that_is_killed_is_a_sandbox_error() -> None:
    with LocalSandbox().start() as worker:
        for pid in _descendants(os.getpid()):
            if b"enclose" in _command(pid):
                os.kill(pid, signal.SIGKILL)
        with pytest.raises(SandboxError):
            worker.run(Spec(PROBLEM), [Task("def f(a): return True\n")])


def test_nothing_outlives_a_host_that_is_killed() -> None:
    script = (
        "from prmdata.records import *; from prmdata.sandboxes.local import LocalSandbox; import sys\n"
        "problem = Problem(id='p', prompt='', reference='', tests=(Test('assert', 'assert f(1)'),), entry_point='f')\n"
        "worker = LocalSandbox().start(); print('ready', flush=True)\n"
        "worker.run(Spec(problem, cpu_s=500.0), [Task('def f(a):\\n    while True: pass\\n')])\n"
    )
    host = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert host.stdout is not None
    host.stdout.readline()
    mine: list[int] = []
    while len(mine) < 6:  # launcher, supervisor, fork servers, judges, a candidate
        time.sleep(0.05)
        mine = _descendants(host.pid)
    host.kill()
    host.wait()
    host.stdout.close()
    deadline = time.monotonic() + 10
    while any(_alive(pid) for pid in mine) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [pid for pid in mine if _alive(pid)] == []


def _descendants(root: int) -> list[int]:
    parents = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = [root]
    for each in found:
        found.extend(pid for pid, parent in parents.items() if parent == each)
    return found[1:]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
