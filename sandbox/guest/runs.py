"""Runs a task under one seed: the tests, then the suites, as calls (scripts: see :mod:`script_runs`). The result is a
dict of raw facts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .candidate_process import CandidateProcess
from .exit_status import code_and_signal, outcome_of_exit, report_of_lost_judge
from .judging import ERROR, MEMORY, PASSED
from .limits import Limits, most_recorded_s
from .protocol import ExecutionFacts
from .seed_workers import JudgeLostError
from .shared_page import MAX_LINES

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .protocol import SpecMessage, TaskMessage
    from .seed_workers import SeedWorkers


JUDGE_BASE_S = 3.0
"""The CPU time that a judge may use for one candidate, in addition to ten times the candidate's own limit. A
candidate may give answers that the judge cannot finish with."""
JUDGE_GRACE_S = 0.5
"""A judge ends itself when its time is over, unless one step of its interpreter takes longer: then it is killed."""
_OF_REFERENCE = 4
"""The reference gets so many times ``cpu_s`` when it is asked in which tests it returns objects, whoever asks."""
COMPILE, TIMEOUT = "compile_error", "timeout"


class Run:
    """One task under one seed. The facts are :attr:`raw` once :meth:`go` has returned."""

    def __init__(
        self,
        workers: SeedWorkers,
        spec: SpecMessage,
        task: TaskMessage,
        limits: Limits,
        heartbeat: Callable[[], None],
        code: str | None = None,
    ) -> None:
        """``code``: the program compiled by an earlier run; ``send_code`` is set where a later run will want it."""
        self.workers = workers
        self.spec = spec
        self.task = task
        self.limits = limits
        self.heartbeat = heartbeat
        count = len(spec.tests)
        chosen = task.given_tests_only if task.given_tests_only is not None else range(count)
        self.order = [index for index in chosen if 0 <= index < count] if task.tests else []
        self.process: Any = None
        self.code = code
        self.is_deterministic = False
        self.exhausted = False  # the judge's time, which is far more than the candidate's
        self.send_code = False
        self._lost_judges = 0
        self._in_bulk = not any(workers.judge.suites[number].fresh_start for number in task.suites)
        self.wall_s = self.cpu_s = 0.0
        self.peak_bytes = 0
        self._forget()

    def _forget(self) -> None:
        """Begin anew: nothing has been observed yet."""
        self.outcomes: list[str | None] = [None] * len(self.spec.tests)
        self.first: dict[str, Any] | None = None
        self.lines: set[int] = set()
        self.suites: list[list[Any]] = []
        self.inputs: list[str] = []
        self.sequences: list[str] = []
        self.ended = False  # by a limit, a signal or itself: how far it came may differ between runs
        self.exit: tuple[int | None, int | None] = (None, None)

    @property
    def failed_to_compile(self) -> bool:
        """Whether the program does not compile (its own process reported that before anything of it ran)."""
        return COMPILE in self.outcomes

    def go(self) -> ExecutionFacts:
        """Run the task. Objects that the program returns may be used in the tests in which the reference returns
        objects too. Which these are is asked of the reference, once a problem, when a program first returns one."""
        workers = self.workers
        if self.task.program == self.spec.reference:
            met = self._as_calls(forwards=None)
            if len(self.order) == len(self.spec.tests) and not self.ended:
                workers.judge.forwards = met
            return self.raw()
        met = self._as_calls(workers.judge.forwards or [])
        if met and workers.judge.forwards is None and not self.spec.is_one_process:
            workers.judge.forwards = self._of_reference()
            if workers.judge.forwards:
                self._forget()
                self._as_calls(workers.judge.forwards)
        return self.raw()

    def _of_reference(self) -> list[int]:
        """Return the tests in which the reference returns objects."""
        if not self.spec.reference:
            return []
        task = replace(
            self.task,
            program=self.spec.reference,
            tests=True,
            given_tests_only=None,
            suites=[],
            watch=[],
            record_inputs=False,
            lines_by_input=False,
            work=0,
        )
        limits = Limits(_OF_REFERENCE * self.spec.cpu_s, self.spec.memory_mb)
        return Run(self.workers, self.spec, task, limits, self.heartbeat)._as_calls(forwards=None)

    def raw(self) -> ExecutionFacts:
        """Return everything that was observed. The dispatcher knows which of it all seeds must agree on."""
        failed = [outcome for outcome in self.outcomes if outcome not in (None, PASSED)]
        verdict = failed[0] if failed else PASSED
        first = self.first or {}
        return ExecutionFacts(
            verdict=verdict,
            outcomes=self.outcomes,
            error_type=first.get("t"),
            error_line=first.get("l"),
            error_detail=first.get("d", ""),
            lines=sorted(self.lines),
            exit_code=self.exit[0],
            signal=self.exit[1],
            wall_s=self.wall_s,
            cpu_s=self.cpu_s,
            peak_bytes=self.peak_bytes,
            stdout_tail=self.process.tail(1) if self.process else "",
            stderr_tail=self.process.tail(2) if self.process else "",
            shared=False,
            confirmed=False,
            observations=self.suites,
            recorded_inputs=self.inputs,
            recorded_sequences=self.sequences,
        )

    def order_for(self, mode: str) -> dict[str, Any]:
        """Return the order for the candidate's process. A program that was compiled before is not compiled again, but
        may still want to read its own text."""
        program = self.task.program
        send_code = self.code is None and (self.send_code or mode in ("script", "scripts"))
        return {
            "mode": mode,
            "program": program,
            "code": self.code,
            "send_code": send_code,
            "setup": self.spec.setup,
            "surroundings": self.task.surroundings,
        }

    def _as_calls(self, forwards: list[int] | None) -> list[int]:
        """Run as calls; return the tests in which the candidate returned an object. It is of use in the tests
        ``forwards`` (None: in all)."""
        workers, spec, task = self.workers, self.spec, self.task
        order = {
            **self.order_for("calls"),
            "entry": spec.entry_point,
            "root": spec.entry_root,
            "shares": workers.judge.shares,
            "endless": task.trusted,
        }
        evaluation = self._evaluation(order["send_code"], forwards)
        process = self.process = CandidateProcess(
            workers,
            order,
            self.limits,
            attach=lambda channel: workers.attach_candidate(evaluation, channel),
        )
        process.most_inputs = sum(len(workers.judge.suites[number].inputs) for number in task.suites)
        process.starts_afresh = any(workers.judge.suites[number].fresh_start for number in task.suites)
        report, is_endless = [], False
        try:
            process.watch(
                {workers.judge.channel.fileno(): lambda: report.append(workers.receive_from_judge())},
                lambda: report,
                self.heartbeat,
                judge_cpu_s=evaluation["judge_cpu_s"] + JUDGE_GRACE_S,
            )
            if report[0]["gone"] or report[0].get("cut"):
                process.wait_then_end()
                is_endless = task.trusted and workers.page.is_endless
                process.cause = TIMEOUT if is_endless else process.cause
        except JudgeLostError as error:
            process.end()
            workers.renew_judge(self.spec)
            self._lost_judges += 1
            if not error.exhausted and self._lost_judges == 1:
                return self._as_calls(forwards)  # once may be the machine's fault, twice is the candidate's
            report = [report_of_lost_judge(process, error)]
        finally:
            process.close()
        if self._in_bulk and report[0].get("cut") and not report[0]["exhausted"] and not is_endless:
            self._in_bulk = False  # answers that were not sent are lost: once more, each by itself
            return self._as_calls(forwards)
        self.account(process)
        self.lines.update(workers.page.lines_hit())
        self.read(report[0], process)
        return report[0].get("objects", [])

    def _evaluation(self, send_code: bool, forwards: list[int] | None) -> dict[str, Any]:
        """Return what the judge is told of the task."""
        task = self.task
        return {
            "op": "task",
            "tests": self.order,
            "suites": task.suites,
            "watch": task.watch,
            "stop_after": task.stop_after,
            "record": task.record_inputs,
            "lines": task.lines_by_input,
            "bulk": self._in_bulk,
            "work": task.work,
            "most_s": most_recorded_s(self.spec, task.program),
            "seed": self.workers.seed,
            "judge_cpu_s": JUDGE_BASE_S + 10 * self.limits.cpu_s,
            "asked_for_code": send_code,
            "forwards": forwards,
        }

    def read_unended(self, report: dict[str, Any]) -> None:
        """Take over what the judge reports of a program that ran in a batch, and that nothing has ended."""
        for index, outcome in zip(self.order, report["outcomes"], strict=False):
            self.outcomes[index] = outcome
        self.first = report["first"]
        self.suites = report.get("suites", [])
        if "at" in report:
            self._failed_to_start(report)

    def read(self, report: dict[str, Any], process: CandidateProcess) -> None:
        """Take over what the judge reports of a program whose process has ended."""
        for index, outcome in zip(self.order, report["outcomes"], strict=False):
            self.outcomes[index] = outcome
        self.first = report["first"]
        self.inputs = report.get("inputs", [])
        self.sequences = report.get("sequences", [])
        self.code = self.code or report.get("code")
        self.is_deterministic = self.is_deterministic or report.get("deterministic", False)
        if report.get("distinguished") and process.cause == TIMEOUT:
            process.cause = None  # nobody asked for what came after the differing answer
        cut_short = process.cause or report["gone"] or report.get("cut")
        self.ended = bool(report["exhausted"] or (cut_short and not process.used_all_its_time()))
        if report["exhausted"]:
            process.cause = TIMEOUT
            self.exhausted = True
        if "at" in report:
            self._failed_to_start(report)
        elif report["gone"] or (process.cause and not report.get("cut")):
            done = len(report["outcomes"]) - (0 if report["gone"] else 1)
            self._died(self.order[done] if self.order else None, process)
        else:
            self.suites = report.get("suites", [])
            if report.get("cut"):
                self._suite_cut(process)
        if self.first and self.first.get("x") is not None:
            self.exit = (self.first["x"], None)

    def _failed_to_start(self, report: dict[str, Any]) -> None:
        outcome = (
            COMPILE
            if report["at"] == "compile"
            else MEMORY
            if report["first"]["n"] == "MemoryError"
            else ERROR
        )
        self._first_gets(outcome)

    def _first_gets(self, outcome: str) -> None:
        if self.outcomes:
            self.outcomes[self.order[0] if self.order else 0] = outcome

    def _died(self, index: int | None, process: CandidateProcess) -> None:
        outcome, facts = outcome_of_exit(process)
        if index is None:
            self._first_gets(outcome)
        else:
            self.outcomes[index] = outcome
        if self.first is None:
            self.first = facts
            if process.cause is None:
                self.exit = code_and_signal(process)

    def _suite_cut(self, process: CandidateProcess) -> None:
        """Add an observation for the input that was running when the candidate ended."""
        page, lines = self.workers.page, None
        reached = any(page.lines[MAX_LINES + line] for line in self.task.watch if 0 < line < MAX_LINES)
        if self.task.lines_by_input:
            lines = page.lines_hit(MAX_LINES)
        self.suites[-1].append([TIMEOUT if process.cause == TIMEOUT else "died", "", reached, lines])

    def account(self, process: CandidateProcess) -> None:
        self.wall_s += process.wall_s
        self.cpu_s += process.ended[1]
        self.peak_bytes = max(self.peak_bytes, process.ended[2])
