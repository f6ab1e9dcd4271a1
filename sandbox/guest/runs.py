"""A task under one seed: the tests, then the suites, as calls or as scripts; raw facts come out."""

import os

from .board import MAX_LINES
from .endings import death, exit_of
from .judging import ERROR, MEMORY, PASSED, WRONG
from .remote import facts_of
from .stdin import stdin
from .trial import Trial, own_words

JUDGE_BASE_S = 5.0
"""What a judge may use of the CPU for one candidate, beside ten times the candidate's own allowance: it may
be given answers that it cannot get through with."""
COMPILE, TIMEOUT = "compile_error", "timeout"


class Run:
    """One task under one seed. The facts are :attr:`raw` once :meth:`go` has returned."""

    def __init__(self, house, spec, task, limits, beat, code=None, tell=False):
        self.house = house
        self.spec = spec
        self.task = task
        self.limits = limits
        self._beat = beat
        count = len(spec["tests"])
        chosen = task["only"] if task["only"] is not None else range(count)
        self.order = [index for index in chosen if 0 <= index < count] if task["tests"] else []
        self.outcomes = [None] * count
        self.first = None
        self.lines = set()
        self.suites = []
        self.inputs = []
        self.trial = None
        self.code = code
        self.certain = False
        self.ended = False  # by a limit, a signal or itself: how far it came may be chance
        self._tell = tell
        self.spent = [0.0, 0.0, 0]
        self.exit = (None, None)

    @property
    def failed_to_compile(self):
        """Whether the program never became one (its own process said so before anything of it ran)."""
        return COMPILE in self.outcomes

    def go(self):
        if self.spec["form"] == "stdio":
            self._as_script()
        else:
            self._as_calls()
        return self.raw()

    def raw(self):
        """Everything seen; ``decisive`` is what both seeds must agree on."""
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
            "stdout_tail": self.trial.tail(1) if self.trial else "",
            "stderr_tail": self.trial.tail(2) if self.trial else "",
            "observations": self.suites,
            "recorded_inputs": self.inputs,
        }

    def _order(self, mode):
        """What the candidate's process is told; a program compiled before is not compiled again."""
        program = self.task["program"] if self.code is None else None
        tell = self.code is None and (self._tell or mode == "script")
        return {
            "mode": mode,
            "program": program,
            "code": self.code,
            "tell": tell,
            "setup": self.spec["setup"],
        }

    # ------------------------------------------------------------ calls

    def _as_calls(self):
        house, spec, task = self.house, self.spec, self.task
        order = {
            **self._order("calls"),
            "entry": spec["entry"],
            "root": spec["root"],
            "shares": house.shares,
        }
        sitting = {
            "op": "task",
            "tests": self.order,
            "suites": task["suites"],
            "watch": task["watch"],
            "stop_after": task["stop_after"],
            "record": task["record"],
            "lines": task["lines"],
            "work": task["work"],
            "seed": house.seed,
            "judge_cpu_s": JUDGE_BASE_S + 10 * self.limits.whole_s,
        }
        trial = self.trial = Trial(
            house, order, self.limits, seat=lambda channel: house.seat(sitting, channel)
        )
        report = []
        try:
            trial.watch(
                {house.judge.fileno(): lambda: report.append(house.hear_judge())}, lambda: report, self._beat
            )
            if report[0]["gone"] or report[0].get("cut"):
                trial.settle()
        finally:
            trial.close()
        self._account(trial)
        self.lines.update(house.board.lines_hit())
        self._read(report[0], trial)

    def _read(self, report, trial):
        for index, outcome in zip(self.order, report["outcomes"], strict=False):
            self.outcomes[index] = outcome
        self.first = report["first"]
        self.inputs = report.get("inputs", [])
        self.code = self.code or report.get("code")
        self.certain = report.get("certain", False)
        if report.get("told") and trial.cause == TIMEOUT:
            trial.cause = None  # what it did after the answer that told it apart, nobody asked for
        cut_short = trial.cause or report["gone"] or report.get("cut")
        self.ended = bool(report["exhausted"] or (cut_short and not trial.had_its_whole_time()))
        if report["exhausted"]:
            trial.cause = TIMEOUT
        if "at" in report:
            self._failed_to_start(report)
        elif report["gone"] or (trial.cause and not report.get("cut")):
            done = len(report["outcomes"]) - (0 if report["gone"] else 1)
            self._died(self.order[done] if self.order else None, trial)
        else:
            self.suites = report.get("suites", [])
            if report.get("cut"):
                self._suite_cut(trial)
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

    def _died(self, index, trial):
        outcome, facts = death(trial)
        if index is None:
            self._first_gets(outcome)
        else:
            self.outcomes[index] = outcome
        if self.first is None:
            self.first = facts
            if trial.cause is None:
                self.exit = exit_of(trial)

    def _suite_cut(self, trial):
        """The input that was running when the candidate ended has an observation of its own."""
        board, lines = self.house.board, None
        reached = any(board.lines[MAX_LINES + line] for line in self.task["watch"] if 0 < line < MAX_LINES)
        if self.task["lines"]:
            lines = board.lines_hit(MAX_LINES)
        self.suites[-1].append([TIMEOUT if trial.cause == TIMEOUT else "died", "", reached, lines])

    # ------------------------------------------------------------ scripts

    def _as_script(self):
        for index in self.order:
            outcome, facts, _ = self._script(self.spec["tests"][index]["input"], index, None)
            self.lines.update(self.house.board.lines_hit())
            self.outcomes[index] = outcome
            if outcome != PASSED and self.first is None:
                self.first = facts
                self.exit = exit_of(self.trial)
            if outcome in (TIMEOUT, MEMORY, COMPILE, "output_limit"):
                return
        if self.task["record"]:
            self.inputs = [self.spec["tests"][index]["input"] for index in self.order]
        if all(self.outcomes[index] == PASSED for index in self.order):
            self._script_suites()

    def _script_suites(self):
        for number in self.task["suites"]:
            suite = self.house.suites[number]
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
        lines = self.house.board.lines_hit()
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
        """(outcome, facts, output) of one fresh start of the program on one input."""
        order = self._order("script")
        reading = stdin(given.encode("utf-8", "surrogatepass"))
        try:
            trial = self.trial = Trial(self.house, order, self.limits, reading)
        finally:
            os.close(reading)
        try:
            trial.watch({}, lambda: trial.ended is not None, self._beat)
            told, about = own_words(trial.channel)
            self.code = self.code or about.get("c")
            self.certain = self.certain or about.get("certain") is True
        finally:
            trial.close()
        self._account(trial)
        if trial.cause is not None or os.WIFSIGNALED(trial.ended[0]):
            self.ended = self.ended or not trial.had_its_whole_time()
        return self._script_outcome(trial, told, given, test, suite)

    def _script_outcome(self, trial, told, given, test, suite):
        output = trial.text(1)
        if told is not None and told.get("op") == "e" and trial.cause is None and told.get("x") != 0:
            facts = facts_of(told)
            if told.get("at") == "compile":
                return COMPILE, facts, output
            return (MEMORY if facts["n"] == "MemoryError" else ERROR), facts, output
        if trial.cause is not None or trial.ended[0] != 0:
            outcome, facts = death(trial)
            return outcome, facts, output
        if suite is not None and suite[1] is None:
            return PASSED, {}, output
        asked = {"op": "output", "test": test, "suite": None, "input": given, "got": output}
        if suite is not None:
            asked.update(suite=suite[0], expected=suite[1])
        same = self.house.ask_judge(asked)
        detail = {"t": None, "l": None, "d": same.get("detail", "the output differs")}
        return (PASSED if same["same"] else WRONG), detail, output

    def _account(self, trial):
        self.spent[0] += trial.wall_s
        self.spent[1] += trial.ended[1]
        self.spent[2] = max(self.spent[2], trial.ended[2])
