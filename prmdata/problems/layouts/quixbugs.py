"""QuixBugs joined into rows: a program with one known defect beside its repair."""

from __future__ import annotations

from prmdata.problems.layouts.pairs import faulty_rollout
from prmdata.problems.rows import Row
from prmdata.problems.setup import place_setup
from prmdata.records import Problem, Test

_COLUMNS = ("problem_id", "prompt", "buggy_code", "fixed_code", "test_list")


def read(row: Row) -> Problem:
    """Reads a row. The repair is the reference, and the defective program is a rollout whose faulty lines are
    ``buggy_lines`` (physical, 1-based). The other columns stay metadata."""
    buggy, fixed = row.text("buggy_code"), row.text("fixed_code")
    setup, tests = place_setup(row.text("test_setup"), fixed, row.texts("test_list"))
    return Problem(
        id=row.identity("problem_id"),
        prompt=row.text("prompt"),
        reference=fixed,
        tests=tuple(Test("assert", code=test) for test in tests),
        entry_point=row.text("entry_point") or None,
        setup=setup,
        rollouts=faulty_rollout(buggy, fixed, row.items("buggy_lines")),
        source=row.source,
        license=row.license,
        metadata=row.rest(*_COLUMNS, "entry_point", "test_setup"),
    )
