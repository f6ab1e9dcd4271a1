"""The results of a strategy for one problem: executions and evidence as rows. The rows have no labels yet;
policies make them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from prmdata.evidence.executed import executed_steps
from prmdata.evidence.program_case import Gathered
from prmdata.evidence.value_repr import as_utf8
from prmdata.records import (
    Candidate,
    EditRecord,
    Evidence,
    LabelKind,
    Problem,
    Reject,
    Step,
    Trace,
    Vetted,
)
from prmdata.steps import given_count, join, split_steps, step_of_line


class StrategySettings(Protocol):
    """The settings of a build that the built-in strategies read. A strategy of a plug-in gets the whole
    configuration."""

    @property
    def seed(self) -> int: ...
    @property
    def depth(self) -> int: ...
    @property
    def per_step(self) -> int | Literal["auto"] | None: ...
    @property
    def k(self) -> int: ...
    @property
    def search(self) -> Literal["first", "full"]: ...
    @property
    def completer(self) -> Literal["reference", "openai"]: ...
    @property
    def rollouts(self) -> int: ...
    @property
    def rewrites(self) -> int | None: ...
    @property
    def strategy(self) -> tuple[str, ...]: ...


@dataclass(slots=True)
class StrategyResult:
    """Rows without labels yet, what was left out, what the teacher gave that was unusable, and how the judged edits were
    spliced (``libcst``, or why as text)."""

    traces: list[Trace] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    unusable: Counter[str] = field(default_factory=Counter)
    spliced: Counter[str] = field(default_factory=Counter)

    def count_unusable(self, counts: Iterable[tuple[str, int]]) -> None:
        """Add counts by reason."""
        for reason, count in counts:
            self.unusable[reason] += count


def seed_for(problem: Problem, seed: int) -> int:
    """The seed of everything that is drawn for one problem. It does not depend on the other problems of the
    build."""
    return int.from_bytes(hashlib.sha256(f"{seed}\0{problem.id}".encode()).digest()[:8], "big")


def row_id(problem_id: str, program: str, strategy: str, edit: EditRecord | None) -> str:
    """A hash of the row's problem, program, strategy and edit. Labels and the policy are not part of it."""
    parts = [problem_id, program, strategy]
    if edit is not None:
        parts += [str(edit.step), str(edit.n_steps), edit.before, edit.intent, edit.operator, edit.author]
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()[:32]


def program_row(
    problem: Problem,
    steps: Sequence[Step],
    finding: Gathered,
    *,
    strategy: str,
    label_kind: LabelKind,
    edit: EditRecord | None = None,
) -> Trace:
    """The row of one executed program."""
    execution = finding.execution
    lines = None if execution.lines is None else frozenset(execution.lines)
    error_step = None if execution.error_line is None else step_of_line(steps, execution.error_line)
    return Trace(
        id=row_id(problem.id, join(steps), strategy, edit),
        problem_id=problem.id,
        source=problem.source,
        license=problem.license,
        strategy=strategy,
        label_kind=label_kind,
        prompt=problem.prompt,
        steps=tuple(step.text for step in steps),
        step_kinds=tuple(step.kind for step in steps),
        given_steps=given_count(problem.prompt, steps),
        executed=executed_steps(steps, lines),
        verdict=execution.verdict,
        outcomes=execution.outcomes,
        evidence=finding.evidence,
        isolation=execution.isolation,
        error_type=None if execution.error_type is None else as_utf8(execution.error_type),
        error_step=error_step,
        edit=edit,
    )


def edit_record(candidate: Candidate) -> EditRecord:
    """The ``edit`` column of a candidate."""
    edit = candidate.edit
    return EditRecord(
        step=candidate.new_start,
        n_steps=candidate.new_stop - candidate.new_start,
        before=candidate.before,
        after=edit.text,
        also_changed=candidate.also_changed,
        intent=edit.intent,
        operator=edit.operator,
        author=edit.author,
    )


def reference_row(vetted: Vetted) -> Trace:
    """The one row in which a reference's own steps are labelled."""
    return program_row(
        vetted.problem,
        split_steps(vetted.problem.reference),
        Gathered(vetted.reference, Evidence()),
        strategy="reference",
        label_kind="reference",
    )
