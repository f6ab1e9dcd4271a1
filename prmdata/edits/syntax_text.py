"""Syntax as text: operators, and expressions that are off by one, negated or in another place."""

from __future__ import annotations

import ast
from typing import Final

from prmdata.edits.source import Source

ARITHMETIC: Final[dict[type[ast.operator], str]] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitAnd: "&", ast.BitXor: "^", ast.MatMult: "@",
}  # fmt: skip
COMPARISONS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
OPPOSITES: Final = {
    "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "is": "is not", "is not": "is",
    "in": "not in", "not in": "in",
}  # fmt: skip

_ADDITIVE = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript)


def shifted(source: Source, node: ast.expr, by: int) -> str:
    """``node`` plus ``by``, as a person would write it: ``3`` → ``4``, ``n + 1`` → ``n``, ``n`` → ``n - 1``."""
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return str(value + by)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return str(by - value)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=ast.Constant(value=int() as value)):
            total = (value if isinstance(op, ast.Add) else -value) + by
            kept = source.program[source.span(node)[0] : source.outer_span(left)[1]]
            return kept if total == 0 else f"{kept} {'+' if total > 0 else '-'} {abs(total)}"
    text = source.text(node) if isinstance(node, (*_ADDITIVE, ast.BinOp)) else source.grouped(node)
    if isinstance(node, ast.BinOp) and not isinstance(
        node.op, (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Div)
    ):
        text = source.grouped(node)
    return f"{text} {'+' if by > 0 else '-'} {abs(by)}"


def negated(source: Source, node: ast.expr) -> str:
    """A condition that holds exactly if ``node`` does not: ``not x`` → ``x``, ``a == b`` → ``a != b``, and a
    ``not`` before anything else. Orderings are not reversed (sets, NaN)."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return source.program[slice(*source.outer_span(inner))]
        case ast.Compare(ops=[op], left=left, comparators=[right]) if not isinstance(
            op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
        ):
            start, end = source.gap(left, right)
            first, last = source.span(node)
            new = OPPOSITES[COMPARISONS[type(op)]]
            return source.program[first:start] + new + source.program[end:last]
        case ast.Compare() | ast.BinOp() | ast.UnaryOp():
            return f"not {source.text(node)}"
    return f"not {source.grouped(node)}"


def is_number(node: ast.AST) -> bool:
    """Whether ``node`` is a number literal (``True`` does not count)."""
    return isinstance(node, ast.Constant) and type(node.value) in (int, float, complex)


def is_docstring(source: Source, node: ast.AST) -> bool:
    """Whether ``node`` is a string that stands alone as a statement."""
    return isinstance(source.parent(node), ast.Expr)


def called_name(node: ast.AST) -> str | None:
    """The name of a plain call ``name(...)``; None for anything else."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name
    return None


def method_name(node: ast.AST) -> str | None:
    """The name of a method call ``owner.name(...)``; None for anything else."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return name
    return None
