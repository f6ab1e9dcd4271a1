"""The host's end of the wire: turns specs, tasks and suites into messages, and the guest's answers into
records. Framing and codec are the guest's own source, loaded through :func:`prmdata.resources.guest_module`."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from prmdata.errors import DistrustError, QuarantineError, SandboxError
from prmdata.records import Execution, Isolation, Observation, RunResult, Spec, Suite, Task, Verdict
from prmdata.resources import guest_module

_EXECUTION_FIELDS: Final = frozenset(field.name for field in fields(Execution))


def pack(message: dict[str, Any]) -> bytes:
    """The frame of one message."""
    frame: bytes = guest_module("wire").pack(message)
    return frame


class Unpacker:
    """Splits the guest's bytes into messages. Raises SandboxError for bytes that are not a message."""

    def __init__(self) -> None:
        self._wire = guest_module("wire")
        self._unpacker = self._wire.Unpacker()

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """The messages that ``data`` completes, in order."""
        try:
            found: list[Any] = self._unpacker.feed(data)
        except self._wire.WireError as error:
            raise SandboxError(f"the guest sent a torn frame: {error}") from error
        if not all(isinstance(message, dict) for message in found):
            raise SandboxError("the guest sent a frame that is not a message")
        return found


def entry_point(spec: Spec) -> str:
    """The expression that names what is tested. It is inferred from the reference if the problem has none."""
    problem = spec.problem
    if problem.entry_point:
        return problem.entry_point
    found: str | None = guest_module("entry").infer(problem.reference, [test.code for test in problem.tests])
    return found or ""


def spec_message(spec: Spec) -> dict[str, Any]:
    """What the guest must know about a problem before its tasks."""
    problem = spec.problem
    entry = "" if problem.is_stdio else entry_point(spec)
    return {
        "op": "spec",
        "form": "stdio" if problem.is_stdio else "calls",
        "one": spec.isolation is Isolation.ONE_PROCESS,
        "setup": problem.setup,
        "prompt": problem.prompt,
        "reference": problem.reference,
        "entry": entry,
        "root": guest_module("entry").root_of(entry),
        "tests": [
            {"form": test.form, "code": test.code, "input": test.input, "output": test.output}
            for test in problem.tests
        ],
        "compare": _compare(problem.compare),
        "cpu_s": spec.cpu_s,
        "memory_mb": spec.memory_mb,
        "output_bytes": int((problem.limits.output_mb or 0) * (1 << 20)),
    }


def suite_message(suite: Suite) -> dict[str, Any]:
    """A message with a suite. Tasks name a suite by the order in which suites were sent since the spec."""
    return {
        "op": "suite",
        "inputs": list(suite.inputs),
        "expected": None if suite.expected is None else list(suite.expected),
        "compare": _compare(suite.compare),
        "fresh": suite.fresh_start,
    }


def task_message(task: Task, suites: list[int]) -> dict[str, Any]:
    """A message with one task. ``suites`` are the numbers of its suites."""
    return {
        "op": "task",
        "program": task.program,
        "tests": task.tests,
        "only": None if task.given_tests_only is None else list(task.given_tests_only),
        "suites": suites,
        "watch": list(task.watch),
        "stop_after": task.stop_after,
        "record": task.record_inputs,
        "lines": task.lines_by_input,
        "work": task.work,
        "pass_only": task.pass_only,
        "trusted": task.trusted,
        "confirm": task.confirm,
        "surroundings": None if task.surroundings is None else list(task.surroundings),
    }


def batch_message(tasks: list[dict[str, Any]]) -> dict[str, Any]:
    """A message with tasks of trusted programs, which the guest answers with one message (:func:`batch_outcomes`)."""
    return {"op": "batch", "tasks": tasks}


def batch_outcomes(message: dict[str, Any], n_tasks: int) -> list[dict[str, Any]]:
    """The guest's answers to the tasks of a batch, one message each. Raises SandboxError if it failed, and
    DistrustError where a program that shared a process differs from itself alone."""
    answers = message.get("answers")
    if message.get("op") != "batch" or not isinstance(answers, list) or len(answers) != n_tasks:
        raise SandboxError(f"the guest failed: {message.get('detail', message)}")
    if message.get("differs"):
        raise DistrustError(f"a program was judged otherwise alone: {message['differs']}")
    return answers


def outcome(message: dict[str, Any], isolation: Isolation) -> RunResult:
    """The record of the guest's answer to a task. Raises SandboxError if the guest itself failed."""
    match message.get("op"):
        case "result":
            return _execution(message["execution"], isolation)
        case "quarantine":
            return QuarantineError(str(message["reason"]), str(message["detail"]))
        case _:
            raise SandboxError(f"the guest failed: {message.get('detail', message)}")


def _compare(compare: Any) -> dict[str, Any]:
    return {"rule": compare.rule, "tolerance": compare.tolerance, "checker": compare.checker}


def _execution(facts: dict[str, Any], isolation: Isolation) -> Execution:
    try:
        told = {name: value for name, value in facts.items() if name in _EXECUTION_FIELDS}
        told["verdict"] = Verdict(facts["verdict"])
        told["outcomes"] = tuple(None if each is None else Verdict(each) for each in facts["outcomes"])
        told["lines"] = None if facts["lines"] is None else tuple(facts["lines"])
        told["recorded_inputs"] = tuple(facts["recorded_inputs"])
        told["recorded_sequences"] = tuple(facts["recorded_sequences"])
        told["observations"] = tuple(tuple(map(_observation, suite)) for suite in facts["observations"])
        return Execution(isolation=isolation, **told)
    except (KeyError, TypeError, ValueError) as error:
        raise SandboxError(f"the guest sent an invalid result: {error}") from error


def _observation(seen: list[Any]) -> Observation:
    status, answer, reached, lines = seen
    return Observation(status, answer, reached, None if lines is None else tuple(lines))
