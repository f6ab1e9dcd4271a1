"""Has trusted programs of one problem judged in batches, and again alone where a batch is no place for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import coverage, wire
from .batch_runs import LARGE_SHARE, SHARE_OF_TIME, SLOW_S, BatchRun, is_batchable
from .judging import PASSED
from .protocol import DECISIVE, BatchAnswer, FailureAnswer, ResultAnswer
from .runs import TIMEOUT
from .seed_workers import GuestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .protocol import ExecutionFacts, SpecMessage, TaskAnswer, TaskMessage
    from .seed_workers import SeedWorkers

_FEW = 4
"""So many programs may be odd before it matters how many were plain."""


class Batches:
    """The batches of one problem. ``alone(task)`` judges one program in a process of its own. ``workers(place)`` gives
    those of a seed. ``seeds``: under how many seeds programs are judged, with tests and without; 0: each is judged alone."""

    def __init__(
        self,
        workers: Callable[[int], SeedWorkers | None],
        seeds: list[int],
        spec: SpecMessage,
        alone: Callable[[TaskMessage], TaskAnswer],
        heartbeat: Callable[[], None],
    ) -> None:
        self._workers, self.spec, self._alone, self._heartbeat = workers, spec, alone, heartbeat
        self._seeds = seeds if coverage.KIND == "monitoring" else [0, 0]
        self._share = SHARE_OF_TIME
        self._plain = self._odd = self._late = 0

    def answer(self, tasks: list[TaskMessage]) -> BatchAnswer | FailureAnswer:
        """Return what became of the tasks of a batch."""
        found: list[ExecutionFacts | None] = [None] * len(tasks)
        try:
            for seeds in (1, 2):
                places = [place for place, task in enumerate(tasks) if self._seeds_of(task) == seeds]
                chosen = [tasks[place] for place in places]
                for place, raw in zip(places, self._plain_ones(chosen, seeds), strict=True):
                    found[place] = raw
        except (GuestError, wire.WireError, OSError) as error:
            return FailureAnswer(str(error))
        answers: list[TaskAnswer] = []
        differs = ""
        for task, raw in zip(tasks, found, strict=True):
            answer = self._alone(task) if raw is None else ResultAnswer(raw, self._seeds_of(task))
            answers.append(answer)
            raw = raw or _shared(answer)
            if raw is None:
                continue
            task.trusted = False  # whatever is judged again is judged as any program is
            raw.shared, raw.confirmed = True, task.confirm and _agrees(raw)
            if raw.confirmed:
                differs = differs or _difference(raw, self._alone(task))
        return BatchAnswer(answers, differs)

    def _seeds_of(self, task: TaskMessage) -> int:
        """Return under how many seeds a task is judged in batches."""
        seeds = self._seeds[0 if task.tests else 1] if self.spec.cpu_s < SLOW_S else 0
        workers = self._workers(0) if seeds else None
        return seeds if workers is not None and is_batchable(task, workers.judge.suites) else 0

    def _plain_ones(self, tasks: list[TaskMessage], seeds: int) -> list[ExecutionFacts | None]:
        """Return the facts of each task that was plain in a batch under each seed, and None for each other."""
        found = self._under_a_seed(0, tasks, seeds)
        if seeds == 2:
            places = [place for place, raw in enumerate(found) if raw is not None]
            second = self._under_a_seed(1, [tasks[place] for place in places], seeds)
            for place, raw in zip(places, second, strict=True):
                if any(getattr(raw, name, None) != getattr(found[place], name) for name in DECISIVE):
                    found[place], tasks[place].trusted = None, False
        return found

    def _under_a_seed(self, seed: int, tasks: list[TaskMessage], seeds: int) -> list[ExecutionFacts | None]:
        found: list[ExecutionFacts | None] = [None] * len(tasks)
        workers = self._workers(seed) if tasks else None
        left = list(range(len(tasks)))
        while left and workers is not None and self._is_worth_it():
            chosen = [tasks[number] for number in left]
            batch = BatchRun(workers, self.spec, chosen, self._heartbeat, self._share)
            batch.seeds = seeds
            for raw in batch.go():
                place = left.pop(0)
                found[place], tasks[place].trusted = raw, raw is not None
                self._plain += raw is not None
                self._odd += raw is None
            self._late += batch.timed_out
            if self._share != LARGE_SHARE and self._late >= max(2, self._plain):
                self._share, self._odd = LARGE_SHARE, 0
        return found

    def _is_worth_it(self) -> bool:
        """Whether few enough programs of the problem had to be judged again."""
        return self._odd < _FEW + self._plain


def _shared(answer: TaskAnswer) -> ExecutionFacts | None:
    """Return the facts of a script whose tests shared a process, None for any other answer."""
    return answer.execution if isinstance(answer, ResultAnswer) and answer.execution.shared else None


def _agrees(raw: ExecutionFacts) -> bool:
    """Whether a program has passed whatever it was put to."""
    agreed = all(each[0] == "agreed" for suite in raw.observations for each in suite)
    return raw.verdict == PASSED and agreed


def _difference(raw: ExecutionFacts, alone: TaskAnswer) -> str:
    """Return what a program showed in a batch and not alone, "" where it is nothing."""
    if not isinstance(alone, ResultAnswer):
        return f"{alone.op}: {alone.detail}"[:500]
    for name in (*DECISIVE, "error_detail"):
        shared, own = getattr(raw, name), getattr(alone.execution, name)
        if shared != own:
            return f"{name}: {str(shared)[:200]} and {str(own)[:200]}"
    return ""


def timed_out(run: ExecutionFacts) -> bool:
    """Whether a test or an input of the run timed out, be it the first failure or a later one."""
    return TIMEOUT in run.outcomes or any(each[0] == TIMEOUT for suite in run.observations for each in suite)
