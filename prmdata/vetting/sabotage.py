"""Sabotaged references: programs that cannot be right. Tests that let one pass say nothing about any program."""

from __future__ import annotations

from prmdata.problems.entry import split_entry
from prmdata.records import Problem

_BODIES = {
    "returns None": "return None",
    "raises": 'raise RuntimeError("sabotaged")',
    "returns a text that no problem asks for": 'return "sabotaged"',
    **{f"always answers {value}": f"return {value}" for value in ("True", "False", "0", "1", "''", "[]")},
}
_PROGRAMS = {
    "prints nothing": "pass\n",
    "raises": 'raise RuntimeError("sabotaged")\n',
    "prints a text that no problem asks for": 'print("sabotaged")\n',
}


def sabotages(problem: Problem) -> dict[str, str]:
    """Programs by what they do instead; each must fail the tests. ``raises`` is among them."""
    if problem.is_stdio:
        return dict(_PROGRAMS)
    return {name: overridden(problem, body) for name, body in _BODIES.items()}


def overridden(problem: Problem, body: str) -> str:
    """The reference with the entry point defined again at its end, with ``body`` alone."""
    parts = split_entry(problem.entry_point or "")
    if parts is None:
        raise ValueError(f"{problem.entry_point!r} is no entry point")
    head, method = parts
    definition = f"def {method or head}(*args, **kwargs):\n    {body}\n"
    patch = f"{head}.{method} = {method}\n" if method else ""
    return f"{problem.reference}\n\n\n{definition}{patch}"
