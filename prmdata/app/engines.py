"""The engine of a build, and what a place works with: sandbox workers, a teacher and the strategies.

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
from prmdata.pipeline.problem_work import Answerer, ProblemWorker
from prmdata.pipeline.progress import Progress
from prmdata.records import Question, Run
from prmdata.sandboxes.contract import SandboxProvider
from prmdata.sandboxes.pool import Pool
from prmdata.teachers.contract import Teacher

SWITCH_S = 0.0005
"""A worker's thread that has an answer waits no longer than this (usually 5 ms) for the one that thinks."""
GARBAGE = (50_000, 50, 20)
"""Objects between two collections, and so on (usually 700, 10, 10): programs parsed and inputs drawn leave hardly any
cycles, and looking for them took 13% of this process's time."""


@contextmanager
def paced() -> Iterator[None]:
    """The interpreter set for a build: see ``SWITCH_S`` and ``GARBAGE``."""
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
    """Who answers questions: a ``Run`` goes to a sandbox pool, which is closed at the end; a ``Request`` to the teacher."""
    with Pool(provider, workers=workers, most_jobs=in_flight) as pool:

        async def answer(question: Question) -> Any:
            if isinstance(question, Run):
                return await asyncio.wrap_future(pool.submit(question.spec, question.tasks))
            assert teacher is not None, "nobody is there to be asked"
            return await teacher.ask(question)

        yield answer


@asynccontextmanager
async def open_worker(
    config: BuildConfig, *, is_remote: bool, in_flight: int, teacher: Teacher | None = None
) -> AsyncIterator[ProblemWorker]:
    """A problem worker with the configuration's sandbox workers. ``teacher`` None: one of its own, closed at the end.
    ``is_remote``: whether programs come from a remote model."""
    provider = sandbox_of(config, remote=is_remote, notice=silent)
    async with AsyncExitStack() as stack:
        if teacher is None:
            teacher = teacher_of(config)
            stack.push_async_callback(teacher.close)
        opened = open_answerer(provider, teacher, workers=config.workers, in_flight=in_flight)
        yield ProblemWorker(strategies_of(config), await stack.enter_async_context(opened))


def engine_setup(config: BuildConfig, teacher: Teacher, progress: Progress) -> EngineSetup:
    """What the engine of a build gets. A remote teacher is shared, since its limits hold for the whole job, and so is
    one that reads a file of this machine."""
    return EngineSetup(
        config,
        teacher,
        open_worker=partial(open_worker, is_remote=teacher.remote),
        make_teacher=teacher_of,
        shares_teacher=teacher.remote or teacher.name == "replay",
        spend=progress.spend,
    )


def engine_of(config: BuildConfig) -> Callable[[EngineSetup], Engine]:
    """What makes the engine of a configuration: ours, then the entry point group ``prmdata.engines``.

    Raises UsageError for an unknown name, saying which there are.
    """
    found: Callable[[EngineSetup], Engine] = plug_in_named("--engine", config.engine, ENGINES)
    return found


def local_engine(setup: EngineSetup) -> Engine:
    """This process, or several where one cannot feed all sandbox workers and each may have a teacher of its own."""
    if setup.config.workers <= WORKERS_PER_PROCESS or setup.shares_teacher:
        return LocalEngine(setup)
    from prmdata.pipeline.engines.processes import ProcessEngine  # few machines have so many workers

    return ProcessEngine(setup)


ENGINES = shipped(
    "prmdata.engines",
    local="prmdata.app.engines:local_engine",
    ray="prmdata.pipeline.engines.ray:RayEngine",
)
