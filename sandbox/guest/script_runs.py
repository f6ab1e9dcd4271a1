"""Runs a task of programs that read stdin and write stdout: a fresh start for each test (generated inputs: see
:mod:`script_suites`)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from . import wire
from .boundary import facts_of
from .candidate_process import CandidateProcess
from .exit_status import code_and_signal, outcome_of_exit
from .judging import ERROR, MEMORY, PASSED, WRONG
from .limits import most_recorded_s
from .runs import COMPILE, JUDGE_BASE_S, TIMEOUT, Run
from .script_suites import ScriptSuite
from .seed_workers import JudgeLostError
from .stdin import stdin
from .work import SLOW

if TYPE_CHECKING:
    import socket
    from typing import Any

    from .protocol import ExecutionFacts


class ScriptRun(Run):
    """One task of scripts under one seed."""

    def go(self) -> ExecutionFacts:
        for index in self.order:
            outcome, facts, _ = self._script(self.spec.tests[index].input, index, None)
            self.lines.update(self.workers.page.lines_hit())
            self.outcomes[index] = outcome
            if outcome != PASSED and self.first is None:
                self.first = facts
                self.exit = code_and_signal(self.process)
            if outcome in (TIMEOUT, MEMORY, COMPILE, "output_limit"):
                return self.raw()
        if self.task.record_inputs:
            self.inputs = [self.spec.tests[index].input for index in self.order]
        if all(self.outcomes[index] == PASSED for index in self.order):
            self._script_suites()
        return self.raw()

    def _script_suites(self) -> None:
        for number in self.task.suites:
            seen = ScriptSuite(self, number).observations
            self.suites.append(seen)
            if any(each[0] not in ("agreed", "answered") for each in seen):
                return

    def observe(self, given: str, wanted: str | None, number: int) -> list[Any]:
        outcome, facts, output = self._script(given, None, (number, wanted))
        lines = self.workers.page.lines_hit()
        reached = not set(self.task.watch).isdisjoint(lines)
        kept = lines if self.task.lines_by_input else None
        most_s = most_recorded_s(self.spec, self.task.program)
        if outcome == PASSED and self.task.work and self.process.ended[1] > most_s:
            return [*SLOW, reached, kept]
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
        if outcome == TIMEOUT:
            return [TIMEOUT, "", reached, None]  # how far it came before its time was up is chance
        return ["died", "", reached, kept]

    def learn_code(self, message: dict[str, Any]) -> None:
        """Keep what the candidate's process says of its code."""
        self.code = self.code or message.get("c")
        self.is_deterministic = self.is_deterministic or message.get("deterministic") is True

    def _script(
        self, given: str, test: int | None, suite: tuple[int, str | None] | None
    ) -> tuple[str, dict[str, Any], str]:
        """Start the program afresh on one input; return (outcome, facts, output)."""
        order = self.order_for("script")
        reading = stdin(given.encode("utf-8", "surrogatepass"))
        try:
            process = self.process = CandidateProcess(self.workers, order, self.limits, reading)
        finally:
            os.close(reading)
        try:
            process.watch({}, lambda: process.ended is not None, self.heartbeat)
            message, code_message = _messages(process.channel, order["send_code"])
            self.learn_code(code_message)
        finally:
            process.close()
        self.account(process)
        if process.cause is not None or os.WIFSIGNALED(process.ended[0]):
            self.ended = self.ended or not process.used_all_its_time()
        return self._script_outcome(process, message, given, test, suite)

    def _script_outcome(
        self,
        process: CandidateProcess,
        message: dict[str, Any] | None,
        given: str,
        test: int | None,
        suite: tuple[int, str | None] | None,
    ) -> tuple[str, dict[str, Any], str]:
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
        try:
            same = self.workers.ask_judge(asked, JUDGE_BASE_S)
        except JudgeLostError:  # a checker that the output keeps busy, or that its size kills
            self.workers.renew_judge(self.spec)
            self.ended = self.exhausted = True
            return TIMEOUT, {"t": None, "l": None, "d": "the judge was kept busy"}, output
        detail = {"t": None, "l": None, "d": same.get("detail", "the output differs")}
        return (PASSED if same["same"] else WRONG), detail, output


def _messages(channel: socket.socket, asked_for_code: bool) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Return the last message of a script, and its first where that one is about its code (else an empty dict). Where
    the code was not asked for, only the program itself can have said something about it, and nobody listens."""
    channel.setblocking(False)
    unpacker = wire.Unpacker()
    found: list[Any] = []
    try:
        while len(found) < 4 and (data := channel.recv(1 << 18)):
            found += unpacker.feed(data)
    except (OSError, wire.WireError):
        pass
    found = [message for message in found if type(message) is dict]
    about = found.pop(0) if asked_for_code and found and found[0].get("op") == "code" else {}
    return found[-1] if found else None, about
