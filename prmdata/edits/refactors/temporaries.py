"""Values that get a name before they are used, and names that are removed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.layout import inserted_before
from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.naming import name_for
from prmdata.edits.refactors.render import expression
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import LATE, evaluated_first, in_order, is_elif
from prmdata.edits.source import Source

_FAMILY = "temporaries"
_COMPOUND = (
    ast.Call,
    ast.BinOp,
    ast.Subscript,
    ast.Compare,
    ast.IfExp,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
)


@refactor(
    "return-variable",
    family=_FAMILY,
    summary="`return E` → `result = E`, `return result`",
    examples=(
        ("def f(a):\n    return a + 1\n", "def f(a):\n    result = a + 1\n    return result\n"),
        ("def f(a):\n    return a, 1\n", "def f(a):\n    result = a, 1\n    return result\n"),
    ),
)
def return_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Return):
        value = node.value
        if value is None or facts.suspends(value):
            continue
        span = source.outer_span(value) if not isinstance(value, ast.Tuple) else source.span(value)
        name = facts.fresh("result", "answer", "output", "value")
        line = inserted_before(source, node, f"{name} = {expression(source, value)}")
        if line is not None:
            yield [(*span, name), line]


@refactor(
    "value-variable",
    family=_FAMILY,
    summary="the right side of an assignment gets a name first: `x[i] = E` → `value = E`, `x[i] = value`",
    examples=(
        ("def f(x, i):\n    x[i] = i * 2\n", "def f(x, i):\n    product = i * 2\n    x[i] = product\n"),
        ("a, b = g(1)\n", "values = g(1)\na, b = values\n"),
    ),
)
def value_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign, ast.AugAssign):
        value = node.value
        if facts.suspends(node) or not facts.may_bind(node):
            continue
        if isinstance(node, ast.AugAssign) and not _is_late_enough(facts, node):
            continue
        several = isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Tuple, ast.List))
        name = facts.fresh("values", "parts") if several else name_for(facts, value, "value", "new_value")
        line = inserted_before(source, node, f"{name} = {expression(source, value)}")
        if line is not None:
            span = source.span(value) if isinstance(value, ast.Tuple) else source.outer_span(value)
            yield [(*span, name), line]


def _is_late_enough(facts: Facts, node: ast.AugAssign) -> bool:
    """Whether the target can be read after the value has been computed instead of before it."""
    if isinstance(node.target, ast.Name):
        return facts.is_stable(node.target) or facts.is_pure(node.value)
    return facts.is_pure(node.value)


@refactor(
    "condition-variable",
    family=_FAMILY,
    summary="`if E:` → `condition = E`, `if condition:`",
    examples=(
        (
            "def f(a):\n    if a > 1:\n        return 2\n",
            "def f(a):\n    condition = a > 1\n    if condition:\n        return 2\n",
        ),
        ("if x in y:\n    pass\n", "is_present = x in y\nif is_present:\n    pass\n"),
    ),
)
def condition_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        if isinstance(node.test, ast.Name) or facts.suspends(node.test) or not facts.may_bind(node):
            continue
        if is_elif(source, node):
            continue
        name = name_for(facts, node.test, "condition", "is_match", "matches")
        line = inserted_before(source, node, f"{name} = {expression(source, node.test)}")
        if line is not None:
            yield [(*source.outer_span(node.test), name), line]


@refactor(
    "iterable-variable",
    family=_FAMILY,
    summary="`for x in E:` → `items = E`, `for x in items:`",
    examples=(
        ("for i in range(3):\n    print(i)\n", "indices = range(3)\nfor i in indices:\n    print(i)\n"),
        ("for a in sorted(b):\n    print(a)\n", "ordered = sorted(b)\nfor a in ordered:\n    print(a)\n"),
    ),
)
def iterable_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.For):
        if isinstance(node.iter, ast.Name) or facts.suspends(node.iter) or not facts.may_bind(node):
            continue
        name = name_for(facts, node.iter, "items", "sequence", "iterable")
        line = inserted_before(source, node, f"{name} = {expression(source, node.iter)}")
        if line is not None:
            yield [(*source.outer_span(node.iter), name), line]


@refactor(
    "part-variable",
    family=_FAMILY,
    summary="the part of a statement that is evaluated first gets a name",
    examples=(
        ("def f(a):\n    return g(a) + 1\n", "def f(a):\n    g_value = g(a)\n    return g_value + 1\n"),
        ("xs.append(a * 2)\n", "product = a * 2\nxs.append(product)\n"),
    ),
)
def part_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Return, ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.For):
        whole = evaluated_first(source, node)
        if whole is None or facts.suspends(node if isinstance(node, ast.Expr) else whole):
            continue
        if not facts.may_bind(node):
            continue
        part = next(_leading(facts, whole), None)
        if part is None or (isinstance(node, ast.AugAssign) and not _is_late_enough(facts, node)):
            continue
        name = name_for(facts, part, "part", "value", "term")
        line = inserted_before(source, node, f"{name} = {expression(source, part)}")
        if line is not None:
            yield [(*source.span(part), name), line]


@refactor(
    "argument-variable",
    family=_FAMILY,
    summary="a plain argument of a bare call gets a name of its own: `f(x)` → `value = x`, `f(value)`",
    examples=(
        ("def f(a, b):\n    a.append(b)\n", "def f(a, b):\n    entry = b\n    a.append(entry)\n"),
        ("def f(a, b):\n    g(a, b)\n", "def f(a, b):\n    entry = b\n    g(a, entry)\n"),
    ),
)
def argument_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Expr):
        match node.value:
            case (
                ast.Call(
                    func=ast.Name() | ast.Attribute(value=ast.Name()), args=[*_, ast.Name() as last]
                ) as call
            ):
                others = [part for part in call.args if not facts.is_simple(part)]
            case _:
                continue
        if others or not facts.is_stable(last) or not facts.may_bind(node):
            continue
        name = facts.fresh("entry", "value", "given")
        line = inserted_before(source, node, f"{name} = {last.id}")
        if line is not None:
            yield [(*source.span(last), name), line]


def _leading(facts: Facts, node: ast.expr) -> Iterator[ast.expr]:
    """Inner expressions before which nothing is evaluated that could affect them or depend on them. Of those
    that start at one place, larger ones come first."""
    for child in in_order(node):
        if isinstance(child, _COMPOUND):
            yield child
        if isinstance(child, LATE):
            return
        yield from _leading(facts, child)
        if not facts.is_stable(child):
            return
