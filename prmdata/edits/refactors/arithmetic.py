"""Arithmetic that gives the same number, bit for bit."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import fits, operand
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.source import Source

_FAMILY = "arithmetic"
_NUMBERS = ("int", "float", "bool")
_PRODUCTS = (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)


@refactor(
    "operands-swapped",
    family=_FAMILY,
    summary="`a + b` ↔ `b + a`, `a * b` ↔ `b * a` where one is proven a number",
    examples=(
        ("x = a + 1\n", "x = 1 + a\n"),
        ("x = len(a) * b + c\n", "x = b * len(a) + c\n"),
    ),
)
def operands_swapped(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.BinOp):
        if not isinstance(node.op, (ast.Add, ast.Mult)) or "\n" in source.text(node) or not facts.is_plain:
            continue
        left, right = node.left, node.right
        if not {facts.kind(left), facts.kind(right)} & set(_NUMBERS) or not _is_calm(facts, left, right):
            continue
        sign = "+" if isinstance(node.op, ast.Add) else "*"
        one, two = _side(source, right, node.op), _side(source, left, node.op)
        yield [(*source.span(node), f"{one} {sign} {two}")]


def _is_calm(facts: Facts, left: ast.expr, right: ast.expr) -> bool:
    """Whether the order in which the two are computed makes no visible difference."""
    simple = (
        facts.is_simple(left)
        or facts.is_simple(right)
        or facts.calls(left, "len")
        or facts.calls(right, "len")
    )
    return facts.is_pure(left) and facts.is_pure(right) and simple


def _side(source: Source, node: ast.expr, op: ast.operator) -> str:
    if isinstance(node, ast.BinOp) and isinstance(op, ast.Add) and isinstance(node.op, _PRODUCTS):
        return source.text(node)
    return operand(source, node)


@refactor(
    "square-spelled",
    family=_FAMILY,
    summary="`x ** 2` ↔ `x * x` where `x` is proven an integer",
    examples=(
        ("for x in range(9):\n    print(x ** 2)\n", "for x in range(9):\n    print(x * x)\n"),
        ("for x in range(9):\n    print(x * x * y)\n", "for x in range(9):\n    print(x ** 2 * y)\n"),
    ),
)
def square_spelled(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.BinOp):
        match node:
            case ast.BinOp(left=ast.Name(id=name) as base, op=ast.Pow(), right=ast.Constant(value=2)):
                if facts.kind(base) == "int":
                    yield [fits(source, node, f"{name} * {name}")]
            case ast.BinOp(left=ast.Name(id=name) as base, op=ast.Mult(), right=ast.Name(id=again)) if (
                name == again
            ):
                if facts.kind(base) == "int":
                    yield [(*source.span(node), f"{name} ** 2")]


@refactor(
    "remainder-tested",
    family=_FAMILY,
    summary="`x % n == 0` ↔ `not x % n`",
    examples=(
        ("if x % 2 == 0:\n    pass\n", "if not x % 2:\n    pass\n"),
        ("y = [x for x in z if not x % 3]\n", "y = [x for x in z if x % 3 == 0]\n"),
    ),
)
def remainder_tested(source: Source, facts: Facts) -> Iterator[Splices]:
    if not facts.is_plain:
        return
    for node in source.nodes(ast.Compare):
        match node:
            case ast.Compare(
                left=ast.BinOp(op=ast.Mod()) as left,
                ops=[ast.Eq()],
                comparators=[ast.Constant(value=int() as zero)],
            ):
                if type(zero) is int and not zero and not isinstance(source.parent(node), ast.Compare):
                    yield [fits(source, node, f"not {source.program[slice(*source.outer_span(left))]}")]
    for negated in source.nodes(ast.UnaryOp):
        match negated:
            case ast.UnaryOp(
                op=ast.Not(), operand=ast.BinOp(op=ast.Mod(), right=ast.Constant(value=int())) as inner
            ):
                yield [(*source.span(negated), f"{source.program[slice(*source.outer_span(inner))]} == 0")]


@refactor(
    "halved-by-shift",
    family=_FAMILY,
    summary="`x // 2` ↔ `x >> 1`, `x % 2` ↔ `x & 1` where `x` is proven an integer",
    examples=(
        ("y = len(x) // 2\n", "y = len(x) >> 1\n"),
        ("for i in range(9):\n    print(i % 2 == 1)\n", "for i in range(9):\n    print((i & 1) == 1)\n"),
    ),
)
def halved_by_shift(source: Source, facts: Facts) -> Iterator[Splices]:
    words = {
        (ast.FloorDiv, 2): "{} >> 1",
        (ast.Mod, 2): "{} & 1",
        (ast.RShift, 1): "{} // 2",
        (ast.BitAnd, 1): "{} % 2",
    }
    for node in source.nodes(ast.BinOp):
        match node.right:
            case ast.Constant(value=int() as value) if facts.kind(node.left) == "int":
                word = words.get((type(node.op), value))
                if word is not None and type(value) is int and "\n" not in source.text(node):
                    yield [fits(source, node, word.format(operand(source, node.left)))]
