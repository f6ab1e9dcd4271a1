"""Conditions: the wrong branch, half of a test lost, a guard or an `else` forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from prmdata.edits.layout import own_lines, reindented, removed
from prmdata.edits.operators import Operator, Splices, operator
from prmdata.edits.source import Source
from prmdata.edits.syntax_text import negated

_FAMILY = "condition"
_JUMPS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def _tests(source: Source) -> Iterator[ast.expr]:
    for node in source.nodes(ast.If, ast.While, ast.IfExp, ast.Assert):
        yield node.test
    for part in source.nodes(ast.comprehension):
        yield from part.ifs


@operator(
    "condition-negate",
    intent="mutate",
    family=_FAMILY,
    summary="a test of `if`, `while`, `assert`, a conditional expression or a filter inverted: the wrong branch",
    examples=(
        ("if a and b:\n    pass\n", "if not (a and b):\n    pass\n"),
        ("x = 1 if a else 2\n", "x = 1 if not a else 2\n"),
        ("x = [y for y in z if y in w]\n", "x = [y for y in z if y not in w]\n"),
        ("assert f(x)\n", "assert not f(x)\n"),
    ),
)
def condition_negate(source: Source) -> Iterator[Splices]:
    for test in _tests(source):
        yield [(*source.outer_span(test), _gap(source, test) + negated(source, test))]


def _gap(source: Source, test: ast.expr) -> str:
    """A blank if nothing separates the test from the keyword before it (``if(a)``)."""
    return "" if source.program[source.outer_span(test)[0] - 1] in " \t(" else " "


@operator(
    "condition-constant",
    intent="mutate",
    family=_FAMILY,
    summary="a test that always or never holds: `if True`, `if False`, `while False`",
    examples=(
        ("if a:\n    pass\n", "if True:\n    pass\n"),
        ("if a:\n    pass\n", "if False:\n    pass\n"),
        ("while a < b:\n    a += 1\n", "while False:\n    a += 1\n"),
        ("x = 1 if a or b else 2\n", "x = 1 if True else 2\n"),
    ),
)
def condition_constant(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.If, ast.IfExp, ast.While):
        if isinstance(node.test, ast.Constant):
            continue
        for value in ("False",) if isinstance(node, ast.While) else ("True", "False"):
            yield [(*source.outer_span(node.test), _gap(source, node.test) + value)]


@operator(
    "and-or",
    intent="mutate",
    family=_FAMILY,
    summary="`and` ↔ `or`",
    examples=(("x = a and b\n", "x = a or b\n"), ("x = a or b or c\n", "x = a or b and c\n")),
)
def and_or(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.BoolOp):
        new = "or" if isinstance(node.op, ast.And) else "and"
        for left, right in pairwise(node.values):
            yield [(*source.gap(left, right), new)]


@operator(
    "condition-drop",
    intent="mutate",
    family=_FAMILY,
    summary="`a and b` → `a` or `b`: one of several conditions forgotten",
    examples=(("if a and b:\n    pass\n", "if b:\n    pass\n"), ("x = a or not b or c\n", "x = a or c\n")),
)
def condition_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.BoolOp):
        spans = [source.outer_span(value) for value in node.values]
        for index in range(len(spans)):
            if index + 1 < len(spans):
                yield [(spans[index][0], spans[index + 1][0], "")]
            else:
                yield [(spans[index - 1][1], spans[index][1], "")]


@operator(
    "branch-swap",
    intent="mutate",
    family="branch",
    summary="`a if c else b` → `b if c else a`, or only one of them",
    examples=(
        ("x = a if c else b\n", "x = b if c else a\n"),
        ("x = (a if c else b) + 1\n", "x = (a) + 1\n"),
        ("x = a if c else b\n", "x = b\n"),
    ),
)
def branch_swap(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.IfExp):
        start, end = source.span(node)
        body, orelse = source.outer_span(node.body), source.outer_span(node.orelse)
        first, second = source.program[slice(*body)], source.program[slice(*orelse)]
        yield [(start, end, second + source.program[body[1] : orelse[0]] + first)]
        yield [(start, end, first)]
        yield [(start, end, second)]


@operator(
    "guard-drop",
    intent="mutate",
    family="guard",
    summary="an `if` that only handles an edge (or a base case) forgotten",
    examples=(
        ("def f(n):\n    if n == 0:\n        return 1\n    return n\n", "def f(n):\n    return n\n"),
        ("for x in y:\n    if not x:\n        continue\n    print(x)\n", "for x in y:\n    print(x)\n"),
    ),
)
def guard_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        if not node.orelse and not _is_elif(source, node):
            yield [removed(source, node)]


def _is_elif(source: Source, node: ast.If) -> bool:
    return source.program.startswith("elif", source.span(node)[0])


@operator(
    "condition-lost",
    intent="mutate",
    family="guard",
    summary="what stood under an `if` happens always",
    examples=(
        ("for x in y:\n    if x > 0:\n        n += x\n", "for x in y:\n    n += x\n"),
        ("if a:\n    b = 1\n    c = 2\nd = 3\n", "b = 1\nc = 2\nd = 3\n"),
    ),
)
def condition_lost(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        if node.orelse or _is_elif(source, node) or isinstance(node.body[-1], _JUMPS):
            continue
        lines, first = own_lines(source, node), own_lines(source, node.body[0])
        if lines is not None and first is not None:
            step = source.step_of(node)
            inner = source.step_starts[step + 1]
            text = reindented(source, (inner, lines[1]), source.indent(step + 1), source.indent(step))
            yield [(lines[0], lines[1], text)]


@operator(
    "else-drop",
    intent="mutate",
    family="branch",
    summary="an `else` or `elif` branch forgotten",
    examples=(
        ("if a:\n    x = 1\nelse:\n    x = 2\n", "if a:\n    x = 1\n"),
        ("if a:\n    x = 1\nelif b:\n    x = 2\nelse:\n    x = 3\n", "if a:\n    x = 1\nelse:\n    x = 3\n"),
    ),
)
def else_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.If, ast.For, ast.While):
        if not node.orelse:
            continue
        after = _step_after(source, node.body[-1])
        if after >= len(source.steps) or source.steps[after].kind != "clause":
            continue
        match node.orelse:
            case [ast.If() as other] if _is_elif(source, other):
                stop = _step_after(source, other.body[-1])
            case _:
                stop = _step_after(source, node.orelse[-1])
        yield [(source.step_starts[after], source.step_starts[stop], "")]


def _step_after(source: Source, statement: ast.stmt) -> int:
    return source.step_at(source.span(statement)[1] - 1) + 1


@operator(
    "elif-for-if",
    intent="mutate",
    family="branch",
    summary="`elif` ↔ `if`: branches that exclude each other, or no longer do",
    examples=(
        ("if a:\n    x = 1\nelif b:\n    x = 2\n", "if a:\n    x = 1\nif b:\n    x = 2\n"),
        ("if a:\n    x = 1\nif b:\n    x = 2\n", "if a:\n    x = 1\nelif b:\n    x = 2\n"),
    ),
)
def elif_for_if(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        start = source.span(node)[0]
        if _is_elif(source, node):
            yield [(start, start + 4, "if")]
            continue
        block = source.block(node)
        index = next(i for i, each in enumerate(block) if each is node)
        before = block[index - 1] if index else None
        if isinstance(before, ast.If) and not before.orelse and own_lines(source, node) is not None:
            yield [(start, start, "el")]


@operator(
    "filter-drop",
    intent="mutate",
    family="guard",
    summary="the `if` of a comprehension forgotten",
    examples=(
        ("x = [y for y in z if y > 0]\n", "x = [y for y in z]\n"),
        ("x = sum(y for y in z if y if w)\n", "x = sum(y for y in z if w)\n"),
    ),
)
def filter_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.comprehension):
        ends = [source.outer_span(node.iter)[1], *(source.outer_span(test)[1] for test in node.ifs)]
        for begin, end in pairwise(ends):
            yield [(begin, end, "")]


CONDITIONS: tuple[Operator, ...] = (
    condition_negate, condition_constant, and_or, condition_drop, branch_swap, guard_drop, condition_lost, else_drop,
    elif_for_if, filter_drop,
)  # fmt: skip
