"""Sabotaged references: programs that cannot be right. Tests that let one pass say nothing about any program."""

from __future__ import annotations

from prmdata.problems.entry import split_entry
from prmdata.records import Problem

_BODIES = {
    "returns None": "return None",
    "raises": 'raise RuntimeError("sabotaged")',
    "returns a text that no problem asks for": 'return "sabotaged"',
}
_PROGRAMS = {
    "prints nothing": "pass\n",
    "raises": 'raise RuntimeError("sabotaged")\n',
    "prints a text that no problem asks for": 'print("sabotaged")\n',
}
_CONSTANTS = ("True", "False", "0", "1", "''", "[]")


def sabotages(problem: Problem) -> dict[str, str]:
    """Programs by what they do instead; all of them must fail the tests."""
    if problem.is_stdio:
        return dict(_PROGRAMS)
    return {name: overridden(problem, body) for name, body in _BODIES.items()}


def constants(problem: Problem) -> dict[str, str]:
    """Programs that always give one plain answer: where one passes, the tests are weak (all of them ask for True),
    which is worth a note. None for stdio problems."""
    if problem.is_stdio:
        return {}
    return {value: overridden(problem, f"return {value}") for value in _CONSTANTS}


def overridden(problem: Problem, body: str) -> str:
    """The reference with the entry point defined again at its end, with ``body`` alone."""
    parts = split_entry(problem.entry_point or "")
    if parts is None:
        raise ValueError(f"{problem.entry_point!r} is no entry point")
    head, method = parts
    definition = f"def {method or head}(*args, **kwargs):\n    {body}\n"
    patch = f"{head}.{method} = {method}\n" if method else ""
    return f"{problem.reference}\n\n\n{definition}{patch}"
