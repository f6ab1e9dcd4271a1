"""Functions in other forms: `def` and `lambda`, and annotations that the text proves."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.layout import inserted_before, own_lines
from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import expression, replaced
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import is_elif
from prmdata.edits.source import Source

_FAMILY = "functions"
_ANNOTATED = ("int", "str", "bool", "float", "list", "dict", "set", "tuple")
_SIMPLE_STATEMENTS = (ast.Return, ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.For)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _parameters(source: Source, node: ast.FunctionDef) -> str | None:
    """The text between the parentheses after the name; None if it contains a line end or a comment."""
    start = (
        source.program.index("(", source.program.index(node.name, source.span(node)[0]) + len(node.name)) + 1
    )
    last = max(
        (source.outer_span(part)[1] for part in ast.walk(node.args) if isinstance(part, ast.expr)),
        default=start,
    )
    last = max([last, *(source.span(part)[1] for part in ast.walk(node.args) if isinstance(part, ast.arg))])
    text = source.program[start : source.program.index(")", last)]
    return None if "\n" in text or "\r" in text or "#" in text else text


@refactor(
    "def-to-lambda",
    family=_FAMILY,
    summary="`def f(x): return E` → `f = lambda x: E`",
    examples=(
        ("def f(a, b=1):\n    return a + b\n", "f = lambda a, b=1: a + b\n"),
        (
            "def f(a):\n    def g():\n        return a\n    return g\n",
            "def f(a):\n    g = lambda: a\n    return g\n",
        ),
    ),
)
def def_to_lambda(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.FunctionDef):
        match node:
            case ast.FunctionDef(
                body=[ast.Return(value=ast.expr() as value)], decorator_list=[], returns=None
            ):
                pass
            case _:
                continue
        annotated = any(isinstance(part, ast.arg) and part.annotation for part in ast.walk(node.args))
        if (
            annotated
            or facts.suspends(value)
            or facts.scope(node).is_class
            or source.is_editable(node) is False
        ):
            continue
        parameters = _parameters(source, node)
        if parameters is None or "super" in facts.names_in(value):
            continue
        text = f"{node.name} = lambda {parameters.strip()}: {expression(source, value)}".replace(
            "lambda :", "lambda:"
        )
        splice = replaced(source, facts, node, node, _parenthesised(source, text, value))
        if splice is not None:
            yield [splice]


def _parenthesised(source: Source, text: str, value: ast.expr) -> str:
    if isinstance(value, ast.Tuple) and not source.text(value).startswith("("):
        head = text[: len(text) - len(source.text(value))]
        return f"{head}({source.text(value)})"
    return text


@refactor(
    "lambda-to-def",
    family=_FAMILY,
    summary="`f = lambda x: E` → `def f(x): return E`",
    examples=(
        ("f = lambda x: x + 1\n", "def f(x):\n    return x + 1\n"),
        (
            "def f():\n    g = lambda: 1\n    return g\n",
            "def f():\n    def g():\n        return 1\n    return g\n",
        ),
    ),
)
def lambda_to_def(source: Source, facts: Facts) -> Iterator[Splices]:
    unit = source.indent_unit
    for node in source.nodes(ast.Assign):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as value) if not facts.suspends(
                value
            ):
                heads = (
                    f"def {name}({_lambda_parameters(source, value)}):",
                    f"{unit}return {expression(source, value.body)}",
                )
                splice = replaced(source, facts, node, node, *heads)
                declared = any(place.role == "declare" for place in facts.scope(node).names.get(name, ()))
                if splice is not None and not declared and "\n" not in heads[0]:
                    yield [splice]


def _lambda_parameters(source: Source, node: ast.Lambda) -> str:
    start, end = source.span(node)[0] + len("lambda"), source.outer_span(node.body)[0]
    return source.program[start:end].rstrip().removesuffix(":").strip()


@refactor(
    "lambda-named",
    family=_FAMILY,
    summary="a lambda that is handed over → a function defined before the statement",
    examples=(
        (
            "def f(a):\n    return sorted(a, key=lambda x: x[1])\n",
            "def f(a):\n    def sort_key(x):\n        return x[1]\n    return sorted(a, key=sort_key)\n",
        ),
        (
            "x = list(map(lambda y: y + 1, z))\n",
            "def convert(y):\n    return y + 1\nx = list(map(convert, z))\n",
        ),
    ),
)
def lambda_named(source: Source, facts: Facts) -> Iterator[Splices]:
    unit = source.indent_unit
    for node in source.nodes(ast.Lambda):
        statement, around = source.statement(node), source.parent(node)
        if statement is None or not isinstance(statement, _SIMPLE_STATEMENTS) or is_elif(source, statement):
            continue
        if not isinstance(around, (ast.Call, ast.keyword)) or facts.suspends(node) or node.args.defaults:
            continue
        if facts.scope(node) is not source.scopes.of(node) or not facts.may_bind(node):
            continue
        between = list(source.ancestors(node))
        if any(
            isinstance(each, (ast.Lambda, *_COMPREHENSIONS)) for each in between[: between.index(statement)]
        ):
            continue
        name = facts.fresh(*_function_names(around))
        head = f"def {name}({_lambda_parameters(source, node)}):"
        line = inserted_before(source, statement, head, f"{unit}return {expression(source, node.body)}")
        if line is not None and "\n" not in head:
            yield [(*source.span(node), name), line]


def _function_names(around: ast.AST) -> tuple[str, ...]:
    match around:
        case ast.keyword(arg="key"):
            return ("sort_key", "order", "by")
        case ast.Call(func=ast.Name(id="map")):
            return ("convert", "transform")
        case ast.Call(func=ast.Name(id="filter")):
            return ("keep", "wanted")
    return ("compute", "combine", "helper")


@refactor(
    "annotations-added",
    family=_FAMILY,
    summary="a function gets the annotations that its text proves (the result) or its uses agree on (parameters)",
    examples=(
        ("def f(a):\n    return len(a)\n", "def f(a) -> int:\n    return len(a)\n"),
        (
            "def f(n):\n    for i in range(n):\n        print(i)\n",
            "def f(n: int) -> None:\n    for i in range(n):\n        print(i)\n",
        ),
    ),
)
def annotations_added(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.FunctionDef):
        if node.returns is not None or own_lines(source, node) is None:
            continue
        splices = []
        scope = source.scopes.inside(node)
        for arg in (*node.args.posonlyargs, *node.args.args):
            known = arg.annotation is not None or arg.arg in ("self", "cls")
            kind = None if known else source.kinds.guess_name(arg.arg, scope)
            if kind in _ANNOTATED and facts.is_builtin(kind, node):
                splices.append((source.span(arg)[1], source.span(arg)[1], f": {kind}"))
        result, close = _result(facts, node), _after_parameters(source, node)
        if result is not None and close is not None:
            splices.append((close, close, f" -> {result}"))
        if splices and node.name != "__init__":
            yield splices


def _after_parameters(source: Source, node: ast.FunctionDef) -> int | None:
    text = _parameters(source, node)
    if text is None:
        return None
    name = source.program.index(node.name, source.span(node)[0]) + len(node.name)
    return source.program.index("(", name) + len(text) + 2


def _result(facts: Facts, node: ast.FunctionDef) -> str | None:
    """The one built-in type of all that ``node`` returns, as an annotation."""
    returns = [part for part in _own_parts(node) if isinstance(part, ast.Return)]
    if any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in _own_parts(node)):
        return None
    values = [part.value for part in returns if part.value is not None]
    if not values:
        return "None"
    kinds = {"bool" if facts.is_condition_bool(value) else facts.kind(value) for value in values}
    kind = kinds.pop()
    whole = len(values) == len(returns) and isinstance(node.body[-1], ast.Return)
    return kind if not kinds and whole and kind in _ANNOTATED and facts.is_builtin(kind, node) else None


def _own_parts(node: ast.FunctionDef) -> Iterator[ast.AST]:
    """All nodes of the body, except those of inner functions."""
    pending: list[ast.AST] = [*node.body]
    while pending:
        part = pending.pop()
        yield part
        if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending += ast.iter_child_nodes(part)
