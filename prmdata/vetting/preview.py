"""Shows what was understood of a row, as a page of text, before anything is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prmdata.problems.entry import SOLUTION
from prmdata.records import Problem, Reject, Test
from prmdata.records.numbers import number_of

_WIDTH = 72


@dataclass(frozen=True, slots=True)
class Preview:
    """``say`` is told what was understood of the first ``rows`` rows."""

    rows: int
    say: Callable[[str], None]


def described(item: Problem | Reject) -> str:
    """The parts of a problem, a line each, long ones cut short; or why a row was rejected."""
    if isinstance(item, Reject):
        return f"{item.problem_id}\n  rejected     {item.reason}: {item.detail} ({item.place})"
    size = f"{len(item.prompt)} characters"
    parts = {
        "prompt": f"{size}: {_short(item.prompt)}" if item.prompt.strip() else "none",
        "reference": _program(item.reference),
        "entry point": item.entry_point or ("" if item.is_stdio else "none"),
        "tests": f"{len(item.tests)} {_kind(item.tests[0])}: {_test(item.tests[0])}"
        if item.tests
        else "none",
        "setup": _short(item.setup),
        "compare": "" if item.compare.rule == "default" else item.compare.rule,
        "further": _further(item),
        "source": ", ".join(filter(None, (item.source, item.license or "no licence stated"))),
        "metadata": ", ".join(item.metadata),
    }
    return "\n".join([item.id, *(f"  {name:12} {text}" for name, text in parts.items() if text)])


def _program(text: str) -> str:
    if not text.strip():
        return "none"
    return f"{number_of(text.count(chr(10)) + (not text.endswith(chr(10))), 'line')}: {_short(text)}"


def _further(item: Problem) -> str:
    counts = (len(item.references), "reference"), (len(item.rollouts), "rollout")
    return ", ".join(number_of(count, name) for count, name in counts if count)


def _kind(test: Test) -> str:
    if test.form == "stdio":
        return "of standard input"
    if test.form == "check":
        return "that are a check(candidate)"
    is_function = "unit_tests.run(" in test.code or SOLUTION in test.code
    return "that are functions of a file of tests" if is_function else "that are asserts"


def _test(test: Test) -> str:
    if test.form == "stdio":
        return f"{_short(test.input)} -> {_short(test.output)}"
    return _short(test.code)


def _short(text: str) -> str:
    """The first lines of a text as one line, cut at the width of a terminal."""
    flat = " / ".join(line.strip() for line in text.split("\n") if line.strip())
    return flat if len(flat) <= _WIDTH else flat[: _WIDTH - 3] + "..."
