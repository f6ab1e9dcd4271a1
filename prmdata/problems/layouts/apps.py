"""APPS as on the Hub (``solutions`` and ``input_output`` are JSON strings) and APPS+ (StepCoder)."""

from __future__ import annotations

import dataclasses
from typing import Any

from prmdata.problems.layouts.calls import SETUP, call_test, entry_of
from prmdata.problems.layouts.references import first_whole
from prmdata.problems.rows import Row
from prmdata.records import Problem, Test

_COLUMNS = ("problem_id", "question", "solutions", "input_output")
_PLUS = ("question", "canonical_solution", "inputs", "outputs")
_NAMES = ("fn_name", "entry_point", "function_name")
_IDS = ("problem_id", "id", "task_id", "name")


def read(row: Row) -> Problem:
    """Standard input and output, or calls where ``fn_name`` stands in ``input_output``."""
    solutions = row.embedded("solutions") or []
    tests = row.embedded("input_output") or {}
    if not isinstance(solutions, list) or not isinstance(tests, dict):
        raise row.fail("'solutions' must hold a JSON list and 'input_output' a JSON object")
    problem = _problem(row, [text for text in solutions if isinstance(text, str)], tests)
    return dataclasses.replace(problem, metadata=row.rest(*_COLUMNS))


def read_plus(row: Row) -> Problem:
    """One canonical solution, a function name where there is one, and inputs and outputs in columns of their own
    (lists, or lists as JSON strings)."""
    name = next((row.text(key) for key in _NAMES if row.values.get(key)), "")
    tests = {
        "inputs": row.embedded("inputs") or [],
        "outputs": row.embedded("outputs") or [],
        "fn_name": name,
    }
    problem = _problem(row, [row.text("canonical_solution")], tests)
    return dataclasses.replace(problem, metadata=row.rest(*_PLUS, *_NAMES, *_IDS))


def _problem(row: Row, solutions: list[str], io: dict[str, Any]) -> Problem:
    reference, others = first_whole(solutions)
    inputs, outputs, name = io.get("inputs") or [], io.get("outputs") or [], io.get("fn_name") or ""
    if not isinstance(inputs, list) or not isinstance(outputs, list) or not isinstance(name, str):
        raise row.fail("'inputs' and 'outputs' must be lists and 'fn_name' a string")
    if len(inputs) != len(outputs):
        raise row.fail(f"{len(inputs)} inputs and {len(outputs)} outputs")
    if name:
        calls = [args if isinstance(args, list) else [args] for args in inputs]
        tests = tuple(
            call_test(args, out, may_be_wrapped=True) for args, out in zip(calls, outputs, strict=True)
        )
    else:
        tests = tuple(
            Test("stdio", input=_lines(i), output=_lines(o)) for i, o in zip(inputs, outputs, strict=True)
        )
    return Problem(
        id=row.identity(*_IDS),
        prompt=row.text("question"),
        reference=reference,
        tests=tests,
        setup=SETUP if name else "",
        entry_point=entry_of(name, reference) if name else None,
        references=others,
        source=row.source,
        license=row.license,
    )


def _lines(value: Any) -> str:
    """Some rows hold a text as the list of its lines."""
    if isinstance(value, list):
        return "".join(f"{line}\n" for line in value)
    return value if isinstance(value, str) else str(value)
