"""The engine of a build, and what each place of work needs: sandbox workers, a teacher and the strategies.

Part of the composition root.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import Any

from prmdata.app.wiring import plug_in_named, sandbox_of, shipped, silent, strategies_of, teacher_of
from prmdata.config import BuildConfig
from prmdata.pipeline.engine import WORKERS_PER_PROCESS, Engine, EngineSetup
from prmdata.pipeline.engines.local import LocalEngine
from prmdata.pipeline.problem_work import Answerer, ProblemWorker, trusting_nobody
from prmdata.pipeline.progress import Progress
from prmdata.records import Question, Run
from prmdata.sandboxes.contract import SandboxProvider
from prmdata.sandboxes.pool import Pool
from prmdata.teachers.contract import Teacher

SWITCH_S = 0.0005
"""The longest time that a thread with an answer from a worker waits for the thread that computes (Python's
default is 5 ms)."""
GARBAGE = (50_000, 50, 20)
"""Thresholds of the garbage collector (Python's defaults are 700, 10, 10). Parsed programs and drawn inputs
leave hardly any cycles, and looking for cycles took 13% of this process's time."""


@contextmanager
def paced() -> Iterator[None]:
    """Sets the interpreter up for a build: see ``SWITCH_S`` and ``GARBAGE``."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(SWITCH_S)
    gc.set_threshold(*GARBAGE)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)


@asynccontextmanager
async def open_answerer(
    provider: SandboxProvider, teacher: Teacher | None, *, workers: int, in_flight: int
) -> AsyncIterator[Answerer]:
    """Opens an answerer. It sends a ``Run`` to a sandbox pool, which is closed at the end, and a ``Request``
    to the teacher."""
    with Pool(provider, workers=workers, most_jobs=in_flight) as pool:

        async def answer(question: Question) -> Any:
            if isinstance(question, Run):
                return await asyncio.wrap_future(pool.submit(question.spec, question.tasks))
            assert teacher is not None, "a request needs a teacher, and none was opened"
            return await teacher.ask(question)

        yield answer


@asynccontextmanager
async def open_worker(
    config: BuildConfig, *, is_remote: bool, in_flight: int, teacher: Teacher | None = None
) -> AsyncIterator[ProblemWorker]:
    """A problem worker with the configuration's sandbox workers. If ``teacher`` is None, the worker opens one
    of its own and closes it at the end. ``is_remote`` says whether programs come from a remote model."""
    provider = sandbox_of(config, remote=is_remote, notice=silent)
    async with AsyncExitStack() as stack:
        if teacher is None:
            teacher = teacher_of(config)
            stack.push_async_callback(teacher.close)
        opened = open_answerer(provider, teacher, workers=config.workers, in_flight=in_flight)
        answer = await stack.enter_async_context(opened)
        yield ProblemWorker(
            strategies_of(config), trusting_nobody(answer) if config.trust == "none" else answer
        )


def engine_setup(config: BuildConfig, teacher: Teacher, progress: Progress) -> EngineSetup:
    """What the engine of a build gets. A remote teacher is shared, because its limits hold for the whole job.
    A teacher that reads a file of this machine is shared too."""
    return EngineSetup(
        config,
        teacher,
        open_worker=partial(open_worker, is_remote=teacher.remote),
        make_teacher=teacher_of,
        shares_teacher=teacher.remote or teacher.name == "replay",
        spend=progress.spend,
    )


def engine_of(config: BuildConfig) -> Callable[[EngineSetup], Engine]:
    """The callable that makes the engine of a configuration: a built-in one, or one of the entry point group
    ``prmdata.engines``.

    Raises UsageError, which lists the engines, for an unknown name.
    """
    found: Callable[[EngineSetup], Engine] = plug_in_named("--engine", config.engine, ENGINES)
    return found


def local_engine(setup: EngineSetup) -> Engine:
    """The engine on this machine: this process, or several processes if one cannot feed all sandbox workers
    and each process may have a teacher of its own."""
    if setup.config.workers <= WORKERS_PER_PROCESS or setup.shares_teacher:
        return LocalEngine(setup)
    from prmdata.pipeline.engines.processes import ProcessEngine  # few machines have so many workers

    return ProcessEngine(setup)


ENGINES = shipped(
    "prmdata.engines",
    local="prmdata.app.engines:local_engine",
    ray="prmdata.pipeline.engines.ray:RayEngine",
)
