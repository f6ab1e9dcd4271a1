"""Whole lines: statements are removed, lines are inserted and indented."""

from __future__ import annotations

import ast

import pytest

from prmdata.edits.layout import indent_of, inserted_before, own_lines, reindented, removed
from prmdata.edits.operators import Splice
from prmdata.edits.source import Source


def applied(source: Source, splice: Splice) -> str:
    start, end, text = splice
    return source.program[:start] + text + source.program[end:]


def statement(source: Source, kind: type[ast.stmt], number: int = 0) -> ast.stmt:
    return list(source.nodes(kind))[number]


@pytest.mark.parametrize(
    ("program", "kind", "lines"),
    [
        ("a = 1\n# note\nfor x in y:  # z\n    b = 1\n", ast.For, "for x in y:  # z\n    b = 1\n"),
        ("@d\n@e\ndef f():\n    pass\nx = 1\n", ast.FunctionDef, "@d\n@e\ndef f():\n    pass\n"),
        ("if a:\n    b = (\n        1\n    )  # c\n", ast.Assign, "    b = (\n        1\n    )  # c\n"),
        ("a = 1; f()\n", ast.Assign, None),
        ("a = 1; f()\n", ast.Expr, None),
        ("if a: b = 1\n", ast.Assign, None),
        ("a = 1;\n", ast.Assign, None),
        ("a = 1", ast.Assign, "a = 1"),
    ],
)
def test_own_lines(program: str, kind: type[ast.stmt], lines: str | None) -> None:
    source = Source(program)
    found = own_lines(source, statement(source, kind))
    assert (source.program[slice(*found)] if found else None) == lines


@pytest.mark.parametrize(
    ("program", "kind", "after"),
    [
        ("a = 1\n# note\nf()\nb = 2\n", ast.Expr, "a = 1\nb = 2\n"),
        ("if a:\n    # note\n    f()\nb = 2\n", ast.Expr, "if a:\n    # note\n    pass\nb = 2\n"),
        ("a = 1; f()\n", ast.Expr, "a = 1; pass\n"),
        ("b = 1\nif a:\n    f()\n", ast.If, "b = 1\n"),
    ],
)
def test_removed(program: str, kind: type[ast.stmt], after: str) -> None:
    source = Source(program)
    assert applied(source, removed(source, statement(source, kind))) == after


def test_inserted_before_the_comments_of_a_statement() -> None:
    source = Source("if a:\r\n\tb = 1\r\n\t# note\r\n\tf()\r\n")
    place = inserted_before(source, statement(source, ast.Expr), "x = 1", "y = 2")
    assert place is not None
    assert applied(source, place) == "if a:\r\n\tb = 1\r\n\tx = 1\r\n\ty = 2\r\n\t# note\r\n\tf()\r\n"


def test_nothing_is_inserted_before_half_a_line() -> None:
    source = Source("a = 1; f()\n")
    assert inserted_before(source, statement(source, ast.Expr), "x") is None


def test_strings_keep_their_lines_when_the_code_around_them_moves() -> None:
    source = Source("if a:\n    b = '''\n    text'''\n    c = f'''\n    {d}'''\n\n    e = (1,\n 2)\n")
    span = (source.step_starts[1], len(source.program))
    assert (
        reindented(source, span, "    ", "") == "b = '''\n    text'''\nc = f'''\n    {d}'''\n\ne = (1,\n 2)\n"
    )


def test_the_indentation_of_a_decorated_function() -> None:
    source = Source("class A:\n  @d\n  def f(self):\n    pass\n")
    assert indent_of(source, statement(source, ast.FunctionDef)) == "  "
