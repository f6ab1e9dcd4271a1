"""Guards: exchanges an early exit with the nesting of what follows it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.layout import indent_of, own_lines
from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import ended, header_span, moved, negation, whole_lines
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import LONGEST, is_elif
from prmdata.edits.source import Source

_FAMILY = "guards"


@refactor(
    "guard-to-nested",
    family=_FAMILY,
    summary="`if c: continue` and the rest of the loop → `if not c:` around the rest; the same for a bare `return`",
    examples=(
        (
            "for a in b:\n    if a:\n        continue\n    c(a)\n",
            "for a in b:\n    if not a:\n        c(a)\n",
        ),
        (
            "def f(a):\n    if a == 1:\n        return\n    # why\n    a()\n",
            "def f(a):\n    if a != 1:\n        # why\n        a()\n",
        ),
    ),
)
def guard_to_nested(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        around, block = source.parent(node), source.block(node)
        rest = block[[each is node for each in block].index(True) + 1 :]
        if node.orelse or is_elif(source, node) or not rest or not _leaves_to_end(around, block, node.body):
            continue
        if source.step_at(source.span(rest[-1])[1] - 1) - source.step_of(rest[0]) >= LONGEST:
            continue
        span, head = whole_lines(source, node, rest[-1]), header_span(source, node, node.test)
        indent = indent_of(source, node)
        body = moved(source, rest, indent_of(source, node.body[0]))
        if span is None or head is None or body is None:
            continue
        own = own_lines(source, node)
        if own is None or facts.has_comment(own):
            continue
        text = f"{indent}if {negation(source, facts, node.test)}:{source.eol}{body}"
        yield [(*span, ended(source, span[1], text))]


def _leaves_to_end(around: ast.AST | None, block: list[ast.stmt], body: list[ast.stmt]) -> bool:
    """Whether ``body`` only jumps to the place where ``block``, the suite of a loop or function, ends
    anyway."""
    match body:
        case [ast.Continue()]:
            return isinstance(around, (ast.For, ast.While)) and block is around.body
        case [ast.Return(value=None)]:
            return isinstance(around, ast.FunctionDef) and block is around.body
    return False


@refactor(
    "nested-to-guard",
    family=_FAMILY,
    summary="an `if c:` that ends a loop's or a function's suite → `if not c: continue` (`return`), its suite moved out",
    examples=(
        (
            "for a in b:\n    if a:\n        c(a)\n",
            "for a in b:\n    if not a:\n        continue\n    c(a)\n",
        ),
        (
            "def f(a):\n    a()\n    if a == 1:\n        a()\n        a()\n",
            "def f(a):\n    a()\n    if a != 1:\n        return\n    a()\n    a()\n",
        ),
    ),
)
def nested_to_guard(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        around, block = source.parent(node), source.block(node)
        if (
            node.orelse
            or is_elif(source, node)
            or block[-1] is not node
            or block is not getattr(around, "body", None)
        ):
            continue
        if isinstance(around, (ast.For, ast.While)):
            leave = "continue"
        elif isinstance(around, ast.FunctionDef) and not _is_generator(around):
            leave = "return"
        else:
            continue
        if source.step_at(source.span(node)[1] - 1) - source.step_of(node) > LONGEST:
            continue
        span, head = whole_lines(source, node, node), header_span(source, node, node.test)
        indent, inner = indent_of(source, node), indent_of(source, node.body[0])
        body = moved(source, node.body, indent)
        if span is None or head is None or body is None:
            continue
        if facts.has_comment((head[0], source.step_starts[source.step_of(node.body[0])])):
            continue
        test = negation(source, facts, node.test)
        text = f"{indent}if {test}:{source.eol}{inner}{leave}{source.eol}{body}"
        yield [(*span, ended(source, span[1], text))]


def _is_generator(node: ast.FunctionDef) -> bool:
    return any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in ast.walk(node))
