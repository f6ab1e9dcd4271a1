"""A pool survives its workers: kills from inside and outside, a wrong canary, an engine that does not answer.

Every kill is real. The providers here wrap the real local sandbox if a failure has to happen at a chosen
moment.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from prmdata.errors import NoEngineError, QuarantineError, SandboxError
from prmdata.records import Execution, Problem, RunResult, Spec, Task, Test, Verdict
from prmdata.sandboxes.canaries import CanaryError
from prmdata.sandboxes.contract import GuestFacts, SandboxProvider, Worker
from prmdata.sandboxes.local import LocalSandbox
from prmdata.sandboxes.pool import Pool

RIGHT = "def f(n):\n    return n + n\n"
WRONG = "def f(n):\n    return n * n\n"
SPEC = Spec(
    Problem("p", "", RIGHT, (Test("assert", "assert f(2) == 4"), Test("assert", "assert f(3) == 6")), "f"),
    cpu_s=1.0,
    memory_mb=128,
)
POISON = RIGHT + "# poison\n"


def variants(count: int, program: str = RIGHT) -> list[Task]:
    return [Task(f"{program}# {n}\n") for n in range(count)]


def verdicts(answers: Sequence[RunResult]) -> list[Verdict]:
    return [answer.verdict for answer in answers if isinstance(answer, Execution)]


def guests() -> set[int]:
    """The pids of this process's children, and of their children."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] not in "ZX":
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, open_ends = set(), [os.getpid()]
    while open_ends:
        for child in parents.get(open_ends.pop(), []):
            found.add(child)
            open_ends.append(child)
    return found


def kill_guests() -> None:
    """Kill every child of this process, as a host without memory would."""
    for pid in guests():
        with suppress(ProcessLookupError):  # the parents, which were killed first, took it along
            os.kill(pid, signal.SIGKILL)


class WrappedWorker(Worker):
    """A real worker that does something before each run."""

    def __init__(self, inner: Worker, before: Callable[[Worker, Spec, Sequence[Task]], None]) -> None:
        self._inner, self._before = inner, before

    @property
    def facts(self) -> GuestFacts:
        return self._inner.facts

    def run(self, spec: Spec, tasks: Sequence[Task]) -> tuple[RunResult, ...]:
        self._before(self._inner, spec, tasks)
        return self._inner.run(spec, tasks)

    def close(self) -> None:
        self._inner.close()


