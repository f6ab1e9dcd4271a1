"""Loops in other forms: their headers, their ends, unpacking, counting."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.layout import indent_of, own_lines
from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import (
    header_span,
    lines,
    negation,
)
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.source import Source

_FAMILY = "loops"
_HARMLESS = ("print", "sum", "min", "max", "sorted", "set", "list", "tuple", "enumerate", "zip")
_LONGEST = 4
"""The most statements of a body that a change between ``for`` and ``while`` may keep."""


@refactor(
    "while-true",
    family=_FAMILY,
    summary="`while c:` → `while True:`, `if not c: break`",
    examples=(
        ("while a < b:\n    a += 1\n", "while True:\n    if not a < b:\n        break\n    a += 1\n"),
        ("while a == b:  # why\n    a()\n", "while True:\n    if a != b:\n        break  # why\n    a()\n"),
    ),
)
def while_true(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.While):
        span = header_span(source, node, node.test)
        if span is None or node.orelse or isinstance(node.test, ast.Constant) or facts.has_comment(span):
            continue
        unit = indent_of(source, node.body[0])[len(indent_of(source, node)) :]
        test = f"{unit}if {negation(source, facts, node.test)}:"
        yield [(*span, lines(source, node, "while True:", test, f"{unit}{unit}break"))]


@refactor(
    "while-condition",
    family=_FAMILY,
    summary="`while True:`, `if c: break` → `while not c:`",
    examples=(
        ("while True:\n    if a > b:\n        break\n    a += 1\n", "while not a > b:\n    a += 1\n"),
        ("while 1:\n    if a == b:\n        break\n    a()\n", "while a != b:\n    a()\n"),
    ),
)
def while_condition(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.While):
        match node:
            case ast.While(
                test=ast.Constant(value=value), body=[ast.If(body=[ast.Break()], orelse=[]) as first, *rest]
            ):
                own = own_lines(source, first)
                head = header_span(source, node, node.test)
                if not value or node.orelse or not rest or own is None or head is None:
                    continue
                end = source.span(first)[1]
                if header_span(source, first, first.test) is None or facts.has_comment((head[0], own[1])):
                    continue
                yield [(head[0], end, f"while {negation(source, facts, first.test)}:")]


@refactor(
    "unpacking-inside",
    family=_FAMILY,
    summary="`for a, b in E:` → `for pair in E:`, `a, b = pair`",
    examples=(
        ("for a, b in c:\n    print(a, b)\n", "for pair in c:\n    a, b = pair\n    print(a, b)\n"),
        ("for i, (a, b) in d:\n    print(i)\n", "for pair in d:\n    i, (a, b) = pair\n    print(i)\n"),
    ),
)
def unpacking_inside(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.For):
        span = header_span(source, node, node.iter)
        if span is None or not isinstance(node.target, ast.Tuple) or facts.has_comment(span):
            continue
        names = ("pair", "entry") if len(node.target.elts) == 2 else ("entry", "fields")
        if "\n" in source.text(node.target) or not facts.may_bind(node):
            continue
        name = facts.fresh(*names, "unpacked")
        unit = indent_of(source, node.body[0])[len(indent_of(source, node)) :]
        iterable = source.program[slice(*source.outer_span(node.iter))]
        target = source.text(node.target)
        yield [(*span, lines(source, node, f"for {name} in {iterable}:", f"{unit}{target} = {name}"))]


@refactor(
    "unpacking-in-header",
    family=_FAMILY,
    summary="`for pair in E:`, `a, b = pair` → `for a, b in E:` where `pair` is used nowhere else",
    examples=(
        (
            "def f(c):\n    for p in c:\n        a, b = p\n        print(a, b)\n",
            "def f(c):\n    for a, b in c:\n        print(a, b)\n",
        ),
        (
            "def f(c):\n    for p in c.items():\n        k, v = p\n        print(k)\n",
            "def f(c):\n    for k, v in c.items():\n        print(k)\n",
        ),
    ),
)
def unpacking_in_header(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.For):
        match node:
            case ast.For(
                target=ast.Name(id=name),
                body=[ast.Assign(targets=[ast.Tuple() as target], value=ast.Name(id=again)) as first, _, *_],
            ) if name == again and facts.is_in_function(node):
                head, own = header_span(source, node, node.iter), own_lines(source, first)
                if len(facts.scope(node).names.get(name, ())) != 2 or head is None or own is None:
                    continue
                if facts.has_comment((head[0], own[1])) or name in facts.names_in(target):
                    continue
                iterable = source.program[slice(*source.outer_span(node.iter))]
                text = f"for {source.text(target)} in {iterable}:"
                if "\n" not in source.text(target):
                    yield [(head[0], source.span(first)[1], text)]
