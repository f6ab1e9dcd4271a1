"""The host's end of the wire: turns specs, tasks and suites into messages, and the guest's answers into
records. Frames and messages are the guest's own source, loaded through :func:`prmdata.resources.guest_module`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, get_args

from prmdata.errors import DistrustError, QuarantineError, SandboxError
from prmdata.records import Compare, Execution, Isolation, Observation, RunResult, Spec, Suite, Task, Verdict
from prmdata.records.executions import ObservationStatus
from prmdata.resources import guest_module

if TYPE_CHECKING:
    from sandbox.guest import messages, protocol, wire
else:
    messages, protocol, wire = map(guest_module, ("messages", "protocol", "wire"))

_STATUSES: Final = frozenset(get_args(ObservationStatus))
_AGREED: Final = {reached: Observation("agreed", reached=reached == "1") for reached in ("0", "1")}


def pack(message: messages.Message) -> bytes:
    """The frame of one message."""
    return wire.pack(message.to_message())


class Unpacker:
    """Splits the guest's bytes into messages. Raises SandboxError for bytes that are not a message."""

    def __init__(self) -> None:
        self._unpacker = wire.Unpacker()

    def feed(self, data: bytes) -> list[messages.Message]:
        """The messages that ``data`` completes, in order."""
        try:
            return list(map(messages.read, self._unpacker.feed(data)))
        except wire.WireError as error:
            raise SandboxError(f"the guest sent a torn frame: {error}") from error
        except messages.ProtocolError as error:
            raise SandboxError(f"the guest sent no message: {error}") from error


def entry_point(spec: Spec) -> str:
    """The expression that names what is tested. It is inferred from the reference if the problem has none."""
    problem = spec.problem
    if problem.entry_point:
        return problem.entry_point
    found: str | None = guest_module("entry").infer(problem.reference, [test.code for test in problem.tests])
    return found or ""


def spec_message(spec: Spec, place: int) -> protocol.SpecMessage:
    """What the guest must know about a problem before its tasks. It takes the ``place`` of another problem."""
    problem = spec.problem
    entry = "" if problem.is_stdio else entry_point(spec)
    return protocol.SpecMessage(
        place=place,
        is_stdio=problem.is_stdio,
        is_one_process=spec.isolation is Isolation.ONE_PROCESS,
        setup=problem.setup,
        prompt=problem.prompt,
        reference=problem.reference,
        entry_point=entry,
        entry_root=guest_module("entry").root_of(entry),
        tests=[protocol.TestMessage(test.form, test.code, test.input, test.output) for test in problem.tests],
        compare=_compare_message(problem.compare),
        cpu_s=spec.cpu_s,
        memory_mb=spec.memory_mb,
        output_bytes=int((problem.limits.output_mb or 0) * (1 << 20)),
    )


def suite_message(suite: Suite) -> protocol.SuiteMessage:
    """A message with a suite. Tasks name a suite by the order in which suites were sent since the spec."""
    return protocol.SuiteMessage(
        inputs=list(suite.inputs),
        expected=None if suite.expected is None else list(suite.expected),
        compare=_compare_message(suite.compare),
        fresh_start=suite.fresh_start,
    )


def task_message(task: Task, suites: list[int]) -> protocol.TaskMessage:
    """A message with one task. ``suites`` are the numbers of its suites."""
    return protocol.TaskMessage(
        program=task.program,
        tests=task.tests,
        given_tests_only=None if task.given_tests_only is None else list(task.given_tests_only),
        suites=suites,
        watch=list(task.watch),
        stop_after=task.stop_after,
        record_inputs=task.record_inputs,
        lines_by_input=task.lines_by_input,
        work=task.work,
        pass_only=task.pass_only,
        trusted=task.trusted,
        confirm=task.confirm,
        surroundings=None if task.surroundings is None else list(task.surroundings),
    )


def batch_answer(message: messages.Message, n_tasks: int) -> protocol.BatchAnswer:
    """The guest's answer to a batch, with an answer to each of its tasks. Raises SandboxError if it failed, and
    DistrustError where a program that shared a process differs from itself alone."""
    if not isinstance(message, protocol.BatchAnswer) or len(message.answers) != n_tasks:
        raise _failure(message)
    if message.differs:
        raise DistrustError(f"a program was judged otherwise alone: {message.differs}")
    return message


def outcome(answer: messages.Message, isolation: Isolation) -> RunResult:
    """The record of the guest's answer to a task. Raises SandboxError if the guest itself failed."""
    match answer:
        case protocol.ResultAnswer():
            return _execution(answer.execution, isolation, answer.runs)
        case protocol.QuarantineAnswer():
            return QuarantineError(answer.reason, answer.detail)
        case _:
            raise _failure(answer)


def _failure(answer: messages.Message) -> SandboxError:
    return SandboxError(f"the guest failed: {getattr(answer, 'detail', answer)}")


def _compare_message(compare: Compare) -> protocol.CompareMessage:
    return protocol.CompareMessage(compare.rule, compare.tolerance, compare.checker)


def _execution(facts: protocol.ExecutionFacts, isolation: Isolation, runs: int) -> Execution:
    try:
        return Execution(
            verdict=Verdict(facts.verdict),
            outcomes=tuple(None if each is None else Verdict(each) for each in facts.outcomes),
            error_type=facts.error_type,
            error_line=facts.error_line,
            error_detail=facts.error_detail,
            lines=tuple(facts.lines),
            exit_code=facts.exit_code,
            signal=facts.signal,
            wall_s=facts.wall_s,
            cpu_s=facts.cpu_s,
            peak_bytes=facts.peak_bytes,
            stdout_tail=facts.stdout_tail,
            stderr_tail=facts.stderr_tail,
            isolation=isolation,
            runs=runs,
            shared=facts.shared,
            confirmed=facts.confirmed,
            observations=tuple(tuple(_observations(suite)) for suite in facts.observations),
            recorded_inputs=tuple(facts.recorded_inputs),
            recorded_sequences=tuple(facts.recorded_sequences),
        )
    except (TypeError, ValueError) as error:
        raise SandboxError(f"the guest sent an invalid result: {error}") from error


def _observations(suite: list[list[Any]]) -> Iterator[Observation]:
    for status, answer, reached, lines in suite:
        if status not in _STATUSES or type(answer) is not str:
            raise ValueError(f"{status!r:.100} is no observation")
        if type(reached) is not str:
            yield Observation(status, answer, reached, None if lines is None else tuple(lines))
        elif status == "agreed" and _AGREED.keys() >= set(reached):
            yield from map(_AGREED.__getitem__, reached)
        else:
            raise ValueError(f"{reached!r:.100} does not say which inputs agreed")
