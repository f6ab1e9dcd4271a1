"""Drive generators: keep many going at once, answer their questions, hand over what they return.

The driver knows nothing of problems or labels. What is in flight is bounded, so memory is bounded by
it and not by the length of the source. Results arrive in any order; whoever wants an order sorts by
the key each job carries.
"""

from __future__ import annotations

import asyncio
import signal
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from prmdata.errors import BudgetReached, MachineryError, UsageError
from prmdata.records import Question

Result = TypeVar("Result")
Answerer = Callable[[Question], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class ProblemJob(Generic[Result]):
    """One generator to run to its end, and the key its result is kept under."""

    key: str
    run: Generator[Question, Any, Result]


class Stop:
    """Why no further job is started. At a cap what is in flight is drained; at an interrupt it is
    dropped, and owed again: nobody who pressed Ctrl-C waits for a whole problem."""

    def __init__(self) -> None:
        self.reason: BaseException | None = None
        self.now = asyncio.Event()
        """Set where what is in flight is dropped."""

    def ask(self, reason: BaseException) -> None:
        """Stop starting jobs; the first reason stays. Called in the event loop's thread."""
        if self.reason is None:
            self.reason = reason
        if isinstance(reason, KeyboardInterrupt):
            self.now.set()

    @property
    def is_now(self) -> bool:
        """Whether nothing is waited for."""
        return self.now.is_set()


async def drive(
    jobs: Iterable[ProblemJob[Result]],
    answer: Answerer,
    *,
    in_flight: int,
    done: Callable[[str, Result], None],
    failed: Callable[[str, MachineryError], None],
    stop: Stop,
) -> None:
    """Run every job; call ``done`` (or ``failed``) for each in the event loop's thread.

    A :class:`MachineryError`, and any fault inside a job, fails that job only; a cap
    (:class:`BudgetReached`) stops the starting of jobs, as does ``stop``; an interrupt drops what is in
    flight; a :class:`~prmdata.errors.UsageError` (the endpoint refuses the key, the model ...) and what
    ``done`` raises (a full disk) drop it too and are raised.
    """
    running: set[asyncio.Task[None]] = set()

    async def one(job: ProblemJob[Result]) -> None:
        try:
            result = await answered(job.run, answer)
        except BudgetReached as error:
            stop.ask(error)
        except MachineryError as error:
            failed(job.key, error)
        except UsageError:
            raise
        except Exception as error:  # a fault of ours in one problem must not cost the others
            failed(job.key, internal(error))
        else:
            done(job.key, result)

    source = iter(jobs)
    try:
        while True:
            while stop.reason is None and len(running) < in_flight:
                job = next(source, None)
                if job is None:
                    break
                running.add(asyncio.create_task(one(job)))
            if not running or stop.is_now:
                return
            finished = await first_of(running, stop)
            running -= finished
            for task in finished:
                task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def internal(error: Exception) -> MachineryError:
    """A fault of ours as a failure of one problem, with the place where it happened."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    return MachineryError(
        f"internal error: {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
    )


async def first_of(running: set[asyncio.Task[Result]], stop: Stop) -> set[asyncio.Task[Result]]:
    """Those of ``running`` that have ended, as soon as one has; none where an interrupt came first."""
    told = asyncio.create_task(stop.now.wait())
    try:
        finished, _ = await asyncio.wait({*running, told}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()
    return {task for task in running if task in finished}


async def answered(run: Generator[Question, Any, Result], answer: Answerer) -> Result:
    """Answer one generator until it returns."""
    reply: Any = None
    try:
        while True:
            question = run.send(reply)
            reply = await answer(question)
    except StopIteration as end:
        result: Result = end.value
        return result
    finally:
        run.close()


@asynccontextmanager
async def interruptible(stop: Stop) -> AsyncIterator[None]:
    """Ctrl-C or SIGTERM: drop what is in flight and end in order (answers that are paid for are waited
    for and kept); once more: end without waiting for those. Resumable either way."""
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