class WrappedSandbox(SandboxProvider):
    """Starts real workers. ``on_start`` may raise, and ``before`` is called before each run."""

    name = "wrapped"
    covers = does_not_cover = ()

    def __init__(
        self,
        before: Callable[[Worker, Spec, Sequence[Task]], None] = lambda *_: None,
        on_start: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._before, self._on_start = before, on_start
        self._lock = threading.Lock()
        self.starts = 0

    def start(self) -> Worker:
        with self._lock:
            self.starts += 1
            number = self.starts
        self._on_start(number)
        return WrappedWorker(LocalSandbox().start(), self._before)


def test_answers_come_in_the_order_of_the_tasks_whatever_worker_gave_them() -> None:
    tasks = [task for pair in zip(variants(20), variants(20, WRONG), strict=True) for task in pair]
    with Pool(LocalSandbox(), 2) as pool:
        got = pool.submit(SPEC, tasks).result(timeout=60)
    assert verdicts(got) == [Verdict.PASSED, Verdict.WRONG_ANSWER] * 20


def test_many_jobs_at_once_each_get_their_own_answers() -> None:
    with Pool(LocalSandbox(), 2) as pool:
        futures = [pool.submit(SPEC, variants(n % 5, WRONG if n % 2 else RIGHT)) for n in range(20)]
        answers = [future.result(timeout=60) for future in futures]
    assert [len(each) for each in answers] == [n % 5 for n in range(20)]
    for n, each in enumerate(answers):
        assert set(verdicts(each)) <= {Verdict.WRONG_ANSWER if n % 2 else Verdict.PASSED}


def test_a_small_build_starts_one_worker() -> None:
    provider = WrappedSandbox()
    with Pool(provider, 4) as pool:
        pool.submit(SPEC, variants(3)).result(timeout=60)
    assert provider.starts == 1


def test_nothing_starts_before_the_first_job() -> None:
    provider = WrappedSandbox()
    with Pool(provider, 4) as pool:
        assert pool.submit(SPEC, []).result(timeout=0) == ()
    assert provider.starts == 0


def test_a_worker_killed_from_outside_is_replaced_and_nothing_is_lost() -> None:
    killed = threading.Event()

    def kill_once(_: Worker, __: Spec, tasks: Sequence[Task]) -> None:
        if not killed.is_set() and any(task.program.endswith("# 9\n") for task in tasks):
            killed.set()
            kill_guests()

    with Pool(WrappedSandbox(kill_once), 1) as pool:
        got = pool.submit(SPEC, variants(20)).result(timeout=60)
        assert killed.is_set()
        assert verdicts(got) == [Verdict.PASSED] * 20
        assert (pool.stats.died, pool.stats.quarantined) == (1, 0)


def test_a_task_that_kills_two_workers_alone_is_quarantined_and_its_neighbours_are_judged() -> None:
    def kill(_: Worker, __: Spec, tasks: Sequence[Task]) -> None:
        if any(task.program == POISON for task in tasks):
            kill_guests()

    tasks = [*variants(3), Task(POISON), *variants(3, WRONG)]
    with Pool(WrappedSandbox(kill), 1) as pool:
        got = pool.submit(SPEC, tasks).result(timeout=60)
    assert verdicts(got) == [Verdict.PASSED] * 3 + [Verdict.WRONG_ANSWER] * 3
    poisoned = got[3]
    assert isinstance(poisoned, QuarantineError)
    assert poisoned.reason == "killed two workers"


def test_an_engine_that_is_away_for_a_while_blames_no_task() -> None:
    deaths: list[float] = []

    def kill(_: Worker, __: Spec, tasks: Sequence[Task]) -> None:
        if any(task.program == POISON for task in tasks) and len(deaths) < 4:
            deaths.append(1)
            kill_guests()

    def refuse(number: int) -> None:
        if number % 2 == 0:  # every worker that is replaced needs a second attempt
            raise SandboxError("the engine restarts")

    with Pool(WrappedSandbox(kill, refuse), 1) as pool:
        got = pool.submit(SPEC, [Task(POISON)]).result(timeout=60)
    assert len(deaths) == 4
    assert verdicts(got) == [Verdict.PASSED]


def test_an_engine_that_stays_away_ends_every_job_with_what_it_said() -> None:
    def refuse(number: int) -> None:
        raise SandboxError("the engine is on fire")

    with Pool(WrappedSandbox(on_start=refuse), 2, patience_s=0.5) as pool:
        first = pool.submit(SPEC, variants(2))
        with pytest.raises(SandboxError, match="on fire"):
            first.result(timeout=60)
        with pytest.raises(SandboxError, match="on fire"):
            pool.submit(SPEC, variants(1))


def test_where_there_never_was_an_engine_nobody_waits() -> None:
    def refuse(number: int) -> None:
        raise NoEngineError("no container engine answers")

    provider = WrappedSandbox(on_start=refuse)
    with Pool(provider, 1, patience_s=600) as pool, pytest.raises(NoEngineError):
        pool.submit(SPEC, variants(1)).result(timeout=60)
    assert provider.starts == 1


def test_a_worker_that_cannot_be_replaced_leaves_its_work_to_the_others() -> None:
    both = threading.Barrier(2, timeout=60)

    def meet(_: Worker, spec: Spec, __: Sequence[Task]) -> None:
        if spec is SPEC and not both.broken:
            try:
                both.wait()
            except threading.BrokenBarrierError:
                return
            both.abort()
            if threading.current_thread() is pool._threads[0]:
                raise SandboxError("died")

    def refuse(number: int) -> None:
        if number > 2:
            raise SandboxError("no room for another")

    with Pool(WrappedSandbox(meet, refuse), 2, patience_s=0.2) as pool:
        got = pool.submit(SPEC, variants(40)).result(timeout=60)
    assert verdicts(got) == [Verdict.PASSED] * 40


class Forgiving(WrappedWorker):
    """A broken judge: every program passes."""

    def run(self, spec: Spec, tasks: Sequence[Task]) -> tuple[RunResult, ...]:
        return tuple(Execution(Verdict.PASSED, (Verdict.PASSED,) * len(spec.problem.tests)) for _ in tasks)


def test_a_judge_that_passes_everything_is_found_out_before_it_judges() -> None:
    class Broken(WrappedSandbox):
        def start(self) -> Worker:
            return Forgiving(super().start(), self._before)

    with Pool(Broken(), 1) as pool, pytest.raises(CanaryError, match="cannot be trusted"):
        pool.submit(SPEC, variants(1, WRONG)).result(timeout=60)


def test_a_fault_of_the_caller_ends_its_job_and_not_the_pool() -> None:
    def choke(_: Worker, __: Spec, tasks: Sequence[Task]) -> None:
        if tasks[0].program == POISON:
            raise ValueError("not a program")

    with Pool(WrappedSandbox(choke), 1) as pool:
        with pytest.raises(ValueError, match="not a program"):
            pool.submit(SPEC, [Task(POISON)]).result(timeout=60)
        assert verdicts(pool.submit(SPEC, variants(1)).result(timeout=60)) == [Verdict.PASSED]


def test_closing_ends_a_run_under_way_and_leaves_no_process() -> None:
    before = guests()
    began = threading.Event()

    def tell(_: Worker, spec: Spec, __: Sequence[Task]) -> None:
        if spec is not SPEC:
            began.set()

    pool = Pool(WrappedSandbox(tell), 1)
    endless = Spec(SPEC.problem, cpu_s=600.0, memory_mb=128)
    pool.submit(SPEC, variants(1)).result(timeout=60)
    future = pool.submit(endless, [Task("def f(n):\n    while True:\n        pass\n")])
    assert began.wait(60)
    pool.close()
    with pytest.raises(SandboxError, match="closed"):
        future.result(timeout=0)
    assert guests() <= before
    pool.close()
