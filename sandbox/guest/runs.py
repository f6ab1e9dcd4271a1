"""Runs a task under one seed: the tests, then the suites, as calls or as scripts. The result is a dict of raw facts."""

import os

from .candidate_process import CandidateProcess, read_script_messages
from .exit_status import code_and_signal, outcome_of_exit
from .judging import ERROR, MEMORY, PASSED, WRONG
from .remote import facts_of
from .shared_page import MAX_LINES
from .stdin import stdin

JUDGE_BASE_S = 5.0
"""The CPU time that a judge may use for one candidate, in addition to ten times the candidate's own limit. A
candidate may give answers that the judge cannot finish with."""
COMPILE, TIMEOUT = "compile_error", "timeout"


class Run:
    """One task under one seed. The facts are :attr:`raw` once :meth:`go` has returned."""

    def __init__(self, workers, spec, task, limits, heartbeat, code=None, send_code=False):
        self.workers = workers
        self.spec = spec
        self.task = task
        self.limits = limits
        self._heartbeat = heartbeat
        count = len(spec["tests"])
        chosen = task["only"] if task["only"] is not None else range(count)
        self.order = [index for index in chosen if 0 <= index < count] if task["tests"] else []
        self.outcomes = [None] * count
        self.first = None
        self.lines = set()
        self.suites = []
        self.inputs = []
        self.process = None
        self.code = code
        self.is_deterministic = False
        self.ended = False  # by a limit, a signal or itself: how far it came may differ between runs
        self._send_code = send_code
        self.spent = [0.0, 0.0, 0]
        self.exit = (None, None)

    @property
    def failed_to_compile(self):
        """Whether the program does not compile (its own process reported that before anything of it ran)."""
        return COMPILE in self.outcomes

    def go(self):
        if self.spec["form"] == "stdio":
            self._as_script()
        else:
            self._as_calls()
        return self.raw()

    def raw(self):
        """Return everything that was observed. The dispatcher knows which of it all seeds must agree on."""
        failed = [outcome for outcome in self.outcomes if outcome not in (None, PASSED)]
        verdict = failed[0] if failed else PASSED
        first = self.first or {}
        return {
            "verdict": verdict,
            "outcomes": self.outcomes,
            "error_type": first.get("t"),
            "error_line": first.get("l"),
            "error_detail": first.get("d", ""),
            "lines": sorted(self.lines),
            "exit_code": self.exit[0],
            "signal": self.exit[1],
            "wall_s": self.spent[0],
            "cpu_s": self.spent[1],
            "peak_bytes": self.spent[2],
            "stdout_tail": self.process.tail(1) if self.process else "",
            "stderr_tail": self.process.tail(2) if self.process else "",
            "observations": self.suites,
            "recorded_inputs": self.inputs,
        }

    def _order(self, mode):
        """Return the order for the candidate's process. A program that was compiled before is not compiled again."""
        program = self.task["program"] if self.code is None else None
        send_code = self.code is None and (self._send_code or mode == "script")
        return {
            "mode": mode,
            "program": program,
            "code": self.code,
            "send_code": send_code,
            "setup": self.spec["setup"],
        }

    # ------------------------------------------------------------ calls

    def _as_calls(self):
        workers, spec, task = self.workers, self.spec, self.task
        order = {
            **self._order("calls"),
            "entry": spec["entry"],
            "root": spec["root"],
            "shares": workers.shares,
        }
        evaluation = {
            "op": "task",
            "tests": self.order,
            "suites": task["suites"],
            "watch": task["watch"],
            "stop_after": task["stop_after"],
            "record": task["record"],
            "lines": task["lines"],
            "work": task["work"],
            "seed": workers.seed,
            "judge_cpu_s": JUDGE_BASE_S + 10 * self.limits.extended_cpu_s,
        }
        process = self.process = CandidateProcess(
            workers,
            order,
            self.limits,
            attach=lambda channel: workers.attach_candidate(evaluation, channel),
        )
        report = []
        try:
            process.watch(
                {workers.judge.fileno(): lambda: report.append(workers.receive_from_judge())},
                lambda: report,
                self._heartbeat,
            )
            if report[0]["gone"] or report[0].get("cut"):
                process.wait_then_end()
        finally:
            process.close()
        self._account(process)
        self.lines.update(workers.page.lines_hit())
        self._read(report[0], process)

    def _read(self, report, process):
        for index, outcome in zip(self.order, report["outcomes"], strict=False):
            self.outcomes[index] = outcome
        self.first = report["first"]
        self.inputs = report.get("inputs", [])
        self.code = self.code or report.get("code")
        self.is_deterministic = report.get("deterministic", False)
        if report.get("distinguished") and process.cause == TIMEOUT:
            process.cause = None  # nobody asked for what came after the differing answer
        cut_short = process.cause or report["gone"] or report.get("cut")
        self.ended = bool(report["exhausted"] or (cut_short and not process.used_all_its_time()))
        if report["exhausted"]:
            process.cause = TIMEOUT
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

    def _failed_to_start(self, report):
        outcome = (
            COMPILE
            if report["at"] == "compile"
            else MEMORY
            if report["first"]["n"] == "MemoryError"
            else ERROR
        )
        self._first_gets(outcome)

    def _first_gets(self, outcome):
        if self.outcomes:
            self.outcomes[self.order[0] if self.order else 0] = outcome

    def _died(self, index, process):
        outcome, facts = outcome_of_exit(process)
        if index is None:
            self._first_gets(outcome)
        else:
            self.outcomes[index] = outcome
        if self.first is None:
            self.first = facts
            if process.cause is None:
                self.exit = code_and_signal(process)

    def _suite_cut(self, process):
        """Add an observation for the input that was running when the candidate ended."""
        page, lines = self.workers.page, None
        reached = any(page.lines[MAX_LINES + line] for line in self.task["watch"] if 0 < line < MAX_LINES)
        if self.task["lines"]:
            lines = page.lines_hit(MAX_LINES)
        self.suites[-1].append([TIMEOUT if process.cause == TIMEOUT else "died", "", reached, lines])

    # ------------------------------------------------------------ scripts

    def _as_script(self):
        for index in self.order:
            outcome, facts, _ = self._script(self.spec["tests"][index]["input"], index, None)
            self.lines.update(self.workers.page.lines_hit())
            self.outcomes[index] = outcome
            if outcome != PASSED and self.first is None:
                self.first = facts
                self.exit = code_and_signal(self.process)
            if outcome in (TIMEOUT, MEMORY, COMPILE, "output_limit"):
                return
        if self.task["record"]:
            self.inputs = [self.spec["tests"][index]["input"] for index in self.order]
        if all(self.outcomes[index] == PASSED for index in self.order):
            self._script_suites()

    def _script_suites(self):
        for number in self.task["suites"]:
            suite = self.workers.suites[number]
            seen, differing = [], 0
            self.suites.append(seen)
            for at, given in enumerate(suite["inputs"]):
                wanted = None if suite["expected"] is None else suite["expected"][at]
                seen.append(self._observe(given, wanted, number))
                differing += seen[-1][0] not in ("agreed", "answered")
                if seen[-1][0] == TIMEOUT or 0 < self.task["stop_after"] <= differing:
                    break
            if differing:
                return

    def _observe(self, given, wanted, number):
        outcome, facts, output = self._script(given, None, (number, wanted))
        lines = self.workers.page.lines_hit()
        reached = not set(self.task["watch"]).isdisjoint(lines)
        kept = lines if self.task["lines"] else None
        if outcome == PASSED:
            return [
                "answered" if wanted is None else "agreed",
                output if wanted is None else "",
                reached,
                kept,
            ]
        if outcome == WRONG:
            return ["disagreed", output[:4096], reached, kept]
        if outcome == ERROR and facts.get("n"):
            return ["raised", facts["n"], reached, kept]
        return [TIMEOUT if outcome == TIMEOUT else "died", "", reached, kept]

    def _script(self, given, test, suite):
        """Start the program afresh on one input; return (outcome, facts, output)."""
        order = self._order("script")
        reading = stdin(given.encode("utf-8", "surrogatepass"))
        try:
            process = self.process = CandidateProcess(self.workers, order, self.limits, reading)
        finally:
            os.close(reading)
        try:
            process.watch({}, lambda: process.ended is not None, self._heartbeat)
            message, code_message = read_script_messages(process.channel)
            self.code = self.code or code_message.get("c")
            self.is_deterministic = self.is_deterministic or code_message.get("deterministic") is True
        finally:
            process.close()
        self._account(process)
        if process.cause is not None or os.WIFSIGNALED(process.ended[0]):
            self.ended = self.ended or not process.used_all_its_time()
        return self._script_outcome(process, message, given, test, suite)

    def _script_outcome(self, process, message, given, test, suite):
        output = process.text(1)
        if (
            message is not None
            and message.get("op") == "e"
            and process.cause is None
            and message.get("x") != 0
        ):
            facts = facts_of(message)
            if message.get("at") == "compile":
                return COMPILE, facts, output
            return (MEMORY if facts["n"] == "MemoryError" else ERROR), facts, output
        if process.cause is not None or process.ended[0] != 0:
            outcome, facts = outcome_of_exit(process)
            return outcome, facts, output
        if suite is not None and suite[1] is None:
            return PASSED, {}, output
        asked = {"op": "output", "test": test, "suite": None, "input": given, "got": output}
        if suite is not None:
            asked.update(suite=suite[0], expected=suite[1])
        same = self.workers.ask_judge(asked)
        detail = {"t": None, "l": None, "d": same.get("detail", "the output differs")}
        return (PASSED if same["same"] else WRONG), detail, output

    def _account(self, process):
        self.spent[0] += process.wall_s
        self.spent[1] += process.ended[1]
        self.spent[2] = max(self.spent[2], process.ended[2])
