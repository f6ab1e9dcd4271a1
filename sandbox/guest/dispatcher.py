"""Answers the messages of the host: each task runs under every seed, and the runs must agree. Where code, tests
and inputs are deterministic (see :mod:`determinism`), no second run could differ, so one run is enough.

The first run may use ``cpu_s`` and the others ``CONFIRM`` times as much, so that they confirm a timeout. Where the
task is deterministic, the first run may itself use all of that time. All may use ``CONFIRM`` times that where answers are
recorded: there an input's own work and time are bounded (see :mod:`work`). A run that timed out while another run came
further is repeated with more time.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from . import determinism, surroundings, wire
from .batches import Batches, timed_out
from .judging import MEMORY, PASSED
from .limits import Limits, import_s, output_bytes_of
from .protocol import (
    DECISIVE,
    BatchMessage,
    FailureAnswer,
    QuarantineAnswer,
    ResultAnswer,
    ReturnMessage,
    SpecMessage,
    SuiteMessage,
    TaskMessage,
)
from .runs import TIMEOUT, Run
from .script_runs import ScriptRun
from .seed_workers import AttachedJudge, GuestError
from .shared_script import SharedScriptRun, may_share
from .work import SLOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .messages import Message
    from .protocol import BatchAnswer, ExecutionFacts, TaskAnswer
    from .seed_workers import SeedWorkers


CONFIRM = 4


class RefusedError(Exception):
    """The problem cannot be prepared under one of the seeds."""


class Prepared:
    """A problem as the dispatcher knows it, and its judges while another problem is worked on."""

    def __init__(self, spec: SpecMessage) -> None:
        self.spec = spec
        self.refusal: str | None = None
        self.is_deterministic = self.inputs_are_deterministic = False
        self.attached: list[SeedWorkers] = []
        self.suites: list[SuiteMessage] = []
        self.batches: Batches | None = None
        self.scripts_share: bool | None = None
        """Whether the tests of trusted scripts may share a process, as the reference's do. None: nobody has looked yet."""
        self.judges: list[AttachedJudge] = []


