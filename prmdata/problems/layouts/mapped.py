"""Rows whose columns the user names (``--columns``): any shape of tests, fences, chats and nested columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from prmdata.problems.entry import defines
from prmdata.problems.layouts import native
from prmdata.problems.layouts.cases import Cases, cases_of
from prmdata.problems.layouts.texts import flattened, unfenced
from prmdata.problems.plain import opened
from prmdata.problems.rows import Row
from prmdata.problems.syntax import parse, parses
from prmdata.records import Problem

LAYOUT = "columns"


def read(row: Row) -> Problem:
    """A row whose parts stand under their native names."""
    reference = unfenced(native.program(row, "reference"))
    entry = row.text("entry_point")
    cases = _cases(row, reference, entry)
    values = dict(row.values) | {
        "prompt": flattened(row, "prompt"),
        "reference": reference,
        "tests": [],
        "rollouts": [_rollout(one) for one in _listed(row.values.get("rollouts"))],
        "references": [
            unfenced(one) for one in _listed(row.values.get("references")) if isinstance(one, str)
        ],
    }
    problem = native.read(dataclasses.replace(row, values=values))
    return dataclasses.replace(
        problem,
        tests=cases.tests,
        setup=problem.setup or cases.setup,
        entry_point=entry or cases.entry(reference),
    )


def _cases(row: Row, reference: str, entry: str) -> Cases:
    """The tests; pairs of inputs and outputs call the entry point where one is named and the program defines it."""
    is_called = bool(entry) and parses(reference) and defines(parse(reference), entry)
    if isinstance(row.values.get("tests"), str):
        named = native.test_file(row)
        if named is not None:
            return cases_of(row, named)
    return cases_of(row, row.values.get("tests"), entry if is_called else "")


def _listed(value: Any) -> Sequence[Any]:
    if isinstance(value, str):
        found = opened(value) if value.strip() else []
        return found if isinstance(found, list) else [value]
    return value if isinstance(value, list | tuple) else []


def _rollout(value: Any) -> Any:
    if isinstance(value, str):
        return unfenced(value)
    if isinstance(value, Mapping):
        program = next(
            (value[key] for key in ("program", "completion", "code") if isinstance(value.get(key), str)), None
        )
        if program is not None:
            return {"program": unfenced(program), "n_samples": value.get("n_samples", 1)}
    return value
