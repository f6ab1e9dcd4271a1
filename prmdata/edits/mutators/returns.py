"""Returns: the result is lost, negated or reversed, of the wrong type, or returned too early."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.endings import ends_block
from prmdata.edits.layout import indent_of, own_lines
from prmdata.edits.operators import Operator, Splices, operator
from prmdata.edits.source import Source


@operator(
    "return-value",
    intent="mutate",
    family="return",
    summary="`return x` → `return None`, `x`: the result lost; `return a, b` turned; an empty or one-element result",
    examples=(
        ("def f(x):\n    return x + 1\n", "def f(x):\n    return None\n"),
        ("def f(x):\n    return x + 1\n", "def f(x):\n    x + 1\n"),
        ("def f(a, b):\n    return a, b\n", "def f(a, b):\n    return b, a\n"),
        ("def f(a):\n    return [x for x in a]\n", "def f(a):\n    return []\n"),
    ),
)
def return_value(source: Source) -> Iterator[Splices]:
    empties = {
        "list": "[]",
        "str": "''",
        "dict": "{}",
        "set": "set()",
        "tuple": "()",
        "int": "0",
        "bool": "True",
    }
    for node in source.nodes(ast.Return):
        if node.value is None:
            continue
        place = source.outer_span(node.value)
        kind = source.kinds.guess(node.value)
        gap = "" if source.program[place[0] - 1] in " \t" else " "
        if source.text(node.value) != "None":
            yield [(*place, f"{gap}None")]
        yield [(source.span(node)[0], place[0], "")]
        if kind in empties and source.text(node.value) != empties[kind]:
            yield [(*place, gap + empties[kind])]
        match node.value:
            case ast.Tuple(elts=[left, right]):
                first, second = source.outer_span(left), source.outer_span(right)
                between = source.program[first[1] : second[0]]
                new = source.program[slice(*second)] + between + source.program[slice(*first)]
                yield [(first[0], second[1], new)]


@operator(
    "return-wrap",
    intent="mutate",
    family="conversion",
    summary="`return x` → `return [x]`, `return str(x)`: a result of the wrong type",
    examples=(
        ("def f(x):\n    return x + 1\n", "def f(x):\n    return [x + 1]\n"),
        ("def f(x):\n    return (x)\n", "def f(x):\n    return str(x)\n"),
    ),
)
def return_wrap(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Return):
        if node.value is None or isinstance(node.value, (ast.Tuple, ast.Constant)):
            continue
        text, place = source.text(node.value), source.outer_span(node.value)
        if source.program[place[0] - 1] in " \t":
            yield [(*place, f"[{text}]")]
            if source.kinds.of(node.value) != "str":
                yield [(*place, f"str({text})")]


@operator(
    "early-return",
    intent="mutate",
    family="return",
    summary="the result returned (or the loop left) after the first round of a loop",
    examples=(
        (
            "def f(y):\n    n = 0\n    for x in y:\n        n += x\n    n += 1\n    return n\n",
            "def f(y):\n    n = 0\n    for x in y:\n        n += x\n        break\n    n += 1\n    return n\n",
        ),
        ("while a:\n    a -= 1\n", "while a:\n    a -= 1\n    break\n"),
    ),
)
def early_return(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.For, ast.While):
        last = node.body[-1]
        lines = own_lines(source, last)
        if lines is None or ends_block(last):
            continue
        end = source.span(last)[1]
        yield [(end, end, f"{source.eol}{indent_of(source, last)}break")]


@operator(
    "lambda-body",
    intent="mutate",
    family="return",
    summary="a lambda that returns `None` (or `0` for `None`), or its argument unchanged",
    examples=(
        ("x = lambda a: a[1]\n", "x = lambda a: None\n"),
        ("x = lambda a: a[1]\n", "x = lambda a: a\n"),
        ("x = lambda: None\n", "x = lambda: 0\n"),
    ),
)
def lambda_body(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Lambda):
        place = source.outer_span(node.body)
        yield [(*place, "0" if source.text(node.body) == "None" else "None")]
        if node.args.args and source.text(node.body) != node.args.args[0].arg:
            yield [(*place, node.args.args[0].arg)]


RETURNS: tuple[Operator, ...] = (return_value, return_wrap, early_return, lambda_body)
