"""The nouns. Frozen, plain, without behaviour beyond what they are.

README, command line, columns, prompts and code use these words; nothing here imports another
room. Units stand in the names (``cpu_s``, ``peak_bytes``). Indices of steps are 0-based; physical
lines are 1-based, as compilers and tracebacks count them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal

IGNORE: Final = -100
"""The ignore index that trainers use: a masked label."""

SCHEMA_VERSION: Final = 1


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

    APART = "apart"
    ONE_PROCESS = "one-process"


# ---------------------------------------------------------------- problems


@dataclass(frozen=True, slots=True)
class Test:
    """One test. ``assert``: ``code`` is a statement (or block) that asserts; ``check``: ``code``
    defines ``check(candidate)``; ``stdio``: ``input`` is fed, ``output`` is expected."""

    __test__ = False  # pytest: not a test class

    form: Literal["assert", "check", "stdio"]
    code: str = ""
    input: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class Compare:
    """How an answer is compared with the expected one.

    ``default``: as the test says (asserts), by whitespace-separated tokens (stdio).
    ``float``: numbers within ``tolerance``; ``any-order``: outermost sequence in any order;
    ``checker``: Python source that defines ``ok(input, expected, got) -> bool``, run by the judge.
    """

    rule: Literal["default", "exact", "float", "any-order", "checker"] = "default"
    tolerance: float = 0.0
    checker: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits a problem sets for its programs; None: derived from its reference's own use."""

    cpu_s: float | None = None
    memory_mb: int | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """A whole program that a policy wrote for a problem."""

    program: str
    n_samples: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem as read: texts are kept byte for byte, line ends included."""

    id: str
    prompt: str
    reference: str
    tests: tuple[Test, ...]
    entry_point: str | None = None
    setup: str = ""
    compare: Compare = Compare()
    rollouts: tuple[Rollout, ...] = ()
    references: tuple[str, ...] = ()
    """Further solutions that the data calls correct (APPS, CodeContests); the first is ``reference``."""
    source: str = ""
    license: str = ""
    limits: Limits = Limits()
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def is_stdio(self) -> bool:
        return bool(self.tests) and self.tests[0].form == "stdio"


@dataclass(frozen=True, slots=True)
class Reject:
    """Something left out, with the true reason. One line of ``rejects.jsonl``."""

    problem_id: str
    stage: str
    reason: str
    detail: str = ""
    program: str | None = None
    problem_index: int = 0


# ---------------------------------------------------------------- steps and edits

StepKind = Literal["simple", "header", "clause", "decorator", "docstring"]


@dataclass(frozen=True, slots=True)
class Step:
    """One logical line. ``text`` includes the comment and blank lines before it and its line end;
    ``first_line``..``last_line`` are physical, 1-based, inclusive, of ``text``; ``code_line`` is
    where the logical line itself begins. Joining the steps gives back the program."""

    text: str
    first_line: int
    last_line: int
    code_line: int
    kind: StepKind


Intent = Literal["mutate", "refactor", "complete"]


@dataclass(frozen=True, slots=True)
class Edit:
    """Old steps ``start:stop`` of a program become ``text`` (whole lines; "" deletes them).

    ``also`` declares the other old steps that meaning demands to change (a rename), each with its
    new whole text. Nothing that is not declared changes.
    """

    start: int
    stop: int
    text: str
    intent: Intent
    operator: str
    author: str
    also: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """The whole program after an edit. ``new_start:new_stop`` are the edit's new steps in it
    (empty range: a deletion); ``also_changed`` the other declared steps, as indices in it."""

    program: str
    steps: tuple[Step, ...]
    edit: Edit
    before: str
    new_start: int
    new_stop: int
    also_changed: tuple[int, ...] = ()

    @property
    def labelled_step(self) -> int | None:
        """The step that carries the label: the last new one; after a deletion, the one that
        follows; None where nothing follows."""
        if self.new_stop > self.new_start:
            return self.new_stop - 1
        return self.new_start if self.new_start < len(self.steps) else None


# ---------------------------------------------------------------- executing


@dataclass(frozen=True, slots=True)
class Suite:
    """Inputs to run a program on beside its tests, in the wire's text form (see ``sandbox/``):
    ``{"a": [args], "k": {kwargs}}`` encoded for calls, the text itself for stdio.

    With ``expected`` (one encoded answer an input) the judge compares and only agreement comes
    back; without it the answers come back (the reference is being recorded).
    """

    inputs: tuple[str, ...]
    expected: tuple[str, ...] | None = None
    compare: Compare = Compare()


@dataclass(frozen=True, slots=True)
class Task:
    """One program to execute for a problem.

    ``suites`` are run after the tests, each only if all before it passed. ``watch`` are physical
    lines; each observation says whether its input ran any of them. ``stop_after`` ends a suite
    after so many disagreements (0: never). ``record_inputs`` returns what the tests pass to the
    entry point. ``lines_by_input`` returns the lines each input hits;
    with it, ``work`` bounds the loops and calls that one input may take (0: no bound; not where
    ``sys.monitoring`` is missing, nor for stdio): a count, where a CPU limit would hang on the machine's load.
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
    isolation: Isolation = Isolation.APART
    observations: tuple[tuple[Observation, ...], ...] = ()
    """One tuple a suite that ran; a suite not reached is absent."""
    recorded_inputs: tuple[str, ...] = ()

    @property
    def tests_passed(self) -> int:
        return sum(1 for outcome in self.outcomes if outcome == Verdict.PASSED)


