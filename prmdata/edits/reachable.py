"""The steps that some run of a program may reach, by its text alone.

Competitive programs carry templates (a fast reader, a modular inverse) that nothing in them calls: 14% of the steps of the
300 CodeContests references here, in 27 of them. An edit there can show nothing, so none is
asked for. A definition counts as used as soon as its name, or a text that contains it, stands anywhere outside of what is
unused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

from prmdata.edits.source import Source
from prmdata.records import Problem

_WORD: Final = re.compile(r"\w+")
_BY_ANY_NAME: Final = frozenset({"globals", "locals", "vars", "eval", "exec", "getattr", "inspect"})
"""A program that mentions one of these may call a function without naming it."""

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def reachable_steps(problem: Problem, source: Source) -> tuple[int, ...]:
    """The editable steps of a program (the place of each), without those of functions and classes that neither the
    program nor its tests can use. All of them where the program does not parse or finds names as it runs."""
    editable = tuple(range(source.given, len(source.steps)))
    if source.tree is None:
        return editable
    outside = _words([problem.entry_point or "", problem.setup, *(test.code for test in problem.tests)])
    unused = [(node.lineno, node.end_lineno or node.lineno) for node in _unused(source.tree, outside)]
    kept = tuple(
        place
        for place in editable
        if not any(first <= source.steps[place].code_line <= last for first, last in unused)
    )
    return kept or editable


def _unused(tree: ast.Module, used: set[str]) -> list[_Definition]:
    """The definitions at the top of a module that cannot be reached from its other statements or from ``used``."""
    pending: dict[str, list[_Definition]] = {}
    for statement in tree.body:
        if isinstance(statement, _Definition) and _only_defines(statement):
            pending.setdefault(statement.name, []).append(statement)
            used |= {word for part in _run_at_once(statement) for word in _mentioned(part)}
        else:
            used |= _mentioned(statement)
    while reached := pending.keys() & used:
        for name in reached:
            for definition in pending.pop(name):
                used |= _mentioned(definition)
    if not _BY_ANY_NAME.isdisjoint(used):
        return []
    return [one for definitions in pending.values() for one in definitions]


def _only_defines(node: _Definition) -> bool:
    """Whether the statement runs nothing but what :func:`_run_at_once` gives: the body of a class runs too."""
    if node.decorator_list:
        return False
    if not isinstance(node, ast.ClassDef):
        return True
    return all(
        _only_defines(one)
        if isinstance(one, _Definition)
        else isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
        for one in node.body
    )


def _run_at_once(node: _Definition) -> Iterator[ast.AST]:
    """The parts of a definition that run where it stands: defaults, annotations, bases."""
    if isinstance(node, ast.ClassDef):
        yield from (*node.bases, *node.keywords)
        for one in node.body:
            if isinstance(one, _Definition):
                yield from _run_at_once(one)
    else:
        yield node.args
        if node.returns is not None:
            yield node.returns


def _mentioned(node: ast.AST) -> set[str]:
    return _words(_texts(node))


def _texts(node: ast.AST) -> Iterator[str]:
    """The names in a statement, and the texts, which may hold names."""
    for one in ast.walk(node):
        match one:
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.Constant(value=str(text)):
                yield text
            case ast.Global(names=names):
                yield from names


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _WORD.findall(text)}
