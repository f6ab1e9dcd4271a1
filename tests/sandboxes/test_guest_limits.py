"""What a program may use, and the verdict if it uses more."""

from __future__ import annotations

import random

import pytest

from prmdata.errors import QuarantineError
from prmdata.records import Execution, Problem, Spec, Suite, Task, Test, Verdict
from prmdata.sandboxes.contract import Worker
from prmdata.sandboxes.local import LocalSandbox
from tests.sandboxes.conftest import Judge

P, W, R, T = Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR, Verdict.TIMEOUT
TESTS = ("assert f(1) == 2", "assert f(2) == 3")


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "sum(range(10**12))",
        "import re; re.match(r'(a+)+$', 'a' * 64 + 'b')",
        "try:\n        while True: pass\n    except BaseException: pass",
        "import signal\n    for n in (14, 15, 24, 26, 27): signal.signal(n, signal.SIG_IGN)\n    while True: pass",
        "import time; time.sleep(3600)",
        "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while 1: pass'])",
        "import os\n    if os.fork() == 0:\n        while 1: pass\n    os.wait()",
    ],
)
def test_what_does_not_end_is_a_time_out(judged: Judge, body: str) -> None:
    found = judged(
        f"def f(a):\n    if a == 2:\n        {body.replace(chr(10), chr(10) + '    ')}\n    return a + 1\n",
        *TESTS,
        cpu_s=0.1,
    )
    assert found.outcomes == (P, T)


def test_a_time_out_is_confirmed_with_more_time(judged: Judge) -> None:
    program = "import time\ndef f(a):\n    while time.process_time() < 0.25: pass\n    return a + 1\n"
    assert judged(program, *TESTS, cpu_s=0.12).verdict == P
    assert judged(program, *TESTS, cpu_s=0.05).verdict == T


def test_a_count_of_inputs_that_did_not_begin_gains_no_time(judged: Judge) -> None:
    program = (
        "import sys\ndef f(a):\n    frame = sys._getframe()\n"
        "    while 'candidate' not in frame.f_locals: frame = frame.f_back\n"
        "    page = frame.f_locals['candidate'].page\n    while True: page.progress = (page.progress + 1) % 9\n"
    )
    found = judged(program, *TESTS, cpu_s=0.1)
    assert (found.verdict, found.cpu_s < 0.8) == (T, True)


@pytest.mark.slow
def test_a_verdict_does_not_depend_on_how_busy_the_judge_was_before(judged: Judge) -> None:
    """The idle clock starts with the run. A program must not gain the time in which the judge worked for
    others."""
    busy = "assert f(1) == 2 and all(sum(range(k)) >= 0 for k in range(6000))"
    sleeper = "import time\ndef f(a):\n    time.sleep(2.5)\n    return a + 1\n"
    first = judged(sleeper, busy, cpu_s=0.1).verdict
    for n in range(4):
        assert judged(f"def f(a): return a + 1 + 0 * {n}\n", busy, cpu_s=0.1).verdict == P
    assert judged(sleeper, busy, cpu_s=0.1).verdict == first == T


@pytest.mark.slow
@pytest.mark.parametrize(("rest", "verdict"), [("0.8", P), ("2 * (a == 1)", T)])
def test_each_call_may_rest_for_a_second(judged: Judge, rest: str, verdict: Verdict) -> None:
    program = f"import time\ndef f(a):\n    time.sleep({rest})\n    return a + 1\n"
    assert judged(program, *(f"assert f({n}) == {n + 1}" for n in range(1, 4)), cpu_s=0.05).verdict == verdict


@pytest.mark.slow
def test_all_calls_together_may_rest_for_three_times_as_long_as_one(judged: Judge) -> None:
    program = "import time\ndef f(a):\n    time.sleep(0.9)\n    return a + 1\n"
    assert judged(program, *(f"assert f({n}) == {n + 1}" for n in range(9)), cpu_s=0.05).verdict == T


def test_time_spent_in_the_judge_is_not_the_programs(judged: Judge) -> None:
    slow = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass\nassert f(1) == 2"
    assert judged("def f(a): return a + 1\n", slow, cpu_s=0.05).verdict == P


@pytest.mark.slow
def test_an_answer_that_the_judge_cannot_get_through_with_is_the_programs_time_out(judged: Judge) -> None:
    found = judged("def f(a): return range(10**12)\n", "assert [n for n in f(1) if n < 0]", cpu_s=0.05)
    assert found.verdict == T


@pytest.mark.parametrize(
    "body",
    ["[0] * 10**10", "'x' * 10**10", "x = []\n    while True: x.append([0] * 10**6)", "bytearray(1 << 34)"],
)
def test_memory_has_its_own_verdict(judged: Judge, body: str) -> None:
    found = judged(f"def f(a):\n    {body}\n", *TESTS, memory_mb=128)
    assert found.verdict == Verdict.MEMORY_LIMIT
    assert found.error_type == "MemoryError"


def test_a_program_may_catch_its_own_memory_error(judged: Judge) -> None:
    program = "def f(a):\n    try:\n        x = [0] * 10**10\n    except MemoryError:\n        pass\n    return a + 1\n"
    assert judged(program, *TESTS, memory_mb=128).verdict == P


