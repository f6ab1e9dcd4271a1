"""Generated inputs of programs that read standard input: many run in one process, and an input that differs
gets a fresh start."""

from __future__ import annotations

import pytest

from prmdata.records import Execution, Problem, Spec, Suite, Task, Test
from prmdata.sandboxes.contract import Worker

SUM = "import sys\nn = int(input())\nxs = list(map(int, sys.stdin.readline().split()))\nprint(sum(xs))\n"
INPUTS = tuple(f"{n}\n{' '.join(map(str, range(n)))}\n" for n in range(1, 40))
SUMS = tuple(f"{sum(range(n))}\n" for n in range(1, 40))
KEEPS = "import sys, heapq\nkept = heapq.__dict__.setdefault('kept', [])\nkept.append(1)\n"


def run(worker: Worker, program: str, suite: Suite, **task: object) -> Execution:
    problem = Problem(id="p", prompt="", reference=SUM, tests=(Test("stdio", input="1\n5\n", output="5\n"),))
    spec = Spec(problem, cpu_s=0.15, memory_mb=256)
    (found,) = worker.run(spec, [Task(program, suites=(suite,), **task)])  # type: ignore[arg-type]
    assert isinstance(found, Execution), found
    return found


def statuses(found: Execution) -> list[str]:
    return [seen.status for seen in found.observations[0]]


@pytest.mark.parametrize(
    "program",
    [
        SUM,
        "import os\nn, *xs = os.read(0, os.fstat(0).st_size).split()\nos.write(1, b'%d' % sum(map(int, xs)))\n",
        "n, *xs = open(0).read().split()\nprint(sum(map(int, xs)))\nexit()\n",
        "import sys\nn, *xs = sys.stdin.buffer.read().split()\nsys.stdout.write(str(sum(map(int, xs))))\nsys.exit(0)\n",
        "input()\ninput = lambda: [1]\nimport builtins\nxs = builtins.input()\nbuiltins.input = len\n"
        "print(sum(map(int, xs.split())))\n",
        "import sys, io\nwith sys.stdin as f:\n    xs = f.read().split()[1:]\nsys.stdout = io.TextIOWrapper(open(1, 'wb'))\n"
        "print(sum(map(int, xs)))\n",
        "import threading\n\ndef main():\n    input()\n    print(sum(map(int, input().split())))\n\n"
        "threading.stack_size(1 << 25)\nthreading.Thread(target=main).start()\n",
        "import atexit\ninput()\natexit.register(lambda total=sum(map(int, input().split())): print(total))\n",
    ],
)
def test_programs_read_and_write_in_many_ways(local_worker: Worker, program: str) -> None:
    assert statuses(run(local_worker, program, Suite(INPUTS, SUMS))) == ["agreed"] * len(INPUTS)


def test_what_differs_in_one_process_is_confirmed_on_a_fresh_start(local_worker: Worker) -> None:
    wrong = run(local_worker, SUM + "if n == 20:\n    print(7)\n", Suite(INPUTS, SUMS), stop_after=1)
    assert statuses(wrong) == ["agreed"] * 19 + ["disagreed"]
    leaves = run(
        local_worker, KEEPS + SUM + "if len(kept) > 3:\n    print(7)\n", Suite(INPUTS, SUMS), stop_after=1
    )
    assert statuses(leaves) == ["agreed"] * len(INPUTS)


def test_a_reference_that_leaves_something_behind_gets_fresh_starts(local_worker: Worker) -> None:
    found = run(local_worker, KEEPS + SUM + "print(len(kept))\n", Suite(INPUTS[:12]), tests=False)
    assert [seen.answer for seen in found.observations[0]] == [answer + "1\n" for answer in SUMS[:12]]


FLUSHED = """import os, sys
from io import BytesIO, IOBase
class Buffered(IOBase):
    def __init__(self):
        self.buffer = BytesIO()
        self.write = lambda text: self.buffer.write(text.encode())
    def flush(self):
        os.write(1, self.buffer.getvalue())
        self.buffer.truncate(0), self.buffer.seek(0)
sys.stdout = Buffered()
_, line = sys.stdin.readlines()
print(sum(map(int, line.split())))
"""


