"""A right program finds the surroundings that a plain interpreter would give it."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from prmdata.records import Limits, Problem, Spec, Suite, Task, Test, Verdict
from prmdata.sandboxes.contract import Worker
from tests.sandboxes.conftest import Judge

P, OUTPUT = Verdict.PASSED, Verdict.OUTPUT_LIMIT


@pytest.mark.parametrize(
    "program",
    [
        "import inspect\ndef f(n):\n    return n + len(inspect.getsource(f).splitlines()) - 1\n",
        "import os\ndef f(n):\n    return n + __file__.endswith('.py') * (os.path.dirname(__file__) == os.getcwd())\n",
        "import tempfile\ndef f(n):\n    with tempfile.NamedTemporaryFile('w+') as file:\n        file.write(str(n + 1)); file.flush()\n        return int(open(file.name).read())\n",
        pytest.param(
            "def f(n):\n    with open('/tmp/kept', 'w') as file: file.write(str(n + 1))\n    return int(open('/tmp/kept').read())\n",
            marks=pytest.mark.skipif(
                sys.base_prefix.startswith("/tmp/") or sys.prefix.startswith("/tmp/"),
                reason="the work folder is not /tmp where /tmp holds the interpreter",
            ),
        ),
        "import threading, sys\nthreading.stack_size(1 << 29)\ndef f(n):\n    got = []\n    t = threading.Thread(target=lambda: got.append(n + 1)); t.start(); t.join()\n    return got[0]\n",
        "def deep(n):\n    return 0 if n == 0 else 1 + deep(n - 1)\ndef f(n):\n    return n + (deep(994) == 994)\n",
        "import sys\nsys.setrecursionlimit(10**6)\ndef deep(n):\n    return 0 if n == 0 else 1 + deep(n - 1)\ndef f(n):\n    return n + (deep(50_000) == 50_000)\n",
        "import os\ndef f(n):\n    with open('/dev/stdout', 'w') as out: out.write('said')\n    return n + os.path.exists('/proc/self/fd/0')\n",
        "def f(n: int):\n    return n + (f.__annotations__ == {'n': int})\n",
        "from multiprocessing import shared_memory\ndef f(n):\n    made = shared_memory.SharedMemory(create=True, size=8)\n    made.buf[0] = n + 1\n    got = made.buf[0]\n    made.close(); made.unlink()\n    return got\n",
    ],
)  # fmt: skip
def test_programs_that_use_the_interpreters_own_means(judged: Judge, program: str) -> None:
    assert judged(program, "assert f(1) == 2", "assert f(2) == 3").outcomes == (P, P)


@pytest.mark.parametrize(
    "program",
    [
        "from multiprocessing import Pool\ndef one(n):\n    return n + 1\ndef f(n):\n    with Pool(2) as pool:\n        return pool.map(one, [n])[0]\n",
        "import multiprocessing as mp\ndef put(q, n): q.put(n + 1)\ndef f(n):\n    q = mp.Queue()\n    p = mp.Process(target=put, args=(q, n)); p.start()\n    got = q.get(); p.join()\n    return got\n",
        "import asyncio\nasync def later(n):\n    await asyncio.sleep(0)\n    return n + 1\ndef f(n):\n    return asyncio.run(later(n))\n",
    ],
)  # fmt: skip
def test_programs_that_use_several_processes_or_many_modules(judged: Judge, program: str) -> None:
    assert judged(program, "assert f(1) == 2", cpu_s=2.0, memory_mb=512).verdict == P


@pytest.mark.parametrize(
    "program",
    [
        "import mmap\nprint(2 * int(mmap.mmap(0, 0, access=mmap.ACCESS_READ).read()))\n",
        "import os\nprint(2 * int(os.read(0, os.fstat(0).st_size)))\n",
        "print(2 * int(open('/dev/stdin').read()))\n",
        "print(2 * int(open('/proc/self/fd/0').read()))\n",
        "import sys\nsys.stdin.readline()\nsys.stdin.seek(0)\nprint(2 * int(input()))\n",
        "import subprocess\nprint(2 * int(subprocess.run(['cat'], capture_output=True).stdout))\n",
        "import os\nn = int(input())\nwith open('/dev/stdout', 'w') as out: out.write(str(2 * n))\n",
    ],
)
def test_standard_input_is_a_file(local_worker: Worker, program: str) -> None:
    problem = Problem("p", "", "", (Test("stdio", input="21\n", output="42\n"),))
    (found,) = local_worker.run(Spec(problem, cpu_s=0.5, memory_mb=256), [Task(program)])
    assert found.verdict == P  # type: ignore[union-attr]


def test_output_is_bounded_by_what_the_problem_says_or_expects(local_worker: Worker) -> None:
    def verdict(problem: Problem, lines: int) -> Verdict:
        program = f"for _ in range({lines}): print('x' * 1023)\n"
        (found,) = local_worker.run(Spec(problem, cpu_s=2.0, memory_mb=256), [Task(program)])
        return found.verdict  # type: ignore[union-attr,no-any-return]

    small = Problem("p", "", "", (Test("stdio", input="", output="x"),))
    assert verdict(small, 1500) == OUTPUT
    assert verdict(replace(small, limits=Limits(output_mb=2)), 1500) == Verdict.WRONG_ANSWER
    assert verdict(replace(small, limits=Limits(output_mb=0.5)), 700) == OUTPUT
    large = replace(small, tests=(Test("stdio", input="", output=("x" * 1023 + "\n") * 1500),))
    assert verdict(large, 1500) == P


def test_generated_inputs_do_not_share_the_output_of_the_tests(judged: Judge) -> None:
    suite = Suite(tuple(f'{{"a":[{n}],"k":{{}}}}' for n in range(8)), tuple(str(n + 1) for n in range(8)))
    program = "def f(n):\n    print('x' * 400_000)\n    return n + 1\n"
    found = judged(program, "assert f(1) == 2", "assert f(2) == 3", task=Task("", suites=(suite,)))
    assert found.verdict == P
    assert [each.status for each in found.observations[0]] == ["agreed"] * 8
