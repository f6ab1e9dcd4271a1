"""CodeContests: ``deepmind/code_contests`` as on the Hub, and joined rows with one ``solution`` and ``tests``."""

from __future__ import annotations

from typing import Any

from prmdata.problems.layouts.references import first_whole
from prmdata.problems.rows import Row
from prmdata.problems.syntax import parses
from prmdata.records import Limits, Problem, Rollout, Test

_HUB = ("name", "description", "public_tests", "private_tests", "generated_tests", "solutions")
_JOINED = ("problem_id", "description", "solution", "tests")
_PYTHON_3 = (3, "PYTHON3")
"""The meaning of ``language`` on the Hub: 1 is Python 2, 2 is C++, 3 is Python 3, 4 is Java."""

MAX_ROLLOUTS = 20
"""The most incorrect solutions of a problem that are kept as rollouts; some problems have thousands."""


def read_hub(row: Row) -> Problem:
    """Reads public, private, then generated tests. Python 3 solutions become references, and incorrect ones
    become rollouts. The time and memory limits stay metadata, because they were set for C++ on other
    machines."""
    reference, others = first_whole(_programs(row, "solutions"))
    wrong = [text for text in dict.fromkeys(_programs(row, "incorrect_solutions")) if parses(text)]
    groups = [row.mapping(key) for key in ("public_tests", "private_tests", "generated_tests")]
    memory = row.values.get("memory_limit_bytes")
    return Problem(
        id=row.identity("name"),
        prompt=row.text("description"),
        reference=reference,
        tests=tuple(test for group in groups for test in _paired(row, group)),
        references=others,
        rollouts=tuple(Rollout(text) for text in wrong[:MAX_ROLLOUTS]),
        source="code_contests" if not row.source else row.source,
        license=row.license,
        limits=Limits(
            memory_mb=max(int(memory) >> 20, 1) if isinstance(memory, int) and memory > 0 else None
        ),
        metadata=row.rest(*_HUB, "incorrect_solutions"),
    )


def read_joined(row: Row) -> Problem:
    """Reads a row with one solution, and with tests as ``{"input", "output"}`` objects."""
    tests = []
    for index, test in enumerate(row.items("tests")):
        if not isinstance(test, dict) or not all(
            isinstance(test.get(key), str) for key in ("input", "output")
        ):
            raise row.fail(f"'tests'[{index}] must be an object with the strings 'input' and 'output'")
        tests.append(Test("stdio", input=test["input"], output=test["output"]))
    return Problem(
        id=row.identity("problem_id"),
        prompt=row.text("description"),
        reference=row.text("solution"),
        tests=tuple(tests),
        source=row.source,
        license=row.license,
        metadata=row.rest(*_JOINED),
    )


def _programs(row: Row, key: str) -> list[str]:
    """The Python 3 programs of ``{"language": [...], "solution": [...]}`` (or of a list of such pairs)."""
    value = row.values.get(key)
    pairs: list[tuple[Any, Any]]
    if isinstance(value, list):
        pairs = [(one.get("language"), one.get("solution")) for one in value if isinstance(one, dict)]
    else:
        table = row.mapping(key)
        pairs = list(zip(table.get("language") or [], table.get("solution") or [], strict=False))
    return [text for language, text in pairs if language in _PYTHON_3 and isinstance(text, str)]


def _paired(row: Row, group: dict[str, Any]) -> list[Test]:
    inputs, outputs = group.get("input") or [], group.get("output") or []
    if len(inputs) != len(outputs):
        raise row.fail(f"{len(inputs)} test inputs and {len(outputs)} outputs")
    return [Test("stdio", input=str(i), output=str(o)) for i, o in zip(inputs, outputs, strict=True)]
