"""What a build produces: evidence, and rows whose labels are derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from prmdata.records.edits import Intent, StepKind
from prmdata.records.executions import Isolation, Verdict

IGNORE: Final = -100
"""The label of a masked step. Trainers use this value as their ignore index."""

SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Counterexample:
    """An input that distinguishes a program from the reference, as Python text. If the program fails the
    given tests, it is the first of their inputs on which the two differ; otherwise it is a generated
    input."""

    input: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was observed about one program beyond its given tests, as policies need it.

    The fields ``inputs_*`` count generated inputs. ``edit_executed``: a test or an input ran a new step.
    ``step_told_apart``: how many edits of the same step were distinguished from the reference.
    ``prefix_passes``: a passing program of the build begins with this program up to and including the edit.
    ``prefix_compiles``: the prefix up to and including the edit, closed with ``pass``, compiles.
    """

    inputs_tried: int = 0
    inputs_reached: int = 0
    inputs_disagreed_inside: int = 0
    inputs_disagreed_outside: int = 0
    counterexample: Counterexample | None = None
    differential: bool = False
    """Whether generated inputs were tried at all. If False, the labels rest on the given tests."""
    edit_executed: bool | None = None
    step_told_apart: int = 0
    prefix_passes: bool = False
    prefix_compiles: bool = True
    proof: str | None = None
    """How it is proved that the edit changes nothing (see :mod:`prmdata.edits.equivalence`); None without a proof."""
    stated_bounds: tuple[str, ...] = ()
    """The sentences of the prompt that exclude inputs. None of the generated inputs breaks what they say."""
    inputs_disagreed_excluded: int = 0
    """Among some inputs that the prompt excludes. They decide no label, and tell the step apart."""


@dataclass(frozen=True, slots=True)
class Probe:
    """The prefix that ends with ``step`` was completed ``k`` times; ``passed`` of the completions passed.
    ``step`` -1 stands for the empty prefix (the given steps only)."""

    step: int
    k: int
    passed: int


@dataclass(frozen=True, slots=True)
class EditRecord:
    """The ``edit`` column. ``step`` is a 0-based index in the row's program."""

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
    """One row of the ``steps`` config: a program as steps, the evidence, and, once a policy has been
    applied, a label and a reason for each step. ``docs/columns.md`` explains the columns."""

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
    """The first bad step (in first-error rows): the step that gets label 0."""
    witness: str | None = None
    """A program that passes and begins with the prefix before the cut."""
    stage: int | None = None
    """Stage of the curriculum: 0 is the nearest to complete. ``cut`` is the number of steps that are
    given."""
    policy: str = ""
    labels: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict, hash=False)
    problem_index: int = 0
    """Place of the problem in the source. A run and a merge order their rows by it."""
