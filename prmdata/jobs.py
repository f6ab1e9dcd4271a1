"""The composition root: the one place that names concrete classes and wires the rooms together.

What a command does is a function here, with the same meaning; ``prmdata.build(...)`` is ``prmdata build``.
"""

from __future__ import annotations

import asyncio
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prmdata.config import BuildConfig, configure
from prmdata.measure import audit, testgen, vet
from prmdata.parts import (
    Notice,
    answering,
    estimator_of,
    expected_requests,
    labour,
    sandbox_of,
    silent,
    strategies_of,
    teacher_of,
)
from prmdata.pipeline.driver import Stop
from prmdata.pipeline.journal import Journal
from prmdata.records import Reject

if TYPE_CHECKING:
    from prmdata.pipeline.assemble import Settled
    from prmdata.pipeline.progress import Progress
    from prmdata.pipeline.run import Item, Owed
    from prmdata.pipeline.work import Strategy
    from prmdata.sandboxes.contract import SandboxProvider
    from prmdata.teachers.contract import Teacher
    from prmdata.teachers.estimate import Estimate

IN_FLIGHT_PER_WORKER = 3
"""Problems under way for each sandbox worker: while one is thought about, others are judged."""
IN_FLIGHT_REMOTE = 64
"""Problems under way while a remote teacher is asked: its latency, not our cores, is the limit."""
IN_FLIGHT_BATCH = 2000
"""Problems under way while a teacher is asked in batches, which take hours: the larger, the fewer."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build made. ``stopped`` says why it ended early (None: it is whole)."""

    out: Path
    rows: int
    counts: dict[str, Any]
    report: Path | None
    stopped: str | None = None

    @property
    def exit_code(self) -> int:
        """0 done; 1 nothing usable; 130 stopped, resumable."""
        if self.stopped is not None:
            return 130
        made = self.rows - self.counts["rows"].get("reference", 0)
        return 0 if made or not self.counts["problems"] else 1

    def text(self) -> str:
        """The closing lines of the command."""
        counts = self.counts
        lines = [
            f"problems: {counts['vetted']} of {counts['problems']} vetted; rows: {self.rows}; "
            f"labels: {counts['labels'].get('1', 0)} correct, {counts['labels'].get('0', 0)} incorrect, "
            f"{counts['labels'].get('-100', 0)} masked; rejects: {sum(counts['rejects'].values())}"
        ]
        failed = self.counts["stages"].get("machinery", 0)
        if failed and self.stopped is None:
            lines.append(
                f"not done: {failed} problems, for a failure of the machinery (see rejects.jsonl);"
                " run the same command again to try them again"
            )
        if self.stopped is not None:
            lines.append(f"stopped: {self.stopped}; run the same command again to go on")
        lines.append(f"dataset: {self.out}")
        if self.report is not None:
            lines.append(f"report: {self.report}")
        return "\n".join(lines)


def build(config: BuildConfig, *, notice: Notice = silent) -> BuildResult:
    """Make the dataset that ``config`` describes, or go on with it; see ``prmdata build --help``.

    Raises UsageError and InputError for what cannot be used, SandboxError and TeacherError where the
    machinery gives up (what is finished stays and the build is resumable), KeyboardInterrupt after an
    interrupt has drained what was in flight.
    """
    from prmdata.pipeline.folder import check_folder, opened_journal
    from prmdata.pipeline.lock import locked
    from prmdata.pipeline.progress import Progress, style_for
    from prmdata.pipeline.run import owed, settled
    from prmdata.problems import read_problems
    from prmdata.problems.overlap import overlap_with

    began = time.monotonic()
    strategies = strategies_of(config)
    items = begun(read_problems(config.source, limit=config.limit, rollouts_from=config.rollouts_from))
    stop = Stop()
    with ExitStack() as stack:
        check_folder(config.out)
        stack.enter_context(locked(config.out))
        teacher = teacher_of(config)
        provider = sandbox_of(config, remote=teacher.remote, notice=notice)
        journal = opened_journal(config, provider.name)
        stack.callback(journal.close)
        progress = Progress(config.limit, style_for(config.log_json), teacher.statistics)
        stack.callback(progress.close)
        overlaps = overlap_with(config.decontaminate) if config.decontaminate else None
        wanted = owed(items, journal, progress, shard=config.shard, overlaps=overlaps)
        if config.engine == "ray":
            cost = _drive_on_ray(config, teacher, wanted, journal, progress, stop)
        else:
            cost = _drive_here(config, teacher, provider, strategies, wanted, journal, progress, stop)
        if isinstance(stop.reason, KeyboardInterrupt):
            raise stop.reason
        return finish(
            config,
            partial(settled, journal),
            provenance=teacher.provenance() | {"sandbox": provider.name},
            cost=cost,
            elapsed_s=time.monotonic() - began,
            stopped=None if stop.reason is None else str(stop.reason),
        )


