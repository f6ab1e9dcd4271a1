"""Problems done outside the process that keeps the journal: what a labourer does, and how problems are handed
out to several, whatever carries them there (a process of this machine, a cluster).

Outcomes come back to the one journal; what comes out does not depend on where it was done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from prmdata.errors import BudgetReached, MachineryError, UsageError
from prmdata.pipeline.driver import Answerer, Stop, answered, first_of, internal
from prmdata.pipeline.problem_work import Strategy, work
from prmdata.pipeline.run import PendingProblem, ProblemOutcome
from prmdata.records import Problem

MAX_RETRIES = 5
"""Times a problem is done again where a labourer dies over it; then it fails, and stays owed."""

Result = ProblemOutcome | MachineryError | UsageError
"""What is made of a problem. Errors of ours travel as values, so that no carrier wraps them."""
Do = Callable[[Problem], Awaitable[Result]]


async def do(problem: Problem, strategies: Sequence[Strategy], answer: Answerer) -> Result:
    """One problem's outcome."""
    try:
        return await answered(work(problem, strategies), answer)
    except (MachineryError, UsageError) as error:
        return error
    except Exception as error:  # a fault of ours in one problem must not cost the others
        return internal(error)


async def hand_out(
    labourers: Sequence[Do],
    wanted: Iterable[PendingProblem],
    *,
    done: Callable[[str, ProblemOutcome], None],
    failed: Callable[[str, MachineryError], None],
    stop: Stop,
    in_flight: int,
) -> None:
    """Do what is ``wanted``: each labourer has at most ``in_flight`` problems, and the next goes to the one
    with the fewest. Stops as :func:`prmdata.pipeline.driver.drive` does."""
    load = dict.fromkeys(range(len(labourers)), 0)
    running: dict[asyncio.Task[Any], tuple[str, int]] = {}
    source = iter(wanted)
    try:
        while True:
            while stop.reason is None and len(running) < in_flight * len(labourers):
                owed = next(source, None)
                if owed is None:
                    break
                place = min(load, key=lambda one: (load[one], one))
                load[place] += 1
                task = asyncio.ensure_future(labourers[place](owed.problem))
                running[task] = (owed.key, place)
            if not running or stop.is_now:
                return
            for task in await first_of(set(running), stop):
                key, place = running.pop(task)
                load[place] -= 1
                _settle(key, task.result(), done=done, failed=failed, stop=stop)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _settle(
    key: str,
    result: Result,
    *,
    done: Callable[[str, ProblemOutcome], None],
    failed: Callable[[str, MachineryError], None],
    stop: Stop,
) -> None:
    if isinstance(result, BudgetReached):
        stop.ask(result)
    elif isinstance(result, MachineryError):
        failed(key, result)
    elif isinstance(result, UsageError):
        raise result
    else:
        done(key, result)
