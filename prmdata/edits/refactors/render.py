"""Renders what a refactoring means as text: expressions that fit their place, statements as whole lines."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from prmdata.edits.layout import indent_of, own_lines, reindented
from prmdata.edits.operators import Splice
from prmdata.edits.program_text import Span
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.source import Source
from prmdata.edits.syntax_text import COMPARISONS, OPPOSITES

_ATOMS = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Dict, ast.Set)
_CLOSED = (*_ATOMS, ast.ListComp, ast.SetComp, ast.DictComp)
_LOOSE_STATEMENTS = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr, ast.If, ast.While, ast.For)
_LOOSE_EXPRESSIONS = (ast.List, ast.Set, ast.Dict, ast.keyword)
_ORDERINGS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_TOTALLY_ORDERED = ("int", "bool", "str", "bytes")


def is_closed(source: Source, node: ast.expr) -> bool:
    """Whether the text of ``node`` has brackets of its own, or is a single word or call."""
    if isinstance(node, ast.Constant):
        return not isinstance(node.value, (str, bytes)) or source.text(node).count("\n") == 0
    if isinstance(node, ast.Tuple):
        text = source.text(node)
        return text.startswith("(") and (
            not node.elts or source.span(node)[0] < source.outer_span(node.elts[0])[0]
        )
    return isinstance(node, (*_CLOSED, ast.GeneratorExp, ast.JoinedStr))


def expression(source: Source, node: ast.expr) -> str:
    """``node`` as it can stand alone after ``=`` or ``return``."""
    text = source.text(node)
    loose = "\n" in text and not is_closed(source, node)
    return f"({text})" if loose or isinstance(node, (ast.NamedExpr, ast.Yield, ast.YieldFrom)) else text


def operand(source: Source, node: ast.expr) -> str:
    """``node`` as an operand of any operator: in parentheses unless it binds as tightly as a name."""
    text = source.text(node)
    if isinstance(node, ast.Constant):
        sticky = isinstance(node.value, (int, float, complex)) and not isinstance(node.value, bool)
        joined = isinstance(node.value, (str, bytes)) and _is_joined(text)
        return f"({text})" if joined or (sticky and text.endswith(".")) else text
    if isinstance(node, ast.JoinedStr):
        return f"({text})"
    return text if is_closed(source, node) else f"({text})"


def _is_joined(text: str) -> bool:
    """Whether a string literal may consist of several literals side by side."""
    return "\n" in text or text.count(text[-1]) > 2 or not text.lstrip("rbuRBU").startswith(text[-1])


def argument(source: Source, node: ast.expr) -> str:
    """``node`` as one of several arguments or elements: tuples and generators get parentheses."""
    if isinstance(node, (ast.Tuple, ast.NamedExpr, ast.Yield)) and not is_closed(source, node):
        return f"({source.text(node)})"
    return source.text(node)


def conjunct(source: Source, node: ast.expr) -> str:
    """``node`` as an operand of ``and``."""
    tight = isinstance(node, (ast.Compare, ast.BinOp, ast.UnaryOp)) and "\n" not in source.text(node)
    if tight or (
        isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) and "\n" not in source.text(node)
    ):
        return source.text(node)
    return operand(source, node)


def fits(source: Source, node: ast.expr, text: str) -> Splice:
    """Replace ``node`` by ``text``, which may bind less tightly, with parentheses if it needs them."""
    span = source.span(node)
    around = source.parent(node)
    loose = isinstance(around, _LOOSE_STATEMENTS) or (
        isinstance(around, ast.Call) and around.func is not node and "," not in text
    )
    loose = loose or isinstance(around, _LOOSE_EXPRESSIONS)
    if loose or source.outer_span(node) != span:
        return (*span, text)
    return (*span, f"({text})")


def negation(source: Source, facts: Facts, node: ast.expr) -> str:
    """A condition whose truth is the opposite of ``node``'s: a whole condition, or an operand that binds like
    ``not``. Orderings are only reversed if both sides are proven to be totally ordered."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return expression(source, inner)
        case ast.Compare(ops=[op], left=left, comparators=[right]) if "\n" not in source.text(node):
            if not isinstance(op, _ORDERINGS) or are_totally_ordered(facts, left, right):
                return compared(source, node, OPPOSITES[COMPARISONS[type(op)]])
            return f"not {source.text(node)}"
    return f"not {operand(source, node)}"


