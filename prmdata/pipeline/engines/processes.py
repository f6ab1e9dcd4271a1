"""The engine in several local processes: one interpreter can feed only so many sandbox workers.

Each process is ``prmdata.app.worker_process``. It has a few sandbox workers of its own, reads problems from
standard input and writes outcomes to standard output, as pickles of prmdata's own classes. A process that
dies is started again, and its problems are done again. When this process ends, for whatever reason, the input
of the other processes ends, and they end too.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import struct
import sys
from contextlib import suppress
from types import TracebackType
from typing import Any, Final

from prmdata.config import BuildConfig
from prmdata.errors import PrmdataError, SandboxError
from prmdata.pipeline.engine import (
    IN_FLIGHT_PER_WORKER,
    MAX_RETRIES,
    WORKERS_PER_PROCESS,
    Engine,
    EngineSetup,
)
from prmdata.pipeline.problem_work import ProblemResult
from prmdata.records import Problem

LENGTH: Final = struct.Struct(">Q")
"""Precedes each pickle, in either direction, and gives its length in bytes."""
WORKER_MODULE: Final = "prmdata.app.worker_process"
"""The command that each process runs."""
_END_S: Final = 5.0
"""How long a process may take to end its workers after its input has ended."""


def framed(value: Any) -> bytes:
    """A value as the bytes that travel between the two ends."""
    body = pickle.dumps(value, protocol=5)
    return LENGTH.pack(len(body)) + body


class WorkerProcess:
    """One process. It is started when it is first asked, and again after it died."""

    def __init__(self, config: BuildConfig, workers: int) -> None:
        self._greeting = framed((config, workers))
        self._process: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None
        self._pending: dict[int, asyncio.Future[ProblemResult]] = {}
        self._asked = 0

    async def do(self, problem: Problem) -> ProblemResult:
        """See :meth:`prmdata.pipeline.engine.Engine.do`."""
        for _ in range(1 + MAX_RETRIES):
            process = await self._running()
            assert process.stdin is not None
            self._asked += 1
            future = asyncio.get_running_loop().create_future()
            self._pending[self._asked] = future
            process.stdin.write(framed((self._asked, problem)))
            with suppress(_DiedError):
                result: ProblemResult = await future
                return result
        return SandboxError(f"the process that did it died more than {MAX_RETRIES} times")

    async def close(self) -> None:
        """End the process, which ends its workers too."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _END_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        if self._reading is not None:
            await self._reading

    async def _running(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self._process is None or self._reading is None or self._reading.done():
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", WORKER_MODULE),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                    start_new_session=True,  # a Ctrl-C in the terminal is handled by this process alone
                )
                assert self._process.stdin is not None
                self._process.stdin.write(self._greeting)
                self._reading = asyncio.create_task(self._read(self._process))
            return self._process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Read outcomes as they come. When the process ends, pending problems are told that it died."""
        assert process.stdout is not None
        try:
            while True:
                (size,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
                number, result = pickle.loads(await process.stdout.readexactly(size))
                if number is None:  # the process cannot work at all
                    self._settle_all(result)
                elif not (future := self._pending.pop(number)).done():
                    future.set_result(result)
        except asyncio.IncompleteReadError:
            await process.wait()
            self._settle_all(_DiedError())

    def _settle_all(self, result: ProblemResult | _DiedError) -> None:
        """Give ``result`` to every pending problem."""
        pending, self._pending = self._pending, {}
        for future in pending.values():
            if future.done():  # its caller no longer waits for it
                continue
            if isinstance(result, _DiedError):
                future.set_exception(result)
            else:
                future.set_result(result)


class _DiedError(PrmdataError):
    """The process ended before it had done the problem."""


class ProcessEngine(Engine):
    """Divides the configuration's sandbox workers among as few processes as can feed them.

    Each process has a teacher of its own, so this engine is for teachers that need not be shared.
    """

    def __init__(self, setup: EngineSetup) -> None:
        self._setup = setup
        shares = shares_of(setup.config.workers)
        self._processes = [WorkerProcess(setup.config, workers) for workers in shares]
        self._load = [0] * len(shares)
        self.in_flight = IN_FLIGHT_PER_WORKER * max(shares) * len(shares)

    async def do(self, problem: Problem) -> ProblemResult:
        place = self._load.index(min(self._load))
        self._load[place] += 1
        try:
            return await self._processes[place].do(problem)
        finally:
            self._load[place] -= 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(process.close() for process in self._processes))
        await self._setup.teacher.close()

    def statistics(self) -> dict[str, Any]:
        figures: dict[str, Any] = self._setup.teacher.statistics()
        return figures


def shares_of(workers: int) -> list[int]:
    """The number of sandbox workers for each process, with as few processes as can feed them."""
    count = -(-workers // WORKERS_PER_PROCESS)
    return [workers // count + (place < workers % count) for place in range(count)]
