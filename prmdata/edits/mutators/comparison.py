"""Comparisons: a bound off by one, the wrong direction, the wrong operator."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Operator, Splices, operator
from prmdata.edits.program_text import Span
from prmdata.edits.source import Source
from prmdata.edits.syntax_text import COMPARISONS, OPPOSITES, is_number

_FAMILY = "comparison"
_BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_IDENTITY = {"==": "is", "!=": "is not", "is": "==", "is not": "!="}
_ORDERINGS = ("==", "!=", "<", "<=", ">", ">=")


def _places(source: Source) -> Iterator[tuple[Span, str, ast.expr]]:
    """Each comparison operator: its span, the operator, and its right operand."""
    for node in source.nodes(ast.Compare):
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            yield source.gap(left, right), COMPARISONS[type(op)], right
            left = right


def _word(source: Source, span: Span, new: str) -> tuple[int, int, str]:
    """``new`` in place of the operator, with blanks where a word would touch its operands."""
    start, end = span
    before = " " if new[0].isalpha() and not source.program[start - 1].isspace() else ""
    after = " " if new[0].isalpha() and not source.program[end].isspace() else ""
    return start, end, before + new + after


def _swapped(source: Source, table: dict[str, str]) -> Iterator[Splices]:
    for span, op, _ in _places(source):
        if op in table:
            yield [(*span, table[op])]


@operator(
    "comparison-boundary",
    intent="mutate",
    family="boundary",
    summary="`<` ↔ `<=`, `>` ↔ `>=`: a bound off by one",
    examples=(
        ("while a < b:\n    a += 1\n", "while a <= b:\n    a += 1\n"),
        ("x = 0 >= y > (z)\n", "x = 0 >= y >= (z)\n"),
    ),
)
def boundary(source: Source) -> Iterator[Splices]:
    return _swapped(source, _BOUNDARY)


@operator(
    "comparison-negate",
    intent="mutate",
    family=_FAMILY,
    summary="`==` ↔ `!=`, `<` ↔ `>=`, `in` ↔ `not in`, `is` ↔ `is not`: the other branch",
    examples=(("x = a in b\n", "x = a not in b\n"), ("if a == b:\n    pass\n", "if a != b:\n    pass\n")),
)
def negate(source: Source) -> Iterator[Splices]:
    return _swapped(source, OPPOSITES)


@operator(
    "comparison-turn",
    intent="mutate",
    family=_FAMILY,
    summary="`<` ↔ `>`, `<=` ↔ `>=`: the wrong direction",
    examples=(("x = a < b\n", "x = a > b\n"), ("return_ = (a) >= (b)\n", "return_ = (a) <= (b)\n")),
)
def turn(source: Source) -> Iterator[Splices]:
    return _swapped(source, _TURNED)


@operator(
    "comparison-replace",
    intent="mutate",
    family=_FAMILY,
    summary="any ordering or equality by any other that the finer operators leave out",
    examples=(("x = a == b\n", "x = a <= b\n"), ("x = a < b\n", "x = a != b\n")),
)
def replace(source: Source) -> Iterator[Splices]:
    for span, op, right in _places(source):
        done = {op, OPPOSITES[op], _BOUNDARY.get(op), _TURNED.get(op)}
        ordered = op in _ORDERINGS and not (isinstance(right, ast.Constant) and right.value is None)
        for new in _ORDERINGS if ordered else ():
            if new not in done:
                yield [(*span, new)]


@operator(
    "comparison-identity",
    intent="mutate",
    family=_FAMILY,
    summary="`==` ↔ `is`, `!=` ↔ `is not`: identity for equality",
    examples=(
        ("x = a == b\n", "x = a is b\n"),
        ("x = a is not b\n", "x = a != b\n"),
        ("x = a==b\n", "x = a is b\n"),
    ),
)
def identity(source: Source) -> Iterator[Splices]:
    for span, op, right in _places(source):
        if op in _IDENTITY and not is_number(right):
            yield [_word(source, span, _IDENTITY[op])]
        elif op not in _IDENTITY and op in _ORDERINGS and not is_number(right):
            yield from ([_word(source, span, new)] for new in ("is", "is not"))


@operator(
    "comparison-order-for-identity",
    intent="mutate",
    family=_FAMILY,
    summary="`is` by an ordering, and equality by the opposite identity (cosmic-ray's remaining pairs)",
    examples=(("x = a is b\n", "x = a < b\n"), ("x = a == b\n", "x = a is not b\n")),
)
def cross(source: Source) -> Iterator[Splices]:
    for span, op, right in _places(source):
        constant = is_number(right) or (isinstance(right, ast.Constant) and right.value is None)
        if op in ("==", "!=") and not is_number(right):
            yield [_word(source, span, "is not" if op == "==" else "is")]
        elif op in ("is", "is not") and not constant:
            yield from ([(*span, new)] for new in _ORDERINGS if new != _IDENTITY[op])


@operator(
    "comparison-chain-drop",
    intent="mutate",
    family="boundary",
    summary="`a < b < c` → `a < b` or `b < c`: half of a chained comparison lost",
    examples=(("x = 0 <= i < n\n", "x = 0 <= i\n"), ("x = 0 <= i < n\n", "x = i < n\n")),
)
def chain_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Compare):
        if len(node.ops) > 1:
            start, end = source.span(node)
            yield [(source.outer_span(node.comparators[-2])[1], end, "")]
            yield [(start, source.outer_span(node.comparators[0])[0], "")]


COMPARISON: tuple[Operator, ...] = (boundary, negate, turn, replace, identity, cross, chain_drop)
