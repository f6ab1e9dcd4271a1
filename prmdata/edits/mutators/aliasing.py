"""Aliasing: a copy is forgotten, one list is used several times, a list is changed during a loop over it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Operator, Splices, operator
from prmdata.edits.source import Source
from prmdata.edits.syntax_text import called_name, method_name

_FAMILY = "aliasing"


@operator(
    "copy-drop",
    intent="mutate",
    family=_FAMILY,
    summary="`list(x)`, `x[:]`, `x.copy()`, `deepcopy(x)` → `x`: a copy forgotten",
    examples=(
        ("x = y[:]\n", "x = y\n"),
        ("x = list(y)\n", "x = y\n"),
        ("for x in y.copy():\n    y.remove(x)\n", "for x in y:\n    y.remove(x)\n"),
        ("x = copy.deepcopy(y)\n", "x = y\n"),
    ),
)
def copy_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        if called_name(node) in ("list", "dict", "set", "deepcopy", "copy") and len(node.args) == 1:
            if not isinstance(node.args[0], (ast.Starred, ast.GeneratorExp)):
                yield [(*source.span(node), source.grouped(node.args[0]))]
        elif method_name(node) in ("copy", "deepcopy") and isinstance(node.func, ast.Attribute):
            kept = node.args[0] if node.args else node.func.value
            yield [(*source.span(node), source.grouped(kept))]
    for part in source.nodes(ast.Subscript):
        match part.slice:
            case ast.Slice(lower=None, upper=None, step=None):
                yield [(source.outer_span(part.value)[1], source.span(part)[1], "")]


@operator(
    "rows-shared",
    intent="mutate",
    family=_FAMILY,
    summary="`[[0] * n for _ in range(m)]` → `[[0] * n] * m`: one row many times",
    examples=(
        ("x = [[0] * n for _ in range(m)]\n", "x = [[0] * n] * m\n"),
        ("x = [[] for i in range(a + 1)]\n", "x = [[]] * (a + 1)\n"),
    ),
)
def rows_shared(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.ListComp):
        match node:
            case ast.ListComp(
                elt=ast.List() | ast.BinOp(left=ast.List()) | ast.ListComp() | ast.Dict() as row,
                generators=[
                    ast.comprehension(target=ast.Name(id=name), iter=ast.Call(args=[count]) as rounds, ifs=[])
                ],
            ) if called_name(rounds) == "range":
                if all(not isinstance(each, ast.Name) or each.id != name for each in ast.walk(row)):
                    yield [(*source.span(node), f"[{source.text(row)}] * {source.grouped(count)}")]


@operator(
    "copy-shared",
    intent="mutate",
    family=_FAMILY,
    summary="a new list, dict or set under a second name is the first one: `a = []`, `b = []` → `b = a`",
    examples=(("a = []\nb = []\n", "a = []\nb = a\n"), ("a = {}\nn = 0\nb = {}\n", "a = {}\nn = 0\nb = a\n")),
)
def copy_shared(source: Source) -> Iterator[Splices]:
    last: dict[tuple[int, str], str] = {}
    for node in source.nodes(ast.Assign):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.List() | ast.Dict() | ast.Call()):
                text = source.text(node.value)
                key = (id(source.block(node)), text)
                if text in ("[]", "{}", "set()", "list()", "dict()"):
                    if last.get(key, name) != name:
                        yield [(*source.span(node.value), last[key])]
                    last.setdefault(key, name)


@operator(
    "in-place-result",
    intent="mutate",
    family=_FAMILY,
    summary="`x.sort()` → `x = x.sort()`, `y = sorted(x)` → `y = x.sort()`: the result of a method that returns None",
    examples=(("x.sort()\n", "x = x.sort()\n"), ("y = sorted(x)\n", "y = x.sort()\n")),
)
def in_place_result(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Expr):
        match node.value:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Name(id=name), attr="sort" | "reverse" | "append" | "extend" | "update" | "add"
                )
            ):
                start = source.span(node)[0]
                yield [(start, start, f"{name} = ")]
    for call in source.nodes(ast.Call):
        match call:
            case ast.Call(func=ast.Name(id="sorted"), args=[ast.Name(id=name)], keywords=[]):
                yield [(*source.span(call), f"{name}.sort()")]


@operator(
    "mutate-while-iterating",
    intent="mutate",
    family=_FAMILY,
    summary="what a loop walks over shrinks under it",
    examples=(
        (
            "r = []\nfor x in y:\n    if x > 0:\n        r.append(x)\n",
            "r = []\nfor x in y:\n    if x > 0:\n        r.append(y.pop())\n",
        ),
        (
            "for x in y:\n    if x < 0:\n        n += 1\n",
            "for x in y:\n    if x < 0:\n        y.remove(x)\n        n += 1\n",
        ),
    ),
)
def mutate_while_iterating(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.For):
        if not (isinstance(node.iter, ast.Name) and isinstance(node.target, ast.Name)):
            continue
        if source.kinds.guess(node.iter) not in (None, "list"):
            continue
        walked, item = node.iter.id, node.target.id
        for part in ast.walk(node):
            match part:
                case ast.Call(func=ast.Attribute(attr="append"), args=[ast.Name(id=passed) as argument]) if (
                    passed == item
                ):
                    yield [(*source.span(argument), f"{walked}.pop()")]
                case ast.If(body=[ast.AugAssign() | ast.Expr() as first, *_]):
                    step = source.step_of(first)
                    place, indent = source.step_starts[step], source.indent(step)
                    if step != source.step_of(part):
                        yield [(place, place, f"{indent}{walked}.remove({item}){source.eol}")]


ALIASING: tuple[Operator, ...] = (
    copy_drop, rows_shared, copy_shared, in_place_result, mutate_while_iterating,
)  # fmt: skip
