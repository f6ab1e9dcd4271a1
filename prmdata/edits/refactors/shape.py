"""How statements stand in the text (`elif` or `if`, neighbours, clauses, number of steps), and the order in
which their parts are evaluated."""

from __future__ import annotations

import ast
from typing import Final

from prmdata.edits.source import Source

LONGEST: Final = 6
"""The most steps that a refactoring may move. With more, one edit would change half a program."""

LATE: Final = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr)
"""Expressions whose parts are evaluated later, several times, or in a special order."""

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def is_elif(source: Source, node: ast.stmt) -> bool:
    """Whether an ``if`` is spelled ``elif``."""
    return source.program.startswith("elif", source.span(node)[0])


def has_elif(source: Source, node: ast.If) -> bool:
    return len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If) and is_elif(source, node.orelse[0])


def n_steps(source: Source, block: list[ast.stmt]) -> int:
    """How many steps a block has."""
    return source.step_at(source.span(block[-1])[1] - 1) - source.step_of(block[0]) + 1


def clause_line(source: Source, node: ast.If) -> str | None:
    """The whole line ``else:`` of ``node``; None if it has comments or shares a line."""
    step = source.step_of(node.orelse[0]) - 1
    text = source.steps[step].text
    if step <= source.step_at(source.span(node.body[-1])[1] - 1) or text.replace(" ", "").strip() != "else:":
        return None
    return source.program[source.code_start(step) : source.step_starts[step + 1]]


def neighbours(source: Source, statement: ast.stmt) -> tuple[ast.stmt | None, ast.stmt | None]:
    """The statements before and after ``statement`` in its block."""
    block = source.block(statement)
    place = next(index for index, each in enumerate(block) if each is statement)
    before = block[place - 1] if place else None
    after = block[place + 1] if place + 1 < len(block) else None
    return before, after


def evaluated_first(source: Source, node: ast.stmt) -> ast.expr | None:
    """The expression that ``node`` evaluates first, exactly once."""
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
    """The operands that are certainly evaluated, in order. Method look-ups count with their owner."""
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