@pytest.mark.parametrize("what", ["'x' * (1 << 22)", "'x\\n' * (1 << 21)"])
def test_output_has_its_own_verdict(judged: Judge, what: str) -> None:
    assert judged(f"def f(a):\n    print({what})\n    return a + 1\n", *TESTS).verdict == Verdict.OUTPUT_LIMIT


def test_half_a_megabyte_of_output_is_no_crime(judged: Judge) -> None:
    found = judged("def f(a):\n    print('x' * (1 << 18))\n    return a + 1\n", *TESTS)
    assert (found.verdict, found.stdout_tail[:3]) == (P, "xxx")


def test_processes_and_files_end_in_the_programs_own_error(judged: Judge) -> None:
    found = judged("import os\ndef f(a):\n    x = [open('/dev/null') for _ in range(9999)]\n", *TESTS)
    assert (found.verdict, found.error_type) == (R, "OSError")
    found = judged(
        "def f(a):\n    with open('big', 'wb') as file:\n        file.write(bytes(40 << 20))\n", *TESTS
    )
    assert (found.verdict, found.error_type) == (R, "OSError")


@pytest.mark.parametrize(
    "bomb",
    [
        "import os\ndef f(a):\n    while True: os.fork()\n",
        "import threading, time\ndef f(a):\n    while True: threading.Thread(target=time.sleep, args=(99,)).start()\n",
    ],
)
def test_bombs_leave_a_worker_that_works(judged: Judge, bomb: str) -> None:
    assert judged(bomb, *TESTS, cpu_s=0.3).verdict in (R, T, Verdict.MEMORY_LIMIT)
    assert judged("def f(a): return a + 1\n", *TESTS).verdict == P


def test_a_grandchild_in_a_session_of_its_own_is_gone_with_its_task(judged: Judge) -> None:
    program = (
        "import os, time\n"
        "def f(a):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0:\n"
        "            time.sleep(3600)\n"
        "        os._exit(0)\n"
        "    return a + 1\n"
    )
    assert judged(program, *TESTS).verdict == P
    count = "import os\ndef f(a):\n    return len([p for p in os.listdir('/proc') if p.isdigit() and os.stat('/proc/' + p).st_uid == os.getuid()])\n"
    assert judged(count, "assert f(1) == 1").verdict == P


def test_files_are_gone_with_their_task(judged: Judge) -> None:
    leave = (
        "import os\ndef f(a):\n    os.makedirs('x/y', exist_ok=True)\n    open('x/y/z', 'w').close()\n"
        "    os.chmod('x/y', 0)\n    os.chmod('x', 0)\n    return a + 1\n"
    )
    assert judged(leave, "assert f(1) == 2").verdict == P
    assert judged("import os\ndef f(a): return os.listdir('.')\n", "assert f(1) == []").verdict == P


def test_hash_order_that_decides_is_quarantined(local_worker: Worker) -> None:
    program = "def f(a):\n    return list({'do', 're', 'mi', 'fa', 'sol', 'la', 'ti'})[0] == a\n"
    answer = _answer(
        local_worker, program, "assert f('do')", "assert f('re')", "assert f('mi')", "assert f('fa')"
    )
    assert isinstance(answer, QuarantineError)
    assert answer.reason == "unrepeatable"


def test_a_nondeterministic_verdict_is_quarantined(local_worker: Worker) -> None:
    program = "import random\ndef f(a):\n    return random.random()\n"
    tests = [f"assert not {n / 20} <= f(0) < {(n + 1) / 20}" for n in range(20)]
    assert isinstance(_answer(local_worker, program, *tests), QuarantineError)


def test_random_is_the_same_every_time() -> None:
    program = (
        "import random\ndef f(a):\n    return [random.random(), hash('x'), list({'do', 're', 'mi', 'fa'})]\n"
    )
    answers = set()
    with LocalSandbox(seeds=(0,)).start() as worker:
        for _ in range(3):
            task = Task(program, suites=(Suite(('{"a":[1],"k":{}}',)),))
            answer = _answer(worker, task, f"assert f(1)[0] == {random.Random(0).random()!r}")
            assert isinstance(answer, Execution)
            answers.add(answer.observations[0][0].answer)
    assert len(answers) == 1


def test_a_set_that_is_only_asked_or_sorted_is_repeatable(local_worker: Worker) -> None:
    program = "def f(a):\n    return {'do', 're', 'mi', a}\n"
    assert not isinstance(
        _answer(local_worker, program, "assert f('x') == {'x', 'do', 're', 'mi'}"), QuarantineError
    )


def test_a_program_may_rest_for_less_than_a_second(judged: Judge) -> None:
    sleeper = "import time\ndef f(a):\n    time.sleep(0.2)\n    return a + 1\n"
    assert judged(sleeper, "assert f(1) == 2", "assert f(2) == 3", cpu_s=0.06).outcomes == (P, P)


def _answer(worker: Worker, program: str | Task, *tests: str, cpu_s: float = 1.0) -> object:
    made = tuple(Test("assert", code) for code in tests)
    problem = Problem(id="p", prompt="", reference="def f(a): pass\n", tests=made, entry_point="f")
    (answer,) = worker.run(
        Spec(problem, cpu_s=cpu_s, memory_mb=256), [Task(program) if isinstance(program, str) else program]
    )
    return answer
