"""The view that operators have of a program: every node has its place, with any alphabet and any line ends."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prmdata.edits.source import Source


def expressions(source: Source, *kinds: type[ast.AST]) -> list[str]:
    return [source.text(node) for kind in kinds for node in source.nodes(kind)]


def test_spans_count_characters_not_bytes() -> None:
    source = Source("é = 'ü' + naïve(β)\n")
    assert expressions(source, ast.Call) == ["naïve(β)"]
    assert expressions(source, ast.Name) == ["é", "naïve", "β"]


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_line_ends(eol: str) -> None:
    source = Source(eol.join(["if a:", "\tb = f(c)", "\td = 1", ""]))
    assert (source.eol, source.indent_unit) == (eol, "\t")
    assert expressions(source, ast.Call) == ["f(c)"]
    assert source.step_of(next(source.nodes(ast.Call))) == 1


def test_defaults_where_the_program_shows_nothing() -> None:
    assert (Source("a = 1").eol, Source("a = 1").indent_unit) == ("\n", "    ")


def test_indent_unit_is_the_first_step_inwards() -> None:
    assert Source("class A:\n  def f(self):\n    return 1\n").indent_unit == "  "


def test_steps_and_code() -> None:
    source = Source("# note\n\nx = 1\n  # odd\ny = 2\n")
    assert source.program[source.code_start(1) :] == "y = 2\n"
    assert (source.indent(0), source.indent(1)) == ("", "")
    assert source.step_at(len(source.program)) == 1
    assert source.step_starts == [0, 14, len(source.program)]


@pytest.mark.parametrize("program", ["x = (", "return\x00", "  x = 1\n y", "def f(:\n    pass\n"])
def test_a_program_that_does_not_parse_has_no_nodes(program: str) -> None:
    source = Source(program)
    assert source.tree is None
    assert list(source.nodes(ast.Name, ast.Call)) == []
    assert list(source.scopes) == []


def test_given_steps_are_seen_but_not_offered() -> None:
    source = Source("def f(a):\n    return a\n", given=1)
    assert expressions(source, ast.Name) == ["a"]
    assert expressions(source, ast.FunctionDef) == []
    assert not source.is_editable(source.tree.body[0])  # type: ignore[union-attr]


def test_annotations_are_not_offered() -> None:
    source = Source("def f(a: int) -> str:\n    b: list = a\n")
    assert expressions(source, ast.Name) == ["b", "a"]


def test_expressions_in_f_strings_stand_where_they_stand() -> None:
    source = Source("x = f'{a} {b + 1!r} {c:>{w}}'\ny = f'''\n{d}'''\n")
    for node in source.nodes(ast.Name):
        assert source.text(node) == node.id
    assert {"a", "b", "c"} <= set(expressions(source, ast.Name))


@pytest.mark.parametrize(
    ("program", "outer"),
    [
        ("x = (a + b) * c\n", "(a + b)"),
        ("x = ((a + b)) * c\n", "((a + b))"),
        ("x = f(a + b) * c\n", "a + b"),
        ("x = d[0](a + b)\n", "a + b"),
        ("x = f (a + b)\n", "a + b"),
        ("if not(a + b): pass\n", "(a + b)"),
        ("x = 'a'(a + b)\n", "a + b"),
        ("x = (a + b,)\n", "a + b"),
        ("a + b\n", "a + b"),
    ],
)
def test_parentheses_around_an_expression_are_not_those_of_a_call(program: str, outer: str) -> None:
    source = Source(program)
    found = [node for node in source.nodes(ast.BinOp) if source.text(node) == "a + b"]
    assert source.program[slice(*source.outer_span(found[0]))] == outer


@pytest.mark.parametrize(
    ("program", "operator"),
    [
        ("x = a  +  b\n", "+"),
        ("x = (a)//(b)\n", "//"),
        ("x = (a  # + not this\n     - b)\n", "-"),
        ("x = a \\\n  ** b\n", "**"),
        ("x = a not  in b\n", "not  in"),
        ("x = ((a) is not (b))\n", "is not"),
    ],
)
def test_the_gap_between_operands_is_the_operator(program: str, operator: str) -> None:
    source = Source(program)
    node = next(source.nodes(ast.BinOp, ast.Compare))
    left, right = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.left, node.comparators[0])
    assert source.program[slice(*source.gap(left, right))] == operator


def test_a_gap_without_an_operator_is_empty() -> None:
    source = Source("f(a)(b)\n")
    first, second = [node for node in source.nodes(ast.Name) if node.id in "ab"]
    start, end = source.gap(first, second)
    assert start == end


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("a", "a"), ("f(a)", "f(a)"), ("a + b", "(a + b)"), ("[a]", "[a]"), ("(a, b)", "(a, b)"), ("not a", "(not a)"),
        ("{a for a in b}", "{a for a in b}"), ("lambda: a", "(lambda: a)"), ("a.b[c]", "a.b[c]"), ("-1", "(-1)"),
        ("a, b", "(a, b)"),
    ],
)  # fmt: skip
def test_grouped(text: str, grouped: str) -> None:
    source = Source(f"x = {text}\n")
    assert source.grouped(next(source.nodes(ast.Assign)).value) == grouped


def test_around() -> None:
    source = Source(
        "def f():\n    for x in y:\n        try:\n            g(x)\n        finally:\n            h = 1\n"
    )
    call = next(source.nodes(ast.Call))
    statement = source.statement(call)
    assert isinstance(statement, ast.Expr)
    assert source.statement(statement) is statement
    assert source.block(statement) == [statement]
    last = next(source.nodes(ast.Assign))
    assert source.block(last) == [last]
    function = source.function(call)
    assert function is not None
    assert function.name == "f"
    assert source.function(function) is None
    assert source.parent(source.tree) is None  # type: ignore[arg-type]
    assert source.statement(source.tree) is None  # type: ignore[arg-type]
    assert source.span(source.tree) == (0, 0)  # type: ignore[arg-type]


def test_a_block_that_is_no_list_is_the_statement_alone() -> None:
    source = Source("match a:\n    case 1:\n        b = 1\n")
    match = next(source.nodes(ast.Match))
    assert source.block(match) == [match]


def test_libcst_for_who_needs_it() -> None:
    import libcst

    source = Source("é = 1\nx = f( a )  # note\n")
    assert source.cst is not None
    call = source.cst.module.body[1].body[0].value  # type: ignore[union-attr, index]
    assert isinstance(call, libcst.Call)
    assert source.program[slice(*source.cst.span(call))] == "f( a )"
    assert Source("x = (").cst is None


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab=1+()[]:'\"#\n\r\t éβ😀\\f{}", max_size=40))
def test_any_text_can_be_looked_at(program: str) -> None:
    source = Source(program)
    assert "".join(source.lines) == program
    assert source.step_starts[-1] == source.line_starts[-1] == len(program)
    for node in source.nodes(ast.Name):
        assert source.text(node) == node.id
