"""The same work on a Ray cluster: this file alone knows Ray.

A **labourer** is an actor with sandbox workers of its own on its node; problems go to labourers, outcomes
come back to the one journal here. A model is asked through one **teacher** actor beside the driver,
so its answers are on one disk and its limits hold for the whole job. Actors that die are restarted by
Ray and their problems done again elsewhere; what comes out does not depend on where it was done.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from prmdata.config import BuildConfig
from prmdata.errors import MachineryError, SandboxError, UsageError
from prmdata.pipeline.dispatch import MAX_RETRIES, Do, Result, do, hand_out
from prmdata.pipeline.driver import Stop, interruptible
from prmdata.pipeline.run import PendingProblem, ProblemOutcome
from prmdata.records import Problem, Question, Request

CONNECT_S = 5.0
"""How long the head of a cluster gets to answer."""
TELL_EVERY_S = 5.0
"""Seconds between two questions to the desk about what was spent."""

Parts = Callable[[BuildConfig], Any]


def ray_module() -> Any:
    """Ray, or a UsageError that says how to get it."""
    try:
        import ray
    except ImportError:
        raise UsageError("--engine ray: Ray is not installed; pip install 'prmdata[ray]'") from None
    return ray


class Labourer:
    """Runs ``work`` on its node. ``parts(config)`` gives (pool, local teacher or None, strategies)."""

    def __init__(self, config: BuildConfig, parts: Parts, teacher: Any) -> None:
        self._pool, self._local, self._strategies = parts(config)
        self._teacher = teacher

    async def do(self, problem: Problem) -> Result:
        """See :func:`prmdata.pipeline.dispatch.do`."""
        return await do(problem, self._strategies, self._answer)

    async def _answer(self, question: Question) -> Any:
        if not isinstance(question, Request):
            return await asyncio.wrap_future(self._pool.submit(question.spec, question.tasks))
        if self._local is not None:
            return await self._local.ask(question)
        reply = await self._teacher.ask.remote(question)
        if isinstance(reply, Exception):
            raise reply
        return reply


class Desk:
    """The one teacher of a job, asked by all labourers. ``make(config)`` gives it."""

    def __init__(self, config: BuildConfig, make: Parts) -> None:
        self._teacher = make(config)

    async def ask(self, request: Request) -> Any:
        """The reply, or the error as a value."""
        try:
            return await self._teacher.ask(request)
        except (MachineryError, UsageError) as error:
            return error

    async def spent(self) -> dict[str, Any]:
        """The teacher's statistics so far."""
        statistics: dict[str, Any] = self._teacher.statistics()
        return statistics

    async def close(self) -> dict[str, Any]:
        """Give back what the teacher holds; its last statistics."""
        await self._teacher.close()
        statistics: dict[str, Any] = self._teacher.statistics()
        return statistics


@asynccontextmanager
async def connected(address: str | None) -> AsyncIterator[Any]:
    """Ray, connected to ``address`` (None: an own one on this machine), and let go of at the end.

    Raises UsageError where no cluster answers.
    """
    ray = ray_module()
    _check_reachable(address or "")
    try:
        ray.init(address=address, log_to_driver=False, include_dashboard=False, configure_logging=False)
    except ConnectionError as error:
        said = str(error).partition("\n")[0]
        raise UsageError(f"--ray-address {address}: {said}") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _check_reachable(address: str) -> None:
    """Refuse a ``host:port`` where nothing listens: Ray itself says so after a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return  # "auto" and the like are Ray's to understand
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_S).close()
    except OSError as error:
        raise UsageError(
            f"--ray-address {address}: no Ray cluster answers there ({error.strerror or error});"
            " start one with `ray start --head`, or leave the address out"
        ) from error


async def run_on_ray(
    wanted: Iterable[PendingProblem],
    config: BuildConfig,
    *,
    parts: Parts,
    teacher: Parts | None,
    done: Callable[[str, ProblemOutcome], None],
    failed: Callable[[str, MachineryError], None],
    spent: Callable[[dict[str, Any]], None],
    stop: Stop,
    in_flight: int,
) -> dict[str, Any]:
    """Do what is owed on ``config.workers`` labourers; the teacher's statistics (empty without one), which
    ``spent`` is told as they change.

    ``teacher`` None: each labourer has its own (the rules, which need no limits).
    """
    async with connected(config.ray_address) as ray:
        here = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
            ray.get_runtime_context().get_node_id(), soft=False
        )
        desk = None
        if teacher is not None:
            desk = (
                ray.remote(Desk)
                .options(num_cpus=0, scheduling_strategy=here, max_concurrency=256)
                .remote(config, teacher)
            )
        kind = ray.remote(Labourer).options(
            num_cpus=1, max_restarts=-1, max_task_retries=MAX_RETRIES, max_concurrency=in_flight
        )
        labourers = [kind.remote(config, parts, desk) for _ in range(config.workers)]
        async with interruptible(stop):
            told = asyncio.create_task(_tell(desk, spent))
            try:
                carried = [_carried(ray, labourer) for labourer in labourers]
                await hand_out(carried, wanted, done=done, failed=failed, stop=stop, in_flight=in_flight)
            finally:
                told.cancel()
        return {} if desk is None else await desk.close.remote()


async def _tell(desk: Any, spent: Callable[[dict[str, Any]], None]) -> None:
    while desk is not None:
        spent(await desk.spent.remote())
        await asyncio.sleep(TELL_EVERY_S)


def _carried(ray: Any, labourer: Any) -> Do:
    """A labourer of the cluster as one that is called."""

    async def do_there(problem: Problem) -> Result:
        try:
            result: Result = await labourer.do.remote(problem)
        except ray.exceptions.RayActorError as error:
            return SandboxError(f"its Ray worker died more than {MAX_RETRIES} times: {type(error).__name__}")
        return result

    return do_there
