"""The one driver: it keeps a bounded number of problems under way and passes on the result of each.

It knows nothing of labels, and nothing of where the work is done (:mod:`prmdata.pipeline.engine`). The number
of problems under way bounds its memory; the length of the source does not matter.
"""

from __future__ import annotations

import asyncio
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import islice
from typing import Any, Protocol, TypeVar

from prmdata.errors import BudgetReached, MachineryError, UsageError
from prmdata.pipeline.engine import Engine
from prmdata.pipeline.problem_work import Answerer, ProblemOutcome, ProblemResult
from prmdata.records import Problem

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class KeyedProblem(Protocol):
    """A problem to do, and the key under which its outcome is kept."""

    @property
    def key(self) -> str:
        """The key."""

    @property
    def problem(self) -> Problem:
        """The problem."""


class Keeper(Protocol):
    """Keeps the results of problems. Called in the thread of the event loop, in the order of completion."""

    def done(self, key: str, outcome: ProblemOutcome) -> None:
        """Keep an outcome. An error that this raises (a full disk) ends the run."""

    def failed(self, key: str, error: MachineryError) -> None:
        """Note that the machinery failed on a problem, which stays pending."""


class Stop:
    """Why no further problem is started. If a cap was reached, the problems under way are finished. After an
    interrupt they are dropped and stay pending, so that Ctrl-C does not wait for a whole problem."""

    def __init__(self) -> None:
        self.reason: BaseException | None = None
        self.now = asyncio.Event()
        """Set if the problems under way are dropped."""

    def ask(self, reason: BaseException) -> None:
        """Stop starting problems. Only the first reason is kept. Called in the thread of the event loop."""
        if self.reason is None:
            self.reason = reason
        if isinstance(reason, KeyboardInterrupt):
            self.now.set()

    @property
    def is_now(self) -> bool:
        """Whether the run stops without waiting for the problems under way."""
        return self.now.is_set()


async def drive(pending: Iterable[KeyedProblem], engine: Engine, keeper: Keeper, stop: Stop) -> None:
    """Let the engine do every pending problem, and let the keeper keep each result.

    A :class:`MachineryError` fails only its own problem. A cap (:class:`BudgetReached`) stops the starting of
    problems, as ``stop`` does. An interrupt drops the problems under way. A
    :class:`~prmdata.errors.UsageError` (the endpoint refuses the key) and an error of the keeper (a full
    disk) drop them too and are raised.
    """
    running: dict[asyncio.Task[ProblemResult], str] = {}
    source = iter(pending)
    try:
        while True:
            while stop.reason is None and len(running) < engine.in_flight:
                one = next(source, None)
                if one is None:
                    break
                running[asyncio.create_task(engine.do(one.problem))] = one.key
            if not running or stop.is_now:
                return
            for task in await _first_of(set(running), stop):
                _keep(running.pop(task), task.result(), keeper, stop)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _keep(key: str, result: ProblemResult, keeper: Keeper, stop: Stop) -> None:
    if isinstance(result, BudgetReached):
        stop.ask(result)
    elif isinstance(result, MachineryError):
        keeper.failed(key, result)
    elif isinstance(result, UsageError):
        raise result
    else:
        keeper.done(key, result)


async def _first_of(running: set[asyncio.Task[ResultT]], stop: Stop) -> set[asyncio.Task[ResultT]]:
    """Those of ``running`` that have ended, as soon as one has ended; an empty set if an interrupt came
    first."""
    told = asyncio.create_task(stop.now.wait())
    try:
        finished, _ = await asyncio.wait({*running, told}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()
    return {task for task in running if task in finished}


def in_order(
    items: Iterable[ItemT],
    do: Callable[[Answerer, ItemT], Coroutine[Any, Any, ResultT]],
    opened: AbstractAsyncContextManager[Answerer],
    in_flight: int,
) -> Iterator[ResultT]:
    """``do(answer, item)`` for every item, with several items under way at once; results in the order of the
    items.

    It serves commands that write as they read (``vet``, ``testgen``, ``audit``). ``opened`` gives the
    answerer, which is open from the first item to the last. An error that ``do`` raises is raised when its
    turn comes. If the iteration ends early (an interrupt, or a consumer that stops), the work under way is
    cancelled and the answerer is closed.
    """
    source = iter(items)
    with asyncio.Runner() as runner:
        under_way: deque[asyncio.Task[ResultT]] = deque()
        answer = runner.run(opened.__aenter__())
        try:
            while True:
                for item in islice(source, in_flight - len(under_way)):
                    under_way.append(runner.get_loop().create_task(do(answer, item)))
                if not under_way:
                    return
                yield runner.run(_result_of(under_way.popleft()))
        finally:
            for task in under_way:
                task.cancel()
            runner.run(_closed(under_way, opened))


async def _closed(
    under_way: Iterable[asyncio.Task[Any]], opened: AbstractAsyncContextManager[Answerer]
) -> None:
    await asyncio.gather(*under_way, return_exceptions=True)
    await opened.__aexit__(None, None, None)


async def _result_of(task: asyncio.Task[ResultT]) -> ResultT:
    return await task


@asynccontextmanager
async def interruptible(stop: Stop) -> AsyncIterator[None]:
    """Handles Ctrl-C and SIGTERM. The first one drops the problems under way and ends in order (answers that
    are paid for are awaited and kept); the second one ends without waiting. The build can be resumed either
    way."""
    loop = asyncio.get_running_loop()
    main = asyncio.current_task()

    def on_signal() -> None:
        if stop.reason is not None and main is not None:
            main.cancel()
        stop.ask(KeyboardInterrupt())

    caught: list[signal.Signals] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, on_signal)
            caught.append(number)
        except (ValueError, RuntimeError, NotImplementedError):
            continue  # not the main thread: the code that runs the main thread handles signals
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)
