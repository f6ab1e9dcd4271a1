"""The result of each way to fail: verdict, outcomes, error type, error line."""

from __future__ import annotations

import pytest

from prmdata.records import Isolation, Spec, Task, Test, Verdict
from tests.sandboxes.conftest import Judge

GOOD = "def f(a):\n    return a + 1\n"
TESTS = ("assert f(1) == 2", "assert f(2) == 3", "assert f(3) == 4")
P, W, R = Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR


def test_a_good_program_passes(judged: Judge) -> None:
    found = judged(GOOD, *TESTS)
    assert (found.verdict, found.outcomes) == (P, (P, P, P))
    assert (found.error_type, found.error_line, found.exit_code, found.signal) == (None, None, None, None)
    assert found.lines == (1, 2)
    assert found.isolation is Isolation.TWO_PROCESSES
    assert found.cpu_s > 0
    assert found.peak_bytes > 1 << 20


@pytest.mark.parametrize(
    ("program", "outcomes", "error_type", "error_line"),
    [
        ("def f(a):\n    return 3\n", (W, P, W), "AssertionError", None),
        (
            "def f(a):\n    if a == 2:\n        raise KeyError(a)\n    return a + 1\n",
            (P, R, P),
            "KeyError",
            3,
        ),
        ("def f(a):\n    return g(a)\n\ndef g(a):\n    return a.x\n", (R, R, R), "AttributeError", 5),
        ("def f(a):\n    return sorted([a, 'x'])\n", (R, R, R), "TypeError", 2),
        ("class E(ValueError): pass\ndef f(a):\n    raise E(1)\n", (R, R, R), "E", 3),
        ("def f(a):\n    import sys\n    sys.exit(4)\n", (R, R, R), "SystemExit", 3),
        ("def f(a):\n    raise KeyboardInterrupt\n", (R, R, R), "KeyboardInterrupt", 2),
        ("def f(a):\n    raise GeneratorExit\n", (R, R, R), "GeneratorExit", 2),
        ("def f(a):\n    assert a > 9\n", (R, R, R), "AssertionError", 2),
        ("def g(a):\n    return a + 1\n", (R, R, R), "NameError", None),
        ("def f(a, b):\n    return a + 1\n", (R, R, R), "TypeError", None),
        ("x = 1\nx / 0\n", (R, None, None), "ZeroDivisionError", 2),
        ("import nowhere_to_be_found\n", (R, None, None), "ModuleNotFoundError", 1),
        ("def f(a):\n    return object()\n", (W, W, W), "NotPlainError", None),
    ],
)
def test_verdicts(
    judged: Judge, program: str, outcomes: tuple[Verdict | None, ...], error_type: str, error_line: int | None
) -> None:
    found = judged(program, *TESTS)
    assert found.outcomes == outcomes
    assert found.verdict == next(each for each in outcomes if each not in (P, None))
    assert (found.error_type, found.error_line) == (error_type, error_line)


def test_deep_recursion_is_the_programs_own_error(judged: Judge) -> None:
    found = judged("def f(a):\n    return f(a + 1)\n", *TESTS)
    assert (found.verdict, found.error_type) == (R, "RecursionError")


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("def f(a:\n", 1),
        ("x = 1\n  y = 2\n", 2),
        ("def f(a):\n    return a +\n", 2),
        ("x = 1\0\n", None),
        ("# -*- coding: nowhere -*-\nx = '\udc80'\n", None),
    ],
)
def test_what_does_not_compile(judged: Judge, program: str, line: int | None) -> None:
    found = judged(program, *TESTS)
    assert (found.verdict, found.outcomes) == (Verdict.COMPILE_ERROR, (Verdict.COMPILE_ERROR, None, None))
    if line is not None:
        assert found.error_line == line


def test_ten_thousand_parentheses_are_a_compile_error(judged: Judge) -> None:
    found = judged("x = " + "(" * 10_000 + "1" + ")" * 10_000 + "\n", *TESTS)
    assert found.verdict == Verdict.COMPILE_ERROR


def test_a_million_characters_in_a_line_are_a_program(judged: Judge) -> None:
    found = judged(f"x = '{'y' * 1_000_000}'\n" + GOOD, *TESTS)
    assert (found.verdict, found.lines) == (P, (1, 2, 3))


def test_a_byte_order_mark_is_no_error_of_ours(judged: Judge) -> None:
    assert judged("\ufeff" + GOOD, *TESTS).verdict == P