def are_totally_ordered(facts: Facts, left: ast.expr, right: ast.expr) -> bool:
    """Whether exactly one of ``<``, ``==``, ``>`` holds between the two, whatever their values."""
    kinds = {facts.kind(left), facts.kind(right)}
    return kinds <= {"int", "bool"} or (len(kinds) == 1 and kinds <= set(_TOTALLY_ORDERED))


def compared(source: Source, node: ast.Compare, op: str) -> str:
    """``node`` (one comparison) with another operator."""
    start, end = source.gap(node.left, node.comparators[0])
    first, last = source.span(node)
    return source.program[first:start] + op + source.program[end:last]


def flag_text(source: Source, facts: Facts, node: ast.expr) -> str:
    """``node`` as a bool: itself, or in ``bool(...)``."""
    return expression(source, node) if facts.is_condition_bool(node) else f"bool({source.text(node)})"


# ---------------------------------------------------------------- statements


def header_span(source: Source, statement: ast.stmt, last: ast.expr) -> Span | None:
    """The span from the first word of ``statement`` to the colon after ``last``. None if the suite stands on
    the same line or if the span contains a comment."""
    if not isinstance(body := getattr(statement, "body", None), list) or own_lines(source, statement) is None:
        return None
    start = source.span(statement)[0]
    colon = source.program.index(":", source.outer_span(last)[1])
    if source.step_of(body[0]) == source.step_of(statement):
        return None
    return (start, colon + 1)


def lines(source: Source, statement: ast.stmt, *texts: str) -> str:
    """Several lines in the place where ``statement`` starts. Lines after the first may have more
    indentation."""
    return (source.eol + indent_of(source, statement)).join(texts)


def replaced(source: Source, facts: Facts, first: ast.stmt, last: ast.stmt, *texts: str) -> Splice | None:
    """Replace the neighbouring statements ``first`` to ``last`` by lines. None if they share a line with
    other statements or if a comment would be lost. A comment after the last line stays."""
    if own_lines(source, first) is None or own_lines(source, last) is None:
        return None
    span = (source.span(first)[0], source.span(last)[1])
    if facts.has_comment(span):
        return None
    return (*span, lines(source, first, *texts))


def moved(source: Source, block: Sequence[ast.stmt], indent: str) -> str | None:
    """The whole lines of neighbouring statements, comments kept, at another indentation. None if a statement
    shares a line."""
    spans = [own_lines(source, statement) for statement in block]
    first, last = spans[0], spans[-1]
    if first is None or last is None or None in spans:
        return None
    old = indent_of(source, block[0])
    begin, place = source.step_starts[source.step_at(first[0])], source.step_at(first[0])
    while place < len(source.steps) and source.step_starts[place] < last[1]:
        if not source.indent(place).startswith(old):
            return None  # tabs and blanks are mixed, so moving it would change the blocks
        place += 1
    text = reindented(source, (begin, last[1]), old, indent)
    return text if text.endswith(("\n", "\r")) else text + source.eol


def whole_lines(source: Source, first: ast.stmt, last: ast.stmt) -> Span | None:
    """The whole lines from ``first`` (without its comments) to the end of ``last``."""
    begin, end = own_lines(source, first), own_lines(source, last)
    return (begin[0], end[1]) if begin is not None and end is not None else None


def ended(source: Source, end: int, text: str) -> str:
    """``text`` (whole lines) as it can stand before offset ``end``: without a last line end if the program
    ends without one."""
    if end == len(source.program) and not source.program.endswith(("\n", "\r")):
        return text.rstrip("\r\n")
    return text
