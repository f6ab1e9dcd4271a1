"""`if` in its other forms: conditional expressions, swapped branches, nested and joined tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.layout import indent_of
from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import (
    argument,
    conjunct,
    ended,
    expression,
    header_span,
    moved,
    negation,
    operand,
    replaced,
    whole_lines,
)
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import LONGEST, clause_line, has_elif, is_elif, n_steps, neighbours
from prmdata.edits.source import Source

_FAMILY = "branches"
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


@refactor(
    "conditional-to-if",
    family=_FAMILY,
    summary="`x = A if c else B` → `if c: x = A` / `else: x = B`; the same for `return`",
    examples=(
        ("x = 1 if y else 2\n", "if y:\n    x = 1\nelse:\n    x = 2\n"),
        ("def f(a):\n    return 1 if a else 2\n", "def f(a):\n    if a:\n        return 1\n    return 2\n"),
    ),
)
def conditional_to_if(source: Source, facts: Facts) -> Iterator[Splices]:
    unit = source.indent_unit
    for node in source.nodes(ast.Assign, ast.AugAssign, ast.Return):
        if not isinstance(node.value, ast.IfExp) or not _is_unpacked(node):
            continue
        choice = node.value
        start = source.program[source.span(node)[0] : source.outer_span(choice)[0]]
        if isinstance(node, ast.AugAssign) and not isinstance(node.target, ast.Name):
            continue
        if "\n" in start or facts.suspends(choice):
            continue
        one, two = (start + expression(source, each) for each in (choice.body, choice.orelse))
        test = f"if {expression(source, choice.test)}:"
        rest = [two] if isinstance(node, ast.Return) else ["else:", unit + two]
        splice = replaced(source, facts, node, node, test, unit + one, *rest)
        if splice is not None:
            yield [splice]


def _is_unpacked(node: ast.Assign | ast.AugAssign | ast.Return) -> bool:
    return not isinstance(node, ast.Assign) or len(node.targets) == 1


@refactor(
    "if-to-conditional",
    family=_FAMILY,
    summary="`if c: x = A` / `else: x = B` → `x = A if c else B`; the same for `return`",
    examples=(
        ("if y:\n    x = 1\nelse:\n    x = 2\n", "x = 1 if y else 2\n"),
        ("def f(a):\n    if a:\n        return 1\n    return 2\n", "def f(a):\n    return 1 if a else 2\n"),
    ),
)
def if_to_conditional(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        if is_elif(source, node) or facts.suspends(node):
            continue
        after = neighbours(source, node)[1]
        match node.body, node.orelse:
            case [ast.Return(value=ast.expr() as one)], [ast.Return(value=ast.expr() as two) as last]:
                start = "return "
            case [ast.Return(value=ast.expr() as one)], [] if isinstance(after, ast.Return) and after.value:
                start, two, last = "return ", after.value, after
            case [ast.Assign(targets=[target], value=one)], [ast.Assign(targets=[again], value=two) as last]:
                if source.text(target) != source.text(again) or isinstance(target, ast.Tuple):
                    continue
                start = f"{source.text(target)} = "
            case _:
                continue
        texts = [operand(source, each) if isinstance(each, (ast.IfExp, ast.Lambda)) else argument(source, each)
                 for each in (one, node.test)]  # fmt: skip
        text = f"{start}{texts[0]} if {texts[1]} else {argument(source, two)}"
        splice = replaced(source, facts, node, last, text)
        if splice is not None and "\n" not in text and len(text) < 120:
            yield [splice]


@refactor(
    "branches-swapped",
    family=_FAMILY,
    summary="`if c: A` / `else: B` → `if not c: B` / `else: A`",
    examples=(
        ("if y:\n    x = 1\nelse:\n    x = 2\n", "if not y:\n    x = 2\nelse:\n    x = 1\n"),
        (
            "if y == 1:\n    x()\nelse:\n    # why\n    z()\n",
            "if y != 1:\n    # why\n    z()\nelse:\n    x()\n",
        ),
    ),
)
def branches_swapped(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        if not node.orelse or has_elif(source, node):
            continue
        if n_steps(source, node.body) > LONGEST or n_steps(source, node.orelse) > LONGEST:
            continue
        span, head = whole_lines(source, node, node.orelse[-1]), header_span(source, node, node.test)
        one, two = (moved(source, block, indent_of(source, block[0])) for block in (node.body, node.orelse))
        otherwise = clause_line(source, node)
        if span is None or head is None or one is None or two is None or otherwise is None:
            continue
        word = "elif" if is_elif(source, node) else "if"
        indent = indent_of(source, node)
        test = f"{indent}{word} {negation(source, facts, node.test)}:{source.eol}"
        if facts.has_comment((head[0], source.step_starts[source.step_of(node.body[0])])):
            continue
        yield [(*span, ended(source, span[1], test + two + otherwise + one))]


@refactor(
    "conditional-swapped",
    family=_FAMILY,
    summary="`A if c else B` → `B if not c else A`",
    examples=(
        ("x = 1 if y else 2\n", "x = 2 if not y else 1\n"),
        ("x = 1 if y == 3 else 2\n", "x = 2 if y != 3 else 1\n"),
    ),
)
def conditional_swapped(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.IfExp):
        if facts.suspends(node) or isinstance(node.orelse, ast.IfExp):
            continue
        one, two = operand_of_choice(source, node.body), operand_of_choice(source, node.orelse)
        yield [(*source.span(node), f"{two} if {negation(source, facts, node.test)} else {one}")]


def operand_of_choice(source: Source, node: ast.expr) -> str:
    """``node`` as one of the two values of a conditional expression."""
    loose = isinstance(node, (ast.IfExp, ast.Lambda, ast.NamedExpr))
    return operand(source, node) if loose or "\n" in source.text(node) else argument(source, node)


@refactor(
    "tests-split",
    family=_FAMILY,
    summary="`if a and b:` → `if a:`, `if b:` where there is no `else`",
    examples=(
        ("if a and b:\n    x()\n", "if a:\n    if b:\n        x()\n"),
        ("if a and b or c and d:\n    x()\nif e > 1 and f:\n    y()\n",
         "if a and b or c and d:\n    x()\nif e > 1:\n    if f:\n        y()\n"),
    ),
)  # fmt: skip
def tests_split(source: Source, facts: Facts) -> Iterator[Splices]:
    unit = source.indent_unit
    for node in source.nodes(ast.If):
        if node.orelse or is_elif(source, node) or not isinstance(node.test, ast.BoolOp):
            continue
        span, head = whole_lines(source, node, node), header_span(source, node, node.test)
        if not isinstance(node.test.op, ast.And) or span is None or head is None or facts.suspends(node.test):
            continue
        body = moved(source, node.body, indent_of(source, node.body[0]) + unit)
        lost = facts.has_comment((head[0], source.step_starts[source.step_of(node.body[0])]))
        if body is None or lost or n_steps(source, node.body) > LONGEST:
            continue
        first, rest = node.test.values[0], node.test.values[1:]
        last = (
            " and ".join(conjunct(source, each) for each in rest)
            if len(rest) > 1
            else expression(source, rest[0])
        )
        indent = indent_of(source, node)
        heads = f"{indent}if {expression(source, first)}:{source.eol}{indent}{unit}if {last}:{source.eol}"
        yield [(*span, ended(source, span[1], heads + body))]


@refactor(
    "tests-joined",
    family=_FAMILY,
    summary="`if a:`, `if b:` → `if a and b:` where neither has an `else`",
    examples=(
        ("if a:\n    if b:\n        x()\n", "if a and b:\n    x()\n"),
        ("if a or c:\n    if b == 1:\n        x()\n", "if (a or c) and b == 1:\n    x()\n"),
    ),
)
def tests_joined(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        match node.body:
            case [ast.If(orelse=[]) as inner] if not node.orelse and not is_elif(source, node):
                span, head = whole_lines(source, node, node), header_span(source, inner, inner.test)
                body = moved(source, inner.body, indent_of(source, inner))
                if span is None or head is None or body is None or n_steps(source, inner.body) > LONGEST:
                    continue
                start = source.step_starts[source.step_of(inner.body[0])]
                if facts.has_comment((source.span(node)[0], start)):
                    continue
                tests = f"{conjunct(source, node.test)} and {conjunct(source, inner.test)}"
                text = f"{indent_of(source, node)}if {tests}:{source.eol}{body}"
                yield [(*span, ended(source, span[1], text))]
