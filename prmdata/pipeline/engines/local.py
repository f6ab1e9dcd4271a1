"""The engine in this process: one event loop serves all sandbox workers."""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from prmdata.pipeline.engine import (
    IN_FLIGHT_BATCH,
    IN_FLIGHT_PER_WORKER,
    IN_FLIGHT_REMOTE,
    Engine,
    EngineSetup,
)
from prmdata.pipeline.problem_work import ProblemResult, ProblemWorker
from prmdata.records import Problem


class LocalEngine(Engine):
    """Does problems in this process, with the build's own teacher."""

    def __init__(self, setup: EngineSetup) -> None:
        self._setup = setup
        self._stack = AsyncExitStack()
        self._worker: ProblemWorker | None = None
        here = IN_FLIGHT_PER_WORKER * setup.config.workers
        self.in_flight = max(here, IN_FLIGHT_REMOTE) if setup.teacher.remote else here
        if setup.config.batch:
            self.in_flight = IN_FLIGHT_BATCH

    async def do(self, problem: Problem) -> ProblemResult:
        assert self._worker is not None, "the engine is not open"
        return await self._worker.do(problem)

    async def __aenter__(self) -> Self:
        opened = self._setup.open_worker(
            self._setup.config, in_flight=self.in_flight, teacher=self._setup.teacher
        )
        self._worker = await self._stack.enter_async_context(opened)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with self._stack:  # closes the sandbox workers even if the teacher fails
            await self._setup.teacher.close()

    def statistics(self) -> dict[str, Any]:
        figures: dict[str, Any] = self._setup.teacher.statistics()
        return figures
