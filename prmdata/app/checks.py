"""The jobs beside a build that run programs: ``vet``, ``testgen`` and ``audit``, wired to a sandbox.

Part of the composition root, like ``jobs.py``.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prmdata.app.wiring import Notice, sandbox_of, silent, teacher_of
from prmdata.config import BuildConfig, configure
from prmdata.errors import InputError, NothingUsableError
from prmdata.records import Problem, Question, Reply, Request, Run, Trace

if TYPE_CHECKING:
    from prmdata.sandboxes.pool import Pool
    from prmdata.teachers.contract import Teacher
    from prmdata.vetting.generation import GenerationReport
    from prmdata.vetting.vet_report import VetReport

THREADS_PER_WORKER = 4
"""Problems under way for each sandbox worker: a slow one keeps one of them busy and not all."""


def vet(
    config: BuildConfig, *, out: Path | None = None, kills: bool = True, notice: Notice = silent
) -> VetReport:
    """Check the problems of ``config.source`` by running them; with ``out``, write what was found there.

    ``kills`` measures which mutants the tests notice. See ``prmdata vet --help``.
    """
    from prmdata.pipeline.progress import counted
    from prmdata.problems import read_problems, total_of
    from prmdata.vetting.inspection import inspect_all
    from prmdata.vetting.overlap import overlap_with
    from prmdata.vetting.vet_report import write_vetting

    items = read_problems(config.source, limit=config.limit, rollouts_from=config.rollouts_from)
    overlap = overlap_with(config.decontaminate) if config.decontaminate else None
    with _pool(config, remote=False, notice=notice) as pool:
        found = inspect_all(
            items,
            lambda run: pool.submit(run.spec, run.tasks).result(),
            threads=THREADS_PER_WORKER * config.workers,
            kills=kills,
            overlap=overlap,
        )
        return write_vetting(counted(found, total_of(config.source, config.limit)), out)


def testgen(
    config: BuildConfig, *, out: Path, most: int = 20, proposals: int = 0, notice: Notice = silent
) -> GenerationReport:
    """Write the problems of ``config.source`` with new tests to ``out``; see ``prmdata testgen --help``."""
    from prmdata.pipeline.progress import counted
    from prmdata.problems import read_problems, total_of
    from prmdata.vetting.generation import generate_all, write_generated

    items = read_problems(config.source, limit=config.limit)
    asks = config.teacher != "rules"
    settings = {
        "threads": THREADS_PER_WORKER * config.workers,
        "seed": config.seed,
        "most": most,
        "proposals": proposals if asks else 0,
    }
    with ExitStack() as stack:
        answer = stack.enter_context(
            _answering(config, asks=asks, state=out.with_name(out.name + ".state"), notice=notice)
        )
        found = generate_all(items, answer, **settings)
        return write_generated(counted(found, total_of(config.source, config.limit)), out)


testgen.__test__ = False  # type: ignore[attr-defined]  # pytest: not a test


def audit(
    out: Path,
    truth: Path,
    *,
    sandbox: str = "auto",
    runtime: str | None = None,
    workers: int | None = None,
    intents: Collection[str] = (),
    notice: Notice = silent,
) -> dict[str, Any]:
    """Precision and yield of OUT's labels against larger tests for the same problems (EvalPlus layout).

    Runs the dataset's programs on the tests of ``truth``; the figures are those of ``prmdata audit --json``.
    ``intents`` names the rows to judge (``mutate``, ``refactor``, ``complete``, ``rollout``); none: all.
    Raises InputError where the two have no problem in common.
    """
    from prmdata.audits.audit import Audit, by_problem
    from prmdata.audits.audit import audit as judged
    from prmdata.audits.figures import report
    from prmdata.audits.truth import Truths
    from prmdata.datasets.reader import read_traces
    from prmdata.pipeline.progress import counted
    from prmdata.problems import read_problems
    from prmdata.vetting.inspection import drive, in_order

    truths = Truths(one for one in read_problems(str(truth)) if isinstance(one, Problem))
    if not len(truths):
        raise InputError(str(truth), "no problem in it can be used as truth")
    config = configure(None, sandbox=sandbox, runtime=runtime, workers=workers)
    found = Audit()
    with _pool(config, remote=False, notice=notice) as pool:

        def judge(traces: list[Trace]) -> Audit:
            return drive(judged(traces, truths.of), lambda run: pool.submit(run.spec, run.tasks).result())

        n_problems = sum(1 for _ in by_problem(read_traces(out), intents))
        groups = by_problem(read_traces(out), intents)
        for one in counted(in_order(groups, judge, THREADS_PER_WORKER * config.workers), n_problems):
            found.add(one)
    if not found.has_truth:
        shown = ", ".join(truths.some_ids())
        ours = ", ".join(found.without_truth[:3]) or "none"
        raise InputError(str(truth), f"none of its problems ({shown}, ...) is in {out} ({ours}, ...)")
    if not found.judged:
        failing = found.reference_fails_truth
        first = "".join(f", {name}: {how}" for name, how in [*failing.items()][:1])
        raise NothingUsableError(
            f"{out}: no row could be held against the truth "
            f"({len(failing)} references fail it{first}; other rows fail their given tests)"
        )
    return report(found)


@contextmanager
def _pool(config: BuildConfig, *, remote: bool, notice: Notice) -> Iterator[Pool]:
    from prmdata.sandboxes.pool import Pool

    with Pool(sandbox_of(config, remote=remote, notice=notice), workers=config.workers) as pool:
        yield pool


@contextmanager
def _answering(
    config: BuildConfig, *, asks: bool, state: Path, notice: Notice
) -> Iterator[Callable[[Question], Any]]:
    """Questions answered by a pool and, where one is asked, a teacher; callable from any thread."""
    with ExitStack() as stack:
        pool = stack.enter_context(_pool(config, remote=asks, notice=notice))
        ask = stack.enter_context(_asking(config, state)) if asks else None

        def answer(question: Question) -> Any:
            if isinstance(question, Run):
                return pool.submit(question.spec, question.tasks).result()
            assert ask is not None
            return ask(question)

        yield answer


@contextmanager
def _asking(config: BuildConfig, state: Path) -> Iterator[Callable[[Request], Reply]]:
    """A teacher on an event loop of its own thread, asked from any thread."""
    teacher = teacher_of(config.model_copy(update={"out": state}))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="teacher", daemon=True)
    thread.start()
    try:
        yield lambda request: asyncio.run_coroutine_threadsafe(teacher.ask(request), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(_closed(teacher), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _closed(teacher: Teacher) -> None:
    """Close ``teacher``; whoever still waits for an answer of it gets none."""
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await teacher.close()
