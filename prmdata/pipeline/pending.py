"""What a run over a source has to do: the problems requested, those still pending, and those completed.

Pending is requested minus finished, by content. This module knows the journal, but not where the work is
done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

from prmdata.errors import MachineryError
from prmdata.pipeline.assemble import CompletedProblem
from prmdata.pipeline.journal import SOURCE_DIGEST, Journal
from prmdata.pipeline.problem_work import SHARED, ProblemOutcome, rejected
from prmdata.pipeline.progress import Progress
from prmdata.records import Problem, Reject
from prmdata.vetting.similar import duplicate_key

SourceItem = Problem | Reject


@dataclass(frozen=True, slots=True)
class PendingProblem:
    """A problem that this run has to do, and the key under which its outcome is kept."""

    key: str
    problem: Problem


def content_key(item: SourceItem) -> str:
    """The digest of everything that a problem says. Its outcome is found again by this key. The name of the
    source does not count, so a build continues with a file that was renamed or moved."""
    text = json.dumps(asdict(item) | {"source": ""}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def pending(
    items: Iterable[SourceItem],
    journal: Journal,
    progress: Progress,
    *,
    shard: tuple[int, int] | None = None,
    overlaps: Callable[[Problem], str | None] | None = None,
) -> Iterator[PendingProblem]:
    """Put the items of this shard on the journal's list, one at a time, and yield those that are not
    finished.

    Rejects and exact duplicates of an earlier problem are completed on the way. A shard holds the problems
    whose duplicate key hashes to it. So duplicates meet in one shard, and the first in source order stays, as
    in a plain run. ``overlaps`` names the benchmark problem with which a problem overlaps.
    """
    digest = hashlib.sha256()
    for index, item in enumerate(items):
        digest.update(content_key(item).encode())
        key_digest = _duplicate_digest(item)
        is_mine = shard is None or int.from_bytes(key_digest[:8], "big") % shard[1] == shard[0] - 1
        progress.read(is_mine=is_mine)
        if not is_mine:
            continue
        found = item
        if isinstance(found, Problem):
            if overlaps is not None and (other := overlaps(found)) is not None:
                found = Reject(found.id, "vet", "contaminated", f"overlaps with {other}")
            elif (other := journal.first(key_digest, found.id)) is not None:
                found = Reject(found.id, "vet", "duplicate", f"same prompt and reference as {other}")
        key = content_key(found)
        name = found.problem_id if isinstance(found, Reject) else found.id
        source = found.source if isinstance(found, Problem) else ""
        if not journal.request(index, key, name, source):
            progress.resume()
        elif isinstance(found, Reject):
            journal.finish(key, rejected(found))
            progress.finish(rejected(found))
        else:
            yield PendingProblem(key, found)
    journal.note(SOURCE_DIGEST, digest.hexdigest())


def _duplicate_digest(item: SourceItem) -> bytes:
    text = duplicate_key(item) if isinstance(item, Problem) else item.problem_id
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


class JournalKeeper:
    """Keeps the results of problems. Every outcome is in the journal before it is counted."""

    def __init__(self, journal: Journal, progress: Progress) -> None:
        self._journal = journal
        self._progress = progress

    def done(self, key: str, outcome: ProblemOutcome) -> None:
        """Keep an outcome. Raises DiskError if the disk refuses."""
        shared = outcome.pop(SHARED, {})
        self._journal.finish(key, outcome)
        self._progress.finish(outcome)
        self._progress.shared.update(shared)

    def failed(self, key: str, error: MachineryError) -> None:
        """Note that the machinery failed on a problem, which stays pending."""
        self._journal.fail(key, str(error))


def completed(journal: Journal, rows: bool) -> Iterator[CompletedProblem]:
    """The journal's problems for assembly. A problem that is still pending becomes a reject that says why."""
    for entry in journal.entries(rows=rows):
        if entry.outcome is None:
            reason = entry.failure or "not judged yet: the run was stopped"
            reject = Reject(entry.problem_id, "machinery", reason, problem_index=entry.position)
            yield CompletedProblem(entry.position, None, (), (reject,))
            continue
        rejects = [Reject(**{**one, "problem_index": entry.position}) for one in entry.outcome["rejects"]]
        spliced = entry.outcome.get("spliced", {})  # absent from journals before 2026-11-28
        asked = entry.outcome.get("asked", {})
        problem = entry.outcome["problem"]
        if problem is None:
            yield CompletedProblem(entry.position, None, (), rejects, spliced)
        else:
            source = {"source": entry.source}
            rows_now = [row | source for row in entry.rows]
            yield CompletedProblem(entry.position, problem | source, rows_now, rejects, spliced, asked)
