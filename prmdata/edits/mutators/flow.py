"""Loops, jumps, exceptions and matches: left too early or never, nothing caught, a case forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Operator, Splices, operator
from prmdata.edits.source import Source

_FAMILY = "loop"


@operator(
    "jump-replace",
    intent="mutate",
    family=_FAMILY,
    summary="`break` ↔ `continue`, `break` → `return`, either → `pass`",
    examples=(
        ("for x in y:\n    break\n", "for x in y:\n    continue\n"),
        ("for x in y:\n    continue\n", "for x in y:\n    break\n"),
        ("def f():\n    for x in y:\n        break\n", "def f():\n    for x in y:\n        return\n"),
        ("while a:\n    break\n", "while a:\n    pass\n"),
    ),
)
def jump_replace(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Break, ast.Continue):
        news = ("continue", "return", "pass") if isinstance(node, ast.Break) else ("break", "pass")
        for new in news:
            if new != "return" or source.function(node) is not None:
                yield [(*source.span(node), new)]


@operator(
    "loop-empty",
    intent="mutate",
    family=_FAMILY,
    summary="a `for` loop that runs no round",
    examples=(
        ("for x in y:\n    pass\n", "for x in []:\n    pass\n"),
        ("for i in range(1, 2):\n    pass\n", "for i in []:\n    pass\n"),
    ),
)
def loop_empty(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.For, ast.AsyncFor):
        yield [(*source.outer_span(node.iter), "[]")]


@operator(
    "loop-once",
    intent="mutate",
    family=_FAMILY,
    summary="`while` → `if`: one round at most",
    examples=(
        ("while a < b:\n    a += 1\n", "if a < b:\n    a += 1\n"),
        ("while not f(x):\n    x = g(x)\n    y += 1\n", "if not f(x):\n    x = g(x)\n    y += 1\n"),
    ),
)
def loop_once(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.While):
        jumps = any(isinstance(part, (ast.Break, ast.Continue)) for part in ast.walk(node))
        if not jumps:
            start = source.span(node)[0]
            yield [(start, start + len("while"), "if")]


@operator(
    "exception-replace",
    intent="mutate",
    family="exception",
    summary="the wrong exception caught or raised",
    examples=(
        (
            "try:\n    f()\nexcept OSError:\n    pass\n",
            "try:\n    f()\nexcept ZeroDivisionError:\n    pass\n",
        ),
        (
            "try:\n    f()\nexcept (OSError, KeyError):\n    pass\n",
            "try:\n    f()\nexcept (OSError, ZeroDivisionError):\n    pass\n",
        ),
        ("raise ValueError('x')\n", "raise TypeError('x')\n"),
    ),
)
def exception_replace(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.ExceptHandler):
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        for kind in kinds:
            if kind is not None:
                new = "ZeroDivisionError" if source.text(kind) != "ZeroDivisionError" else "KeyError"
                yield [(*source.span(kind), new)]
    for jump in source.nodes(ast.Raise):
        name = jump.exc.func if isinstance(jump.exc, ast.Call) else jump.exc
        if isinstance(name, ast.Name) and name.id.endswith(("Error", "Exception")):
            yield [(*source.span(name), "TypeError" if name.id != "TypeError" else "ValueError")]


@operator(
    "exception-swallow",
    intent="mutate",
    family="exception",
    summary="a `raise` or the body of an `except` forgotten",
    examples=(
        ("if a:\n    raise ValueError(a)\n", "if a:\n    pass\n"),
        (
            "try:\n    x = f()\nexcept KeyError:\n    x = 0\n",
            "try:\n    x = f()\nexcept KeyError:\n    pass\n",
        ),
    ),
)
def exception_swallow(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Raise):
        yield [(*source.span(node), "pass")]
    for handler in source.nodes(ast.ExceptHandler):
        if not isinstance(handler.body[0], ast.Pass):
            start, end = source.span(handler.body[0])[0], source.span(handler.body[-1])[1]
            yield [(start, end, "pass")]


@operator(
    "case-drop",
    intent="mutate",
    family="branch",
    summary="a `case` of a `match` forgotten",
    examples=(
        (
            "match a:\n    case 1:\n        b = 1\n    case _:\n        b = 2\n",
            "match a:\n    case _:\n        b = 2\n",
        ),
        (
            "match a:\n    case 1:\n        b = 1\n    case _:\n        b = 2\n",
            "match a:\n    case 1:\n        b = 1\n",
        ),
    ),
)
def case_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Match):
        for case in node.cases if len(node.cases) > 1 else ():
            first = source.step_at(source.span(case.pattern)[0])
            last = source.step_at(source.span(case.body[-1])[1] - 1)
            yield [(source.step_starts[first], source.step_starts[last + 1], "")]


FLOW: tuple[Operator, ...] = (
    jump_replace, loop_empty, loop_once, exception_replace, exception_swallow, case_drop,
)  # fmt: skip
