"""Runs a suite of generated inputs of a program that reads stdin: many inputs in one process, and what differs or ends
the process once more on a fresh start, which alone decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import wire
from .boundary import text_of
from .candidate_process import CandidateProcess
from .limits import most_recorded_s
from .runs import JUDGE_BASE_S, TIMEOUT
from .script_batch import OUTPUT_BYTES
from .seed_workers import JudgeLostError

if TYPE_CHECKING:
    import socket
    from typing import Any

    from .script_runs import ScriptRun


STARTS = 8
"""So many processes run inputs in a row. After that (a program that leaves something behind, or dies often) each
input gets a fresh start."""
_CHUNKS = 16
_SURE = ("agreed", "answered")


class ScriptSuite:
    """The observations of one program on one suite: [status, answer, reached, lines] of each input that ran."""

    def __init__(self, run: ScriptRun, number: int) -> None:
        self._run = run
        self._number = number
        suite = run.workers.judge.suites[number]
        self._inputs, self._expected = suite.inputs, suite.expected
        self._is_exact = suite.compare.rule != "checker"
        self.observations: list[list[Any]] = []
        self._observe()

    def _observe(self) -> None:
        stop_after = self._run.task.stop_after
        starts, differing = 0, 0
        while len(self.observations) < len(self._inputs):
            at = len(self.observations)
            if starts < STARTS:
                self._in_one_process(at)
                if self._expected is None and not self._holds_fresh(at):
                    starts = STARTS
                if len(self.observations) == len(self._inputs):
                    return
            starts += 1
            at = len(self.observations)
            wanted = None if self._expected is None else self._expected[at]
            seen = self._run.observe(self._inputs[at], wanted, self._number)
            self.observations.append(seen)
            differing += seen[0] not in _SURE
            if seen[0] == TIMEOUT or 0 < stop_after <= differing:
                return

    def _holds_fresh(self, at: int) -> bool:
        """Whether the last answer of a run of inputs comes on a fresh start too. Else what was answered since ``at``
        is forgotten: the program leaves something behind that its answers depend on."""
        answered = [place for place in range(at, len(self.observations)) if self._is_answer(place)]
        if len(answered) < 2:
            return True
        place = answered[-1]
        seen = self._run.observe(self._inputs[place], None, self._number)
        if seen[:2] == self.observations[place][:2]:
            return True
        del self.observations[at:]
        return False

    def _is_answer(self, place: int) -> bool:
        return self.observations[place][0] == "answered"

    def _in_one_process(self, at: int) -> None:
        """Run the inputs from ``at`` on in one process, up to the first that must be run on a fresh start."""
        run = self._run
        order = run.order_for("scripts")
        order |= {
            "watch": run.task.watch,
            "lines": run.task.lines_by_input,
            "work": run.task.work,
            "most_s": most_recorded_s(run.spec, run.task.program),
            "tests": False,
            "inputs": self._inputs[at:],
        }
        process = run.process = CandidateProcess(run.workers, order, run.limits)
        process.most_inputs = len(order["inputs"])
        replies = Replies(process.channel, order["send_code"])
        done = False

        def read() -> None:
            nonlocal done
            for reply in replies.read():
                if not done:
                    done = not self._is_sure(reply)
            done = done or len(self.observations) == len(self._inputs)

        try:
            process.watch(
                {process.channel.fileno(): read},
                lambda: done or replies.ended or process.ended is not None,
                run.heartbeat,
            )
            if not done:
                read()  # what the process had sent before it ended
        finally:
            process.close()
        run.learn_code(replies.about_code)
        run.account(process)

    def _is_sure(self, reply: dict[str, Any]) -> bool:
        """Add what one input showed; return whether the next may follow (else a fresh start is to decide)."""
        at = len(self.observations)
        status, output = text_of(reply.get("s"), 100), text_of(reply.get("t"), OUTPUT_BYTES)
        reached = bool(reply.get("w"))
        lines = reply.get("l")
        lines = [line for line in lines if type(line) is int] if type(lines) is list else None
        if self._expected is None:
            if status == "":
                seen = ["answered", output, reached, lines]
            else:
                seen = ["raised", status, reached, lines]
            if reply.get("u") is True:
                seen[:2] = "raised", "EOFError"  # it reads less than there is
            self.observations.append(seen)
            return True
        if status or not self._agrees(at, output):
            return False
        self.observations.append(["agreed", "", reached, lines])
        return True

    def _agrees(self, at: int, output: str) -> bool:
        assert self._expected is not None
        wanted = self._expected[at]
        if self._is_exact and output == wanted:
            return True
        asked = {
            "op": "output",
            "test": None,
            "suite": self._number,
            "input": self._inputs[at],
            "expected": wanted,
            "got": output,
        }
        try:
            return self._run.workers.ask_judge(asked, JUDGE_BASE_S)["same"]
        except JudgeLostError:
            self._run.workers.renew_judge(self._run.spec)
            return False


class Replies:
    """The messages that a candidate sends on its own, as they come. What is no message ends them."""

    def __init__(self, channel: socket.socket, asked_for_code: bool) -> None:
        channel.setblocking(False)
        self._channel = channel
        self._unpacker = wire.Unpacker()
        self._first = asked_for_code
        self.about_code: dict[str, Any] = {}
        self.ended = False

    def read(self) -> list[dict[str, Any]]:
        """Return the answers to inputs that have come by now."""
        found = []
        try:
            for _ in range(_CHUNKS):
                data = self._channel.recv(1 << 18)
                if not data:
                    self.ended = True
                    break
                found += self._unpacker.feed(data)
        except BlockingIOError:
            pass
        except (OSError, wire.WireError):
            self.ended = True
        found = [message for message in found if type(message) is dict]
        if self._first and found:
            self._first = False
            if found[0].get("op") == "code":
                self.about_code = found.pop(0)
        return [message for message in found if message.get("op") == "a"]