class Dispatcher:
    """Holds the current problem and returns one answer for each task. A problem that was worked on before keeps its
    judges: with many problems under way, preparing them anew each time took a tenth of the time."""

    def __init__(self, by_seed: list[SeedWorkers], heartbeat: Callable[[], None]) -> None:
        self._by_seed = by_seed
        self._heartbeat = heartbeat
        self._problems: dict[int, Prepared] = {}
        self._now: Any = None

    def handle(self, message: Message) -> TaskAnswer | BatchAnswer | None:
        """Return the answer to a message, or None where none is due."""
        if isinstance(message, TaskMessage):
            return self._task(message)
        if isinstance(message, BatchMessage):
            return self._now.batches.answer(message.tasks)
        if isinstance(message, SuiteMessage):
            self._now.suites.append(message)
            for workers in self._now.attached:
                workers.add_suite(message)
        elif isinstance(message, SpecMessage):
            self._prepare(message)
        elif isinstance(message, ReturnMessage):
            self._return(message)
        else:
            raise GuestError(f"{type(message).__name__} out of turn")
        return None

    def _put_aside(self) -> None:
        if self._now is not None:
            self._now.judges = [workers.judge for workers in self._by_seed]

    def _take_up(self, place: int) -> None:
        self._now = self._problems[place]
        for workers, judge in zip(self._by_seed, self._now.judges, strict=True):
            workers.judge = judge

    def _prepare(self, spec: SpecMessage) -> None:
        """The first seed gets its judge now; the others get theirs when a run needs it. The judges of the problem whose
        place this one takes are ended."""
        self._put_aside()
        if spec.place in self._problems:
            self._take_up(spec.place)
            for workers in self._by_seed:
                workers.stop_judge()
        now = self._now = self._problems[spec.place] = Prepared(spec)
        for workers in self._by_seed:
            workers.judge = AttachedJudge()
        found = self._attach_judge(self._by_seed[0])
        if len(self._by_seed) > 1:
            now.is_deterministic = found.get("deterministic", False)
            now.inputs_are_deterministic = found.get("deterministic_inputs", False)
        may_batch = len(self._by_seed) > 1 and now.refusal is None and spec.reference
        seeds = found.get("seeds") if may_batch else None
        alone = partial(self._task, is_of_batch=True)
        now.batches = Batches(self._attached, seeds or [0, 0], spec, alone, self._heartbeat)

    def _return(self, message: ReturnMessage) -> None:
        self._put_aside()
        self._take_up(message.place)
        now = self._now
        now.spec = replace(now.spec, cpu_s=message.cpu_s, memory_mb=message.memory_mb)
        now.batches.spec = now.spec

    def _attached(self, place: int) -> SeedWorkers | None:
        """Return the workers of a seed, with a judge for the problem; None where it cannot be prepared there."""
        workers = self._by_seed[place]
        if workers not in self._now.attached:
            self._attach_judge(workers)
        return workers if self._now.refusal is None else None

    def _attach_judge(self, workers: SeedWorkers) -> dict[str, Any]:
        """Start a judge for the problem in ``workers``; return what it says of the problem."""
        now = self._now
        now.attached.append(workers)
        found = workers.attach_judge(now.spec)
        if found["op"] != "prepared":
            now.refusal = found["detail"]
        workers.judge.shares = found.get("shares", [])
        for suite in now.suites:
            workers.add_suite(suite)
        return found

    def _is_deterministic(self, task: TaskMessage) -> bool:
        """Whether what the problem brings to a task is deterministic: its tests do not matter where none is run."""
        return self._now.is_deterministic if task.tests else self._now.inputs_are_deterministic

    def _task(self, task: TaskMessage, is_of_batch: bool = False) -> TaskAnswer:
        """Answer a task. The tests of a script may share a process only in a batch, which confirms what passes."""
        if self._now.refusal is not None:
            return QuarantineAnswer("unpreparable", str(self._now.refusal))
        try:
            return self._run_task(task, is_of_batch and self._may_share(task))
        except RefusedError:
            return QuarantineAnswer("unpreparable", str(self._now.refusal))
        except (GuestError, wire.WireError, OSError) as error:
            return FailureAnswer(str(error))

    def _run_task(self, task: TaskMessage, shares: bool) -> TaskAnswer:
        limit = self._now.spec.cpu_s
        if task.work:
            limit *= CONFIRM
        if task.surroundings is not None:
            other_seed = surroundings.HASH_SEED in task.surroundings
            return _combined([self._run(self._by_seed[-1 if other_seed else 0], task, limit * CONFIRM, None)])
        extended_cpu_s = limit if task.pass_only or not self._is_deterministic(task) else limit * CONFIRM
        more_s = import_s(task.program)
        limits = Limits(
            limit + more_s, self._now.spec.memory_mb, extended_cpu_s + more_s, output_bytes_of(self._now.spec)
        )
        first = self._first(task, limits, SharedScriptRun if shares else self._kind())
        runs = [first.go()]
        if runs[0].shared and not self._is_conclusive(first, runs[0]):
            first = self._first(task, limits, self._kind())
            runs = [first.go()]
        if first.failed_to_compile:
            return _combined(runs)  # nothing of the program ran, so the seed cannot matter
        if first.exhausted or self._is_conclusive(first, runs[0]):
            return _combined(runs)
        if task.pass_only and (runs[0].verdict != PASSED or timed_out(runs[0])):
            return _combined(runs)  # the host asked for a pass only
        runs += [self._run(workers, task, limit * CONFIRM, first.code) for workers in self._by_seed[1:]]
        if len(runs) == 1 and timed_out(runs[0]):
            runs = [self._run(self._by_seed[0], task, limit * CONFIRM, first.code)]
        for more in (CONFIRM, CONFIRM * CONFIRM):
            if task.work:
                _forget_slow_inputs(runs)
            if all(_statuses(run) == _statuses(runs[0]) for run in runs):
                break
            for at, run in enumerate(runs):
                if timed_out(run):
                    runs[at] = self._run(self._by_seed[at], task, limit * more, first.code)
        return _combined(runs)

    def _first(self, task: TaskMessage, limits: Limits, kind: type[Run]) -> Run:
        run = kind(self._by_seed[0], self._now.spec, task, limits, self._heartbeat)
        run.send_code = len(self._by_seed) > 1
        return run

    def _may_share(self, task: TaskMessage) -> bool:
        """Whether the tests of a task may share a process. The reference is asked once a problem."""
        now = self._now
        if not (may_share(now.spec, task) and self._is_deterministic(task)):
            return False
        if now.scripts_share is None:
            reference = replace(task, program=now.spec.reference, suites=[], watch=[])
            limits = Limits(now.spec.cpu_s, now.spec.memory_mb, output_bytes=output_bytes_of(now.spec))
            run = SharedScriptRun(self._by_seed[0], now.spec, reference, limits, self._heartbeat)
            passes = bool(now.spec.reference) and run.ran_plainly() and not run.failed
            now.scripts_share = passes and run.is_deterministic
        return bool(now.scripts_share)

    def _kind(self) -> type[Run]:
        return ScriptRun if self._now.spec.is_stdio else Run

    def _is_conclusive(self, run: Run, raw: ExecutionFacts) -> bool:
        """Whether no other run could differ: program, problem and inputs are deterministic, and no limit ended it."""
        if (
            not (self._is_deterministic(run.task) and run.is_deterministic)
            or run.ended
            or MEMORY in raw.outcomes
        ):
            return False
        plain = self._by_seed[0].judge.plain_suites
        if not all(plain[number] for number in run.task.suites):
            return False
        answers = (each[1] for suite in raw.observations for each in suite)
        return not determinism.shows_address(raw.error_detail, raw.stdout_tail, raw.stderr_tail, *answers)

    def _run(self, workers: SeedWorkers, task: TaskMessage, cpu_s: float, code: str | None) -> ExecutionFacts:
        if self._attached(self._by_seed.index(workers)) is None:
            raise RefusedError
        return self._kind()(
            workers,
            self._now.spec,
            task,
            Limits(
                cpu_s + import_s(task.program),
                self._now.spec.memory_mb,
                output_bytes=output_bytes_of(self._now.spec),
            ),
            self._heartbeat,
            code,
        ).go()