@dataclass(frozen=True, slots=True)
class Spec:
    """What a sandbox needs to run programs of one problem. ``cpu_s`` bounds the CPU time of one
    program over all its tests (stdio: over each test); a timeout is confirmed once with
    ``CONFIRM_FACTOR`` times that."""

    problem: Problem
    isolation: Isolation = Isolation.APART
    cpu_s: float = 10.0
    memory_mb: int = 512


CONFIRM_FACTOR: Final = 4


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
    """What vetting saw that does not reject the problem: a mended part, a weak test."""

    @property
    def problem(self) -> Problem:
        return self.spec.problem


# ---------------------------------------------------------------- questions of a strategy


@dataclass(frozen=True, slots=True)
class Run:
    """Question to a sandbox: execute ``tasks`` for ``spec``.

    Answered by a tuple of the same length: an :class:`Execution`, or a
    :class:`prmdata.errors.QuarantineError` for a task that cannot be judged.
    """

    spec: Spec
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """Question to a teacher about one program of one problem.

    ``mutate``/``refactor``: up to ``per_step`` edits for each of ``steps`` (indices of ``program``'s
    steps). ``complete``: ``n`` continuations of ``program`` (a prefix; may be empty).
    ``feedback`` says what was unusable in the answer before (asking again); ``attempt`` counts.
    """

    kind: Intent
    problem: Problem
    program: str
    steps: tuple[int, ...] = ()
    per_step: int = 1
    n: int = 1
    seed: int = 0
    attempt: int = 0
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost. ``cost_usd`` None: price unknown (never zero)."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A teacher's answer: usable edits or completions, the rest counted by reason. Its claims
    (``intent``) are never labels."""

    edits: tuple[Edit, ...] = ()
    completions: tuple[str, ...] = ()
    unusable: tuple[tuple[str, int], ...] = ()
    usage: Usage = Usage()


Question = Run | Request


# ---------------------------------------------------------------- what comes out


@dataclass(frozen=True, slots=True)
class Counterexample:
    """An input that tells a program from the reference, as Python text: the first of the given tests'
    inputs on which a program that fails them differs, else a generated one."""

    input: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen about one program beyond its given tests, as policies need it.

    ``inputs_*`` count generated inputs. ``edit_executed``: a test or an input ran a new step.
    ``step_told_apart``: edits of the same step that were told from the reference.
    ``prefix_passes``: a passing program of the build has this prefix through the edit.
    ``prefix_compiles``: the prefix through the edit, closed with ``pass``, compiles.
    """

    inputs_tried: int = 0
    inputs_reached: int = 0
    inputs_disagreed_inside: int = 0
    inputs_disagreed_outside: int = 0
    counterexample: Counterexample | None = None
    differential: bool = False
    """Whether generated inputs were tried at all (False: labels rest on the given tests)."""
    edit_executed: bool | None = None
    step_told_apart: int = 0
    prefix_passes: bool = False
    prefix_compiles: bool = True


@dataclass(frozen=True, slots=True)
class Probe:
    """``k`` completions of the prefix through ``step`` were judged, ``passed`` of them passed.
    ``step`` -1 is the empty prefix (the given steps only)."""

    step: int
    k: int
    passed: int


@dataclass(frozen=True, slots=True)
class EditRecord:
    """The ``edit`` column. ``step`` is 0-based in the row's program."""

    step: int
    n_steps: int
    before: str
    after: str
    also_changed: tuple[int, ...]
    intent: Intent
    operator: str
    author: str


LabelKind = Literal["fault", "prefix", "reference"]


@dataclass(frozen=True, slots=True)
class Trace:
    """One row of the ``steps`` config: a program as steps, the evidence, and, once a policy has
    been applied, a label and a reason a step. Column names and meaning: ``docs/columns.md``."""

    id: str
    problem_id: str
    source: str
    license: str
    strategy: str
    label_kind: LabelKind
    prompt: str
    steps: tuple[str, ...]
    step_kinds: tuple[StepKind, ...]
    given_steps: int
    executed: tuple[bool | None, ...]
    verdict: Verdict
    outcomes: tuple[Verdict | None, ...]
    evidence: Evidence
    isolation: Isolation
    error_type: str | None = None
    error_step: int | None = None
    edit: EditRecord | None = None
    response_class: Literal["correct", "revised", "wrong"] | None = None
    completer: str | None = None
    k: int | None = None
    prompt_value: float | None = None
    values: tuple[float | None, ...] = ()
    probes: tuple[Probe, ...] = ()
    cut: int | None = None
    """First bad step (first-error rows): the step that gets 0."""
    witness: str | None = None
    """A program that passes and begins with the prefix before the cut."""
    stage: int | None = None
    """Curriculum: 0 is the nearest to complete; the number of steps given is ``cut``."""
    policy: str = ""
    labels: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)
    problem_index: int = 0
    """Place of the problem in the source: what rows are ordered by, in a run and in a merge."""
