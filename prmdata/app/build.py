"""The composition root: the one place that names concrete classes and wires the rooms together.

What a command does is a function here, with the same meaning; ``prmdata.build(...)`` is ``prmdata build``.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from prmdata.app.checks import audit, testgen, vet
from prmdata.app.finish import BuildResult, finish, merge, relabel
from prmdata.app.wiring import (
    Notice,
    answering,
    estimator_of,
    expected_requests,
    labour,
    needs_desk,
    on_any_node,
    paced,
    sandbox_of,
    silent,
    strategies_of,
    teacher_of,
)
from prmdata.config import BuildConfig
from prmdata.pipeline.driver import Stop
from prmdata.pipeline.journal import Journal
from prmdata.records import Reject

if TYPE_CHECKING:
    from prmdata.pipeline.problem_work import Strategy
    from prmdata.pipeline.progress import Progress
    from prmdata.pipeline.run import PendingProblem, SourceItem
    from prmdata.sandboxes.contract import SandboxProvider
    from prmdata.teachers.contract import Teacher
    from prmdata.teachers.estimate import Estimate

IN_FLIGHT_PER_WORKER = 16
"""Problems under way for each sandbox worker: while one is thought about, others are judged."""
WORKERS_PER_PROCESS = 3
"""Sandbox workers that one process can think for: a program takes 9 ms of a sandbox's time and 2.6 ms of ours."""
IN_FLIGHT_REMOTE = 64
"""Problems under way while a remote teacher is asked: its latency, not our cores, is the limit."""
IN_FLIGHT_BATCH = 2000
"""Problems under way while a teacher is asked in batches, which take hours: the larger, the fewer."""


def build(config: BuildConfig, *, notice: Notice = silent) -> BuildResult:
    """Make the dataset that ``config`` describes, or go on with it; see ``prmdata build --help``.

    Raises UsageError and InputError for what cannot be used, SandboxError and TeacherError where the
    machinery gives up (what is finished stays and the build is resumable), KeyboardInterrupt after an
    interrupt (what was in flight is owed again).
    """
    from prmdata.pipeline.assemble import labelled
    from prmdata.pipeline.disk import saying_full
    from prmdata.pipeline.folder import check_folder, opened_journal
    from prmdata.pipeline.lock import locked
    from prmdata.pipeline.progress import Progress, style_for
    from prmdata.pipeline.run import completed, pending
    from prmdata.problems import read_problems, total_of
    from prmdata.vetting.overlap import overlap_with

    began = time.monotonic()
    strategies = strategies_of(config)
    items = begun(read_problems(config.source, limit=config.limit, rollouts_from=config.rollouts_from))
    stop = Stop()
    with ExitStack() as stack:
        check_folder(config.out)
        stack.enter_context(saying_full(config.out))
        stack.enter_context(locked(config.out))
        teacher = teacher_of(config)
        provider = sandbox_of(config, remote=teacher.remote, notice=notice)
        journal = opened_journal(config, provider.name, provider.environment)
        stack.callback(journal.close)
        progress = Progress(
            total_of(config.source, config.limit),
            style_for(config.log_json),
            spent=teacher.statistics,
            labelled=partial(labelled, config=config),
        )
        stack.callback(progress.close)
        overlaps = overlap_with(config.decontaminate) if config.decontaminate else None
        wanted = pending(items, journal, progress, shard=config.shard, overlaps=overlaps)
        if config.engine == "ray":
            cost = _drive_on_ray(config, teacher, wanted, journal, progress, stop)
        elif config.workers > WORKERS_PER_PROCESS and not needs_desk(teacher):
            cost = _drive_in_processes(config, teacher, wanted, journal, progress, stop)
        else:
            cost = _drive_here(config, teacher, provider, strategies, wanted, journal, progress, stop)
        if isinstance(stop.reason, KeyboardInterrupt):
            raise stop.reason
        return finish(
            config,
            partial(completed, journal),
            provenance=teacher.provenance()
            | {"sandbox": provider.name, "environments": [provider.environment]},
            cost=cost,
            elapsed_s=time.monotonic() - began,
            stopped=None if stop.reason is None else str(stop.reason),
        )


def begun(items: Iterator[SourceItem]) -> Iterator[SourceItem]:
    """``items`` with the first one read: a source that cannot be used is said before anything starts."""
    return chain(list(islice(items, 1)), items)


