"""The driver: bounded, any order, drained on a stop, and a machinery failure is never a result."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any

import pytest

from prmdata.errors import BudgetReached, SandboxError, UsageError
from prmdata.pipeline.driver import ProblemJob, Stop, drive

Run = Generator[Any, Any, int]


def adding(n: int, questions: int = 2) -> Run:
    total = n
    for _ in range(questions):
        total += yield n
    return total


class Bench:
    """Runs jobs with a given answer and notes what came of each."""

    def __init__(self) -> None:
        self.done: dict[str, int] = {}
        self.failed: dict[str, str] = {}
        self.stop = Stop()
        self.most = self.now = 0

    async def slow(self, question: Any) -> int:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.001 * (question % 3))
        self.now -= 1
        return 10

    def run(self, jobs: Any, answer: Any = None, in_flight: int = 4) -> None:
        asyncio.run(
            drive(
                jobs, answer or self.slow, in_flight=in_flight, stop=self.stop,
                done=self.done.__setitem__, failed=lambda key, error: self.failed.__setitem__(key, str(error)),
            )
        )  # fmt: skip


def test_every_job_is_answered_and_no_more_than_in_flight_at_once() -> None:
    bench = Bench()
    bench.run(ProblemJob(str(n), adding(n)) for n in range(50))
    assert bench.done == {str(n): n + 20 for n in range(50)}
    assert 1 < bench.most <= 4


def test_jobs_are_made_as_they_are_needed() -> None:
    bench = Bench()
    made: list[int] = []

    def jobs() -> Generator[ProblemJob[int], None, None]:
        for n in range(100):
            made.append(n)
            assert n - len(bench.done) <= 4
            yield ProblemJob(str(n), adding(n))

    bench.run(jobs())
    assert len(bench.done) == len(made) == 100


def test_a_machinery_failure_fails_its_job_only() -> None:
    bench = Bench()

    async def answer(question: int) -> int:
        if question == 3:
            raise SandboxError("worker died")
        return 1

    bench.run([ProblemJob(str(n), adding(n)) for n in range(6)], answer)
    assert bench.failed == {"3": "worker died"}
    assert sorted(bench.done) == ["0", "1", "2", "4", "5"]


def test_a_fault_of_ours_in_one_job_costs_that_job_only() -> None:
    bench = Bench()

    def broken() -> Run:
        yield 1
        raise TypeError("unhashable type")

    bench.run([ProblemJob("good", adding(1)), ProblemJob("broken", broken())])
    assert list(bench.done) == ["good"]
    assert "TypeError: unhashable type (test_driver.py:" in bench.failed["broken"]


def test_a_cap_stops_new_jobs_and_drains_the_others() -> None:
    bench = Bench()

    async def answer(question: int) -> int:
        if question == 5:
            raise BudgetReached("--max-cost 1: reached")
        await asyncio.sleep(0.001)
        return 1

    bench.run((ProblemJob(str(n), adding(n)) for n in range(100)), answer)
    assert isinstance(bench.stop.reason, BudgetReached)
    assert "5" not in bench.done
    assert 1 <= len(bench.done) <= 9


def test_an_error_of_the_user_ends_everything_and_closes_what_runs() -> None:
    bench = Bench()
    closed: list[int] = []

    def watched(n: int) -> Run:
        try:
            return (yield from adding(n, 5))
        finally:
            closed.append(n)

    async def answer(question: int) -> int:
        await asyncio.sleep(0.001)
        if question == 1:
            raise UsageError("unknown model")
        return 1

    with pytest.raises(UsageError, match="unknown model"):
        bench.run([ProblemJob(str(n), watched(n)) for n in range(4)], answer)
    assert sorted(closed) == [0, 1, 2, 3]


def test_an_interrupt_drops_what_is_in_flight_and_closes_it() -> None:
    bench = Bench()
    closed: list[int] = []

    def watched(n: int) -> Run:
        try:
            return (yield from adding(n))
        finally:
            closed.append(n)

    async def answer(question: int) -> int:
        if question == 5:
            bench.stop.ask(KeyboardInterrupt())
        await asyncio.sleep(3600 if question > 2 else 0)
        return 1

    bench.run((ProblemJob(str(n), watched(n)) for n in range(100)), answer, in_flight=3)
    assert sorted(bench.done) == ["0", "1", "2"]
    assert sorted(closed) == [0, 1, 2, 3, 4, 5]
