"""The tests of a trusted script share a process, and say the same as a fresh start for each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prmdata.records import Execution, Problem, Spec, Suite, Task, Test, Verdict
from prmdata.sandboxes.contract import Worker

SUM = "import sys\nn = int(input())\nxs = list(map(int, sys.stdin.readline().split()))\nprint(sum(xs))\n"
TESTS = tuple(
    Test("stdio", input=f"{n}\n{' '.join(map(str, range(n)))}\n", output=f"{sum(range(n))}\n")
    for n in (1, 4, 9, 2, 7)
)
KEEPS = "import heapq\nkept = heapq.__dict__.setdefault('kept', [])\nkept.append(1)\n"
INPUTS, SUMS = ("3\n1 2 3\n", "2\n5 6\n"), ("6\n", "11\n")

SHARED = {
    "right": SUM,
    "wrong from the third test on": SUM + "if n > 8: print(n)\n",
    "always wrong": SUM.replace("sum(xs)", "sum(xs) + 1"),
    "raises in one test": SUM + "if n == 4: [][n]\n",
    "raises an exception of its own": SUM + "class Odd(ValueError): pass\nif n == 9: raise Odd('no')\n",
    "reads too much": SUM + "input()\n",
    "closes its output": SUM + "if n == 9: sys.stdout.close()\n",
    "writes what cannot be written": SUM + "if n == 9: print(chr(0xd800))\n",
    "leaves in the middle": SUM + "sys.exit()\nprint(n)\n",
}
ALONE = {
    "an endless loop": SUM + "while n == 4: pass\n",
    "an exit code": SUM + "if n == 4: sys.exit(3)\n",
    "an end without notice": SUM + "import os\nif n == 9: os._exit(0)\n",
    "a recursion that is too deep": SUM + "def f(): f()\nif n == 9: f()\n",
    "no program": "n = = 1\n",
    "an error at its end, which only a fresh start passes over": SUM
    + "import atexit\natexit.register(lambda: 1 / 0)\n",
    "a test that takes more than its share of the time": SUM
    + "if n == 9: sum(k * k for k in range(1_500_000))\n",
    "what it keeps in a module of the library": KEEPS + SUM + "if len(kept) > 2: print(7)\n",
}


def spec_of(reference: str = SUM) -> Spec:
    return Spec(Problem(id="p", prompt="", reference=reference, tests=TESTS), cpu_s=0.15, memory_mb=256)


def facts(found: object) -> object:
    """What a run says of a program, without what it took, and without the output of the process that was its last."""
    assert isinstance(found, Execution), found
    return replace(
        found, wall_s=0, cpu_s=0, peak_bytes=0, runs=0, shared=False, confirmed=False, stdout_tail="", stderr_tail=""
    )  # fmt: skip


def judged(worker: Worker, program: str, spec: Spec, **more: object) -> Execution:
    """The finding about a trusted program; fails where the program alone shows anything else."""
    task = Task(program, suites=(Suite(INPUTS, SUMS),), trusted=True, **more)  # type: ignore[arg-type]
    found, _ = worker.run(spec, [task, replace(task, program="print(1)")])
    assert [facts(found)] == [facts(each) for each in worker.run(spec, [replace(task, trusted=False)])]
    assert isinstance(found, Execution)
    return found


@pytest.mark.parametrize("case", SHARED)
def test_tests_in_one_process_say_the_same_as_fresh_starts(local_worker: Worker, case: str) -> None:
    assert judged(local_worker, SHARED[case], spec_of()).shared


@pytest.mark.parametrize("case", ALONE)
def test_what_is_odd_is_judged_on_fresh_starts(local_worker: Worker, case: str) -> None:
    assert not judged(local_worker, ALONE[case], spec_of()).shared


def test_what_passes_everything_is_confirmed_alone(local_worker: Worker) -> None:
    found = judged(local_worker, SUM, spec_of(), confirm=True)
    assert found.verdict == Verdict.PASSED
    assert found.confirmed


def test_a_reference_that_leaves_something_behind_lets_nobody_share(local_worker: Worker) -> None:
    spec = spec_of(KEEPS + SUM.replace("print(sum(xs))", "print(sum(xs) if len(kept) < 2 else 0)"))
    assert not judged(local_worker, SUM, spec).shared


def test_tests_of_a_slow_problem_do_not_share(local_worker: Worker) -> None:
    """What passes would run them twice, which takes longer than fresh starts."""
    assert judged(local_worker, SUM, replace(spec_of(), cpu_s=3.9)).shared
    assert not judged(local_worker, SUM, replace(spec_of(), cpu_s=4.0)).shared
