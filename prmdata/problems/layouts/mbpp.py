"""MBPP (``text``, ``test_setup_code``) and sanitized MBPP (``prompt``, ``test_imports``)."""

from __future__ import annotations

from prmdata.problems.rows import Row
from prmdata.problems.setup import place_setup
from prmdata.records import Problem, Test

_COLUMNS = ("task_id", "text", "code", "test_list", "test_setup_code")
_SANITIZED = ("task_id", "prompt", "code", "test_list", "test_imports")


def read(row: Row) -> Problem:
    """Reads a row with three asserts. ``challenge_test_list`` (eleven problems have one) stays metadata,
    because the data set's own evaluation does not use it."""
    setup, tests = place_setup(row.text("test_setup_code"), row.text("code"), row.texts("test_list"))
    return _problem(row, "text", setup, tests, _COLUMNS)


def read_sanitized(row: Row) -> Problem:
    """Reads a row whose imports for the asserts become the setup."""
    return _problem(row, "prompt", joined_imports(row), row.texts("test_list"), _SANITIZED)


def joined_imports(row: Row) -> str:
    """``test_imports`` as one text of whole lines."""
    return "".join(line + "\n" for line in row.texts("test_imports"))


def _problem(row: Row, prompt: str, setup: str, tests: tuple[str, ...], used: tuple[str, ...]) -> Problem:
    return Problem(
        id=row.identity("task_id"),
        prompt=row.text(prompt),
        reference=row.text("code"),
        tests=tuple(Test("assert", code=test) for test in tests),
        setup=setup,
        source=row.source,
        license=row.license,
        metadata=row.rest(*used),
    )
