"""Runs the tests of a trusted script in one process, as generated inputs run (see :mod:`script_batch`).

A fresh start for each of seven tests took half of the time of the twelve problems of the sample that read standard input.
The first test that fails runs once more on a fresh start, which alone decides what the row says of it; whatever is odd is
judged as every other program is. A program that passes everything is confirmed by the caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .batch_runs import ODD_ERRORS, SHARE_OF_TIME, is_usual
from .boundary import text_of
from .candidate_process import CandidateProcess
from .exit_status import code_and_signal
from .judging import ERROR, PASSED, WRONG
from .limits import Limits
from .runs import JUDGE_BASE_S
from .script_batch import OUTPUT_BYTES
from .script_runs import ScriptRun
from .script_suites import Replies
from .seed_workers import JudgeLostError

if TYPE_CHECKING:
    from typing import Any

    from .protocol import ExecutionFacts, SpecMessage, TaskMessage

FEWEST_TESTS = 3
"""With fewer tests, one process and the fresh start of a test that fails cost as much as a fresh start for each."""
SLOW_S = 4.0
"""From this limit on, the fresh starts are little beside what the tests take, and what passes would run them twice."""
_ODD = ODD_ERRORS | {"OverflowError"}
"""What may depend on what ran before; and the name under which a long output is reported."""


def may_share(spec: SpecMessage, task: TaskMessage) -> bool:
    """Whether a task is one whose tests may run in one process: all tests of a trusted script, and nothing recorded."""
    if spec.cpu_s >= SLOW_S:
        return False
    all_tests = task.tests and task.given_tests_only is None and len(spec.tests) >= FEWEST_TESTS
    return spec.is_stdio and is_usual(task) and all_tests


class SharedScriptRun(ScriptRun):
    """One task of a trusted script under one seed."""

    def go(self) -> ExecutionFacts:
        if not self.ran_plainly():
            self._forget()
            return super().go()
        if not self.failed:
            self._script_suites()
        raw = self.raw()
        raw.shared = True
        return raw

    @property
    def failed(self) -> list[int]:
        """The tests that did not pass, in order."""
        return [index for index in self.order if self.outcomes[index] != PASSED]

    def ran_plainly(self) -> bool:
        """Run the tests; return whether each of them passed or failed plainly, the first as on a fresh start."""
        outcomes = self._tests()
        if outcomes is None:
            return False
        for index, outcome in zip(self.order, outcomes, strict=True):
            self.outcomes[index] = outcome
        if not self.failed:
            return True
        first = self.failed[0]
        outcome, self.first, _ = self._script(self.spec.tests[first].input, first, None)
        self.exit = code_and_signal(self.process)
        return outcome == self.outcomes[first] and not self.ended

    def _tests(self) -> list[str] | None:
        """Run all tests in one process; return the outcome of each, or None where any was odd."""
        tests = [self.spec.tests[index] for index in self.order]
        order = self.order_for("scripts") | {
            "watch": [],
            "lines": False,
            "work": 0,
            "most_s": 0.0,
            "tests": True,
            "inputs": [test.input for test in tests],
        }
        limits = Limits(
            self.limits.cpu_s / SHARE_OF_TIME,
            self.limits.memory_bytes >> 20,
            output_bytes=self.limits.output_bytes,
        )
        process = self.process = CandidateProcess(self.workers, order, limits)
        process.most_inputs = len(tests)
        replies = Replies(process.channel, order["send_code"])
        outcomes: list[str | None] = []

        def read() -> None:
            for reply in replies.read():
                if len(outcomes) < len(tests) and None not in outcomes:
                    outcomes.append(self._outcome(self.order[len(outcomes)], reply))

        try:
            process.watch(
                {process.channel.fileno(): read},
                lambda: len(outcomes) == len(tests) or replies.ended or process.ended is not None,
                self.heartbeat,
            )
            read()  # what the process had sent before it ended
        finally:
            process.close()
        self.lines.update(self.workers.page.lines_hit())
        self.learn_code(replies.about_code)
        self.account(process)
        plain = [outcome for outcome in outcomes if outcome is not None]
        return plain if len(plain) == len(tests) and process.cause is None else None

    def _outcome(self, index: int, reply: dict[str, Any]) -> str | None:
        """Return what a reply says of a test; None where a fresh start is to say it."""
        status, output = text_of(reply.get("s"), 100), text_of(reply.get("t"), OUTPUT_BYTES)
        if status:
            return None if status in _ODD else ERROR
        test = self.spec.tests[index]
        asked = {"op": "output", "test": index, "suite": None, "input": test.input, "got": output}
        try:
            return PASSED if self.workers.ask_judge(asked, JUDGE_BASE_S)["same"] else WRONG
        except JudgeLostError:
            self.workers.renew_judge(self.spec)
            return None
