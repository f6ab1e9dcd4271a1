"""What the host and the supervisor say to each other: one class for each message, with the names of its fields.

Both ends run this text: the host loads it through ``prmdata.resources.guest_module``. See :mod:`messages` for how they
travel.

The fork servers do not load this module. It needs ``dataclasses``, which would then be loaded in every candidate: a
program that imports it would no longer be the first to do so, and :mod:`shared_state` notices just that.
So a judge reads problems and suites as the objects that travel, and what supervisor, judge and candidate say to each
other about one program stays such objects too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from .messages import Message

# From the host.


@dataclass(frozen=True, slots=True)
class StartMessage(Message):
    """The first message. ``uids`` are the users of candidate and judge; (0, 0): users cannot be changed."""

    op = "start"
    work: str
    uids: list[int]
    seeds: list[int]


@dataclass(frozen=True, slots=True)
class CompareMessage(Message):
    """The comparison rule of a problem or a suite, as ``prmdata.records.Compare`` has it."""

    rule: str
    tolerance: float
    checker: str


@dataclass(frozen=True, slots=True)
class TestMessage(Message):
    """One given test, as ``prmdata.records.Test`` has it."""

    form: str
    code: str
    input: str
    output: str


@dataclass(frozen=True, slots=True)
class SpecMessage(Message):
    """A problem; the suites, tasks and batches that follow belong to it. It takes the ``place`` of the problem there was.
    ``entry_root`` is the name that the expression ``entry_point`` starts with. ``output_bytes`` 0: the problem does not
    say."""

    op = "spec"
    place: int
    is_stdio: bool
    is_one_process: bool
    setup: str
    prompt: str
    reference: str
    entry_point: str
    entry_root: str
    tests: list[TestMessage]
    compare: CompareMessage
    cpu_s: float
    memory_mb: int
    output_bytes: int


@dataclass(frozen=True, slots=True)
class ReturnMessage(Message):
    """The problem in a ``place`` once more, with these limits; what follows belongs to it, and its suites are known."""

    op = "return"
    place: int
    cpu_s: float
    memory_mb: int


@dataclass(frozen=True, slots=True)
class SuiteMessage(Message):
    """Generated inputs, as ``prmdata.records.Suite`` has them. Tasks name a suite by the number of suites before it."""

    op = "suite"
    inputs: list[str]
    expected: list[str] | None
    compare: CompareMessage
    fresh_start: bool


@dataclass(slots=True)  # not frozen: setting fields would cost four times as much, for each program
class TaskMessage(Message):
    """One program to run, as ``prmdata.records.Task`` has it, but with the numbers of its suites."""

    op = "task"
    program: str
    tests: bool
    given_tests_only: list[int] | None
    suites: list[int]
    watch: list[int]
    stop_after: int
    record_inputs: bool
    lines_by_input: bool
    work: int
    pass_only: bool
    trusted: bool
    confirm: bool
    surroundings: list[str] | None


@dataclass(frozen=True, slots=True)
class BatchMessage(Message):
    """Tasks of trusted programs, which one :class:`BatchAnswer` answers."""

    op = "batch"
    tasks: list[TaskMessage]


# From the guest.


@dataclass(frozen=True, slots=True)
class ReadyMessage(Message):
    """The guest has started, and says what it found: the fields of ``prmdata.sandboxes.contract.GuestFacts``."""

    op = "ready"
    python: str
    coverage: Literal["monitoring", "settrace"]
    has_separate_users: bool
    seccomp: bool
    enclosed: list[str]
    landlock: bool


@dataclass(frozen=True, slots=True)
class AliveMessage(Message):
    """A sign of life during a long task."""

    op = "alive"


@dataclass(slots=True)  # not frozen: setting fields would cost four times as much, for each program
class ExecutionFacts(Message):
    """What one run showed: the fields of ``prmdata.records.Execution`` but ``isolation``, which the host knows.

    An observation is [status, answer, reached, lines], the fields of ``prmdata.records.Observation`` in order: without
    names, because one answer holds thousands. One with a text as ``reached`` stands for as many that agreed in a row as
    it has characters: 1 for each that was reached, and 0 for each other.
    """

    verdict: str
    outcomes: list[str | None]
    error_type: str | None
    error_line: int | None
    error_detail: str
    lines: list[int]
    exit_code: int | None
    signal: int | None
    wall_s: float
    cpu_s: float
    peak_bytes: int
    stdout_tail: str
    stderr_tail: str
    shared: bool
    confirmed: bool
    observations: list[list[list[Any]]]
    recorded_inputs: list[str]
    recorded_sequences: list[str]


DECISIVE = ("verdict", "outcomes", "error_type", "error_line", "lines", "exit_code", "signal", "observations")
"""The facts that two runs of a program must agree on."""


@dataclass(frozen=True, slots=True)
class ResultAnswer(Message):
    """The answer to a task. ``runs`` is how often the program was started for it."""

    op = "result"
    execution: ExecutionFacts
    runs: int


@dataclass(frozen=True, slots=True)
class QuarantineAnswer(Message):
    """The answer to a task that gives no verdict: ``unrepeatable`` or ``unpreparable``."""

    op = "quarantine"
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class FailureAnswer(Message):
    """The guest itself failed, and cannot be used any more."""

    op = "failed"
    detail: str


TaskAnswer = ResultAnswer | QuarantineAnswer | FailureAnswer


@dataclass(frozen=True, slots=True)
class BatchAnswer(Message):
    """The answers to the tasks of a batch, and what differed where one that shared a process was confirmed alone ("":
    nothing)."""

    op = "batch_answer"
    answers: list[TaskAnswer]
    differs: str
