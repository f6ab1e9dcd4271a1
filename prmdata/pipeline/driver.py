"""The one driver: it keeps a bounded number of problems under way and hands over what comes of each.

It knows nothing of labels, and nothing of where the work is done (:mod:`prmdata.pipeline.engine`). What is under way is
bounded, so memory is bounded by it and not by the length of the source.
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
    """A problem to do, and the key that its outcome is kept under."""

    @property
    def key(self) -> str:
        """The key."""

    @property
    def problem(self) -> Problem:
        """The problem."""


class Keeper(Protocol):
    """Who keeps what comes of the problems. Called in the event loop's thread, in the order of completion."""

    def done(self, key: str, outcome: ProblemOutcome) -> None:
        """Keep an outcome. What this raises (a full disk) ends the run."""

    def failed(self, key: str, error: MachineryError) -> None:
        """Note that the machinery failed on a problem, which stays pending."""


class Stop:
    """Why no further problem is started. At a cap what is under way is finished; at an interrupt it is
    dropped and stays pending, so that nobody who pressed Ctrl-C waits for a whole problem."""

    def __init__(self) -> None:
        self.reason: BaseException | None = None
        self.now = asyncio.Event()
        """Set where what is under way is dropped."""

    def ask(self, reason: BaseException) -> None:
        """Stop starting problems; the first reason stays. Called in the event loop's thread."""
        if self.reason is None:
            self.reason = reason
        if isinstance(reason, KeyboardInterrupt):
            self.now.set()

    @property
    def is_now(self) -> bool:
        """Whether nothing is waited for."""
        return self.now.is_set()


async def drive(pending: Iterable[KeyedProblem], engine: Engine, keeper: Keeper, stop: Stop) -> None:
    """Have the engine do every pending problem, and the keeper keep what comes of each.

    A :class:`MachineryError` fails its problem only. A cap (:class:`BudgetReached`) stops the starting of problems, as
    does ``stop``; an interrupt drops what is under way. A :class:`~prmdata.errors.UsageError` (the endpoint refuses the
    key) and what the keeper raises (a full disk) drop it too and are raised.
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
    """Those of ``running`` that have ended, as soon as one has; none where an interrupt came first."""
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
    """``do(answer, item)`` for every item, so many under way at once; the results in the order of the items.

    For commands that write as they read (``vet``, ``testgen``, ``audit``). ``opened`` gives who answers, open from the
    first item to the last. What ``do`` raises is raised when its turn comes. Given up on the way (an interrupt, or a
    consumer that stops), what is under way is cancelled and what was opened is closed.
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
    """Ctrl-C or SIGTERM: drop what is under way and end in order (answers that are paid for are waited
    for and kept); once more: end without waiting for those. The build can be resumed either way."""
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
            continue  # not the main thread: whoever owns it handles signals
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)
