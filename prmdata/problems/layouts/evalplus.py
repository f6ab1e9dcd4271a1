"""EvalPlus where it differs from the data sets that it extends.

``INPUTS``: the release files, with ``base_input`` and ``plus_input`` and no outputs: the expected outputs are
what the canonical solution answers. ``SCRIPT``: MBPP+ in MBPP's own form (``OriginFmt``, ``evalplus/mbppplus`` on the
Hub), sanitized MBPP's columns and a ``test`` script that calls the function by its name or as ``candidate``.
"""

from __future__ import annotations

import re
from typing import Any, Final

from prmdata.problems.entry import infer_entry
from prmdata.problems.layouts.mbpp import joined_imports
from prmdata.problems.layouts.shown import as_shown, shown_calls
from prmdata.problems.rows import Row
from prmdata.problems.syntax import parse, parses
from prmdata.records import Problem, Test

_INPUT_COLUMNS = ("task_id", "prompt", "canonical_solution", "entry_point", "base_input", "plus_input")
_SCRIPT_COLUMNS = ("task_id", "code", "prompt", "test_imports", "test_list", "test")

_CALLS_CANDIDATE: Final = re.compile(r"\bcandidate\s*\(")

_CHECK = """\
def check(candidate):
    import copy

    def plain(value):
        return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value

    def close(got, expected):
        if isinstance(expected, (list, tuple)) and isinstance(got, (list, tuple)):
            return len(got) == len(expected) and all(map(close, got, expected))
        if isinstance(expected, float) and isinstance(got, (int, float)):
            return got == expected or abs(got - expected) <= {atol!r} + 1e-07 * abs(expected)
        return plain(got) == plain(expected)

    space = {{"__name__": "reference"}}
    exec({reference!r}, space)
    for arguments in {inputs!r}:
        expected = space[{entry!r}](*copy.deepcopy(arguments))
        assert close(candidate(*copy.deepcopy(arguments)), expected), arguments
"""
"""The text of a test. The judge holds the reference and asks it for the expected answer. Differences within
EvalPlus's own tolerance do not count (1e-6 if floats are compared and the row says 0)."""


def read_inputs(row: Row) -> Problem:
    """Reads a row with one test for the base inputs and one for the plus inputs. The canonical solution of
    HumanEval+ follows the prompt; that of MBPP+ is a program of its own."""
    prompt, solution = row.text("prompt"), row.text("canonical_solution")
    whole = solution if _stands_alone(solution) else prompt + solution
    reference = whole if solution.strip() else ""
    entry = row.text("entry_point")
    atol = row.values.get("atol") or 1e-6
    if not isinstance(atol, int | float):
        raise row.fail("'atol' must be a number")
    calls = shown_calls(_asserts(row), entry)
    groups: list[list[Any]] = [
        as_shown([one if isinstance(one, list) else [one] for one in row.items(name)], calls)
        for name in ("base_input", "plus_input")
    ]
    tests = tuple(
        Test("check", code=_CHECK.format(reference=reference, inputs=inputs, entry=entry, atol=float(atol)))
        for inputs in groups
        if inputs
    )
    return Problem(
        id=row.identity("task_id"),
        prompt=prompt,
        reference=reference,
        tests=tests,
        entry_point=entry or None,
        source=row.source,
        license=row.license,
        metadata=row.rest(*_INPUT_COLUMNS, "atol"),
    )


def read_script(row: Row) -> Problem:
    """Reads a row whose script is the test. The script holds the inputs of ``test_list`` and many more."""
    test, code = row.text("test"), row.text("code")
    asserts = tuple(Test("assert", code=text) for text in row.texts("test_list"))
    entry = (
        infer_entry(parse(code), asserts) if parses(code) and all(parses(t.code) for t in asserts) else None
    )
    if entry is not None and _CALLS_CANDIDATE.search(test):
        test = f"candidate = {entry}\n{test}"
    return Problem(
        id=row.identity("task_id"),
        prompt=row.text("prompt"),
        reference=code,
        tests=(Test("assert", code=test),) if test.strip() else (),
        entry_point=entry,
        setup=joined_imports(row),
        source=row.source,
        license=row.license,
        metadata=row.rest(*(name for name in _SCRIPT_COLUMNS if name != "test_list")),
    )


def _asserts(row: Row) -> str:
    """The asserts of MBPP+ (a text, or MBPP's list). The rows of HumanEval+ show no asserts."""
    for key in ("assertion", "test_list"):
        shown = row.values.get(key)
        if isinstance(shown, str | list):
            return shown if isinstance(shown, str) else "\n".join(map(str, shown))
    return ""


def _stands_alone(solution: str) -> bool:
    """Whether the solution is a program of its own. A solution of HumanEval+ is an indented body, which does
    not parse alone."""
    return parses(solution)
