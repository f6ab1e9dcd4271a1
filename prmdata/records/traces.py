"""What comes out: evidence, and rows whose labels are derived from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from prmdata.records.edits import Intent, StepKind
from prmdata.records.executions import Isolation, Verdict

IGNORE: Final = -100
"""The ignore index that trainers use: a masked label."""

SCHEMA_VERSION: Final = 1


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
