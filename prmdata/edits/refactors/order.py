"""The order in which a statement's parts are evaluated."""

from __future__ import annotations

import ast
from typing import Final

from prmdata.edits.refactors.shape import is_elif
from prmdata.edits.source import Source

LATE: Final = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr)
"""Expressions whose parts are evaluated later, several times, or in their own way."""


def evaluated_first(source: Source, node: ast.stmt) -> ast.expr | None:
    """The expression that ``node`` evaluates before anything else, once."""
    match node:
        case ast.Return(value=value) | ast.Assign(value=value) | ast.Expr(value=value):
            return value
        case ast.AugAssign(target=ast.Name(), value=value):
            return value
        case ast.If(test=test):
            return None if is_elif(source, node) else test
        case ast.For(iter=iterable):
            return iterable
    return None


def in_order(node: ast.expr) -> list[ast.expr]:
    """The operands that are certainly evaluated, in order; method look-ups count with their owner."""
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.UnaryOp(operand=inner) | ast.Starred(value=inner):
            return [inner]
        case ast.BoolOp(values=[first, *_]) | ast.IfExp(test=first):
            return [first]
        case ast.Compare(left=left, comparators=[right, *_]):
            return [left, right]
        case ast.Subscript(value=owner, slice=index):
            return [owner] if isinstance(index, ast.Slice) else [owner, index]
        case ast.Call(func=ast.Name() as called, args=args):
            return [called, *args]
        case ast.Call(func=ast.Attribute(value=owner), args=args):
            return [owner, *args]
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return elements
    return []
