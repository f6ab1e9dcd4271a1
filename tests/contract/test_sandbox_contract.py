"""The sandbox contract on every provider: each check that ships is one test. ``prmdata doctor`` runs the same
checks on a user's machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from prmdata.errors import SandboxError, UsageError
from prmdata.records import Execution, Isolation, Problem, Spec, Suite, Task, Test
from prmdata.sandboxes.checking import Check, calls, judge
from prmdata.sandboxes.contract import SandboxProvider, Worker
from prmdata.sandboxes.selfcheck import CHECKS


def provider(name: str) -> SandboxProvider:
    """A sandbox by its name. The test is skipped if the sandbox is not available, unless it is required."""
    from prmdata.sandboxes.docker import DockerSandbox
    from prmdata.sandboxes.local import LocalSandbox

    if name == "local":
        return LocalSandbox()
    try:
        return DockerSandbox()
    except (SandboxError, UsageError) as error:
        if os.environ.get("PRMDATA_REQUIRE_DOCKER") == "1":
            pytest.fail(f"a container engine is required: {error}")
        pytest.skip(f"no Docker sandbox here: {error}")


@pytest.fixture(scope="module", params=[pytest.param("docker", marks=pytest.mark.docker), "local"])
def worker(request: pytest.FixtureRequest) -> Iterator[Worker]:
    with provider(request.param).start() as started:
        yield started


@pytest.mark.parametrize("name", [pytest.param("docker", marks=pytest.mark.docker), "local"])
def test_two_providers_of_one_kind_judge_in_one_environment(name: str) -> None:
    one, other = provider(name), provider(name)
    assert one.environment == other.environment
    assert one.environment != one.name, "says what is in it"


@pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])
def test_the_promise_holds(worker: Worker, check: Check) -> None:
    if not check.required and "network" not in worker.facts.enclosed and worker.facts.enclosed:
        pytest.skip("the kernel allows no namespaces here: said in does_not_cover")
    seen = check.find(worker)
    assert seen is None, f"{check.promise}: {seen}"


def test_no_tasks_give_no_answers(worker: Worker) -> None:
    assert worker.run(calls(), []) == ()


def test_answers_come_in_the_order_of_the_tasks(worker: Worker) -> None:
    right, wrong = "def f(n):\n    return n + n\n", "def f(n):\n    return 42\n"
    got = worker.run(calls(), [Task(right), Task(wrong), Task(right)])
    assert [str(getattr(each, "verdict", each)) for each in got] == ["passed", "wrong_answer", "passed"]


def test_one_worker_serves_many_problems(worker: Worker) -> None:
    for factor in range(2, 6):
        program = f"def f(n):\n    return n * {factor}\n"
        got = judge(worker, calls(f"assert f(3) == {3 * factor}", reference=program), program)
        assert isinstance(got, Execution)
        assert got.tests_passed == 1


def test_dates_are_plain_data_whatever_the_clock_says(worker: Worker) -> None:
    """From Python 3.12 on the simulated clock comes with another module of dates."""
    program = (
        "from datetime import date, datetime, time, timedelta, timezone\n"
        "def f(n):\n"
        "    day = date(2024, 2, 27 + n)\n"
        "    return [day, day - date(2024, 1, 1), datetime(2024, 1, n, tzinfo=timezone(timedelta(hours=n))), time(n)]\n"
    )
    test = "from datetime import date\nassert f(2)[0] == date(2024, 2, 29) and f(1)[0].isoformat() == '2024-02-28'"
    spec, inputs = calls(test, reference=program), ('{"a":[1],"k":{}}', '{"a":[2],"k":{}}')
    (plain,) = worker.run(spec, [Task(program, suites=(Suite(inputs),))])
    assert isinstance(plain, Execution)
    answers = tuple(one.answer for one in plain.observations[0])
    assert all(answers), "an answer is opaque"
    suite = Suite(inputs, answers)
    for changed in ((), ("clock", "locale")):
        (got,) = worker.run(spec, [Task(program, suites=(suite,), surroundings=changed)])
        assert isinstance(got, Execution)
        assert (got.verdict, [one.status for one in got.observations[0]]) == ("passed", ["agreed", "agreed"])


def test_times_and_memory_are_facts(worker: Worker) -> None:
    program = (
        "def f(n):\n    held = bytearray(b'x') * (64 << 20)\n    return len(held) // len(held) * 2 * n\n"
    )
    got = judge(worker, calls(), program)
    assert isinstance(got, Execution)
    assert got.peak_bytes > 64 << 20
    assert 0 < got.cpu_s < 60
    assert got.wall_s > 0


def test_output_is_told_by_its_tail(worker: Worker) -> None:
    program = "import sys\nprint('to stdout', flush=True)\nprint('to stderr', file=sys.stderr)\ndef f(n):\n    return n + n\n"
    got = judge(worker, calls(), program)
    assert isinstance(got, Execution)
    assert "to stdout" in got.stdout_tail
    assert "to stderr" in got.stderr_tail


def test_only_the_tests_that_are_asked_for_run(worker: Worker) -> None:
    got = judge(worker, calls(), "def f(n):\n    return 4\n", given_tests_only=(0,))
    assert isinstance(got, Execution)
    assert [str(each) if each else None for each in got.outcomes] == ["passed", None]


def test_the_work_an_input_may_take_is_counted(worker: Worker) -> None:
    """The input that exceeds the limit of work is the same on every machine, whatever the program catches."""
    plain = "def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\n"
    hides = "def f(n):\n    try:\n        while n: n += 1\n    except BaseException:\n        return n\n"
    inputs = Suite(tuple(f'{{"a":[{n}],"k":{{}}}}' for n in (5, 13, 14, 6)))
    tasks = [
        Task(program, tests=False, suites=(inputs,), lines_by_input=True, work=1000)
        for program in (plain, hides)
    ]
    got = [each.observations[0] for each in worker.run(calls(), tasks) if isinstance(each, Execution)]
    assert [[one.status for one in seen] for seen in got] == [
        ["answered", "answered", "raised", "answered"],
        ["raised"] * 4,
    ]


def test_the_count_ends_an_input_before_the_limit_of_a_program_does(worker: Worker) -> None:
    """Counting takes about 0.08 s of CPU time, with a limit of 0.06 s. If that bounded the work, the count would depend
    on chance."""
    heavy = "def f(n):\n    while n: sum(range(5_000))\n    return n\n"
    inputs = Suite(tuple(f'{{"a":[{n}],"k":{{}}}}' for n in (0, 1, 0)))
    task = Task(heavy, tests=False, suites=(inputs,), lines_by_input=True, work=1300)
    (got,) = worker.run(replace(calls(), cpu_s=0.06), [task])
    assert isinstance(got, Execution)
    assert [one.status for one in got.observations[0]] == ["answered", "raised", "answered"]


def test_inputs_that_have_used_much_work_together_may_use_less_from_then_on(worker: Worker) -> None:
    """Sixteen times what one may use is what all may use together; then a sixteenth is left for each."""
    counting = "def f(n):\n    for _ in range(n):\n        pass\n    return n\n"
    inputs = Suite(tuple(f'{{"a":[{n}],"k":{{}}}}' for n in (*range(58_000, 58_030), 1_000)))
    task = Task(counting, tests=False, suites=(inputs,), lines_by_input=True, work=60_000)
    (got,) = worker.run(calls(), [task])
    assert isinstance(got, Execution)
    statuses = [one.status for one in got.observations[0]]
    assert statuses == ["answered"] * 17 + ["raised"] * 13 + ["answered"]


SLOW = """from time import process_time as clock

