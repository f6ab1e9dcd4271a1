"""What a sandbox is asked to run, and what it saw."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from prmdata.records.problems import Compare, Problem


class Verdict(StrEnum):
    """What happened to a program. There is no "internal error": that is an exception."""

    PASSED = "passed"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    COMPILE_ERROR = "compile_error"
    TIMEOUT = "timeout"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"


class Isolation(StrEnum):
    """Where a program ran with respect to its judge."""

    TWO_PROCESSES = "apart"
    ONE_PROCESS = "one-process"


@dataclass(frozen=True, slots=True)
class Suite:
    """Inputs to run a program on beside its tests, in the wire's text form (see ``sandbox/``):
    ``{"a": [args], "k": {kwargs}}`` encoded for calls, the text itself for stdio.

    With ``expected`` (one encoded answer an input) the judge compares and only agreement comes
    back; without it the answers come back (the reference is being recorded).
    """

    inputs: tuple[str, ...]
    expected: tuple[str, ...] | None = None
    compare: Compare = field(default_factory=Compare)


@dataclass(frozen=True, slots=True)
class Task:
    """One program to execute for a problem.

    ``suites`` are run after the tests, each only if all before it passed. ``watch`` are physical
    lines; each observation says whether its input ran any of them. ``stop_after`` ends a suite
    after so many disagreements (0: never). ``record_inputs`` returns what the tests pass to the
    entry point. ``lines_by_input`` returns the lines each input hits;
    with it, ``work`` bounds the loops and calls that one input may take (0: no bound; not where
    ``sys.monitoring`` is missing): a count, where a CPU limit would hang on the machine's load.
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
    """Indices of the tests to run; None: all."""
    pass_only: bool = False
    """Only whether the program passes is asked: a first run that fails settles it, under one seed, and
    a timeout is not confirmed. For completions, of which one that passes is looked for among many."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one input of a suite showed. ``status``: ``agreed``/``disagreed`` (compared),
    ``answered`` (recording), ``raised`` (``answer`` is the exception's name; when comparing, the
    expected answer was a value), ``timeout``, ``died``, ``opaque`` (no plain data came back)."""

    status: Literal["agreed", "disagreed", "answered", "raised", "timeout", "died", "opaque"]
    answer: str = ""
    reached: bool = False
    lines: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """Raw facts of one program run on a problem's tests (under both fixed seeds, which agreed).

    ``outcomes[i]`` is the verdict of test i, None where it never ran because the program died or
    timed out before it. ``lines``: physical lines any test hit; None where unknown. Times and
    memory are facts of this machine and decide nothing by themselves.
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
    observations: tuple[tuple[Observation, ...], ...] = ()
    """One tuple a suite that ran; a suite not reached is absent."""
    recorded_inputs: tuple[str, ...] = ()

    @property
    def failure(self) -> str:
        """How it failed, for people: ``runtime_error, ValueError: no such row``."""
        said = " ".join(part for part in (self.error_type, self.error_detail) if part)
        return f"{self.verdict}, {said[:200]}" if said else str(self.verdict)

    @property
    def tests_passed(self) -> int:
        return sum(1 for outcome in self.outcomes if outcome == Verdict.PASSED)


@dataclass(frozen=True, slots=True)
class Spec:
    """What a sandbox needs to run programs of one problem. ``cpu_s`` bounds the CPU time of one
    program over all its tests (stdio: over each test); the guest confirms a timeout once with its
    own ``CONFIRM_FACTOR`` times that."""

    problem: Problem
    isolation: Isolation = Isolation.TWO_PROCESSES
    cpu_s: float = 10.0
    memory_mb: int = 512


@dataclass(frozen=True, slots=True)
class Vetted:
    """A problem whose reference holds: the facts every later piece starts from.

    ``reference`` is its execution (all passed, both seeds, several times alike, lines known);
    ``recorded_inputs`` are what the given tests pass to the entry point (stdio: the test inputs).
    """

    spec: Spec
    reference: Execution
    recorded_inputs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What vetting saw that does not reject the problem: a repaired part, a weak test."""

    @property
    def problem(self) -> Problem:
        return self.spec.problem