@pytest.mark.parametrize("call", ["os._exit(0)", "os._exit(7)"])
def test_an_exit_past_the_interpreter_ends_the_tests(judged: Judge, call: str) -> None:
    found = judged(f"import os\ndef f(a):\n    if a == 2:\n        {call}\n    return a + 1\n", *TESTS)
    assert (found.verdict, found.outcomes) == (R, (P, R, None))
    assert found.exit_code == int(call[-2])
    assert found.lines == (1, 2, 3, 4, 5)


def test_a_crash_is_told_by_its_signal(judged: Judge) -> None:
    found = judged("import ctypes\ndef f(a):\n    ctypes.string_at(0)\n", *TESTS)
    assert (found.verdict, found.signal, found.outcomes) == (R, 11, (R, None, None))


def test_exit_code_of_a_raised_exit(judged: Judge) -> None:
    assert judged("import sys\ndef f(a):\n    sys.exit(4)\n", *TESTS).exit_code == 4
    assert judged("import sys\nsys.exit()\n", *TESTS).exit_code == 0


def test_what_is_printed_is_kept_and_decides_nothing(judged: Judge) -> None:
    found = judged(
        "import sys\ndef f(a):\n    print('out', a)\n    print('err', file=sys.stderr)\n    return a + 1\n",
        *TESTS,
    )
    assert found.verdict == P


def test_an_error_in_the_test_is_no_error_of_the_program(judged: Judge) -> None:
    found = judged("def f(a):\n    return None\n", "assert f(1) + 1 == 2")
    assert (found.verdict, found.error_type) == (W, "TypeError")


def test_tests_catch_the_programs_exceptions_by_builtin_name(judged: Judge) -> None:
    test = "try:\n    f(0)\n    assert False\nexcept ValueError as error:\n    assert str(error) == 'no zero'"
    found = judged("class Own(ValueError): pass\ndef f(a):\n    raise Own('no zero')\n", test)
    assert found.verdict == P


def test_a_test_that_swallows_everything_cannot_outlive_its_candidate(judged: Judge) -> None:
    swallow = "try:\n    f(0)\nexcept BaseException:\n    pass"
    found = judged("import os\ndef f(a):\n    os._exit(0)\n", swallow, swallow)
    assert found.outcomes == (R, None)


def test_only_the_tests_asked_for(judged: Judge) -> None:
    found = judged("def f(a):\n    return 3\n", *TESTS, task=Task("", given_tests_only=(1,)))
    assert (found.verdict, found.outcomes) == (P, (None, P, None))
    found = judged("x = y\n", *TESTS, task=Task("", tests=False))
    assert (found.verdict, found.error_type) == (R, "NameError")


def test_one_process_mode_judges_alike(judged: Judge) -> None:
    one = Isolation.ONE_PROCESS
    assert judged(GOOD, *TESTS, isolation=one).outcomes == (P, P, P)
    found = judged("def f(a):\n    return 3\n", *TESTS, isolation=one)
    assert (found.outcomes, found.isolation) == ((W, P, W), one)
    found = judged("def f(a):\n    return a.x\n", *TESTS, isolation=one)
    assert (found.outcomes, found.error_type, found.error_line) == ((R, R, R), "AttributeError", 2)


def test_one_process_mode_passes_what_is_not_plain(judged: Judge) -> None:
    program = "class N:\n    def __eq__(self, other): return type(other) is N\ndef f(a):\n    return N()\n"
    assert judged(program, "assert f(1) == f(2)").verdict == W
    assert judged(program, "assert f(1) == f(2)", isolation=Isolation.ONE_PROCESS).verdict == P


def test_a_check_function_gets_the_entry_point(judged: Judge) -> None:
    from prmdata.records import Problem
    from prmdata.sandboxes.local import LocalSandbox

    check = "def check(candidate):\n    assert candidate(2) == 3\n    assert candidate(a=3) == 4\n"
    problem = Problem(
        id="p", prompt="", reference=GOOD, tests=(Test("check", check),), entry_point="Solution().f"
    )
    program = "class Solution:\n    def f(self, a):\n        return a + 1\n"
    with LocalSandbox().start() as worker:
        (found,) = worker.run(Spec(problem), [Task(program)])
    assert not isinstance(found, Exception)
    assert found.verdict == P