def _drive_here(
    config: BuildConfig,
    teacher: Teacher,
    provider: SandboxProvider,
    strategies: Sequence[Strategy],
    wanted: Iterator[PendingProblem],
    journal: Journal,
    progress: Progress,
    stop: Stop,
) -> dict[str, Any]:
    """Do what is owed in this process; the teacher's statistics."""
    from prmdata.pipeline.run import run
    from prmdata.sandboxes.pool import Pool

    in_flight = max(IN_FLIGHT_PER_WORKER * config.workers, IN_FLIGHT_REMOTE if teacher.remote else 0)
    in_flight = IN_FLIGHT_BATCH if config.batch else in_flight

    async def main() -> None:
        with Pool(provider, workers=config.workers, most_jobs=in_flight) as pool:
            answer = answering(pool, teacher)
            try:
                await run(wanted, strategies, answer, journal, progress, in_flight=in_flight, stop=stop)
            finally:
                await teacher.close()

    with paced():
        asyncio.run(main())
    return teacher.statistics()


def _drive_in_processes(
    config: BuildConfig,
    teacher: Teacher,
    wanted: Iterator[PendingProblem],
    journal: Journal,
    progress: Progress,
    stop: Stop,
) -> dict[str, Any]:
    """Do what is owed in processes of this machine that share the sandbox workers; the teacher's statistics."""
    from prmdata.pipeline.engines.processes import run_in_processes
    from prmdata.pipeline.run import keep

    done, failed = keep(journal, progress)
    shares = shares_of(config.workers)
    asyncio.run(
        run_in_processes(
            wanted,
            config,
            workers=shares,
            done=done,
            failed=failed,
            stop=stop,
            in_flight=IN_FLIGHT_PER_WORKER * max(shares),
        )
    )
    return teacher.statistics()


def shares_of(workers: int) -> list[int]:
    """Sandbox workers to each process that thinks for them, as few processes as can."""
    count = -(-workers // WORKERS_PER_PROCESS)
    return [workers // count + (place < workers % count) for place in range(count)]


def _drive_on_ray(
    config: BuildConfig,
    teacher: Teacher,
    wanted: Iterator[PendingProblem],
    journal: Journal,
    progress: Progress,
    stop: Stop,
) -> dict[str, Any]:
    """Do what is owed on a Ray cluster; the teacher's statistics."""
    from prmdata.pipeline.engines.ray import run_on_ray
    from prmdata.pipeline.run import keep

    done, failed = keep(journal, progress)
    asyncio.run(teacher.close())  # the desk opens its own
    has_desk = needs_desk(teacher)
    return asyncio.run(
        run_on_ray(
            wanted,
            on_any_node(config),
            parts=partial(labour, remote=teacher.remote, has_desk=has_desk),
            teacher=teacher_of if has_desk else None,
            done=done,
            failed=failed,
            spent=progress.spend,
            stop=stop,
            in_flight=IN_FLIGHT_REMOTE if teacher.remote else IN_FLIGHT_PER_WORKER,
        )
    )


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a build will take. ``estimate`` None: a teacher that costs nothing."""

    problems: int
    rejects: int
    estimate: Estimate | None

    def text(self) -> str:
        """The command's lines."""
        lines = [f"problems: {self.problems} to vet, {self.rejects} rejected as read"]
        if self.estimate is None:
            return "\n".join([*lines, "requests: 0 (this teacher is offline)"])
        found = self.estimate
        cost = "unknown (no price for this model; add one with --prices)"
        if found.cost_usd is not None:
            cost = f"${found.cost_usd:.4f}"
        return "\n".join(
            [
                *lines,
                f"requests: {found.requests} ({found.recorded} more are answered on disk)",
                f"tokens: {found.prompt_tokens} in, {found.completion_tokens} out",
                f"cost: {cost}",
            ]
        )


def dry_run(config: BuildConfig, *, notice: Notice = silent) -> DryRun:
    """What ``build`` will ask and pay, without asking: reads the problems, runs and sends nothing."""
    from prmdata.problems import read_problems

    estimator = estimator_of(config)
    total = None if estimator is None else estimator.nothing
    problems = rejects = 0
    for item in read_problems(config.source, limit=config.limit, rollouts_from=config.rollouts_from):
        if isinstance(item, Reject):
            rejects += 1
            continue
        problems += 1
        if estimator is not None and total is not None:
            for request in expected_requests(item, config):
                total = total + estimator.of(request)
    if estimator is not None:
        estimator.close()
    if not problems:
        notice("no problem can be used")
    return DryRun(problems, rejects, total)


__all__ = ["BuildResult", "DryRun", "audit", "build", "dry_run", "merge", "relabel", "testgen", "vet"]
