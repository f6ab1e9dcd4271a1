"""Arguments: swapped, lost, None, misspelt, or with the wrong default."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Operator, Splices, operator
from prmdata.edits.source import Source
from prmdata.edits.syntax_text import called_name, method_name


@operator(
    "argument-swap",
    intent="mutate",
    family="argument",
    summary="two neighbouring arguments the wrong way round",
    examples=(("x = f(a, b)\n", "x = f(b, a)\n"), ("x = f(a, b + 1, c)\n", "x = f(a, c, b + 1)\n")),
)
def argument_swap(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        if called_name(node) in ("max", "min", "print", "gcd"):
            continue
        for left, right in zip(node.args, node.args[1:], strict=False):
            if isinstance(left, ast.Starred) or isinstance(right, ast.Starred):
                continue
            first, second = source.outer_span(left), source.outer_span(right)
            texts = source.program[slice(*first)], source.program[slice(*second)]
            if texts[0] != texts[1]:
                yield [(first[0], second[1], texts[1] + source.program[first[1] : second[0]] + texts[0])]


@operator(
    "argument-drop",
    intent="mutate",
    family="argument",
    summary="an argument lost: `f(a, b)` → `f(a)`, `f(b)`; `sorted(x, key=k)` → `sorted(x)`",
    examples=(
        ("x = f(a, b)\n", "x = f(b)\n"),
        ("x = f(a, b)\n", "x = f(a)\n"),
        ("x = sorted(a, key=len, reverse=True)\n", "x = sorted(a, reverse=True)\n"),
        ("x = d.get(k, 0)\n", "x = d.get(k)\n"),
    ),
)
def argument_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        places = [source.outer_span(each) for each in node.args]
        places += [(source.span(word)[0], source.outer_span(word.value)[1]) for word in node.keywords]
        if len(places) < 2:
            continue
        for index, place in enumerate(places):
            if index:
                yield [(places[index - 1][1], place[1], "")]
            else:
                yield [(place[0], places[1][0], "")]


@operator(
    "argument-none",
    intent="mutate",
    family="argument",
    summary="an argument by `None`",
    examples=(
        ("x = f(a, b)\n", "x = f(a, None)\n"),
        ("x = f(key=a)\n", "x = f(key=None)\n"),
        ("x = sum(a for a in b)\n", "x = sum(None)\n"),
        ("x = f(*a, (b))\n", "x = f(*a, None)\n"),
    ),
)
def argument_none(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        for argument in [*node.args, *(word.value for word in node.keywords if word.arg is not None)]:
            if isinstance(argument, ast.Starred) or source.text(argument) == "None":
                continue
            start, end = source.outer_span(argument)
            # A generator expression as the only argument shares its parentheses with the call.
            shared = isinstance(argument, ast.GeneratorExp) and end == source.span(node)[1]
            yield [(start + 1, end - 1, "None") if shared else (start, end, "None")]


@operator(
    "keyword-rename",
    intent="mutate",
    family="argument",
    summary="`dict(a=b)` → `dict(aXX=b)`: a misspelt key",
    examples=(("x = dict(a=b)\n", "x = dict(aXX=b)\n"), ("x = dict(a=b, c=d)\n", "x = dict(a=b, cXX=d)\n")),
)
def keyword_rename(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        for word in node.keywords if called_name(node) == "dict" else ():
            if word.arg is not None:
                start = source.span(word)[0]
                yield [(start, start + len(word.arg), f"{word.arg}XX")]


@operator(
    "default-wrong",
    intent="mutate",
    family="start-value",
    summary="`d.get(k, 0)` → `d.get(k, 1)`, `d[k]`: a wrong or missing default",
    examples=(("x = d.get(k, 0)\n", "x = d[k]\n"), ("x = d.get(k, 0) + 1\n", "x = d.get(k, 1) + 1\n")),
)
def default_wrong(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        if method_name(node) == "get" and isinstance(node.func, ast.Attribute) and len(node.args) == 2:
            owner, key = source.outer_span(node.func.value), source.outer_span(node.args[0])
            yield [(*source.span(node), f"{source.program[slice(*owner)]}[{source.program[slice(*key)]}]")]
            default = source.text(node.args[1])
            if default in ("0", "1"):
                yield [(*source.span(node.args[1]), "1" if default == "0" else "0")]


ARGUMENTS: tuple[Operator, ...] = (argument_swap, argument_drop, argument_none, keyword_rename, default_wrong)
