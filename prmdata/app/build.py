"""``prmdata build``: makes or continues the dataset that a configuration describes; and its dry run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from prmdata.app.engines import engine_of, engine_setup, paced
from prmdata.app.finish import BuildResult, RunFacts, finish
from prmdata.app.wiring import (
    Notice,
    first_read,
    overlap_of,
    problems_of,
    sandbox_of,
    silent,
    strategies_of,
    teacher_of,
)
from prmdata.config import BuildConfig
from prmdata.datasets.disk import saying_full
from prmdata.pipeline.assemble import labelled
from prmdata.pipeline.driver import Stop, drive, interruptible
from prmdata.pipeline.engine import Engine
from prmdata.pipeline.folder import check_folder, locked, opened_journal
from prmdata.pipeline.journal import SOURCE_DIGEST, Journal
from prmdata.pipeline.origin import Origin
from prmdata.pipeline.pending import JournalKeeper, PendingProblem, completed, pending
from prmdata.pipeline.progress import Listener, Progress, style_for
from prmdata.pipeline.sides import pinned_sides
from prmdata.problems import total_of
from prmdata.teachers.contract import Teacher


def build(
    config: BuildConfig,
    *,
    notice: Notice = silent,
    listen: Listener | None = None,
    show_progress: bool = False,
) -> BuildResult:
    """Make the dataset that ``config`` describes, or continue it; see ``prmdata build --help``.

    ``listen`` is called with a :class:`ProblemDone` for each problem that this run finishes; what it raises ends the build.
    ``show_progress`` shows progress on stderr. Without it only ``config.log_json`` prints.

    Raises UsageError and InputError for what cannot be used; SandboxError, TeacherError and KeyboardInterrupt where the
    machinery gives up or the run is interrupted (what is finished stays, and the build is resumable).
    """
    began = time.monotonic()
    strategies_of(config)  # reports an unknown name before anything starts
    make_engine = engine_of(config)
    if config.splits_from is not None:
        pinned_sides(config.splits_from)
    items, stop = first_read(problems_of(config)), Stop()
    with ExitStack() as stack:
        check_folder(config.out)
        stack.enter_context(saying_full(config.out))
        stack.enter_context(locked(config.out))
        teacher = teacher_of(config)
        held: list[str] = []  # notices wait until nothing that the user gave can be refused any more
        provider = sandbox_of(config, remote=teacher.remote, notice=held.append)
        journal = opened_journal(config, provider.name, provider.environment)
        stack.callback(journal.close)
        for line in held:
            notice(line)
        progress = _progress(config, teacher, listen, is_shown=show_progress)
        stack.callback(progress.close)
        engine = make_engine(engine_setup(config, teacher, progress))
        requested = pending(items, journal, progress, shard=config.shard, overlaps=overlap_of(config))
        with paced():
            asyncio.run(_done(requested, engine, JournalKeeper(journal, progress), stop))
        if isinstance(stop.reason, KeyboardInterrupt):
            raise stop.reason
        made_in = {"sandbox": provider.name, "environments": [provider.environment]}
        facts = RunFacts(
            provenance=teacher.provenance() | made_in,
            origin=_origin(config, journal),
            cost=engine.statistics(),
            elapsed_s=time.monotonic() - began,
            shared=dict(progress.shared),
            stopped=None if stop.reason is None else str(stop.reason),
        )
        return finish(config, partial(completed, journal), facts)


def _progress(config: BuildConfig, teacher: Teacher, listen: Listener | None, *, is_shown: bool) -> Progress:
    return Progress(
        total_of(config.source, config.limit),
        style_for(config.log_json, is_shown=is_shown),
        spent=teacher.statistics,
        labelled=partial(labelled, config=config),
        listen=listen,
    )


def _origin(config: BuildConfig, journal: Journal) -> Origin:
    part, of = config.shard or (1, 1)
    return Origin(journal.fact(SOURCE_DIGEST), (part,) if of > 1 else (), of)


async def _done(
    requested: Iterator[PendingProblem], engine: Engine, keeper: JournalKeeper, stop: Stop
) -> None:
    async with engine, interruptible(stop):
        await drive(requested, engine, keeper, stop)
