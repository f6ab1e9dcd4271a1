"""Arithmetic: the wrong operator, swapped or lost operands, lost parentheses, wrong signs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Operator, Splices, operator
from prmdata.edits.source import Source
from prmdata.edits.syntax_text import ARITHMETIC, is_number

_FAMILY = "arithmetic"
_NEAR = {
    "+": "-", "-": "+", "*": "/", "/": "//", "//": "/", "%": "//", "**": "*", "<<": ">>", ">>": "<<",
    "&": "|", "|": "&", "^": "|",
}  # fmt: skip
_ALSO_NEAR = {"*": "+", "/": "*", "//": "%", "%": "/", "**": "^", "^": "&", "&": "^"}
_ONE_WAY = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.LShift, ast.RShift)


def _formats(source: Source, node: ast.BinOp) -> bool:
    """Whether ``%`` is string formatting."""
    return isinstance(node.op, ast.Mod) and source.kinds.of(node.left) == "str"


@operator(
    "arithmetic-near",
    intent="mutate",
    family=_FAMILY,
    summary="`+` ↔ `-`, `*` → `/`, `//` ↔ `/`, `%` → `//`, `**` → `*`, `<<` ↔ `>>`, `&` ↔ `|`: the operator next to the right one",
    examples=(
        ("x = a + b\n", "x = a - b\n"),
        ("x = a // (b * c)\n", "x = a / (b * c)\n"),
        ("x = a & b\n", "x = a ^ b\n"),
    ),
)
def near(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.BinOp):
        op = ARITHMETIC[type(node.op)]
        for table in (_NEAR, _ALSO_NEAR):
            if op in table and not _formats(source, node):
                yield [(*source.gap(node.left, node.right), table[op])]


@operator(
    "arithmetic-replace",
    intent="mutate",
    family=_FAMILY,
    summary="any binary operator by any other that `arithmetic-near` leaves out",
    examples=(
        ("x = a + b\n", "x = a % b\n"),
        ("x = a - b\n", "x = a ** b\n"),
        ("x = a & b\n", "x = a + b\n"),
    ),
)
def replace(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.BinOp):
        op = ARITHMETIC[type(node.op)]
        if op not in _NEAR or _formats(source, node):
            continue
        texts = any(source.kinds.of(side) in ("str", "list", "tuple") for side in (node.left, node.right))
        for new in ("+", "*") if texts else _NEAR:
            if new not in (op, _NEAR[op], _ALSO_NEAR.get(op)):
                yield [(*source.gap(node.left, node.right), new)]


@operator(
    "operand-swap",
    intent="mutate",
    family="operands",
    summary="`a - b` → `b - a`: operands the wrong way round",
    examples=(("x = a - b\n", "x = b - a\n"), ("x = (a + 1) // len(b)\n", "x = len(b) // (a + 1)\n")),
)
def operand_swap(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.BinOp):
        texts = any(source.kinds.of(side) in ("str", "list", "tuple") for side in (node.left, node.right))
        if _formats(source, node) or not (
            isinstance(node.op, _ONE_WAY) or (isinstance(node.op, ast.Add) and texts)
        ):
            continue
        left, right = source.outer_span(node.left), source.outer_span(node.right)
        first, second = source.program[slice(*left)], source.program[slice(*right)]
        if isinstance(node.left, ast.BinOp) and not first.startswith("("):
            first = f"({first})"
        yield [(left[0], right[1], second + source.program[left[1] : right[0]] + first)]


@operator(
    "operand-drop",
    intent="mutate",
    family="operands",
    summary="`a + b` → `a` or `b`: a missing `+ 1`, a missing term",
    examples=(("x = n + 1\n", "x = n\n"), ("x = a * (b - c)\n", "x = (b - c)\n")),
)
def operand_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.BinOp):
        start, end = source.span(node)
        left, right = source.outer_span(node.left), source.outer_span(node.right)
        yield [(left[1], end, "")]
        if not (is_number(node.right) and isinstance(node.op, (ast.FloorDiv, ast.Div, ast.Mod, ast.Pow))):
            yield [(start, right[0], "")]


@operator(
    "parentheses-drop",
    intent="mutate",
    family="operands",
    summary="`(a + b) * c` → `a + b * c`: parentheses forgotten",
    examples=(("x = (a + b) * c\n", "x = a + b * c\n"), ("x = a - (b - c)\n", "x = a - b - c\n")),
)
def parentheses_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.BinOp, ast.BoolOp, ast.IfExp, ast.Compare):
        outer, inner = source.outer_span(node), source.span(node)
        around = source.parent(node)
        one_line = node.lineno == node.end_lineno
        if outer != inner and one_line and isinstance(around, (ast.BinOp, ast.BoolOp, ast.UnaryOp)):
            yield [(*outer, source.program[slice(*inner)])]


@operator(
    "augmented-replace",
    intent="mutate",
    family=_FAMILY,
    summary="`+=` ↔ `-=`, `*=` ↔ `/=` ...: the wrong augmented operator",
    examples=(("x += y\n", "x -= y\n"), ("x *= y\n", "x /= y\n"), ("x //= y\n", "x /= y\n")),
)
def augmented_replace(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.AugAssign):
        op = ARITHMETIC[type(node.op)]
        basic = ("+", "-", "*", "/") if op in ("+", "-", "*", "/") else ()
        news = dict.fromkeys(
            new for new in (_NEAR.get(op), _ALSO_NEAR.get(op), *basic) if new not in (None, op)
        )
        for new in news:
            yield [(*source.gap(node.target, node.value), f"{new}=")]


@operator(
    "unary-drop",
    intent="mutate",
    family="sign",
    summary="`-x` → `x`, `not x` → `x`, `~x` → `x`: a lost sign or negation",
    examples=(("x = -y\n", "x = y\n"), ("if not (a or b):\n    pass\n", "if (a or b):\n    pass\n")),
)
def unary_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.UnaryOp):
        start, _ = source.span(node)
        yield [(start, source.outer_span(node.operand)[0], "")]


@operator(
    "unary-replace",
    intent="mutate",
    family="sign",
    summary="`-x` ↔ `+x` ↔ `~x` → `not x`: another sign",
    examples=(("x = -y\n", "x = +y\n"), ("x = ~y\n", "x = -y\n"), ("x = -y\n", "x = not y\n")),
)
def unary_replace(source: Source) -> Iterator[Splices]:
    signs: dict[type[ast.unaryop], str] = {ast.UAdd: "+", ast.USub: "-", ast.Invert: "~"}
    for node in source.nodes(ast.UnaryOp):
        if type(node.op) in signs:
            start, end = source.span(node)
            operand = source.outer_span(node.operand)[0]
            for new in ("+", "-", "~"):
                if new != signs[type(node.op)]:
                    yield [(start, operand, new)]
            alone = isinstance(source.parent(node), (ast.stmt, ast.Call, ast.keyword)) or source.outer_span(
                node
            ) != (start, end)
            text = source.program[operand:end]
            yield [(start, end, f"not {text}" if alone else f"(not {text})")]


@operator(
    "sign-insert",
    intent="mutate",
    family="sign",
    summary="`x` → `-x` where a number is returned, assigned or passed: a wrong sign",
    examples=(
        ("def f(x):\n    return x * 2\n", "def f(x):\n    return -(x * 2)\n"),
        ("n = len(a)\nx = n\n", "n = len(a)\nx = -n\n"),
    ),
)
def sign_insert(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Return, ast.Assign, ast.AugAssign):
        value = node.value
        if value is None or is_number(value) or isinstance(value, ast.UnaryOp):
            continue
        if source.kinds.guess(value) in ("int", "float") or isinstance(value, ast.BinOp):
            kinds = {source.kinds.guess(side) for side in ast.walk(value) if isinstance(side, ast.expr)}
            if not kinds & {"str", "list", "tuple"}:
                yield [(*source.outer_span(value), f"-{source.grouped(value)}")]


ARITHMETICS: tuple[Operator, ...] = (
    near, replace, operand_swap, operand_drop, parentheses_drop, augmented_replace, unary_drop, unary_replace,
    sign_insert,
)  # fmt: skip
