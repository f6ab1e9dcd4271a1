"""Names removed: a value that is used once moves to the place where it is used."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.layout import own_lines
from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import expression, operand, replaced
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import LATE, evaluated_first, in_order, neighbours
from prmdata.edits.source import Source

_FAMILY = "temporaries"


@refactor(
    "return-inline",
    family=_FAMILY,
    summary="`x = E`, `return x` → `return E`",
    examples=(
        ("def f(a):\n    x = a + 1\n    return x\n", "def f(a):\n    return a + 1\n"),
        (
            "def f(a):\n    x = [\n        a,\n    ]\n    return x\n",
            "def f(a):\n    return [\n        a,\n    ]\n",
        ),
    ),
)
def return_inline(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Return):
        before = neighbours(source, node)[0]
        match before, node.value:
            case ast.Assign(targets=[ast.Name(id=name)], value=value), ast.Name(id=returned) if (
                name == returned
            ):
                scope = facts.scope(node)
                local = facts.is_settled(name, node) and facts.is_private(name, scope)
                if not local or facts.is_in_try(node) or facts.suspends(value) or name not in scope.names:
                    continue
                splice = replaced(source, facts, before, node, f"return {expression(source, value)}")
                if splice is not None:
                    yield [splice]


@refactor(
    "variable-inline",
    family=_FAMILY,
    summary="`x = E`, `f(x)` → `f(E)` where `x` is used once, first, and nowhere else",
    examples=(
        ("def f(a):\n    x = g(a)\n    return x + 1\n", "def f(a):\n    return g(a) + 1\n"),
        ("def f(a):\n    x = a + 1\n    return x * 2\n", "def f(a):\n    return (a + 1) * 2\n"),
    ),
)
def variable_inline(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        after = neighbours(source, node)[1]
        match node:
            case ast.Assign(targets=[ast.Name(id=name) as target], value=value) if after is not None:
                pass
            case _:
                continue
        whole = evaluated_first(source, after)
        if (
            whole is None
            or isinstance(whole, ast.Name)
            or facts.suspends(value)
            or not facts.is_in_function(node)
        ):
            continue
        places = facts.scope(node).names.get(name, [])
        uses = [place.node for place in places if place.node is not target]
        if len(uses) != 1 or not isinstance(uses[0], ast.Name) or not facts.is_within(uses[0], whole):
            continue
        if uses[0] not in _first_names(facts, whole) or "\n" in source.text(value):
            continue
        lines = own_lines(source, node)
        if lines is None or facts.has_comment(lines) or source.step_of(after) != source.step_of(node) + 1:
            continue
        if own_lines(source, after) is None or facts.has_comment((lines[1], source.span(after)[0])):
            continue
        begin, end = source.span(uses[0])
        start = source.span(node)[0]
        head = source.program[source.span(after)[0] : begin]
        yield [(start, end, head + operand(source, value))]


def _first_names(facts: Facts, node: ast.expr) -> list[ast.expr]:
    """The names in ``node`` before which nothing is evaluated that could affect their value or depend on
    it."""
    found: list[ast.expr] = []
    for child in in_order(node):
        if isinstance(child, ast.Name):
            found.append(child)
        elif isinstance(child, LATE):
            return found
        else:
            found += _first_names(facts, child)
        if not facts.is_stable(child):
            return found
    return found
