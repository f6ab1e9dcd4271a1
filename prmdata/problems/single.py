"""Makes one problem from one row that was given in Python, without a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from prmdata.errors import InputError
from prmdata.problems.layouts import recognise
from prmdata.problems.rows import Row
from prmdata.problems.soundness import examined
from prmdata.records import Compare, Problem, Reject, Test

WHERE: Final = "the problem"
"""The place of the row in error messages."""


def problem_of_row(row: Mapping[str, Any]) -> Problem:
    """The problem of a row in any layout, or of a row of a dataset's config ``problems``. Raises InputError
    if no layout fits, and for a problem that lacks a part."""
    if "problem_id" in row and "isolation" in row:
        return stored_problem(row)
    values = Row(row, WHERE)
    found = recognise(row.keys(), WHERE).read(values)
    if isinstance(found, Problem):
        found = examined(found)
    if isinstance(found, Reject):
        raise InputError(found.problem_id, f"no program can be judged by it: {found.reason} ({found.detail})")
    return found


def stored_problem(row: Mapping[str, Any]) -> Problem:
    """The problem of a row of config ``problems``, as it was vetted."""
    return Problem(
        id=row["problem_id"],
        prompt=row["prompt"],
        reference=row["reference"],
        tests=tuple(Test(**test) for test in row["tests"]),
        entry_point=row["entry_point"],
        setup=row["setup"],
        compare=Compare(**row["compare"]),
        source=row["source"],
        license=row["license"],
    )
