"""`else` and `elif`: removed where the branch before always leaves, added, nested, flattened."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.layout import indent_of, own_lines
from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import (
    ended,
    moved,
    whole_lines,
)
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import LONGEST, clause_line, has_elif, is_elif, n_steps
from prmdata.edits.source import Source

_FAMILY = "branches"
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


@refactor(
    "else-removed",
    family=_FAMILY,
    summary="`else:` after a branch that always leaves goes, its suite moves out",
    examples=(
        (
            "def f(a):\n    if a:\n        return 1\n    else:\n        a()\n        return 2\n",
            "def f(a):\n    if a:\n        return 1\n    a()\n    return 2\n",
        ),
        (
            "for a in b:\n    if a:\n        continue\n    else:\n        a()\n    c()\n",
            "for a in b:\n    if a:\n        continue\n    a()\n    c()\n",
        ),
    ),
)
def else_removed(source: Source, _: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        if not node.orelse or has_elif(source, node) or is_elif(source, node) or not _leaves(node.body):
            continue
        step = source.step_of(node.orelse[0]) - 1
        if clause_line(source, node) is None or own_lines(source, node) is None:
            continue
        body, end = moved(source, node.orelse, indent_of(source, node)), own_lines(source, node.orelse[-1])
        if body is not None and end is not None:
            yield [(source.step_starts[step], end[1], ended(source, end[1], body))]


def _leaves(block: list[ast.stmt]) -> bool:
    """Whether control never continues after ``block``."""
    last = block[-1]
    if isinstance(last, ast.If) and last.orelse:
        return _leaves(last.body) and _leaves(last.orelse)
    return isinstance(last, _LEAVES)


@refactor(
    "else-added",
    family=_FAMILY,
    summary="what follows a branch that always leaves moves into an `else`",
    examples=(
        (
            "def f(a):\n    if a:\n        return 1\n    return 2\n",
            "def f(a):\n    if a:\n        return 1\n    else:\n        return 2\n",
        ),
        (
            "for a in b:\n    if a:\n        break\n    c()\n",
            "for a in b:\n    if a:\n        break\n    else:\n        c()\n",
        ),
    ),
)
def else_added(source: Source, _: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        block = source.block(node)
        rest = block[[each is node for each in block].index(True) + 1 :]
        if node.orelse or is_elif(source, node) or not rest or not _leaves(node.body):
            continue
        span = whole_lines(source, rest[0], rest[-1])
        indent = indent_of(source, node)
        body = moved(source, rest, indent + source.indent_unit)
        if span is None or body is None or own_lines(source, node) is None or n_steps(source, rest) > LONGEST:
            continue
        start = source.step_starts[source.step_at(span[0])]
        text = f"{indent}else:{source.eol}{body}"
        yield [(start, span[1], ended(source, span[1], text))]


@refactor(
    "elif-nested",
    family=_FAMILY,
    summary="`elif c:` → `else:`, `if c:`",
    examples=(
        (
            "if a:\n    x()\nelif b:\n    y()\n",
            "if a:\n    x()\nelse:\n    if b:\n        y()\n",
        ),
        (
            "if a:\n    x()\nelif b:\n    y()\nelse:\n    z()\n",
            "if a:\n    x()\nelse:\n    if b:\n        y()\n    else:\n        z()\n",
        ),
    ),
)
def elif_nested(source: Source, _: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        if not is_elif(source, node):
            continue
        lines = own_lines(source, node)
        if lines is None or n_steps(source, [node]) > LONGEST:
            continue
        indent = indent_of(source, node)
        body = moved(source, [node], indent + source.indent_unit)
        if body is None or source.program[source.step_starts[source.step_of(node)] : lines[0]].strip():
            continue
        text = f"{indent}else:{source.eol}" + body.replace("elif", "if", 1)
        yield [(source.step_starts[source.step_of(node)], lines[1], ended(source, lines[1], text))]


@refactor(
    "else-if-flattened",
    family=_FAMILY,
    summary="`else:`, `if c:` → `elif c:` where the `if` is all there is in the `else`",
    examples=(
        ("if a:\n    x()\nelse:\n    if b:\n        y()\n", "if a:\n    x()\nelif b:\n    y()\n"),
        (
            "if a:\n    x()\nelse:\n    if b:\n        y()\n    else:\n        z()\n",
            "if a:\n    x()\nelif b:\n    y()\nelse:\n    z()\n",
        ),
    ),
)
def else_if_flattened(source: Source, _: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        match node.orelse:
            case [ast.If() as inner] if not is_elif(source, inner):
                lines = own_lines(source, inner)
                body = moved(source, [inner], indent_of(source, node))
                if lines is None or body is None or clause_line(source, node) is None:
                    continue
                if source.program[source.step_starts[source.step_of(inner)] : lines[0]].strip():
                    continue
                start = source.step_starts[source.step_of(inner) - 1]
                yield [(start, lines[1], ended(source, lines[1], body.replace("if", "elif", 1)))]
