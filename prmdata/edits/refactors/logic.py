"""Conditions rearranged: De Morgan, double negation, truth returned."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import (
    conjunct,
    expression,
    fits,
    flag_text,
    is_closed,
    negation,
    operand,
    replaced,
)
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import is_elif, neighbours
from prmdata.edits.source import Source

_FAMILY = "logic"
_TESTED = (ast.If, ast.While, ast.IfExp)


@refactor(
    "de-morgan",
    family=_FAMILY,
    summary="`not (a and b)` ↔ `not a or not b`",
    examples=(
        ("x = not (a and b)\n", "x = not a or not b\n"),
        ("x = not a or not (b > c)\n", "x = not (a and b > c)\n"),
        ("if not (a or b) and c:\n    pass\n", "if (not a and not b) and c:\n    pass\n"),
    ),
)
def de_morgan(source: Source, _: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.UnaryOp):
        if isinstance(node.op, ast.Not) and isinstance(node.operand, ast.BoolOp):
            inner = node.operand
            joint = " or " if isinstance(inner.op, ast.And) else " and "
            yield [fits(source, node, joint.join(f"not {operand(source, value)}" for value in inner.values))]
    for joined in source.nodes(ast.BoolOp):
        operands = [
            each.operand
            for each in joined.values
            if isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.Not)
        ]
        if len(operands) == len(joined.values):
            other = ast.Or if isinstance(joined.op, ast.And) else ast.And
            joint = " or " if other is ast.Or else " and "
            texts = [
                operand(source, each) if isinstance(each, ast.BoolOp) else conjunct(source, each)
                for each in operands
            ]
            yield [(*source.span(joined), f"not ({joint.join(texts)})")]


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


@refactor(
    "de-morgan-test",
    family=_FAMILY,
    summary="a test `a or b` → `not (not a and not b)`, where only its truth counts",
    examples=(
        ("if a == 1 or b:\n    pass\n", "if not (a != 1 and not b):\n    pass\n"),
        ("while a and b in c:\n    pass\n", "while not (not a or b not in c):\n    pass\n"),
    ),
)
def de_morgan_test(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(*_TESTED):
        test = node.test
        if not isinstance(test, ast.BoolOp) or "\n" in source.text(test):
            continue
        joint = " or " if isinstance(test.op, ast.And) else " and "
        texts = [negation(source, facts, value) for value in test.values]
        if any(
            isinstance(value, ast.UnaryOp) and not is_closed(source, value.operand) for value in test.values
        ):
            continue
        yield [(*source.span(test), f"not ({joint.join(texts)})")]


@refactor(
    "double-negation",
    family=_FAMILY,
    summary="`not not x` ↔ `bool(x)`",
    examples=(
        ("y = not not x\n", "y = bool(x)\n"),
        ("def f(x):\n    return bool(x)\n", "def f(x):\n    return not not x\n"),
    ),
)
def double_negation(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.UnaryOp):
        twice = _is_not(node) and isinstance(node.operand, ast.UnaryOp) and _is_not(node.operand)
        if twice and isinstance(node.operand, ast.UnaryOp) and facts.is_builtin("bool", node):
            yield [(*source.span(node), f"bool({source.text(node.operand.operand)})")]
    for call in source.nodes(ast.Call):
        if not facts.calls(call, "bool") or len(call.args) != 1 or call.keywords:
            continue
        if not isinstance(call.args[0], (ast.Starred, ast.GeneratorExp)):
            yield [fits(source, call, f"not not {operand(source, call.args[0])}")]


@refactor(
    "negated-comparison",
    family=_FAMILY,
    summary="`a == b` ↔ `not a != b`, `a in b` ↔ `not a not in b`; orderings only of integers and strings",
    examples=(
        ("def f(a):\n    return len(a) < 3\n", "def f(a):\n    return not len(a) >= 3\n"),
        ("if not len(a) == 3:\n    pass\n", "if len(a) != 3:\n    pass\n"),
    ),
)
def negated_comparison(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Compare):
        if len(node.ops) != 1 or "\n" in source.text(node) or not facts.is_plain:
            continue
        opposite = negation(source, facts, node)
        if opposite.startswith("not "):
            continue
        around = source.parent(node)
        if isinstance(around, ast.UnaryOp) and _is_not(around):
            yield [fits(source, around, opposite)]
        elif not isinstance(around, ast.Compare) and not isinstance(node.ops[0], (ast.Is, ast.IsNot)):
            yield [fits(source, node, f"not {opposite}")]


@refactor(
    "truth-returned",
    family=_FAMILY,
    summary="`if c: return True`, `return False` → `return bool(c)`; the other way round with `not`",
    examples=(
        ("def f(a):\n    if a:\n        return True\n    return False\n", "def f(a):\n    return bool(a)\n"),
        (
            "def f(a):\n    if a > 1:\n        return False\n    else:\n        return True\n",
            "def f(a):\n    return not a > 1\n",
        ),
    ),
)
def truth_returned(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        found = _returned_constants(source, node)
        if found is None or is_elif(source, node):
            continue
        value, last = found
        if facts.is_builtin("bool", node):
            text = flag_text(source, facts, node.test) if value else _opposite(source, facts, node.test)
            splice = replaced(source, facts, node, last, f"return {text}")
            if splice is not None:
                yield [splice]


def _opposite(source: Source, facts: Facts, test: ast.expr) -> str:
    """``not test``, as a bool."""
    if isinstance(test, ast.UnaryOp) and _is_not(test):
        return flag_text(source, facts, test.operand)
    text = negation(source, facts, test)
    return text if facts.is_plain or text.startswith("not ") else f"bool({text})"


def _returned_constants(source: Source, node: ast.If) -> tuple[bool, ast.stmt] | None:
    """What the ``if`` returns when its condition holds, and the last statement of the two. None unless both
    ways return opposite booleans."""
    after = neighbours(source, node)[1]
    following = node.orelse or ([after] if after is not None else [])
    match node.body, following:
        case [ast.Return(value=ast.Constant(value=bool() as one))], [
            ast.Return(value=ast.Constant(value=bool() as two)) as last
        ] if one is not two:
            return one, last
    return None


@refactor(
    "truth-branched",
    family=_FAMILY,
    summary="`return c` → `if c: return True`, `return False`, where `c` is proven a bool",
    examples=(
        (
            "def f(a):\n    return a > 1\n",
            "def f(a):\n    if a > 1:\n        return True\n    return False\n",
        ),
        (
            "def f(a, b):\n    return not a and b in a\n",
            "def f(a, b):\n    if not a and b in a:\n        return True\n    return False\n",
        ),
    ),
)
def truth_branched(source: Source, facts: Facts) -> Iterator[Splices]:
    unit = source.indent_unit
    for node in source.nodes(ast.Return):
        value = node.value
        if value is None or isinstance(value, ast.Constant) or not facts.is_condition_bool(value):
            continue
        texts = (f"if {expression(source, value)}:", f"{unit}return True", "return False")
        splice = replaced(source, facts, node, node, *texts)
        if splice is not None:
            yield [splice]
