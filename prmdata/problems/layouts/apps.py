"""APPS and TACO as on the Hub (``solutions`` and ``input_output`` are JSON strings) and APPS+ (StepCoder)."""

from __future__ import annotations

import dataclasses
from typing import Any

from prmdata.problems.layouts.cases import paired
from prmdata.problems.layouts.references import first_whole
from prmdata.problems.rows import Row
from prmdata.records import Problem

_COLUMNS = ("problem_id", "question", "solutions", "input_output")
_PLUS = ("question", "canonical_solution", "inputs", "outputs")
_NAMES = ("fn_name", "entry_point", "function_name")
_IDS = ("problem_id", "id", "task_id", "name")


def read(row: Row) -> Problem:
    """Reads a row with standard input and output, or with calls if ``input_output`` holds ``fn_name``. TACO
    has no ids, so its rows are named by their place."""
    solutions = row.embedded("solutions") or []
    tests = row.embedded("input_output") or {}
    if not isinstance(solutions, list) or not isinstance(tests, dict):
        raise row.fail("'solutions' must hold a JSON list and 'input_output' a JSON object")
    problem = _problem(row, [text for text in solutions if isinstance(text, str)], tests)
    return dataclasses.replace(problem, metadata=row.rest(*_COLUMNS))


def read_plus(row: Row) -> Problem:
    """Reads a row with one canonical solution, perhaps a function name, and inputs and outputs in columns of
    their own (lists, or lists as JSON strings)."""
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
    name = io.get("fn_name") or ""
    if not isinstance(name, str):
        raise row.fail("'fn_name' must be a string")
    cases = paired(row, io.get("inputs") or [], io.get("outputs") or [], name, texts=False)
    return Problem(
        id=row.identity(*_IDS),
        prompt=row.text("question"),
        reference=reference,
        tests=cases.tests,
        setup=cases.setup,
        entry_point=cases.entry(reference),
        references=others,
        source=row.source,
        license=row.license,
    )
