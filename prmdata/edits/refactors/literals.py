"""Literals that get a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.layout import inserted_before
from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import is_elif
from prmdata.edits.source import Source

_FAMILY = "temporaries"


@refactor(
    "constant-variable",
    family=_FAMILY,
    summary="a literal in a statement gets a name before it",
    examples=(
        ("def f(a):\n    return a % 97\n", "def f(a):\n    modulus = 97\n    return a % modulus\n"),
        ('def f(a):\n    a.append("x")\n', 'def f(a):\n    text = "x"\n    a.append(text)\n'),
    ),
)
def constant_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    chosen: dict[ast.stmt, ast.Constant] = {}
    for node in source.nodes(ast.Constant):
        if node.value is None or node.value is ... or isinstance(node.value, bool):
            continue
        statement = source.statement(node)
        if statement is None or not _may_leave(source, node, statement) or not facts.may_bind(statement):
            continue
        best = chosen.get(statement)
        if "\n" not in source.text(node) and (best is None or _weight(best) < _weight(node)):
            chosen[statement] = node
    for statement, node in chosen.items():
        name = _constant_name(source, facts, node)
        line = inserted_before(source, statement, f"{name} = {source.text(node)}")
        if line is not None:
            yield [(*source.span(node), name), line]


def _weight(node: ast.Constant) -> int:
    """How useful a name for the literal is: long texts and large numbers come first, 0 and 1 last."""
    if isinstance(node.value, (str, bytes)):
        return len(node.value)
    return 0 if node.value in (0, 1) else 10


def _may_leave(source: Source, node: ast.Constant, statement: ast.stmt) -> bool:
    """Whether a name that is bound just before ``statement`` can replace the literal."""
    if not isinstance(
        statement, (ast.Return, ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.While, ast.For)
    ):
        return False
    if is_elif(source, statement):
        return False
    if source.parent(node) is statement:
        return False
    inner: ast.AST = node
    for around in source.ancestors(node):
        if around is statement:
            break
        if isinstance(around, (ast.JoinedStr, ast.Lambda, ast.FormattedValue)):
            return False
        inner = around
    return not isinstance(inner, ast.stmt) and not isinstance(inner, (ast.ExceptHandler, ast.match_case))


def _constant_name(source: Source, facts: Facts, node: ast.Constant) -> str:
    around = source.parent(node)
    if isinstance(node.value, str):
        return facts.fresh("text", "literal", "word")
    match around:
        case ast.BinOp(op=ast.Mod()):
            return facts.fresh("modulus", "divisor", "base")
        case ast.BinOp(op=ast.FloorDiv() | ast.Div()):
            return facts.fresh("divisor", "denominator")
        case ast.BinOp(op=ast.Mult()):
            return facts.fresh("factor", "multiplier")
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return facts.fresh("offset", "shift", "delta")
        case ast.Compare():
            return facts.fresh("limit", "threshold", "bound")
        case ast.Subscript():
            return facts.fresh("index", "position")
    return facts.fresh("constant", "number", "fixed_value")
