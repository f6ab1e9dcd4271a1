"""Programs that read stdin and write stdout: a fresh start for each test."""

from __future__ import annotations

import pytest

from prmdata.records import Compare, Execution, Problem, Spec, Suite, Task, Test, Verdict
from prmdata.sandboxes.contract import Worker

P, W, R = Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR
TESTS = (Test("stdio", input="1 2\n", output="3\n"), Test("stdio", input="5 6\n", output="11"))
GOOD = "a, b = map(int, input().split())\nprint(a + b)\n"

WRITTEN_AT_ITS_END = """\
import io
import os

class Out(io.IOBase):
    kept = b""

    def flush(self):
        kept, self.kept = self.kept, b""
        sent(1, kept)

sent = os.write
out = Out()
out.kept = str(sum(map(int, input().split()))).encode()
"""


def run(worker: Worker, program: str, tests: tuple[Test, ...] = TESTS, **task: object) -> Execution:
    compare = task.pop("compare", Compare())
    problem = Problem(id="p", prompt="", reference="", tests=tests, compare=compare)  # type: ignore[arg-type]
    (found,) = worker.run(Spec(problem, cpu_s=0.15, memory_mb=256), [Task(program, **task)])  # type: ignore[arg-type]
    assert isinstance(found, Execution), found
    return found


@pytest.mark.parametrize(
    ("program", "outcomes", "error_type", "error_line", "exit_code"),
    [
        (GOOD, (P, P), None, None, None),
        ("import sys\nprint(sum(map(int, sys.stdin.read().split())))\n", (P, P), None, None, None),
        ("print(3)\n", (P, W), None, None, 0),
        ("print('3')\nimport sys\nsys.exit(0)\n", (P, W), None, None, 0),
        (GOOD + "raise SystemExit(2)\n", (R, R), "SystemExit", 3, 2),
        ("a, b = input().split()\nprint(a / b)\n", (R, R), "TypeError", 2, 1),
        ("input()\ninput()\n", (R, R), "EOFError", 2, 1),
        ("import os\nprint(3, flush=True)\nos._exit(1)\n", (R, R), None, None, 1),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", (R, R), None, None, None),
        ("def f(:\n", (Verdict.COMPILE_ERROR, None), "SyntaxError", 1, 1),
        ("if __name__ == '__main__':\n    " + GOOD.replace("\n", "\n    ") + "\n", (P, P), None, None, None),
        ("import atexit\natexit.register(print, 3)\n", (P, W), None, None, 0),
        ("import threading\nthreading.Thread(target=print, args=(3,)).start()\n", (P, W), None, None, 0),
        (WRITTEN_AT_ITS_END, (P, P), None, None, None),
        ("import os\nprint(os.fstat(0).st_size - 1)\n", (P, W), None, None, 0),
    ],
)
def test_verdicts_of_scripts(
    local_worker: Worker,
    program: str,
    outcomes: tuple[Verdict | None, ...],
    error_type: str | None,
    error_line: int | None,
    exit_code: int | None,
) -> None:
    found = run(local_worker, program)
    assert found.outcomes == outcomes
    assert (found.error_type, found.error_line, found.exit_code) == (error_type, error_line, exit_code)


def test_a_time_out_ends_the_tests(local_worker: Worker) -> None:
    assert run(local_worker, "while True: pass\n").outcomes == (Verdict.TIMEOUT, None)


def test_an_hour_of_sleep_is_a_time_out(local_worker: Worker) -> None:
    assert run(local_worker, "import time\ntime.sleep(3600)\n").verdict == Verdict.TIMEOUT


def test_endless_output_is_its_own_verdict(local_worker: Worker) -> None:
    assert run(local_worker, "while True: print('x' * 99)\n").verdict == Verdict.OUTPUT_LIMIT
    found = run(local_worker, "import sys\nwhile True: sys.stderr.write('y')\n")
    assert found.verdict == Verdict.OUTPUT_LIMIT


def test_a_chatty_program_is_not_slow(local_worker: Worker) -> None:
    tests = (Test("stdio", input="", output="x " * 400_000),)
    assert run(local_worker, "for _ in range(400_000): print('x')\n", tests).verdict == P


def test_memory_is_its_own_verdict(local_worker: Worker) -> None:
    found = run(local_worker, "x = []\nwhile True: x.append(bytearray(1 << 20))\n")
    assert (found.verdict, found.error_line) == (Verdict.MEMORY_LIMIT, 2)


def test_rules_of_comparison(local_worker: Worker) -> None:
    one = (Test("stdio", input="", output="1 2\n3\n"),)
    assert run(local_worker, "print(1)\nprint('2   3')\n", one).verdict == P
    assert run(local_worker, "print(1)\nprint('2   3')\n", one, compare=Compare("exact")).verdict == W
    assert run(local_worker, "print('1 2')\nprint(3)\n", one, compare=Compare("exact")).verdict == P
    ok = "def ok(input, expected, got):\n    return len(got.split()) == len(expected.split())\n"
    assert run(local_worker, "print(7, 7, 7)\n", one, compare=Compare("checker", checker=ok)).verdict == P


