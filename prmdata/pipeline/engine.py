"""Where the problems of a build are done. This page is the contract of an engine.

What is done for a problem stands in :mod:`prmdata.pipeline.problem_work`; how many problems are under way and what
follows from each result stands in :mod:`prmdata.pipeline.driver`. An engine only carries a problem to a place that
works on it and brings the result back, so every engine gives the same rows. A further engine is an entry point of the
group ``prmdata.engines``: a callable that takes an :class:`EngineSetup` and returns an :class:`Engine`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from prmdata.config import BuildConfig
from prmdata.pipeline.problem_work import ProblemResult, ProblemWorker
from prmdata.records import Problem

IN_FLIGHT_PER_WORKER = 16
"""Problems under way for each sandbox worker: while one waits for its verdicts, others are thought about."""
IN_FLIGHT_REMOTE = 64
"""Problems under way while a remote teacher is asked: its latency, not our cores, is the limit."""
IN_FLIGHT_BATCH = 2000
"""Problems under way while a teacher is asked in batches, which take hours: the larger a batch, the fewer there are."""

WORKERS_PER_PROCESS = 3
"""Sandbox workers that one process can feed: a program takes 9 ms of a sandbox's time and 2.6 ms of the host's."""

MAX_RETRIES = 5
"""How often a problem is tried again where the process that works on it dies; then it fails, and stays pending."""


OpenWorker = Callable[..., AbstractAsyncContextManager[ProblemWorker]]
"""``open_worker(config, in_flight=n, teacher=t)``: a problem worker with the configuration's sandbox workers, for as
many problems at once; ``teacher`` None: it has a teacher of its own. Can be pickled."""


@dataclass(frozen=True, slots=True)
class EngineSetup:
    """What a build gives its engine.

    ``teacher`` is the build's teacher, opened in this process; ``make_teacher(config)`` makes the same one elsewhere and
    can be pickled. ``shares_teacher``: every place must ask one teacher, since its limits or its file are one.
    ``spend`` is told the teacher's figures by an engine whose teacher works elsewhere.
    """

    config: BuildConfig
    teacher: Any
    open_worker: OpenWorker
    make_teacher: Callable[[BuildConfig], Any]
    shares_teacher: bool
    spend: Callable[[dict[str, Any]], None]


class Engine(ABC):
    """An asynchronous context manager: entered, it can do problems; left, it has given back all that it held.

    Promises: ``do`` may be called ``in_flight`` times at once, from one event loop. Its result depends on the problem
    alone. A place that dies costs no result: its problems are done again, at most :data:`MAX_RETRIES` times. A task that
    is cancelled in ``do`` leaves nothing behind that a later call would notice.
    """

    in_flight: int
    """Problems that may be under way at once."""

    @abstractmethod
    async def do(self, problem: Problem) -> ProblemResult:
        """The outcome of one problem. Errors of ours come back as values, so that no carrier wraps them."""

    async def __aenter__(self) -> Self:
        """Open what the engine needs. Raises UsageError where it cannot be had (no cluster answers)."""
        return self

    async def __aexit__(  # noqa: B027  # an engine that holds nothing gives nothing back
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give everything back, whatever happened."""

    def statistics(self) -> dict[str, Any]:
        """The teacher's figures (:meth:`prmdata.teachers.Teacher.statistics`), after the engine was left too."""
        return {}
