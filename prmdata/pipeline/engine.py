"""The contract of an engine: an engine decides where the problems of a build are done.

What is done for a problem stands in :mod:`prmdata.pipeline.problem_work`. How many problems are under way,
and what follows from each result, stands in :mod:`prmdata.pipeline.driver`. An engine only takes a problem to
a place that works on it and brings the result back, so every engine gives the same rows. Another engine can
be added as an entry point of the group ``prmdata.engines``: a callable that takes an :class:`EngineSetup` and
returns an :class:`Engine`.
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
"""Problems under way for each sandbox worker: while one problem waits for verdicts, the host computes
others."""
IN_FLIGHT_REMOTE = 64
"""Problems under way while a remote teacher is asked: its latency is the limit, not the cores of this
machine."""
IN_FLIGHT_BATCH = 2000
"""Problems under way while a teacher is asked in batches, which take hours: larger batches mean fewer of
them."""

WORKERS_PER_PROCESS = 3
"""Sandbox workers that one process can feed: a program takes 9 ms of a sandbox's time and 2.6 ms of the
host's."""

MAX_RETRIES = 5
"""How often a problem is tried again after the process that works on it died. Then it fails and stays
pending."""


OpenWorker = Callable[..., AbstractAsyncContextManager[ProblemWorker]]
"""``open_worker(config, in_flight=n, teacher=t)`` opens a problem worker with the configuration's sandbox
workers, for ``n`` problems at once. If ``teacher`` is None, the worker has a teacher of its own. The callable
can be pickled."""


@dataclass(frozen=True, slots=True)
class EngineSetup:
    """What a build gives its engine.

    ``teacher`` is the build's teacher, opened in this process. ``make_teacher(config)`` makes the same
    teacher elsewhere and can be pickled. ``shares_teacher`` means that every place must ask the same teacher,
    because there is only one set of limits or one file. An engine whose teacher works elsewhere passes the
    teacher's figures to ``spend``.
    """

    config: BuildConfig
    teacher: Any
    open_worker: OpenWorker
    make_teacher: Callable[[BuildConfig], Any]
    shares_teacher: bool
    spend: Callable[[dict[str, Any]], None]


class Engine(ABC):
    """An asynchronous context manager: inside it, the engine can do problems; at its end, everything is
    released.

    An engine promises: ``do`` may be called ``in_flight`` times at once, from one event loop. Its result
    depends on the problem alone. The death of a worker loses no result: its problems are done again, at most
    :data:`MAX_RETRIES` times. A task that is cancelled in ``do`` has no effect on later calls.
    """

    in_flight: int
    """Problems that may be under way at once."""

    @abstractmethod
    async def do(self, problem: Problem) -> ProblemResult:
        """The outcome of one problem. Errors of prmdata are returned as values, so that no transport wraps
        them."""

    async def __aenter__(self) -> Self:
        """Open what the engine needs. Raises UsageError if that is not available (no cluster answers)."""
        return self

    async def __aexit__(  # noqa: B027  # an engine that holds nothing has nothing to release
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release everything, whatever happened."""

    def statistics(self) -> dict[str, Any]:
        """The teacher's figures (:meth:`prmdata.teachers.Teacher.statistics`), also after the engine was
        closed."""
        return {}
