"""`max` and `min`, exchanged with the comparisons that do the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import (
    fits,
    operand,
    replaced,
)
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import is_elif
from prmdata.edits.source import Source

_FAMILY = "reductions"
_LONGEST_LINE = 110


@refactor(
    "maximum-updated",
    family=_FAMILY,
    summary="`if x > best: best = x` → `best = max(best, x)`; `min` for `<`",
    examples=(
        ("if x > best:\n    best = x\n", "best = max(best, x)\n"),
        ("if len(x) < low:\n    low = len(x)\n", "low = min(low, len(x))\n"),
    ),
)
def maximum_updated(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        match node:
            case ast.If(
                test=ast.Compare(left=left, ops=[ast.Gt() | ast.Lt() as op], comparators=[right]),
                body=[ast.Assign(targets=[ast.Name(id=best)], value=value)],
                orelse=[],
            ) if not is_elif(source, node) and facts.is_plain:
                text = source.text(value)
                grows = isinstance(op, ast.Gt)
                if source.text(left) == text and isinstance(right, ast.Name) and right.id == best:
                    word = "max" if grows else "min"
                elif source.text(right) == text and isinstance(left, ast.Name) and left.id == best:
                    word = "min" if grows else "max"
                else:
                    continue
                repeatable = (
                    facts.is_pure(value)
                    and best not in facts.names_in(value)
                    and facts.is_builtin(word, node)
                )
                if repeatable and not isinstance(value, ast.Tuple):
                    splice = replaced(source, facts, node, node, f"{best} = {word}({best}, {text})")
                    if splice is not None:
                        yield [splice]


@refactor(
    "maximum-compared",
    family=_FAMILY,
    summary="`best = max(best, x)` → `if x > best: best = x`; `min` with `<`",
    examples=(
        (
            "def f(best, x):\n    best = max(best, x)\n    return best\n",
            "def f(best, x):\n    if x > best:\n        best = x\n    return best\n",
        ),
        ("low = min(low, x)\n", "if x < low:\n    low = x\n"),
    ),
)
def maximum_compared(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=best)],
                value=ast.Call(func=ast.Name(id=word), args=[ast.Name(id=again), other], keywords=[]) as call,
            ) if best == again and facts.calls(call, "max", "min") and facts.is_plain:
                settled = (
                    facts.is_pure(other)
                    and best not in facts.names_in(other)
                    and "\n" not in source.text(other)
                )
                if not settled or not facts.is_stable(call.args[0]):
                    continue
                sign = ">" if word == "max" else "<"
                value = operand(source, other) if not isinstance(other, ast.BinOp) else source.text(other)
                texts = (f"if {value} {sign} {best}:", f"{source.indent_unit}{best} = {source.text(other)}")
                splice = replaced(source, facts, node, node, *texts)
                if splice is not None:
                    yield [splice]


@refactor(
    "maximum-conditional",
    family=_FAMILY,
    summary="`max(a, b)` ↔ `b if b > a else a`, `min(a, b)` ↔ `b if b < a else a`",
    examples=(
        ("x = max(a, b)\n", "x = b if b > a else a\n"),
        ("x = b if b < a else a\n", "x = min(a, b)\n"),
    ),
)
def maximum_conditional(source: Source, facts: Facts) -> Iterator[Splices]:
    if not facts.is_plain:
        return
    for call in source.nodes(ast.Call):
        match call:
            case ast.Call(func=ast.Name(id=word), args=[one, two], keywords=[]) if facts.calls(
                call, "max", "min"
            ):
                if facts.is_simple(one) and facts.is_simple(two):
                    sign, first, second = (">" if word == "max" else "<"), source.text(one), source.text(two)
                    yield [fits(source, call, f"{second} if {second} {sign} {first} else {first}")]
    for node in source.nodes(ast.IfExp):
        match node:
            case ast.IfExp(
                test=ast.Compare(left=left, ops=[ast.Gt() | ast.Lt() as op], comparators=[right]),
                body=body,
                orelse=orelse,
            ) if facts.is_simple(left) and facts.is_simple(right):
                same = source.text(left) == source.text(body) and source.text(right) == source.text(orelse)
                word = "max" if isinstance(op, ast.Gt) else "min"
                if same and facts.is_builtin(word, node):
                    yield [(*source.span(node), f"{word}({source.text(right)}, {source.text(left)})")]
