"""Sabotaged references: programs that cannot be right. If tests let one of them pass, they prove nothing
about any program."""

from __future__ import annotations

from textwrap import indent

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
    """Sabotaged programs, by what they do instead of the work. Each must fail the tests. ``raises`` is among
    them."""
    if problem.is_stdio:
        return dict(_PROGRAMS)
    return {name: overridden(problem, body) for name, body in _BODIES.items()}


LIES = "returns a container that lies"
_LIAR = """\
class Liar:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __contains__(self, item): return True
    def __len__(self): return 1 << 30
    def __iter__(self): return iter(())
    def __getattr__(self, name): return lambda *args, **kwargs: True
return Liar()"""
_ADVERSARIAL = {
    "raises StopIteration": "raise StopIteration",
    "returns NaN": "return float('nan')",
    "clears its argument": "_ = [each.clear() for each in args if hasattr(each, 'clear')]\nreturn []",
    "returns a one-shot iterator": "return iter(())",
    **{
        f"returns an empty {name}": f"return {value}"
        for name, value in (("tuple", "()"), ("dict", "{}"), ("set", "set()"), ("number", "0.0"))
    },
    LIES: _LIAR,  # the last one: those before it may share a process
}


def adversarial(problem: Problem) -> dict[str, str]:
    """Programs that pass if the tests trust what they are given: one raises an exception that ends the test's
    loop, one returns an answer that is equal to everything, and one does nothing at all. Tests that let one
    pass are weak, but may still distinguish honest programs. The result is empty for a problem about standard
    output, because its answers are text."""
    if problem.is_stdio:
        return {}
    return {name: overridden(problem, body) for name, body in _ADVERSARIAL.items()}


def overridden(problem: Problem, body: str) -> str:
    """The reference, with the entry point defined again at its end; its new body is ``body``."""
    parts = split_entry(problem.entry_point or "")
    if parts is None:
        raise ValueError(f"{problem.entry_point!r} is no entry point")
    head, method = parts
    definition = f"def {method or head}(*args, **kwargs):\n{indent(body, '    ')}\n"
    patch = f"{head}.{method} = {method}\n" if method else ""
    return f"{problem.reference}\n\n\n{definition}{patch}"
