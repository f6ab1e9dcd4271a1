"""Default arguments, written out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.source import Source

_FAMILY = "defaults"
_BUILTINS = {
    "print": ("end", '"\\n"', None), "sorted": ("reverse", "False", 1), "enumerate": ("start", "0", 1),
    "sum": ("start", "0", 1), "open": ("mode", '"r"', 1),
}  # fmt: skip
"""Maps the name of a call to the keyword, its default value, and how many positional arguments leave it
open."""


@refactor(
    "default-written",
    family=_FAMILY,
    summary='`print(x)` → `print(x, end="\\n")`, `sorted(x)` → `sorted(x, reverse=False)`, `enumerate(x)` → `enumerate(x, start=0)` ...',
    examples=(
        ("print(a)\n", 'print(a, end="\\n")\n'),
        ("x = sorted(y)\n", "x = sorted(y, reverse=False)\n"),
        ("x = sum(y)\n", "x = sum(y, start=0)\n"),
    ),
)
def default_stated(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        match node.func:
            case ast.Name(id=name) if name in _BUILTINS and facts.calls(node, name) and node.args:
                keyword, value, positions = _BUILTINS[name]
            case _:
                continue
        starred = any(isinstance(arg, ast.Starred) for arg in node.args) and positions is not None
        given = {word.arg for word in node.keywords}
        if (
            starred
            or None in given
            or keyword in given
            or (positions is not None and len(node.args) != positions)
        ):
            continue
        if len(node.args) == 1 and not node.keywords and isinstance(node.args[0], ast.GeneratorExp):
            continue
        end = source.span(node)[1] - 1
        before = source.program[:end].rstrip()
        if facts.has_comment(source.span(node)) or before.endswith(","):
            continue
        yield [(len(before), len(before), f", {keyword}={value}")]


@refactor(
    "default-dropped",
    family=_FAMILY,
    summary='`print(x, end="\\n")` → `print(x)`, `sorted(x, reverse=False)` → `sorted(x)`, `d.get(k, None)` → `d.get(k)` ...',
    examples=(
        ('print(a, end="\\n")\n', "print(a)\n"),
        ("x = sorted(y, key=z, reverse=False)\n", "x = sorted(y, key=z)\n"),
        ("d = {}\nx = d.get(k, None)\n", "d = {}\nx = d.get(k)\n"),
    ),
)
def default_dropped(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        match node.func:
            case ast.Name(id=name) if (
                name in _BUILTINS and facts.calls(node, name) and node.keywords and node.args
            ):
                keyword, value, _ = _BUILTINS[name]
                word = node.keywords[-1]
                if word.arg == keyword and source.text(word.value).replace("'", '"') == value:
                    previous = node.keywords[-2] if len(node.keywords) > 1 else node.args[-1]
                    start = (
                        source.span(previous)[1]
                        if isinstance(previous, ast.keyword)
                        else source.outer_span(previous)[1]
                    )
                    yield [(start, source.span(word)[1], "")]
            case ast.Attribute(value=owner, attr="get") if (
                facts.kind(owner) == "dict" and len(node.args) == 2
            ):
                key, default = node.args
                if isinstance(default, ast.Constant) and default.value is None and not node.keywords:
                    yield [(source.outer_span(key)[1], source.span(default)[1], "")]
