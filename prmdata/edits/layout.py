"""Whole lines: finds the lines of a statement, removes them, inserts lines, and changes indentation."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from prmdata.edits.operators import Splice
from prmdata.edits.program_text import Span
from prmdata.edits.source import Source


def own_lines(source: Source, statement: ast.stmt) -> Span | None:
    """The whole lines of ``statement``, including its decorators and body but not the comments before it.
    None if it shares a line with another statement (``a; b``, ``if x: y``)."""
    start = _first_offset(source, statement)
    end = source.span(statement)[1]
    first, last = source.step_at(start), source.step_at(max(start, end - 1))
    begin = source.code_start(first)
    if source.program[begin:start].strip(" \t\f"):
        return None
    closing = source.steps[last].last_line
    stop = source.line_starts[closing]
    rest = source.program[end:stop].lstrip(" \t\f\r\n")
    if rest and not rest.startswith("#"):
        return None
    return begin, stop


def _first_offset(source: Source, statement: ast.stmt) -> int:
    decorators: Sequence[ast.expr] = getattr(statement, "decorator_list", ())
    start = source.span(statement)[0]
    if not decorators:
        return start
    return source.program.rindex("@", 0, source.span(decorators[0])[0])


def indent_of(source: Source, statement: ast.stmt) -> str:
    """The indentation of the line on which ``statement`` starts."""
    return source.indent(source.step_at(_first_offset(source, statement)))


def removed(source: Source, statement: ast.stmt) -> Splice:
    """Remove ``statement`` with its comments. It becomes ``pass`` if its block would be empty or if it shares
    a line."""
    lines = own_lines(source, statement)
    if lines is None or len(source.block(statement)) == 1:
        return (*source.span(statement), "pass")
    begin, end = lines
    return (source.step_starts[source.step_at(begin)], end, "")


def inserted_before(source: Source, statement: ast.stmt, *lines: str) -> Splice | None:
    """Put ``lines`` (without indentation and line end) before the step of ``statement``. None if the
    statement shares a line with another. Comments before the statement stay with it."""
    own = own_lines(source, statement)
    if own is None:
        return None
    indent = indent_of(source, statement)
    place = source.step_starts[source.step_at(own[0])]
    return place, place, "".join(f"{indent}{line}{source.eol}" for line in lines)


def reindented(source: Source, span: Span, old: str, new: str) -> str:
    """The whole lines of ``span`` with the leading ``old`` replaced by ``new``. Blank lines and lines that
    begin inside a string are left alone."""
    begin, end = span
    frozen = _lines_in_strings(source)
    pieces: list[str] = []
    line = source.line_starts.index(begin)
    while source.line_starts[line] < end:
        text = source.lines[line]
        if line not in frozen and text.strip() and text.startswith(old):
            text = new + text[len(old) :]
        pieces.append(text)
        line += 1
    return "".join(pieces)


def _lines_in_strings(source: Source) -> frozenset[int]:
    """The physical lines, counted from 0, that begin inside a string literal."""
    found: set[int] = set()
    for node in source.nodes(ast.Constant, ast.JoinedStr):
        last = node.end_lineno or node.lineno
        if last > node.lineno and not (
            isinstance(node, ast.Constant) and not isinstance(node.value, str | bytes)
        ):
            found.update(range(node.lineno, last))
    return frozenset(found)
