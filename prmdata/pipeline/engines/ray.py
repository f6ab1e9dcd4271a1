"""The engine on a Ray cluster. This is the only file that imports Ray.

A :class:`WorkerActor` has sandbox workers of its own on its node. Problems go to the actors, and outcomes
come back to the one journal here. All of them ask a model through one :class:`TeacherActor` beside the
driver, so that its answers are on one disk and its limits hold for the whole job. Ray restarts actors that
die, and their problems are done again.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from prmdata.config import BuildConfig
from prmdata.errors import MachineryError, SandboxError, UsageError
from prmdata.pipeline.engine import (
    IN_FLIGHT_PER_WORKER,
    IN_FLIGHT_REMOTE,
    MAX_RETRIES,
    Engine,
    EngineSetup,
    OpenWorker,
)
from prmdata.pipeline.problem_work import ProblemResult, ProblemWorker
from prmdata.records import Problem, Request

CONNECT_S: Final = 5.0
"""How long the head of a cluster may take to answer."""
TELL_EVERY_S: Final = 5.0
"""Seconds between two questions to the teacher's actor about what was spent."""


def ray_module() -> Any:
    """Ray, or a UsageError that says how to get it."""
    try:
        import ray
    except ImportError:
        raise UsageError("--engine ray: Ray is not installed; pip install 'prmdata[ray]'") from None
    return ray


class WorkerActor:
    """Does problems on its node, with sandbox workers that it opens there when it is first asked."""

    def __init__(self, config: BuildConfig, open_worker: OpenWorker, teacher: Any) -> None:
        asked = None if teacher is None else AskedElsewhere(teacher)
        self._opened = open_worker(config, in_flight=IN_FLIGHT_PER_WORKER, teacher=asked)
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._worker: ProblemWorker | None = None

    async def do(self, problem: Problem) -> ProblemResult:
        """See :meth:`prmdata.pipeline.engine.Engine.do`."""
        async with self._opening:
            if self._worker is None:
                self._worker = await self._stack.enter_async_context(self._opened)
        return await self._worker.do(problem)


class AskedElsewhere:
    """A teacher in another process, with the interface of a local one."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    async def ask(self, request: Request) -> Any:
        """The reply to one request. Raises what the teacher raised."""
        reply = await self._actor.ask.remote(request)
        if isinstance(reply, Exception):
            raise reply
        return reply


class TeacherActor:
    """The one teacher of a job; all workers ask it. ``setup.make_teacher`` makes it."""

    def __init__(self, config: BuildConfig, make_teacher: Any) -> None:
        self._teacher = make_teacher(config)

    async def ask(self, request: Request) -> Any:
        """The reply, or the error as a value."""
        try:
            return await self._teacher.ask(request)
        except (MachineryError, UsageError) as error:
            return error

    async def statistics(self) -> dict[str, Any]:
        """The teacher's statistics so far."""
        statistics: dict[str, Any] = self._teacher.statistics()
        return statistics

    async def close(self) -> dict[str, Any]:
        """Release what the teacher holds, and return its last statistics."""
        await self._teacher.close()
        return await self.statistics()


class RayEngine(Engine):
    """``config.workers`` actors with one sandbox worker each. The next problem goes to the least busy
    actor."""

    def __init__(self, setup: EngineSetup) -> None:
        self._setup = setup
        self._config = on_any_node(setup.config.model_copy(update={"workers": 1}))
        self._per_actor = IN_FLIGHT_REMOTE if setup.teacher.remote else IN_FLIGHT_PER_WORKER
        self.in_flight = self._per_actor * setup.config.workers
        self._load = [0] * setup.config.workers
        self._ray: Any = None
        self._workers: list[Any] = []
        self._teacher: Any = None
        self._telling: asyncio.Task[None] | None = None
        self._statistics: dict[str, Any] = {}

    async def do(self, problem: Problem) -> ProblemResult:
        place = self._load.index(min(self._load))
        self._load[place] += 1
        try:
            result: ProblemResult = await self._workers[place].do.remote(problem)
        except self._ray.exceptions.RayActorError as error:
            return SandboxError(f"its Ray worker died more than {MAX_RETRIES} times: {type(error).__name__}")
        finally:
            self._load[place] -= 1
        return result

    async def __aenter__(self) -> Self:
        await self._setup.teacher.close()  # the actors open teachers of their own
        self._ray = ray = connected(self._config.ray_address)
        if self._setup.shares_teacher:
            here = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
                ray.get_runtime_context().get_node_id(), soft=False
            )
            kind = ray.remote(TeacherActor).options(num_cpus=0, scheduling_strategy=here, max_concurrency=256)
            self._teacher = kind.remote(self._config, self._setup.make_teacher)
            self._telling = asyncio.create_task(self._tell())
        kind = ray.remote(WorkerActor).options(
            num_cpus=1, max_restarts=-1, max_task_retries=MAX_RETRIES, max_concurrency=self._per_actor
        )
        opened = self._config, self._setup.open_worker, self._teacher
        self._workers = [kind.remote(*opened) for _ in self._load]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._telling is not None:
                self._telling.cancel()
                with suppress(asyncio.CancelledError):
                    await self._telling
            if self._teacher is not None:
                self._statistics = await self._teacher.close.remote()
        finally:
            self._ray.shutdown()

    def statistics(self) -> dict[str, Any]:
        return self._statistics

    async def _tell(self) -> None:
        while True:
            self._setup.spend(await self._teacher.statistics.remote())
            await asyncio.sleep(TELL_EVERY_S)


def on_any_node(config: BuildConfig) -> BuildConfig:
    """The configuration with absolute paths, because a process of Ray has a working directory of its own."""
    paths = {key: value.resolve() for key, value in config if isinstance(value, Path)}
    return config.model_copy(update=paths)


def connected(address: str | None) -> Any:
    """Ray, connected to ``address`` (None: a cluster of its own on this machine).

    Raises UsageError if no cluster answers.
    """
    ray = ray_module()
    _check_reachable(address or "")
    try:
        ray.init(address=address, log_to_driver=False, include_dashboard=False, configure_logging=False)
    except ConnectionError as error:
        said = str(error).partition("\n")[0]
        raise UsageError(f"--ray-address {address}: {said}") from error
    return ray


def _check_reachable(address: str) -> None:
    """Refuse a ``host:port`` where nothing listens. Ray itself reports that only after a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return  # Ray itself interprets "auto" and the like
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_S).close()
    except OSError as error:
        raise UsageError(
            f"--ray-address {address}: no Ray cluster answers there ({error.strerror or error});"
            " start one with `ray start --head`, or leave the address out"
        ) from error
