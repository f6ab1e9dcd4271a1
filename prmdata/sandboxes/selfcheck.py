"""The contract as checks that ship. The contract suite runs them on every provider, and ``prmdata doctor``
runs them on this machine.

A sandbox must pass the ``required`` checks before it may be used for labels. The others show how closed it
is.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from prmdata.errors import QuarantineError, SandboxError
from prmdata.records import Isolation, Problem, Spec, Suite, Test
from prmdata.records import Verdict as _V
from prmdata.sandboxes.checking import (
    CPU_S,
    MEMORY_MB,
    Check,
    CheckResult,
    calls,
    differs,
    gets,
    judge,
    refuses,
)
from prmdata.sandboxes.contract import SandboxProvider, Worker


def run_checks(provider: SandboxProvider) -> Iterator[CheckResult]:
    """Run every check on one worker of ``provider`` (a fresh one after a death), in order.

    Raises SandboxError only if no worker starts at all.
    """
    worker = provider.start()
    try:
        for check in CHECKS:
            began = time.monotonic()
            try:
                seen = check.find(worker)
            except SandboxError as error:
                seen = f"the worker died: {error}"
                worker.close()
                worker = provider.start()
            wall_s = time.monotonic() - began
            yield CheckResult(check.name, check.promise, seen is None, check.required, seen or "", wall_s)
    finally:
        worker.close()


_RIGHT: Final = "def f(n):\n    return n + n\n"


def _leaves_nothing(worker: Worker) -> str | None:
    leaver = (
        "import builtins, os, sys\nbuiltins.left = sys.left = 1\nos.environ['LEFT'] = '1'\n"
        "open('left', 'w').close()\nif os.fork() == 0:\n    os.setsid()\n    import time\n    time.sleep(60)\n"
        + _RIGHT
    )
    looker = (
        "import builtins, os, sys\ndef f(n):\n"
        "    found = hasattr(builtins, 'left') or hasattr(sys, 'left') or 'LEFT' in os.environ or os.listdir('.')\n"
        "    return 0 if found else n + n\n"
    )
    return differs(judge(worker, calls(), leaver), _V.PASSED) or differs(
        judge(worker, calls(), looker), _V.PASSED
    )


def _stdio(worker: Worker) -> str | None:
    tests = (Test("stdio", input="3\n", output="6\n"), Test("stdio", input="4\n", output="8\n"))
    right, wrong = "print(2 * int(input()))\n", "print(6)\n"
    spec = Spec(Problem("selfcheck-stdio", "", right, tests), cpu_s=CPU_S, memory_mb=MEMORY_MB)
    return differs(judge(worker, spec, right), _V.PASSED, tests_passed=2) or differs(
        judge(worker, spec, wrong), _V.WRONG_ANSWER, tests_passed=1
    )


def _records_and_compares(worker: Worker) -> str | None:
    got = judge(worker, calls(), _RIGHT, record_inputs=True)
    if isinstance(got, QuarantineError) or not got.recorded_inputs:
        return f"no inputs recorded: {got}"
    recorded = judge(worker, calls(), _RIGHT, suites=(Suite(got.recorded_inputs),))
    if isinstance(recorded, QuarantineError) or not recorded.observations:
        return f"no answers recorded: {recorded}"
    answers = tuple(seen.answer for seen in recorded.observations[0])
    odd = "def f(n):\n    return n + n if n < 10 else 42\n"
    far = tuple(text.replace("21", "22") for text in got.recorded_inputs)
    truth = judge(worker, calls(), _RIGHT, suites=(Suite(far),))
    if isinstance(truth, QuarantineError) or not truth.observations:
        return f"no answers recorded: {truth}"
    expected = tuple(seen.answer for seen in truth.observations[0])
    same = judge(worker, calls(), odd, suites=(Suite(got.recorded_inputs, answers), Suite(far, expected)))
    if isinstance(same, QuarantineError):
        return str(same)
    seen = [[one.status for one in suite] for suite in same.observations]
    return None if seen == [["agreed", "agreed"], ["agreed", "disagreed"]] else f"comparing saw {seen}"


def _one_process(worker: Worker) -> str | None:
    program = "def f(n):\n    yield n\n    yield n\n"
    spec = replace(calls("assert next(f(2)) == 2", reference=program), isolation=Isolation.ONE_PROCESS)
    return differs(judge(worker, spec, program), _V.PASSED, isolation=Isolation.ONE_PROCESS)


def _unrepeatable(worker: Worker) -> str | None:
    tosses = calls(*(f"assert f({n}) == {n + n}" for n in range(40)))
    program = "import os\ndef f(n):\n    return n + n if os.urandom(1)[0] & 1 else -1\n"
    got = judge(worker, tosses, program)
    return None if isinstance(got, QuarantineError) else f"judged {got.verdict}, though its two runs differ"


def _output_drained(worker: Worker) -> str | None:
    chatty = "def f(n):\n    for _ in range(2000):\n        print('x' * 99)\n    return n + n\n"
    return differs(judge(worker, calls(), chatty), _V.PASSED)


def _no_files(worker: Worker) -> str | None:
    with tempfile.TemporaryDirectory(prefix="prmdata-check-") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "readable").write_text("by everyone on this machine")
        program = f"def f(n):\n    open({folder + '/readable'!r})\n    return n + n\n"
        return refuses(program)(worker)


_TRIES_NETWORK: Final = (
    "import socket\ndef f(n):\n    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    "    one.sendto(b'x', ('192.0.2.1', 9))\n    return n + n\n"  # an address that belongs to nobody (RFC 5737)
)
_SEES_OTHERS: Final = (
    "import os\ndef f(n):\n    for pid in filter(str.isdigit, os.listdir('/proc')):\n        try:\n"
    "            if int(pid) != os.getpid() and open(f'/proc/{pid}/environ', 'rb').read():\n                return n + n\n"
    "        except OSError:\n            pass\n    return 0\n"
)
_KILLS: Final = "import os, signal\ndef f(n):\n    os.kill(os.getppid(), signal.SIGKILL)\n    os.kill(-1, signal.SIGKILL)\n    return 0\n"
_WALKS: Final = (
    "import gc, re, sys\nseen = re.compile('assert [f][(][0-9]').search\ndef f(n):\n    frame = sys._getframe()\n"
    "    while frame:\n        if seen(repr(frame.f_locals)):\n            return n + n\n        frame = frame.f_back\n"
    "    return n + n if any(seen(repr(h)) for h in gc.get_objects() if type(h) in (list, dict, tuple)) else 0\n"
)
_LIES: Final = (
    "class L:\n    def __eq__(self, other): return True\ndef f(n):\n    return L()\n",
    "class L(int):\n    def __eq__(self, other): return True\ndef f(n):\n    return L(0)\n",
)
_LEAVES_EARLY: Final = (
    "import os\ndef f(n):\n    os._exit(0)\n",
    "import sys\ndef f(n):\n    sys.exit(0)\n",
    "import os\nos._exit(0)\n",
    "def f(n):\n    raise SystemExit\n",
)
_HELPER: Final = calls(
    "assert f(encode('ab')) == 'ab'",
    reference="def encode(s):\n    return s[::-1]\n\ndef f(s):\n    return s[::-1]\n",
)
_FORGES_HELPER: Final = "def encode(s):\n    return s\n\ndef f(s):\n    return s\n"
_IN_PLACE: Final = calls("l = [3, 1, 2]\nf(l)\nassert l == [1, 2, 3]", reference="def f(l):\n    l.sort()\n")
_RAISES: Final = calls(
    "try:\n    f(0)\nexcept ZeroDivisionError:\n    pass\nelse:\n    raise AssertionError",
    reference="def f(n):\n    return 1 // n\n",
)

CHECKS: Final = (
    Check(
        "passes",
        "a right program passes",
        gets(_V.PASSED, _RIGHT, tests_passed=2, isolation=Isolation.TWO_PROCESSES),
    ),
    Check(
        "fails",
        "a wrong answer is one, and the tests after it run too",
        gets(_V.WRONG_ANSWER, "def f(n):\n    return 42\n", outcomes=(_V.WRONG_ANSWER, _V.PASSED)),
    ),
    Check(
        "raises",
        "an error is told with its type and line",
        gets(
            _V.RUNTIME_ERROR,
            "def f(n):\n    x = n\n    return x / 0\n",
            error_type="ZeroDivisionError",
            error_line=3,
        ),
    ),
    Check(
        "compiles",
        "what does not compile is a verdict of its own",
        gets(_V.COMPILE_ERROR, "def f(n)\n    return n\n"),
    ),
    Check(
        "timeout",
        "CPU time is bounded, in C code too",
        gets(_V.TIMEOUT, "def f(n):\n    return sum(range(10**12))\n"),
    ),
    Check(
        "timeout-caught",
        "a bare except does not eat the time limit",
        gets(
            _V.TIMEOUT,
            "def f(n):\n    while True:\n        try:\n            while True: pass\n        except: pass\n",
        ),
    ),
    Check(
        "sleeps",
        "what sleeps is ended too",
        gets(_V.TIMEOUT, "import time\ndef f(n):\n    time.sleep(10**6)\n"),
    ),
    Check(
        "memory",
        "memory is bounded",
        gets(
            _V.MEMORY_LIMIT,
            "def f(n):\n    x = []\n    while True:\n        x.append(bytearray(b'x') * (1 << 22))\n",
            # A busy machine takes longer to provide 192 MB than the CPU time that a program usually has.
            replace(calls(), cpu_s=2.0),
        ),
    ),
    Check(
        "output",
        "output is bounded",
        gets(_V.OUTPUT_LIMIT, "def f(n):\n    while True:\n        print('x' * 10000)\n"),
    ),
    Check("output-drained", "much output within the bound does no harm", _output_drained),
    Check("leaves-early", "leaving early is no pass", refuses(*_LEAVES_EARLY)),
    Check("lies", "objects that lie about themselves do not pass", refuses(*_LIES)),
    Check("walks", "tests and expected values are out of reach", refuses(_WALKS)),
    Check("kills", "killing whatever it can does not help", refuses(_KILLS)),
    Check("helpers", "helpers that tests call are the judge's own", refuses(_FORGES_HELPER, spec=_HELPER)),
    Check(
        "in-place",
        "arguments changed in place travel back",
        gets(_V.PASSED, "def f(l):\n    l.sort()\n", _IN_PLACE),
    ),
    Check(
        "exceptions",
        "exceptions travel back by name",
        gets(_V.PASSED, "def f(n):\n    return 1 // n\n", _RAISES),
    ),
    Check("stdio", "stdin/stdout programs are judged test by test", _stdio),
    Check("suites", "inputs are recorded, answers recorded and compared", _records_and_compares),
    Check("one-process", "one-process mode runs what cannot be carried over", _one_process),
    Check("unrepeatable", "two runs that differ give no verdict", _unrepeatable),
    Check(
        "coverage",
        "the lines that ran are known",
        gets(_V.PASSED, "def f(n):\n    if n < 0:\n        return 0\n    return n + n\n", lines=(1, 2, 4)),
    ),
    Check("leaves-nothing", "nothing of a program is left for the next", _leaves_nothing),
    Check("no-network", "no packet leaves", refuses(_TRIES_NETWORK), required=False),
    Check("no-files", "files of this machine cannot be read", _no_files, required=False),
    Check("no-processes", "other processes cannot be looked into", refuses(_SEES_OTHERS), required=False),
)
