"""Rows in any shape under the native names: those whose columns the user names (``--columns``), and native rows that do
not keep to the native layout. Tests may have any shape, programs may stand in fences, and prompts may be chats."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from prmdata.problems.entry import defines
from prmdata.problems.layouts import native
from prmdata.problems.layouts.cases import Cases, cases_of
from prmdata.problems.layouts.texts import flattened, unfenced
from prmdata.problems.plain import opened
from prmdata.problems.rows import Row, RowError
from prmdata.problems.syntax import parse, parses
from prmdata.records import Problem

LAYOUT = "columns"


def read_native(row: Row) -> Problem:
    """A row of the native layout. A row that is not quite in it (a chat as the prompt, a program in a fence, inputs that are
    numbers) is read as :func:`read` does. Raises RowError, about the native layout, if neither can read it."""
    try:
        problem = native.read(row)
    except RowError as error:
        try:
            return read(row)
        except RowError:
            raise error from None
    return problem if parses(problem.reference) else read(row)


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
    """The entries of a list, or of a list in a string of JSON; nulls are no entries, and a text is a list of one."""
    if isinstance(value, str):
        found = opened(value) if value.strip() else []
        return _listed(found) if isinstance(found, list) else [value]
    return [one for one in value if one is not None] if isinstance(value, list | tuple) else []


def _rollout(value: Any) -> Any:
    if isinstance(value, str):
        return unfenced(value)
    if isinstance(value, Mapping):
        program = next(
            (value[key] for key in ("program", "completion", "code") if isinstance(value.get(key), str)), None
        )
        if program is not None:
            kept = {key: value[key] for key in ("n_samples", "faulty_lines") if value.get(key) is not None}
            return {"program": unfenced(program), **kept}
    return value