def test_what_runs_at_the_end_of_a_program_belongs_to_each_input(local_worker: Worker) -> None:
    found = run(local_worker, FLUSHED, Suite(INPUTS, SUMS), watch=(8,))
    assert statuses(found) == ["agreed"] * len(INPUTS)
    assert all(seen.reached for seen in found.observations[0])
    found = run(local_worker, FLUSHED, Suite(INPUTS[:3]), tests=False, lines_by_input=True)
    assert all({8, 9, 12} <= set(seen.lines or ()) for seen in found.observations[0])


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("while n == 9: pass\n", "timeout"),
        ("import os\nif n == 9: os._exit(3)\n", "died"),
        ("if n == 9: raise SystemExit(3)\n", "raised"),
        ("if n == 9: 1 / 0\n", "raised"),
    ],
)
def test_what_ends_one_input_is_seen_of_it_alone(local_worker: Worker, fault: str, status: str) -> None:
    found = run(local_worker, SUM + fault, Suite(INPUTS, SUMS), stop_after=1)
    assert statuses(found) == ["agreed"] * 8 + [status]


def test_what_the_reference_leaves_unread_is_no_evidence(local_worker: Worker) -> None:
    found = run(local_worker, SUM, Suite((INPUTS[0], INPUTS[1] + "3\n", INPUTS[2])), tests=False)
    assert statuses(found) == ["answered", "raised", "answered"]


def test_the_work_of_an_input_is_counted_and_its_lines_are_its_own(local_worker: Worker) -> None:
    program = SUM + "for i in range(n * 100):\n    pass\nif n == 3:\n    n = 4\n"
    found = run(local_worker, program, Suite(INPUTS), tests=False, lines_by_input=True, work=2000)
    seen = found.observations[0]
    if seen[0].lines is not None and "TimeoutError" in {each.answer for each in seen}:
        assert [each.status for each in seen[:5]] == ["answered"] * 5
        assert seen[30].answer == "TimeoutError"
    assert [each.lines is not None and 8 in each.lines for each in seen[:5]] == [
        False,
        False,
        True,
        False,
        False,
    ]


def test_an_input_that_takes_most_of_the_time_is_not_answered(local_worker: Worker) -> None:
    """Every program may take 0.6 s for it here, and the reference 0.3 s: this one takes what lies between."""
    clock = "from time import process_time as clock\nbegan = clock()\n"
    slow = clock + SUM + "while n == 9 and clock() < began + 0.42: pass\n"
    found = run(local_worker, slow, Suite(INPUTS), tests=False, lines_by_input=True, work=10**9)
    assert statuses(found) == ["answered"] * 8 + ["raised"] + ["answered"] * 30
    leaves = run(local_worker, KEEPS + slow, Suite(INPUTS[:12]), tests=False, lines_by_input=True, work=10**9)
    assert statuses(leaves) == ["answered"] * 8 + ["raised"] + ["answered"] * 3


def test_the_streams_say_their_modes_as_at_a_start(local_worker: Worker) -> None:
    modes = "import sys\nmodes = sys.stdin.mode + sys.stdout.mode + sys.stderr.mode\n"
    found = run(local_worker, modes + SUM + "print(modes)\n", Suite(INPUTS[:12]), tests=False)
    assert [seen.answer for seen in found.observations[0]] == [answer + "rww\n" for answer in SUMS[:12]]


def test_how_far_a_program_came_before_its_time_was_up_is_no_observation(local_worker: Worker) -> None:
    slow = "import random\nif random.random() < 2:\n    while True:\n        pass\n"
    found = run(local_worker, slow, Suite(INPUTS[:1]), tests=False, lines_by_input=True)
    assert [(seen.status, seen.lines) for seen in found.observations[0]] == [("timeout", None)]
