"""QuixBugs joined into rows: a program with one known defect beside its repair."""

from __future__ import annotations

from prmdata.problems.rows import Row
from prmdata.problems.setup import place_setup
from prmdata.records import Problem, Rollout, Test

_COLUMNS = ("problem_id", "prompt", "buggy_code", "fixed_code", "test_list")


def read(row: Row) -> Problem:
    """The repair is the reference and the defective program a rollout; ``buggy_lines`` (1-based physical lines of the
    rollout) and the rest stay metadata."""
    setup, tests = place_setup(row.text("test_setup"), row.text("fixed_code"), row.texts("test_list"))
    buggy = row.text("buggy_code")
    return Problem(
        id=row.identity("problem_id"),
        prompt=row.text("prompt"),
        reference=row.text("fixed_code"),
        tests=tuple(Test("assert", code=test) for test in tests),
        entry_point=row.text("entry_point") or None,
        setup=setup,
        rollouts=(Rollout(buggy),) if buggy else (),
        source=row.source,
        license=row.license,
        metadata=row.rest(*_COLUMNS, "entry_point", "test_setup"),
    )
