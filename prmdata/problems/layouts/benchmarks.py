"""Benchmarks whose tests are a file: BigCodeBench, ClassEval, MultiPL-E; and CRUXEval, whose rows are one call each."""

from __future__ import annotations

import re

from prmdata.problems.layouts.cases import cases_of
from prmdata.problems.rows import Row
from prmdata.problems.syntax import parses
from prmdata.records import Problem, Reject, Test

_CALLED = re.compile(r"\bcheck\(\s*([^\W\d]\w*)\s*\)")


def read_bigcodebench(row: Row) -> Problem:
    """Reads a row whose program is the complete prompt and the solution after it. The tests are a
    ``unittest.TestCase``."""
    prompt, solution = row.text("complete_prompt"), row.text("canonical_solution")
    return Problem(
        id=row.identity("task_id"),
        prompt=prompt,
        reference=f"{prompt}{solution}\n" if solution.strip() else "",
        tests=cases_of(row, row.values.get("test")).tests,
        entry_point=row.text("entry_point") or None,
        source=row.source,
        license=row.license,
        metadata=row.rest("task_id", "complete_prompt", "canonical_solution", "test", "entry_point"),
    )


def read_classeval(row: Row) -> Problem:
    """Reads a row whose entry point is a class. The imports of the class stand in a column of their own."""
    imports = "".join(f"{line}\n" for line in row.texts("import_statement"))
    solution = row.text("solution_code")
    skeleton = row.text("skeleton")
    led = imports if imports.strip() and imports.strip() not in solution else ""
    return Problem(
        id=row.identity("task_id"),
        prompt=skeleton,
        reference=led + solution,
        tests=cases_of(row, row.values.get("test")).tests,
        entry_point=row.text("class_name") or None,
        source=row.source,
        license=row.license,
        metadata=row.rest("task_id", "skeleton", "solution_code", "test", "class_name", "import_statement"),
    )


def read_cruxeval(row: Row) -> Problem | Reject:
    """Reads a function, one call of it, and the answer. The data set asks for the answer. Here the function
    is asked for, and the call is both the example in the prompt and the test."""
    given, expected = row.text("input"), row.text("output")
    if not parses(f"f({given}) == ({expected})\n"):
        raise row.fail("'input' and 'output' must be Python: the arguments of f and its answer")
    return Problem(
        id=row.identity("id"),
        prompt=f"Write a Python function f. For example, f({given}) == {expected}.\n",
        reference=row.text("code"),
        tests=(Test("assert", code=f"assert f({given}) == {expected}"),),
        entry_point="f",
        source=row.source,
        license=row.license,
        metadata=row.rest("id", "code", "input", "output"),
    )


def read_multipl_e(row: Row) -> Problem:
    """Reads a prompt and tests; the data set has no solutions. Rows of another language than Python are
    rejected before this function is called."""
    tests = row.text("tests")
    called = _CALLED.findall(tests)
    return Problem(
        id=row.identity("name"),
        prompt=row.text("prompt"),
        reference="",
        tests=(Test("check", code=tests),) if tests.strip() else (),
        entry_point=called[-1] if called else None,
        source=row.source,
        license=row.license,
        metadata=row.rest("name", "prompt", "tests"),
    )
