"""HumanEval, and EvalPlus in HumanEval's own form (``OriginFmt``, ``evalplus/humanevalplus`` on the Hub)."""

from __future__ import annotations

from prmdata.problems.rows import Row
from prmdata.records import Problem, Test

_COLUMNS = ("task_id", "prompt", "canonical_solution", "entry_point", "test")


def read(row: Row) -> Problem:
    """Reads a row whose program is the prompt and the solution after it. The test is one
    ``check(candidate)``."""
    test = row.text("test")
    solution = row.text("canonical_solution")
    return Problem(
        id=row.identity("task_id"),
        prompt=row.text("prompt"),
        reference=row.text("prompt") + solution if solution.strip() else "",
        tests=(Test("check", code=test),) if test.strip() else (),
        entry_point=row.text("entry_point") or None,
        source=row.source,
        license=row.license,
        metadata=row.rest(*_COLUMNS),
    )
