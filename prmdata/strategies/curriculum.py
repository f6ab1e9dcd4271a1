"""Strategy ``curriculum`` (StepCoder, arXiv 2402.01391): the canonical solution split at its conditional
statements (CCCS), each subtask with the steps that are given and a stage.

Stage 0 gives the most: everything before the last conditional statement; each further stage moves the
split to the conditional before it; the last gives nothing but what the prompt contains. Prefix and
completion are the canonical program, which vetting ran; ``executed`` is the mask of FGO.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Any

from prmdata.records import Question, Step, Vetted
from prmdata.steps import given_count, physical_lines, split_steps
from prmdata.strategies.rows import StrategyResult, StrategySettings, reference_row, row_id

NAME = "curriculum"
CONDITIONAL = ("if", "for", "while", "match", "async for")
"""The statements at which StepCoder splits: those that branch or loop."""


def make(_: StrategySettings) -> Callable[[Vetted], Generator[Question, Any, StrategyResult]]:
    """The strategy; it has no settings."""
    return run


def run(vetted: Vetted) -> Generator[Question, Any, StrategyResult]:
    """One row for each stage. The strategy asks nothing, because the program of every row is the vetted
    reference."""
    yield from ()
    base = reference_row(vetted)
    steps = split_steps(vetted.problem.reference)
    given = given_count(vetted.problem.prompt, steps)
    outcome = StrategyResult()
    for stage, split in enumerate(splits(steps, given)):
        outcome.traces.append(
            replace(
                base,
                id=row_id(vetted.problem.id, f"{split}\0{vetted.problem.reference}", NAME, None),
                strategy=NAME,
                label_kind="prefix",
                stage=stage,
                cut=split,
            )
        )
    return outcome


def splits(steps: Sequence[Step], given: int) -> list[int]:
    """How many steps each stage gives, from the stage nearest to complete to the stage that gives only the
    steps of the prompt."""
    conditional = [
        place
        for place in range(given, len(steps))
        if steps[place].kind == "header" and _branches(steps[place])
    ]
    return sorted({given, *conditional}, reverse=True)


def _branches(step: Step) -> bool:
    code = "".join(physical_lines(step.text)[step.code_line - step.first_line :]).lstrip(" \t\x0c")
    return any(
        code.startswith(word) and not code[len(word) : len(word) + 1].isidentifier() for word in CONDITIONAL
    )