def f(n):
    began = clock()
    while 5 < n < 10**9 and clock() < began + 0.2:
        pass
    return n
"""


@pytest.mark.parametrize("fresh", [False, True])
def test_an_input_on_which_the_reference_is_slow_has_no_answer(worker: Worker, fresh: bool) -> None:
    """It may take a half of what an edit may take, which does the same a little more slowly perhaps: here 0.12 s. After three
    of them, one that is nowhere smaller is not tried, though it would be quick here."""
    spec = replace(calls(), cpu_s=0.06)
    numbers = (1, 9, 8, 3, 7, 2_000_000_000, 2)
    inputs = Suite(tuple(f'{{"a":[{n}],"k":{{}}}}' for n in numbers), fresh_start=fresh)
    task = Task(SLOW, tests=False, suites=(inputs,), lines_by_input=True, work=10**9)
    (got,) = worker.run(spec, [task])
    assert isinstance(got, Execution)
    statuses = [one.status for one in got.observations[0]]
    assert statuses == ["answered", "raised", "raised", "answered", "raised", "raised", "answered"]


def test_the_mode_of_isolation_is_told(worker: Worker) -> None:
    spec = Spec(
        Problem(
            "p", "", "def f(n):\n    return iter([n])\n", (Test("assert", "assert list(f(1)) == [1]"),), "f"
        ),
        isolation=Isolation.ONE_PROCESS,
    )
    got = worker.run(spec, [Task(spec.problem.reference)])[0]
    assert isinstance(got, Execution)
    assert got.isolation == Isolation.ONE_PROCESS


def test_closing_twice_is_no_error() -> None:
    worker = provider("local").start()
    worker.close()
    worker.close()
    with pytest.raises(SandboxError):
        worker.run(calls(), [Task("")])
