"""Answers the messages of the host: each task runs under every seed, and the runs must agree. Where code, tests
and inputs are deterministic (see :mod:`determinism`), no second run could differ, so one run is enough.

The first run may use ``cpu_s`` and the others ``CONFIRM`` times as much, so that they confirm a timeout. Where the
task is deterministic, the first run may itself use all of that time. It may use ``CONFIRM`` times that where the work
of an input is counted: a clock ends a loop sooner on a busy machine, a count does not. A run that timed out while
another run came further is repeated with more time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import determinism, surroundings, wire
from .batches import Batches
from .judging import MEMORY, PASSED
from .limits import Limits, import_s, output_bytes_of
from .protocol import (
    DECISIVE,
    BatchMessage,
    FailureAnswer,
    QuarantineAnswer,
    ResultAnswer,
    SpecMessage,
    SuiteMessage,
    TaskMessage,
)
from .runs import TIMEOUT, Run
from .script_runs import ScriptRun
from .seed_workers import GuestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .messages import Message
    from .protocol import BatchAnswer, ExecutionFacts, TaskAnswer
    from .seed_workers import SeedWorkers


CONFIRM = 4


class RefusedError(Exception):
    """The problem cannot be prepared under one of the seeds."""


class Dispatcher:
    """Holds the current problem and returns one answer for each task."""

    def __init__(self, by_seed: list[SeedWorkers], heartbeat: Callable[[], None]) -> None:
        self._by_seed = by_seed
        self._heartbeat = heartbeat
        self._spec: Any = None
        self._refusal: str | None = None
        self._is_deterministic = False
        self._attached: list[SeedWorkers] = []
        self._suites: list[SuiteMessage] = []
        self._batches: Batches | None = None

    def handle(self, message: Message) -> TaskAnswer | BatchAnswer | None:
        """Return the answer to a message, or None where none is due."""
        if isinstance(message, TaskMessage):
            return self._task(message)
        if isinstance(message, BatchMessage):
            assert self._batches is not None, "a batch before its problem"
            return self._batches.answer(message.tasks)
        if isinstance(message, SuiteMessage):
            self._suites.append(message)
            for workers in self._attached:
                workers.add_suite(message)
        elif isinstance(message, SpecMessage):
            self._prepare(message)
        else:
            raise GuestError(f"{type(message).__name__} out of turn")
        return None

    def _prepare(self, spec: SpecMessage) -> None:
        """The first seed gets its judge now; the others get theirs when a run needs it."""
        self._spec, self._refusal, self._suites = spec, None, []
        self._attached = []
        self._is_deterministic = self._attach_judge(self._by_seed[0]) and len(self._by_seed) > 1
        may_batch = self._is_deterministic and self._refusal is None and not spec.is_stdio
        workers = self._by_seed[0] if may_batch and spec.reference else None
        self._batches = Batches(workers, spec, self._task, self._heartbeat)

    def _attach_judge(self, workers: SeedWorkers) -> bool:
        """Start a judge for the problem in ``workers``; return whether the problem itself is deterministic."""
        self._attached.append(workers)
        found = workers.attach_judge(self._spec)
        if found["op"] != "prepared":
            self._refusal = found["detail"]
        workers.shares = found.get("shares", [])
        for suite in self._suites:
            workers.add_suite(suite)
        return found.get("deterministic", False)

    def _task(self, task: TaskMessage) -> TaskAnswer:
        if self._refusal is not None:
            return QuarantineAnswer("unpreparable", str(self._refusal))
        try:
            return self._run_task(task)
        except RefusedError:
            return QuarantineAnswer("unpreparable", str(self._refusal))
        except (GuestError, wire.WireError, OSError) as error:
            return FailureAnswer(str(error))

    def _run_task(self, task: TaskMessage) -> TaskAnswer:
        limit = self._spec.cpu_s
        if task.surroundings is not None:
            other_seed = surroundings.HASH_SEED in task.surroundings
            return _combined([self._run(self._by_seed[-1 if other_seed else 0], task, limit * CONFIRM, None)])
        extended_cpu_s = limit if task.pass_only or not self._is_deterministic else limit * CONFIRM
        if task.work and self._is_deterministic:
            extended_cpu_s *= CONFIRM
        more_s = import_s(task.program)
        limits = Limits(
            limit + more_s, self._spec.memory_mb, extended_cpu_s + more_s, output_bytes_of(self._spec)
        )
        first = self._kind()(self._by_seed[0], self._spec, task, limits, self._heartbeat)
        first.send_code = len(self._by_seed) > 1
        runs = [first.go()]
        if first.failed_to_compile:
            return _combined(runs)  # nothing of the program ran, so the seed cannot matter
        if first.exhausted or self._is_conclusive(first, runs[0]):
            return _combined(runs)
        if task.pass_only and (runs[0].verdict != PASSED or _timed_out(runs[0])):
            return _combined(runs)  # the host asked for a pass only
        runs += [self._run(workers, task, limit * CONFIRM, first.code) for workers in self._by_seed[1:]]
        if len(runs) == 1 and _timed_out(runs[0]):
            runs = [self._run(self._by_seed[0], task, limit * CONFIRM, first.code)]
        for more in (CONFIRM, CONFIRM * CONFIRM):
            if all(_statuses(run) == _statuses(runs[0]) for run in runs):
                break
            for at, run in enumerate(runs):
                if _timed_out(run):
                    runs[at] = self._run(self._by_seed[at], task, limit * more, first.code)
        return _combined(runs)

    def _kind(self) -> type[Run]:
        return ScriptRun if self._spec.is_stdio else Run

    def _is_conclusive(self, run: Run, raw: ExecutionFacts) -> bool:
        """Whether no other run could differ: program, problem and inputs are deterministic, and no limit ended it."""
        if not (self._is_deterministic and run.is_deterministic) or run.ended or MEMORY in raw.outcomes:
            return False
        plain = self._by_seed[0].plain_suites
        if not all(plain[number] for number in run.task.suites):
            return False
        answers = (each[1] for suite in raw.observations for each in suite)
        return not determinism.shows_address(raw.error_detail, raw.stdout_tail, raw.stderr_tail, *answers)

    def _run(self, workers: SeedWorkers, task: TaskMessage, cpu_s: float, code: str | None) -> ExecutionFacts:
        if workers not in self._attached:
            self._attach_judge(workers)
            if self._refusal is not None:
                raise RefusedError
        return self._kind()(
            workers,
            self._spec,
            task,
            Limits(
                cpu_s + import_s(task.program),
                self._spec.memory_mb,
                output_bytes=output_bytes_of(self._spec),
            ),
            self._heartbeat,
            code,
        ).go()


def _timed_out(run: ExecutionFacts) -> bool:
    """Whether a test or an input of the run timed out, be it the first failure or a later one."""
    return TIMEOUT in run.outcomes or any(each[0] == TIMEOUT for suite in run.observations for each in suite)


def _statuses(run: ExecutionFacts) -> tuple[list[Any], list[list[Any]]]:
    return run.outcomes, [[each[0] for each in suite] for suite in run.observations]


def _combined(runs: list[ExecutionFacts]) -> TaskAnswer:
    """Return the facts of the first run where all runs agree on what decides a label, else a quarantine."""
    first = runs[0]
    for other in runs[1:]:
        if _timed_out(first) and _timed_out(other):
            # How far a program came before its time was up is not a property of the program.
            first.lines = sorted(set(first.lines) & set(other.lines))
            other.lines = first.lines
        for name in DECISIVE:
            ours, theirs = getattr(first, name), getattr(other, name)
            if ours != theirs:
                return QuarantineAnswer("unrepeatable", f"{name}: {str(ours)[:300]} and {str(theirs)[:300]}")
    return ResultAnswer(first, len(runs))
