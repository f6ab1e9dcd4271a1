"""Functions and classes that a program defines once more."""

from __future__ import annotations

import ast
import warnings


def defined_anew(program: str, first: int | None = None) -> frozenset[str]:
    """The names of the module that a program binds to a function or class after it has bound them to another one. ``first``:
    only those that its first lines bind and a later line binds again. Of a program that does not compile: none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(program)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return frozenset()
    defined: set[str] = set()
    anew: set[str] = set()
    for node in tree.body:
        names = _defined_by(node)
        if first is None or node.lineno > first:
            anew |= names & defined
        if first is None or node.lineno <= first:
            defined |= names
    return frozenset(anew)


def _defined_by(node: ast.stmt) -> frozenset[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return frozenset([name])
        case ast.Assign(targets=targets, value=ast.Lambda()):
            return frozenset(each.id for each in targets if isinstance(each, ast.Name))
        case _:
            return frozenset()
