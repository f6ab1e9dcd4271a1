"""The driver bounds the work under way, takes results in any order, finishes at a cap, and never takes a
failure of the machinery for a result."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from prmdata.errors import BudgetReached, MachineryError, SandboxError, UsageError
from prmdata.pipeline.driver import Stop, drive, in_order
from prmdata.pipeline.engine import Engine
from prmdata.pipeline.problem_work import (
    Answerer,
    ProblemOutcome,
    ProblemResult,
    answered,
    answered_or_reject,
    internal_error,
)
from prmdata.records import Problem, Reject

Run = Generator[Any, Any, int]
Answer = Callable[[Any], Awaitable[Any]]


def adding(n: int, questions: int = 2) -> Run:
    total = n
    for _ in range(questions):
        total += yield n
    return total


@dataclass(frozen=True)
class Pending:
    """A problem whose id is its number."""

    problem: Problem

    @property
    def key(self) -> str:
        return self.problem.id


def pending(*numbers: int) -> Iterator[Pending]:
    return (Pending(Problem(str(n), "", "", ())) for n in numbers)


class Toy(Engine):
    """An engine whose problems are generators that add up answers."""

    def __init__(self, answer: Answer, run: Callable[[int], Run] = adding, in_flight: int = 4) -> None:
        self.in_flight = in_flight
        self._answer, self._run = answer, run

    async def do(self, problem: Problem) -> ProblemResult:
        try:
            return {"sum": await answered(self._run(int(problem.id)), self._answer)}
        except (MachineryError, UsageError) as error:
            return error
        except Exception as error:
            return internal_error(error)


class Kept:
    """Notes the result of each problem."""

    def __init__(self) -> None:
        self.sums: dict[str, int] = {}
        self.errors: dict[str, str] = {}
        self.stop = Stop()
        self.most = self.now = 0

    def done(self, key: str, outcome: ProblemOutcome) -> None:
        self.sums[key] = outcome["sum"]

    def failed(self, key: str, error: MachineryError) -> None:
        self.errors[key] = str(error)

    async def slow(self, question: Any) -> int:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.001 * (question % 3))
        self.now -= 1
        return 10

    def drive(self, problems: Iterator[Pending], engine: Engine) -> None:
        asyncio.run(drive(problems, engine, self, self.stop))


def test_every_problem_is_done_and_no_more_than_in_flight_at_once() -> None:
    kept = Kept()
    kept.drive(pending(*range(50)), Toy(kept.slow))
    assert kept.sums == {str(n): n + 20 for n in range(50)}
    assert 1 < kept.most <= 4


def test_problems_are_read_as_they_are_needed() -> None:
    kept = Kept()
    read: list[int] = []

    def problems() -> Iterator[Pending]:
        for n in range(100):
            read.append(n)
            assert n - len(kept.sums) <= 4
            yield from pending(n)

    kept.drive(problems(), Toy(kept.slow))
    assert len(kept.sums) == len(read) == 100


def test_a_machinery_failure_fails_its_problem_only() -> None:
    kept = Kept()

    async def answer(question: int) -> int:
        if question == 3:
            raise SandboxError("worker died")
        return 1

    kept.drive(pending(*range(6)), Toy(answer))
    assert kept.errors == {"3": "worker died"}
    assert sorted(kept.sums) == ["0", "1", "2", "4", "5"]


def test_a_fault_of_ours_in_one_problem_costs_that_problem_only() -> None:
    kept = Kept()

    def run(n: int) -> Run:
        yield n
        if n == 2:
            raise TypeError("unhashable type")
        return n

    kept.drive(pending(1, 2), Toy(kept.slow, run))
    assert list(kept.sums) == ["1"]
    assert "TypeError: unhashable type (test_driver.py:" in kept.errors["2"]


def test_a_cap_stops_new_problems_and_finishes_the_others() -> None:
    kept = Kept()

    async def answer(question: int) -> int:
        if question == 5:
            raise BudgetReached("--max-cost 1: reached")
        await asyncio.sleep(0.001)
        return 1

    kept.drive(pending(*range(100)), Toy(answer))
    assert isinstance(kept.stop.reason, BudgetReached)
    assert "5" not in kept.sums
    assert 1 <= len(kept.sums) <= 9


def watched(closed: list[int], questions: int = 2) -> Callable[[int], Run]:
    """Runs that note when they are closed."""

    def run(n: int) -> Run:
        try:
            return (yield from adding(n, questions))
        finally:
            closed.append(n)

    return run


def test_an_error_of_the_user_ends_everything_and_closes_what_runs() -> None:
    kept = Kept()
    closed: list[int] = []

    async def answer(question: int) -> int:
        await asyncio.sleep(0.001)
        if question == 1:
            raise UsageError("unknown model")
        return 1

    with pytest.raises(UsageError, match="unknown model"):
        kept.drive(pending(*range(4)), Toy(answer, watched(closed, 5)))
    assert sorted(closed) == [0, 1, 2, 3]


def test_what_the_keeper_raises_ends_everything() -> None:
    kept = Kept()
    closed: list[int] = []

    def full(key: str, outcome: ProblemOutcome) -> None:
        raise OSError("no space left")

    kept.done = full  # type: ignore[method-assign]
    with pytest.raises(OSError, match="no space"):
        kept.drive(pending(*range(40)), Toy(kept.slow, watched(closed)))
    assert len(closed) <= 8


def test_an_interrupt_drops_what_is_under_way_and_closes_it() -> None:
    kept = Kept()
    closed: list[int] = []

    async def answer(question: int) -> int:
        if question == 5:
            kept.stop.ask(KeyboardInterrupt())
        await asyncio.sleep(3600 if question > 2 else 0)
        return 1

    kept.drive(pending(*range(100)), Toy(answer, watched(closed), in_flight=3))
    assert sorted(kept.sums) == ["0", "1", "2"]
    assert sorted(closed) == [0, 1, 2, 3, 4, 5]


# ---------------------------------------------------------------- in order


@asynccontextmanager
async def opened(events: list[str]) -> AsyncIterator[Answerer]:
    async def answer(question: Any) -> int:
        await asyncio.sleep(0.001 * (3 - question % 4))
        return 10

    events.append("opened")
    yield answer
    events.append("closed")


async def summed(answer: Answerer, n: int) -> int:
    return await answered(adding(n), answer)


def test_results_keep_the_order_and_what_is_ahead_is_bounded() -> None:
    read: list[int] = []
    events: list[str] = []

    def items() -> Iterator[int]:
        for n in range(50):
            read.append(n)
            yield n

    results = in_order(items(), summed, opened(events), 4)
    assert [next(results) for _ in range(3)] == [20, 21, 22]
    assert len(read) <= 3 + 4
    assert list(results) == [n + 20 for n in range(3, 50)]
    assert events == ["opened", "closed"]


def test_what_is_given_up_is_cancelled_and_closed() -> None:
    """After an interrupt, the build does not wait for a program that runs for long."""
    events: list[str] = []

    async def work(answer: Answerer, n: int) -> int:
        if n == 2:
            try:
                await asyncio.sleep(3600)
            finally:
                events.append("cancelled")
        return n

    results = in_order([1, 2], work, opened(events), 2)
    assert next(results) == 1
    results.close()  # type: ignore[attr-defined]
    assert events == ["opened", "cancelled", "closed"]


def test_what_an_item_raises_is_raised_in_its_turn() -> None:
    events: list[str] = []

    async def work(answer: Answerer, n: int) -> int:
        if n == 1:
            raise UsageError("unknown model")
        return n

    results = in_order([0, 1, 2], work, opened(events), 3)
    assert next(results) == 0
    with pytest.raises(UsageError, match="unknown model"):
        next(results)
    assert events == ["opened", "closed"]


def test_a_failure_of_the_machinery_rejects_its_problem_alone() -> None:
    async def answer(question: Any) -> Any:
        raise SandboxError("the engine is gone")

    found = asyncio.run(answered_or_reject(adding(1), answer, "p"))
    assert found == Reject("p", "machinery", "the engine is gone")