def _forget_slow_inputs(runs: list[ExecutionFacts]) -> None:
    """Where an input took too long in one of the runs that record answers, none of them answers it. (A run that timed out
    there is repeated.)"""
    for suites in zip(*(run.observations for run in runs), strict=False):
        for place, seen in enumerate(zip(*suites, strict=False)):
            slow = next((each for each in seen if each[:2] == SLOW), None)
            if slow is not None and all(each[0] != TIMEOUT for each in seen):
                for suite in suites:
                    suite[place] = slow


def _statuses(run: ExecutionFacts) -> tuple[list[Any], list[list[Any]]]:
    return run.outcomes, [[each[0] for each in suite] for suite in run.observations]


def _combined(runs: list[ExecutionFacts]) -> TaskAnswer:
    """Return the facts of the first run where all runs agree on what decides a label, else a quarantine."""
    first = runs[0]
    for other in runs[1:]:
        if timed_out(first) and timed_out(other):
            # How far a program came before its time was up is not a property of the program.
            first.lines = sorted(set(first.lines) & set(other.lines))
            other.lines = first.lines
        for name in DECISIVE:
            ours, theirs = getattr(first, name), getattr(other, name)
            if ours != theirs:
                return QuarantineAnswer("unrepeatable", f"{name}: {str(ours)[:300]} and {str(theirs)[:300]}")
    return ResultAnswer(first, len(runs))