@pytest.mark.parametrize(
    ("expected", "output", "verdict"),
    [
        ("2.3333333333333335", "2.333333333333333", P),
        ("2.3333333333333335", "2.3333", W),
        ("1000000000.5", "1000000001", P),
        ("0.0", "5e-7", P),
        ("1e-3", "0.001", P),
        ("1e-3", "0.0011", W),
        ("2.50", "2.5", P),
        ("5", "5.0", W),
        ("7 0.5", "7 0.5000000001", P),
        ("7 0.5", "7.0 0.5", W),
        ("1.2.3", "1.2.30", W),
        ("eel", "eee", W),
        ("nan", "inf", W),
        ("0.5 x", "0.5", W),
    ],
)
def test_expected_numbers_with_a_point_are_met_closely_and_all_else_exactly(
    local_worker: Worker, expected: str, output: str, verdict: Verdict
) -> None:
    tests = (Test("stdio", input="", output=f"{expected}\n"),)
    assert run(local_worker, f"print({output!r})\n", tests).verdict == verdict


@pytest.mark.parametrize(
    ("output", "verdict"),
    [
        ("3\n2 1\n5 4", W),
        ("5 4\n3\n1 2", W),
        ("4 5\n3\n1 2", P),
        ("2 1\n3\n5 4", P),
        ("1 2 3 4 5", W),
        ("1 4\n3\n2 5", W),
    ],
)
def test_in_any_order_lines_move_or_words_within_lines(
    local_worker: Worker, output: str, verdict: Verdict
) -> None:
    """If a word moves to another line, a row of columns becomes another row."""
    tests = (Test("stdio", input="", output="1 2\n3\n4 5\n"),)
    assert run(local_worker, f"print({output!r})\n", tests, compare=Compare("any-order")).verdict == verdict


@pytest.mark.parametrize(
    ("output", "verdict"),
    [
        ("2.0004 7 1e3", P),
        ("2.004 7 1e3", W),
        ("2 8 1000", W),
        ("2 7.0 999.9", P),
        ("2.0 7.001 1e3", W),
        ("2 0_7 1e3", W),
    ],
)
def test_only_an_expected_number_with_a_point_or_an_exponent_has_a_tolerance(
    local_worker: Worker, output: str, verdict: Verdict
) -> None:
    tests = (Test("stdio", input="", output="2.0 7 1e3\n"),)
    found = run(local_worker, f"print({output!r})\n", tests, compare=Compare("float", 1e-3))
    assert found.verdict == verdict


def test_suites_of_scripts(local_worker: Worker) -> None:
    recorded = run(local_worker, GOOD, suites=(Suite(("1 1\n", "x\n", "4 5\n")),), record_inputs=True)
    assert recorded.recorded_inputs == ("1 2\n", "5 6\n")
    assert [(each.status, each.answer) for each in recorded.observations[0]] == [
        ("answered", "2\n"),
        ("raised", "ValueError"),
        ("answered", "9\n"),
    ]
    program = "a, b = map(int, input().split())\nif a == 4: a = 5\nprint(a + b)\n"
    compared = run(local_worker, program, suites=(Suite(("1 1\n", "4 5\n"), ("2\n", "9\n")),), watch=(2,))
    assert [(each.status, each.answer) for each in compared.observations[0]] == [
        ("agreed", ""),
        ("disagreed", "10\n"),
    ]
    assert all(each.reached for each in compared.observations[0])


def test_lines_are_those_of_all_tests_together(local_worker: Worker) -> None:
    program = "n = int(input().split()[0])\nif n == 1:\n    print(3)\nelif n == 5:\n    print(11)\nelse:\n    print()\n"
    assert run(local_worker, program).lines == (1, 2, 3, 4, 5)


def test_what_one_start_leaves_the_next_does_not_find(local_worker: Worker) -> None:
    program = (
        "import os\nif os.path.exists('left'):\n    print('found')\n"
        "else:\n    open('left', 'w').close()\n    " + GOOD.replace("\n", "\n    ") + "\n"
    )
    assert run(local_worker, program).outcomes == (P, P)


def test_input_that_no_pipe_holds(local_worker: Worker) -> None:
    numbers = " ".join(["7"] * 2_000_000)
    (outcome,) = run(
        local_worker,
        "import sys\nprint(len(sys.stdin.read().split()))\n",
        (Test("stdio", input=numbers, output="2000000"),),
    ).outcomes
    assert outcome == P


@pytest.mark.parametrize(
    "program",
    [
        "import sys\nwith sys.stdin as given, sys.stdout as out:\n    print(sum(map(int, next(given).split())), file=out)\n",
        "import atexit, io, sys\nsys.stdout = io.StringIO()\n"
        "atexit.register(lambda: sys.__stdout__.write(sys.stdout.getvalue()))\nprint(sum(map(int, input().split())))\n",
        "import sys\nsys.stdout.write(str(sum(map(int, input().split()))))\nsys.stdout = None\n",
    ],
)
def test_a_stream_that_is_closed_or_stood_in_for_at_the_end(local_worker: Worker, program: str) -> None:
    found = run(local_worker, program)
    assert (found.outcomes, found.exit_code) == ((P, P), None)