def begun(items: Iterator[Item]) -> Iterator[Item]:
    """``items`` with the first one read: a source that cannot be used is said before anything starts."""
    return chain(list(islice(items, 1)), items)


def _drive_here(
    config: BuildConfig,
    teacher: Teacher,
    provider: SandboxProvider,
    strategies: Sequence[Strategy],
    wanted: Iterator[Owed],
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
        with Pool(provider, workers=config.workers) as pool:
            answer = answering(pool, teacher)
            try:
                await run(wanted, strategies, answer, journal, progress, in_flight=in_flight, stop=stop)
            finally:
                await teacher.close()

    asyncio.run(main())
    return teacher.statistics()


def _drive_on_ray(
    config: BuildConfig,
    teacher: Teacher,
    wanted: Iterator[Owed],
    journal: Journal,
    progress: Progress,
    stop: Stop,
) -> dict[str, Any]:
    """Do what is owed on a Ray cluster; the teacher's statistics."""
    from prmdata.pipeline.ray_engine import run_on_ray
    from prmdata.pipeline.run import keep

    done, failed = keep(journal, progress)
    in_flight = IN_FLIGHT_REMOTE if teacher.remote else IN_FLIGHT_PER_WORKER
    asyncio.run(teacher.close())
    return asyncio.run(
        run_on_ray(
            wanted,
            config,
            parts=labour,
            teacher=teacher_of if teacher.remote else None,
            done=done,
            failed=failed,
            stop=stop,
            in_flight=in_flight,
        )
    )


def finish(
    config: BuildConfig,
    settled: Callable[[], Iterator[Settled]],
    *,
    provenance: dict[str, Any],
    cost: dict[str, Any],
    elapsed_s: float,
    stopped: str | None = None,
) -> BuildResult:
    """Assemble the dataset, then its manifest, card and report."""
    from prmdata.datasets.card import write_card
    from prmdata.datasets.manifest import write_manifest
    from prmdata.datasets.report import report
    from prmdata.pipeline.assemble import assemble

    config.out.mkdir(parents=True, exist_ok=True)
    counts = assemble(settled, config.out, config).as_dict()
    if counts["conflicts"]:
        notes = f"{counts['conflicts']} prefixes have two labels under --policy {config.policy}"
        counts["notes"] = [notes]
    rows = sum(counts["rows"].values())
    derived: dict[str, Any] = {
        "policy": config.policy,
        "prefix_labels": config.prefix_labels,
        "split": dict(config.split),
    }
    derived |= {"max_per_problem": config.max_per_problem, "rows_per_shard": config.rows_per_shard}
    write_manifest(
        config.out,
        config=config.content() | derived,
        counts=counts,
        provenance=provenance,
        cost=cost,
        times={"elapsed_s": round(elapsed_s, 3)},
        command=shlex.join(["prmdata", *sys.argv[1:]]),
    )
    page = None
    if rows:
        write_card(config.out)
        page = report(config.out)
    return BuildResult(config.out, rows, counts, page, stopped)


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


def merge(shards: Sequence[Path], out: Path, *, split: str | None = None) -> BuildResult:
    """Join shards into the dataset that one run would have made: byte-identical Parquet.

    Raises UsageError where the shards were not made with one configuration.
    """
    from prmdata.pipeline.folder import check_folder
    from prmdata.pipeline.lock import locked
    from prmdata.pipeline.shards import config_of, settled_shards

    began = time.monotonic()
    check_folder(out)
    config, provenance, cost = config_of(shards, out, split)
    with locked(out):
        return finish(
            config,
            partial(settled_shards, tuple(shards)),
            provenance=provenance,
            cost=cost,
            elapsed_s=time.monotonic() - began,
        )


def relabel(out: Path, policy: str, *, to: Path | None = None, prefix_labels: str = "once") -> BuildResult:
    """Derive the labels of OUT again under ``policy``, in place or into ``to``. Runs no program.

    Raises UsageError naming the row and the evidence where the policy needs what is not stored.
    """
    from prmdata.datasets.reader import read_traces
    from prmdata.labels.relabel import relabel as relabelled
    from prmdata.pipeline.folder import check_folder
    from prmdata.pipeline.lock import locked
    from prmdata.pipeline.shards import config_of, settled_shards

    began = time.monotonic()
    dest = out if to is None else to
    check_folder(dest)
    made, provenance, cost = config_of([out], dest, None)
    config = configure(None, **{**dict(made), "policy": policy, "prefix_labels": prefix_labels})
    for _ in relabelled(read_traces(out), config.policy, prefix_labels=config.prefix_labels):
        continue
    with locked(dest):
        return finish(
            config,
            partial(settled_shards, (out,)),
            provenance=provenance,
            cost=cost,
            elapsed_s=time.monotonic() - began,
        )


__all__ = ["BuildResult", "DryRun", "audit", "build", "dry_run", "merge", "relabel", "testgen", "vet"]
