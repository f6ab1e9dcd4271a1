"""The commands beside a build that run programs: ``vet``, ``testgen`` and ``audit``, wired to a sandbox.

Part of the composition root. Each command drives generators in source order and writes results as it reads.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from prmdata.app.engines import open_answerer
from prmdata.app.wiring import Notice, first_read, overlap_of, problems_of, sandbox_of, silent, teacher_of
from prmdata.audits.audit import Audit, by_problem
from prmdata.audits.audit import audit as audited
from prmdata.audits.figures import report
from prmdata.audits.truth import Truths
from prmdata.config import BuildConfig, configure
from prmdata.datasets.disk import saying_full
from prmdata.datasets.reader import read_traces
from prmdata.errors import InputError, NothingUsableError
from prmdata.pipeline.driver import in_order
from prmdata.pipeline.problem_work import Answerer, answered, answered_or_reject
from prmdata.pipeline.progress import counted
from prmdata.problems import read_problems, total_of
from prmdata.records import Problem, Reject, Trace
from prmdata.vetting.generation import Generation, GenerationReport, generate, write_generated
from prmdata.vetting.inspection import Inspection, distinct, inspect
from prmdata.vetting.preview import Preview, described
from prmdata.vetting.testgen import Generated
from prmdata.vetting.vet_report import VetReport, write_vetting

IN_FLIGHT_PER_WORKER = 8
"""Problems under way for each sandbox worker. Results are taken in order, so a slow problem holds back those
behind it. With this many problems under way, the workers stay busy meanwhile."""
NO_PREVIEW = Preview(0, silent)


def vet(
    config: BuildConfig,
    *,
    out: Path | None = None,
    kills: bool = True,
    notice: Notice = silent,
    preview: Preview = NO_PREVIEW,
    show_progress: bool = False,
) -> VetReport:
    """Check the problems of ``config.source`` by running them; with ``out``, write the results there.

    ``kills`` measures which mutants the tests notice. ``preview`` is told what was understood of the first rows.
    ``show_progress`` shows progress on stderr. See ``prmdata vet --help``. A failure of the machinery rejects only its own problem, with that reason
    (stage ``machinery``).
    """

    async def look(answer: Answerer, item: Problem | Reject) -> Inspection:
        if isinstance(item, Reject):
            return Inspection(item)
        found = await answered_or_reject(inspect(item, kills=kills), answer, item.id)
        return Inspection(found) if isinstance(found, Reject) else found

    items = _shown(first_read(problems_of(config)), preview)
    overlap = overlap_of(config)
    opening = opened(config, notice)
    found = in_order(distinct(items, overlap), look, opening, in_flight_of(config))
    with saying_full(out or Path()):
        shown = counted(found, total_of(config.source, config.limit), is_shown=show_progress)
        return write_vetting(shown, out, _few(preview))


def _few(preview: Preview) -> Notice:
    """Says as many texts as the preview has rows; the rest are dropped."""
    left = iter(range(preview.rows))
    return lambda text: preview.say(text) if next(left, None) is not None else None


def _shown(items: Iterator[Problem | Reject], preview: Preview) -> Iterator[Problem | Reject]:
    """The items, unchanged. The first of them are shown as they pass."""
    for number, item in enumerate(items):
        if number < preview.rows:
            preview.say(described(item))
        yield item


def testgen(
    config: BuildConfig,
    *,
    out: Path,
    most: int = 20,
    proposals: int = 0,
    notice: Notice = silent,
    show_progress: bool = False,
) -> GenerationReport:
    """Write the problems of ``config.source`` with new tests to ``out``; see ``prmdata testgen --help``.
    ``show_progress`` shows progress on stderr."""
    asks = config.teacher != "rules"
    settings = Generation(config.seed, most, proposals if asks else 0)

    async def make(answer: Answerer, item: Problem | Reject) -> Generated | Reject:
        if isinstance(item, Reject):
            return item
        return await answered_or_reject(generate(item, settings), answer, item.id)

    items = distinct(first_read(problems_of(config)))
    opening = opened(config, notice, teacher_in=out.with_name(out.name + ".state") if asks else None)
    found = in_order(items, make, opening, in_flight_of(config))
    with saying_full(out):
        shown = counted(found, total_of(config.source, config.limit), is_shown=show_progress)
        return write_generated(shown, out)


testgen.__test__ = False  # type: ignore[attr-defined]  # pytest: not a test


def audit(
    out: Path,
    truth: Path,
    config: BuildConfig | None = None,
    *,
    intents: Collection[str] = (),
    notice: Notice = silent,
    show_progress: bool = False,
) -> dict[str, Any]:
    """Precision and yield of OUT's labels, measured with larger tests for the same problems (EvalPlus
    layout).

    The programs of the dataset run on the tests of ``truth`` in the sandbox that ``config`` names. The
    figures are those of ``prmdata audit --json``. ``intents`` names the rows to judge (``mutate``,
    ``refactor``, ``complete``, ``rollout``); if it is empty, all rows are judged. ``show_progress`` shows progress on stderr. Raises InputError if the
    dataset and ``truth`` have no problem in common.
    """
    truths = Truths(one for one in read_problems(str(truth)) if isinstance(one, Problem))
    if not len(truths):
        raise InputError(str(truth), "no problem in it can be used as truth")

    async def judge(answer: Answerer, traces: list[Trace]) -> Audit:
        return await answered(audited(traces, truths.of), answer)

    config = config or configure()
    n_problems = sum(1 for _ in by_problem(read_traces(out), intents))
    groups = by_problem(read_traces(out), intents)
    found = Audit()
    judged = in_order(groups, judge, opened(config, notice), in_flight_of(config))
    for one in counted(judged, n_problems, is_shown=show_progress):
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


def in_flight_of(config: BuildConfig) -> int:
    """Problems under way at once."""
    return IN_FLIGHT_PER_WORKER * config.workers


@asynccontextmanager
async def opened(
    config: BuildConfig, notice: Notice, *, teacher_in: Path | None = None
) -> AsyncIterator[Answerer]:
    """Opens sandbox workers for one command and, with ``teacher_in`` (the folder of its state), a teacher."""
    asks = teacher_in is not None
    provider = sandbox_of(config, remote=asks, notice=notice)
    async with AsyncExitStack() as stack:
        teacher = None
        if teacher_in is not None:
            teacher = teacher_of(config.model_copy(update={"out": teacher_in}))
            stack.push_async_callback(teacher.close)
        answerer = open_answerer(provider, teacher, workers=config.workers, in_flight=in_flight_of(config))
        yield await stack.enter_async_context(answerer)
