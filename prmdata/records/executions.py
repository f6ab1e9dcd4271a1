"""What a sandbox is asked to run, and what the sandbox observed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from prmdata.records.problems import Compare, Problem


class Verdict(StrEnum):
    """What happened to a program. There is no "internal error" here: such a failure is an exception."""

    PASSED = "passed"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    COMPILE_ERROR = "compile_error"
    TIMEOUT = "timeout"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"


class Isolation(StrEnum):
    """Whether a program ran in the process of its judge or in a process of its own."""

    TWO_PROCESSES = "apart"
    ONE_PROCESS = "one-process"


Surrounding = Literal["clock", "process id", "hash seed", "working folder", "locale"]
"""What a program finds around it and should not depend on."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Inputs to run a program on besides its tests, in the text form of the wire (see ``sandbox/``):
    ``{"a": [args], "k": {kwargs}}``, encoded, for calls, and the text itself for stdio.

    With ``expected`` (one encoded answer for each input) the judge compares, and returns only whether the
    answers agree. Without ``expected`` it returns the answers, because the reference is being recorded.
    """

    inputs: tuple[str, ...]
    expected: tuple[str, ...] | None = None
    compare: Compare = field(default_factory=Compare)
    fresh_start: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One program to execute for a problem.

    ``suites`` are run after the tests, each only if everything before it passed. ``watch`` are physical
    lines: each observation says whether its input ran any of them. ``stop_after`` ends a suite after that
    many disagreements (0: never). ``record_inputs`` returns what the tests pass to the entry point.
    ``lines_by_input`` returns the lines that each input runs. With it, ``work`` bounds the loops and calls
    that one input may take (0: no bound). The bound is a count because a CPU limit would depend on the load
    of the machine. An input is not answered either where it takes more than half of the CPU time that it
    may take without ``work`` (no count sees what one call of ``sorted`` takes): an edit that does the same, a
    little more slowly, would time out there.
    """

    program: str
    tests: bool = True
    suites: tuple[Suite, ...] = ()
    watch: tuple[int, ...] = ()
    stop_after: int = 0
    record_inputs: bool = False
    lines_by_input: bool = False
    work: int = 0
    given_tests_only: tuple[int, ...] | None = None
    """Indices of the tests to run. None means all of them."""
    pass_only: bool = False
    """True if only the question "does the program pass?" matters. The first run that fails then answers it,
    under one seed, and a timeout is not confirmed. It is meant for completions: among many of them, one
    that passes is looked for. Where none passes, whoever asked has the timeouts confirmed."""
    trusted: bool = False
    """Whether the program does no harm on purpose, because of who made it: an edit of our own rules to a vetted
    reference. Such programs may share a process. It is never derived from the program's text."""
    confirm: bool = False
    """Whether a program that shared a process and agreed with everything is run once more alone."""
    surroundings: tuple[Surrounding, ...] | None = None
    """Run once, under one seed, in surroundings that a build does not change, except for these aspects. None
    means as usual."""


ObservationStatus = Literal["agreed", "disagreed", "answered", "raised", "timeout", "died", "opaque"]


@dataclass(frozen=True, slots=True)
class Observation:
    """What one input of a suite showed. ``status`` is ``agreed`` or ``disagreed`` (compared),
    ``answered`` (recorded), ``raised`` (``answer`` is the name of the exception; in a comparison, the
    expected answer was a value), ``timeout``, ``died``, or ``opaque`` (the answer was not plain data)."""

    status: ObservationStatus
    answer: str = ""
    reached: bool = False
    lines: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """Raw facts of one program that ran on the tests of a problem (under both fixed seeds, which agreed).

    ``outcomes[i]`` is the verdict of test i. It is None if the test never ran, because the program died or
    timed out before it. ``lines`` are the physical lines that any test ran; None if they are unknown. Times
    and memory are facts of this machine and decide nothing by themselves.
    """

    verdict: Verdict
    outcomes: tuple[Verdict | None, ...]
    error_type: str | None = None
    error_line: int | None = None
    error_detail: str = ""
    lines: tuple[int, ...] | None = None
    exit_code: int | None = None
    signal: int | None = None
    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_bytes: int = 0
    stdout_tail: str = ""
    stderr_tail: str = ""
    isolation: Isolation = Isolation.TWO_PROCESSES
    runs: int = 0
    """How often it ran. Once under two seeds means that no other run could differ, by its code and that of the problem
    (0: nobody counted)."""
    shared: bool = False
    """Whether the program ran in a process that other trusted programs had run in."""
    confirmed: bool = False
    """Whether it was run once more alone after that, and was judged alike."""
    observations: tuple[tuple[Observation, ...], ...] = ()
    """One tuple for each suite that ran. A suite that was not reached is absent."""
    recorded_inputs: tuple[str, ...] = ()
    recorded_sequences: tuple[str, ...] = ()
    """What each test asked of the program, in order, where that travels: inputs of a suite with ``fresh_start``."""

    @property
    def failure(self) -> str:
        """How the program failed, for people: ``runtime_error, ValueError: no such row``."""
        said = " ".join(part for part in (self.error_type, self.error_detail) if part)
        return f"{self.verdict}, {said[:200]}" if said else str(self.verdict)

    @property
    def agrees(self) -> bool:
        """Whether the program passed all that it was put to: its tests and the inputs of its suites."""
        return self.verdict == Verdict.PASSED and all(
            seen.status == "agreed" for suite in self.observations for seen in suite
        )

    @property
    def tests_passed(self) -> int:
        return sum(1 for outcome in self.outcomes if outcome == Verdict.PASSED)


@dataclass(frozen=True, slots=True)
class Spec:
    """What a sandbox needs to run programs of one problem. ``cpu_s`` bounds the CPU time of one program
    over all its tests (for stdio: over each test). The guest confirms a timeout once, with
    ``CONFIRM_FACTOR`` times that bound."""

    problem: Problem
    isolation: Isolation = Isolation.TWO_PROCESSES
    cpu_s: float = 10.0
    memory_mb: int = 512


@dataclass(frozen=True, slots=True)
class Vetted:
    """A problem whose reference holds, with the facts that all later work starts from.

    ``reference`` is the execution of the reference: all tests passed under both seeds, several times with
    the same result, and the lines are known. ``recorded_inputs`` are what the given tests pass to the entry
    point (for stdio: the test inputs).
    """

    spec: Spec
    reference: Execution
    recorded_inputs: tuple[str, ...] = ()
    recorded_sequences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What vetting found that does not reject the problem, such as a repaired part or a weak test."""

    @property
    def problem(self) -> Problem:
        return self.spec.problem
