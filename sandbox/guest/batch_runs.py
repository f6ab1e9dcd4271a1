"""Runs tasks of trusted programs in one process of candidates, as far as it goes.

Who trusts a program is the host, by its author. What is plain counts: every test passed or failed by an answer or an
exception, and the process is afterwards as it was before. Every other program is judged again, alone (see
:mod:`dispatcher`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import determinism
from .candidate_process import CandidateProcess
from .judging import MEMORY
from .limits import IMPORT_S, Limits
from .runs import JUDGE_BASE_S, JUDGE_GRACE_S, TIMEOUT, Run
from .seed_workers import JudgeLostError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .protocol import ExecutionFacts, SpecMessage, SuiteMessage, TaskMessage
    from .seed_workers import SeedWorkers

_MORE_MB = 16
"""What programs that have run may leave mapped (see :mod:`shared_state`)."""
SHARE_OF_TIME, LARGE_SHARE = 6, 2
"""A program, and each input of it, may use this part of the time that it has alone. Most need a tenth of that; what
needs more is judged alone, and an endless one costs little here. Where that happens as often as not, they get the larger
share: the limit of a slow reference may be no more than twice its time."""
SLOW_S = 0.5
"""From this limit on, a batch does not pay: what it saves (5 ms for each program) is little beside the tests, and what passes
them in a batch runs them once more alone."""
ODD_ERRORS = frozenset(
    ("RecursionError", "MemoryError", "SystemExit", "KeyboardInterrupt", "GeneratorExit", "BaseException")
)


def is_batchable(task: TaskMessage, suites: list[SuiteMessage]) -> bool:
    """Whether a task is of a kind that a batch can do: its tests and some of the problem's ``suites`` and nothing else,
    each input in the life of the program that the tests were in."""
    return is_usual(task) and not any(suites[number].fresh_start for number in task.suites)


def is_usual(task: TaskMessage) -> bool:
    """Whether a trusted program is run on its tests and suites as usual, and nothing is recorded."""
    more = task.record_inputs or task.lines_by_input or task.work or task.pass_only
    return task.trusted and not more and task.surroundings is None


class BatchRun:
    """One process that programs share, under one seed."""

    def __init__(
        self,
        workers: SeedWorkers,
        spec: SpecMessage,
        tasks: list[TaskMessage],
        heartbeat: Callable[[], None],
        share: int,
    ) -> None:
        """``share``: see :data:`SHARE_OF_TIME`."""
        self.workers, self.spec, self.tasks, self.heartbeat = workers, spec, tasks, heartbeat
        self.share = share
        self.seeds = 1
        """Under how many seeds the programs are judged: under two of them, they may make sets."""
        self.timed_out = False
        """Whether the last program that the process came to has used up its share."""

    def go(self) -> list[ExecutionFacts | None]:
        """Return the facts of each program that the process came to, in order: as of a run of its own, or None where it
        must be judged alone. Programs behind those have not run."""
        cpu_s, memory_mb = self.spec.cpu_s / self.share, self.spec.memory_mb + _MORE_MB
        limits = Limits(cpu_s, memory_mb, programs=len(self.tasks))
        limits.warm_up_s = IMPORT_S
        process, reports = self._reports(limits)
        self.timed_out = process.cause == TIMEOUT
        found = [
            self._facts(report, task, limits, process)
            for report, task in zip(reports, self.tasks, strict=False)
        ]
        return found or [None]

    def _reports(self, limits: Limits) -> tuple[CandidateProcess, list[dict[str, Any]]]:
        workers, spec = self.workers, self.spec
        reports: list[dict[str, Any]] = []
        order = {
            "mode": "batch",
            "setup": spec.setup,
            "entry": spec.entry_point,
            "root": spec.entry_root,
            "reference": spec.reference,
            "surroundings": None,
            "shares": workers.judge.shares,
            "endless": False,
            "seeds": self.seeds,
        }
        evaluation = self._evaluation(limits)
        process = CandidateProcess(
            workers, order, limits, attach=lambda channel: workers.attach_candidate(evaluation, channel)
        )
        inputs = (len(workers.judge.suites[number].inputs) for task in self.tasks for number in task.suites)
        process.most_inputs = len(self.tasks) + sum(inputs)
        try:
            process.watch(
                {workers.judge.channel.fileno(): lambda: reports.append(workers.receive_from_judge())},
                lambda: bool(reports) and reports[-1]["last"],
                self.heartbeat,
                judge_cpu_s=(evaluation["judge_cpu_s"] + JUDGE_GRACE_S) * limits.programs,
            )
        except JudgeLostError:
            process.end()
            workers.renew_judge(spec)
            reports.append({"end": None})
        finally:
            process.close()
        return process, reports

    def _evaluation(self, limits: Limits) -> dict[str, Any]:
        """Return what the judge is told: what is the same for all programs, and the tasks."""
        runs = [Run(self.workers, self.spec, task, limits, self.heartbeat) for task in self.tasks]
        told = [
            {
                "program": run.task.program,
                "suites": run.task.suites,
                "watch": run.task.watch,
                "stop_after": run.task.stop_after,
                "tests": run.order,
            }
            for run in runs
        ]
        return {
            "op": "batch",
            "tasks": told,
            "record": False,
            "lines": False,
            "bulk": True,
            "work": 0,
            "most_s": 0.0,
            "seed": self.workers.seed,
            "judge_cpu_s": JUDGE_BASE_S + 10 * self.spec.cpu_s,
            "asked_for_code": False,
            "forwards": self.workers.judge.forwards or [],
        }

    def _facts(
        self, report: dict[str, Any], task: TaskMessage, limits: Limits, process: CandidateProcess
    ) -> ExecutionFacts | None:
        end = report["end"]
        is_endless = end is None and "outcomes" in report and self.workers.page.is_endless
        if not is_endless and (end is None or end["said"] or end["changed"]):
            return None
        if report.get("at", "import") != "import" or not self._is_plain(report, task):
            return None
        run = Run(self.workers, self.spec, task, limits, self.heartbeat)
        if is_endless:
            process.cause = TIMEOUT
            run.lines.update(self.workers.page.lines_hit())
            run.read(report, process)
        else:
            run.lines = set(end["lines"])
            run.wall_s = run.cpu_s = end["cpu_s"]
            run.read_unended(report)
        raw = run.raw()
        answers = (each[1] for suite in raw.observations for each in suite)
        is_odd = MEMORY in raw.outcomes or determinism.shows_address(raw.error_detail, *answers)
        return None if is_odd else raw

    def _is_plain(self, report: dict[str, Any], task: TaskMessage) -> bool:
        """Whether a run of its own would show the same."""
        workers = self.workers
        if self.seeds == 1 and not all(workers.judge.plain_suites[number] for number in task.suites):
            return False
        if report["objects"] and workers.judge.forwards is None:
            return False
        raised = [each[1] for suite in report.get("suites", []) for each in suite if each[0] == "raised"]
        raised.append((report["first"] or {}).get("n"))
        raised.append((report["first"] or {}).get("t"))
        return ODD_ERRORS.isdisjoint(raised)
