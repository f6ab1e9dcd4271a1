"""Pairs of a faulty program and its repair: HumanEvalPack, DebugBench, ConDefects, and any two columns.

The repair is the reference; the faulty program is a rollout whose faulty lines are known, from the row or from the
difference between the two programs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from prmdata.problems.rows import Row
from prmdata.problems.setup import place_setup
from prmdata.problems.syntax import parse
from prmdata.records import Problem, Rollout, Test

_IDS = ("id", "task_id", "problem_id", "slug")
_SHOWN = re.compile(r"Input:\s*(?P<input>.*?)\s*Output:\s*(?P<output>.*?)\s*(?:Explanation:.*)?", re.DOTALL)


def faulty_rollout(faulty: str, fixed: str, lines: Sequence[Any] = ()) -> tuple[Rollout, ...]:
    """The faulty program as a rollout; None if it is empty or equals the repair. ``lines``: the physical
    lines, 1-based, that are known to be faulty. If none are known, these are the lines that the repair
    changes, or the lines after an insertion."""
    if not faulty.strip() or faulty == fixed:
        return ()
    known = [line for line in lines if type(line) is int and line > 0]
    return (Rollout(faulty, faulty_lines=tuple(known) or changed_lines(faulty, fixed)),)


def changed_lines(faulty: str, fixed: str) -> tuple[int, ...]:
    """The lines of ``faulty``, 1-based, that differ in ``fixed``. For an insertion it is the line that
    follows it."""
    one, other = ([line.rstrip() for line in text.split("\n")] for text in (faulty, fixed))
    found: list[int] = []
    for kind, start, stop, _, _ in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind != "equal":
            found += range(start + 1, max(stop, start + 1) + 1)
    return tuple(found)


def read_pack(row: Row) -> Problem:
    """Reads a row of HumanEvalPack (HumanEvalFix). The prompt with a solution is the program, for the faulty
    and the canonical one alike. The test defines ``check`` and calls it; the call is removed, because the
    judge makes it itself."""
    prompt, solution, buggy = row.text("prompt"), row.text("canonical_solution"), row.text("buggy_solution")
    fixed = prompt + solution if solution.strip() else ""
    test = "\n".join(
        part for part in (row.text("test_setup"), _without_call(row.text("test"))) if part.strip()
    )
    return Problem(
        id=row.identity("task_id"),
        prompt=prompt,
        reference=fixed,
        tests=(Test("check", code=test),) if test.strip() else (),
        entry_point=row.text("entry_point") or None,
        rollouts=faulty_rollout(prompt + buggy if buggy.strip() else "", fixed),
        source=row.source,
        license=row.license,
        metadata=row.rest(
            "prompt", "canonical_solution", "buggy_solution", "test", "test_setup", "entry_point"
        ),
    )


def read_debugbench(row: Row) -> Problem:
    """Reads a row of DebugBench. The tests are ``test_code`` (which derived sets add) or the shown examples,
    as calls of the one method of ``Solution``."""
    faulty, fixed = (_unfenced(row, key) for key in ("buggy_code", "solution"))
    entry = _method(fixed)
    code = row.text("test_code")
    shown = [_example(entry, text) for text in row.texts("examples")] if entry else []
    tests = [ast.unparse(node) for node in _body(code) if isinstance(node, ast.Assert)] or shown
    setup, placed = place_setup(row.text("initialization_code"), fixed, tuple(one for one in tests if one))
    return Problem(
        id=row.identity("slug"),
        prompt=row.text("question"),
        reference=fixed,
        tests=tuple(Test("assert", code=one) for one in placed),
        entry_point=entry,
        setup=setup,
        rollouts=faulty_rollout(faulty, fixed),
        source=row.source,
        license=row.license,
        metadata=row.rest("slug", "question", "buggy_code", "solution", "examples", "test_code"),
    )


def read_condefects(row: Row) -> Problem:
    """Reads a row of ConDefects: programs on standard input, with the faulty line in ``faultLocation`` and
    the tests in ``inputs`` and ``outputs``."""
    faulty, fixed = row.text("faultyVersion"), row.text("correctVersion")
    inputs, outputs = row.texts("inputs"), row.texts("outputs")
    if len(inputs) != len(outputs):
        raise row.fail(f"{len(inputs)} inputs and {len(outputs)} outputs")
    lines = [int(found) for found in re.findall(r"\d+", str(row.values.get("faultLocation") or ""))]
    return Problem(
        id=row.identity(*_IDS),
        prompt=row.text("prompt"),
        reference=fixed,
        tests=tuple(Test("stdio", input=i, output=o) for i, o in zip(inputs, outputs, strict=True)),
        rollouts=faulty_rollout(faulty, fixed, lines),
        source=row.source,
        license=row.license,
        metadata=row.rest("faultyVersion", "correctVersion", "inputs", "outputs", "prompt"),
    )


def _unfenced(row: Row, key: str) -> str:
    """The program in the column ``key``. It may stand in a fence."""
    text = row.text(key)
    fenced = re.search(r"```\w*\n(.*?)```", text, re.DOTALL)
    text = fenced[1] if fenced else text
    return text if not text or text.endswith("\n") else text + "\n"


def _body(code: str) -> list[ast.stmt]:
    try:
        return parse(code).body
    except SyntaxError:
        return []


def _without_call(test: str) -> str:
    """The test without the statements at its end that call ``check``."""
    lines = test.split("\n")
    for node in reversed(_body(test)):
        called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        if not (called and ast.unparse(node).startswith("check(")):
            break
        lines[node.lineno - 1 : node.end_lineno] = []
    return "\n".join(lines)


def _method(program: str) -> str | None:
    """``Solution().f`` if the class has exactly one method that is not private; None otherwise."""
    for node in _body(program):
        if isinstance(node, ast.ClassDef) and node.name == "Solution":
            names = [one.name for one in node.body if isinstance(one, ast.FunctionDef)]
            public = [name for name in names if not name.startswith("_")]
            return f"Solution().{public[0]}" if len(public) == 1 else None
    return None


def _example(entry: str, text: str) -> str | None:
    """``Input: a = 1, b = [2] Output: 3`` as an assert; None if the text is not such an example."""
    match = _SHOWN.fullmatch(text.strip())
    if match is None:
        return None
    values = {"true": True, "false": False, "null": None}
    call = f"{entry}({match['input']}) == {match['output']}"
    try:
        tree = ast.parse(call, mode="eval")
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.Name) and value.id in values:
                setattr(node, name, ast.Constant(values[value.id]))
            elif isinstance(value, list):
                value[:] = [
                    ast.Constant(values[one.id]) if isinstance(one, ast.Name) and one.id in values else one
                    for one in value
                ]
    return f"assert {ast.unparse(tree)}"


_ROLES = {
    "id": (*_IDS, "name"),
    "prompt": ("prompt", "question", "text", "description"),
    "tests": ("tests", "test_list", "test"),
}


def native_pair(row: Row, faulty: str, fixed: str) -> dict[str, Any]:
    """The native row of a pair whose programs stand in the columns ``faulty`` and ``fixed``. The id, the
    prompt and the tests are found under their usual names. Raises InputError if a column is missing."""
    for column in (faulty, fixed):
        if not row.text(column):
            raise row.fail(f"--pair: the column {column!r} is missing or empty")
    found: dict[str, Any] = row.rest(faulty, fixed, "rollouts")
    for role, names in _ROLES.items():
        name = next((name for name in names if name in row.values), None)
        if name is None:
            raise row.fail(f"--pair: no {role} in the row; it may be called {', '.join(names)}")
        found[role] = row.values[name]
    tests = found["tests"]
    (rollout,) = faulty_rollout(row.text(faulty), row.text(fixed)) or (None,)
    pair = [{"program": rollout.program, "faulty_lines": list(rollout.faulty_lines or ())}] if rollout else []
    return {
        **found,
        "id": str(found["id"]),
        "tests": [tests] if isinstance(tests, str) else tests,
        "reference": row.text(fixed),
        "rollouts": pair,
    }
