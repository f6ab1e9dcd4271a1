"""One run over a source: what is wanted, what is owed, driven to the end or to a stop, and kept.

Where the answers come from (this process, a cluster) is the caller's; this knows the journal only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from prmdata.errors import MachineryError
from prmdata.pipeline.assemble import CompletedProblem
from prmdata.pipeline.driver import Answerer, ProblemJob, Stop, drive, interruptible
from prmdata.pipeline.journal import Journal
from prmdata.pipeline.problem_work import Strategy, rejected, work
from prmdata.pipeline.progress import Progress
from prmdata.records import Problem, Reject
from prmdata.vetting.similar import duplicate_key

SourceItem = Problem | Reject
ProblemOutcome = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PendingProblem:
    """A problem that this run has to do, under the key its outcome is kept by."""

    key: str
    problem: Problem


def content_key(item: SourceItem) -> str:
    """The digest of everything a problem says: its outcome is found again by it."""
    text = json.dumps(asdict(item), sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def pending(
    items: Iterable[SourceItem],
    journal: Journal,
    progress: Progress,
    *,
    shard: tuple[int, int] | None = None,
    overlaps: Callable[[Problem], str | None] | None = None,
) -> Iterator[PendingProblem]:
    """Put the items of this shard on the journal's list, one at a time; yield what is not finished.

    Rejects and exact duplicates of an earlier problem are settled on the way. A shard holds the
    problems whose duplicate key hashes to it, so duplicates meet in one shard and the first in source
    order stays, as in a plain run. ``overlaps`` names the benchmark problem a problem overlaps with.
    """
    for index, item in enumerate(items):
        mark = _mark(item)
        is_mine = shard is None or int.from_bytes(mark[:8], "big") % shard[1] == shard[0] - 1
        progress.read(is_mine=is_mine)
        if not is_mine:
            continue
        found = item
        if isinstance(found, Problem):
            if overlaps is not None and (other := overlaps(found)) is not None:
                found = Reject(found.id, "vet", "contaminated", f"overlaps with {other}")
            elif (other := journal.first(mark, found.id)) is not None:
                found = Reject(found.id, "vet", "duplicate", f"same prompt and reference as {other}")
        key = content_key(found)
        name = found.problem_id if isinstance(found, Reject) else found.id
        if not journal.want(index, key, name):
            progress.resume()
        elif isinstance(found, Reject):
            journal.finish(key, rejected(found))
            progress.finish(rejected(found))
        else:
            yield PendingProblem(key, found)


def _mark(item: SourceItem) -> bytes:
    text = duplicate_key(item) if isinstance(item, Problem) else item.problem_id
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


async def run(
    wanted: Iterable[PendingProblem],
    strategies: Sequence[Strategy],
    answer: Answerer,
    journal: Journal,
    progress: Progress,
    *,
    in_flight: int,
    stop: Stop,
) -> None:
    """Do what is owed in this process, to the end or to a stop."""
    done, failed = keep(journal, progress)
    jobs = (ProblemJob(one.key, work(one.problem, strategies)) for one in wanted)
    async with interruptible(stop):
        await drive(jobs, answer, in_flight=in_flight, done=done, failed=failed, stop=stop)


def keep(
    journal: Journal, progress: Progress
) -> tuple[Callable[[str, ProblemOutcome], None], Callable[[str, MachineryError], None]]:
    """(done, failed): every outcome is in the journal before it is counted."""

    def done(key: str, outcome: ProblemOutcome) -> None:
        journal.finish(key, outcome)
        progress.finish(outcome)

    def failed(key: str, error: MachineryError) -> None:
        journal.fail(key, str(error))

    return done, failed


def completed(journal: Journal, rows: bool) -> Iterator[CompletedProblem]:
    """The journal's problems for assembly; what is still owed is a reject that says why."""
    for entry in journal.entries(rows=rows):
        if entry.outcome is None:
            reason = entry.failure or "not judged yet: the run was stopped"
            reject = Reject(entry.problem_id, "machinery", reason, problem_index=entry.position)
            yield CompletedProblem(entry.position, None, (), (reject,))
            continue
        rejects = [Reject(**{**one, "problem_index": entry.position}) for one in entry.outcome["rejects"]]
        spliced = entry.outcome.get("spliced", {})  # absent from journals before 2026-11-28
        yield CompletedProblem(entry.position, entry.outcome["problem"], entry.rows, rejects, spliced)
