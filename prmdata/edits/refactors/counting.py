"""Loops that count: `range`, `enumerate`, `while`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.layout import indent_of
from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import (
    ended,
    expression,
    header_span,
    lines,
    moved,
    whole_lines,
)
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.source import Source

_FAMILY = "loops"
_HARMLESS = ("print", "sum", "min", "max", "sorted", "set", "list", "tuple", "enumerate", "zip")
_LONGEST = 4
"""The most statements of a body that a change between ``for`` and ``while`` may keep."""


@refactor(
    "for-to-while",
    family=_FAMILY,
    summary="`for i in range(a, b):` → `i = a`, `while i < b:` ... `i += 1`, where only the loop uses `i`",
    examples=(
        (
            "def f(n):\n    for i in range(3):\n        print(i)\n",
            "def f(n):\n    i = 0\n    while i < 3:\n        print(i)\n        i += 1\n",
        ),
        (
            "def f(n):\n    for i in range(1, len(n)):\n        print(n[i])\n    return n\n",
            "def f(n):\n    i = 1\n    stop = len(n)\n    while i < stop:\n        print(n[i])\n        i += 1\n    return n\n",
        ),
    ),
)
def for_to_while(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.For):
        bounds = _counted(facts, node)
        if bounds is None or not isinstance(node.target, ast.Name):
            continue
        span, head = whole_lines(source, node, node), header_span(source, node, node.iter)
        indent, inner = indent_of(source, node), indent_of(source, node.body[0])
        body = moved(source, node.body, inner)
        if (
            span is None
            or head is None
            or body is None
            or facts.has_comment((head[0], source.span(node.body[0])[0]))
        ):
            continue
        if source.step_at(span[1] - 1) - source.step_of(node) > _LONGEST:
            continue
        name, (start, stop) = node.target.id, bounds
        if name.startswith("_"):
            continue
        limit = source.text(stop) if facts.is_simple(stop) and not isinstance(stop, ast.Name) else ""
        first = [f"{name} = {source.text(start) if start is not None else '0'}"]
        if not limit:
            limit = facts.fresh("stop", "end", "limit")
            first.append(f"{limit} = {expression(source, stop)}")
        text = "".join(f"{indent}{line}{source.eol}" for line in (*first, f"while {name} < {limit}:"))
        yield [(*span, ended(source, span[1], f"{text}{body}{inner}{name} += 1{source.eol}"))]


def _counted(facts: Facts, node: ast.For) -> tuple[ast.expr | None, ast.expr] | None:
    """Start and stop of ``for i in range(start, stop)`` if ``i`` is used only in the loop and the body always
    runs to its end. The bounds must be proven integers, because ``range`` takes no others."""
    match node:
        case ast.For(target=ast.Name(id=name), iter=ast.Call(args=args, keywords=[]) as call, orelse=[]):
            if not facts.calls(call, "range") or not 1 <= len(args) <= 2 or not facts.is_in_function(node):
                return None
            # An annotation is not enough: `range` refuses 3.0, but `<` does not.
            if not all(facts.certain_kind(arg) == "int" and facts.is_pure(arg) for arg in args):
                return None
            if name in facts.names_in(call):
                return None
            inside = [part for statement in node.body for part in ast.walk(statement)]
            if any(isinstance(part, (ast.Continue, ast.Yield, ast.YieldFrom)) for part in inside):
                return None
            is_assigned = any(
                isinstance(part, ast.Name) and part.id == name and not isinstance(part.ctx, ast.Load)
                for part in inside
            )
            if is_assigned or not facts.is_dead_outside(name, facts.scope(node), node):
                return None
            return (args[0] if len(args) == 2 else None), args[-1]
    return None


@refactor(
    "range-start",
    family=_FAMILY,
    summary="`range(n)` ↔ `range(0, n)`",
    examples=(
        ("for i in range(n):\n    print(i)\n", "for i in range(0, n):\n    print(i)\n"),
        ("x = [i for i in range(0, 9)]\n", "x = [i for i in range(9)]\n"),
    ),
)
def range_start(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        if (
            not facts.calls(node, "range")
            or node.keywords
            or any(isinstance(arg, ast.Starred) for arg in node.args)
        ):
            continue
        match node.args:
            case [stop]:
                start = source.outer_span(stop)[0]
                yield [(start, start, "0, ")]
            case [ast.Constant(value=0) as zero, stop]:
                yield [(source.outer_span(zero)[0], source.outer_span(stop)[0], "")]


@refactor(
    "enumerate-to-index",
    family=_FAMILY,
    summary="`for i, x in enumerate(a):` → `for i in range(len(a)):`, `x = a[i]` where `a` is proven a sequence and stays as it is",
    examples=(
        (
            "def f(s: str):\n    for i, c in enumerate(s):\n        print(i, c)\n",
            "def f(s: str):\n    for i in range(len(s)):\n        c = s[i]\n        print(i, c)\n",
        ),
        (
            "a = [1, 2]\nfor i, x in enumerate(a):\n    print(x)\n",
            "a = [1, 2]\nfor i in range(len(a)):\n    x = a[i]\n    print(x)\n",
        ),
    ),
)
def enumerate_to_index(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.For):
        match node:
            case ast.For(
                target=ast.Tuple(elts=[ast.Name(id=index), item]),
                iter=ast.Call(args=[ast.Name() as sequence], keywords=[]) as call,
            ) if (
                facts.calls(call, "enumerate")
                and facts.is_builtin("len", node)
                and facts.is_builtin("range", node)
            ):
                span = header_span(source, node, node.iter)
                names = {index, sequence.id, *facts.names_in(item)}
                if span is None or facts.has_comment(span) or len(names) != 2 + len(facts.names_in(item)):
                    continue
                if facts.kind(sequence) not in ("list", "str", "tuple") or not _stays(facts, sequence, node):
                    continue
                unit = indent_of(source, node.body[0])[len(indent_of(source, node)) :]
                first = f"for {index} in range(len({sequence.id})):"
                yield [
                    (*span, lines(source, node, first, f"{unit}{source.text(item)} = {sequence.id}[{index}]"))
                ]


def _stays(facts: Facts, sequence: ast.Name, node: ast.For) -> bool:
    """Whether nothing in the loop can change ``sequence`` (strings and tuples cannot change)."""
    inside = [part for statement in node.body for part in ast.walk(statement)]
    for part in inside:
        if isinstance(part, ast.Name) and part.id == sequence.id and not isinstance(part.ctx, ast.Load):
            return False
    if not facts.is_settled(sequence.id, node):
        return False
    return facts.kind(sequence) in ("str", "tuple") or _is_untouched(facts, sequence.id, node)


def _is_untouched(facts: Facts, sequence: str, node: ast.For) -> bool:
    """Whether the body changes only lists that the function itself made, never ``sequence``, and calls
    nothing that might change another list."""

    def is_separate(owner: ast.Name) -> bool:
        return owner.id != sequence and facts.kinds.is_fresh(owner)

    for statement in node.body:
        for part in ast.walk(statement):
            match part:
                case ast.Call(func=ast.Attribute(value=ast.Name() as owner)) if is_separate(owner):
                    continue
                case ast.Call() if not facts.is_pure_call(part) and not facts.calls(part, *_HARMLESS):
                    return False
                case ast.Subscript(value=ast.Name() as owner, ctx=ast.Store() | ast.Del()) if is_separate(
                    owner
                ):
                    continue
                case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                    return False
                case ast.AugAssign(target=ast.Name() as target) if not is_separate(target):
                    return False
    return True


@refactor(
    "index-to-enumerate",
    family=_FAMILY,
    summary="`for i in range(len(a)):` with `a[i]` → `for i, item in enumerate(a):` where `a` is proven a sequence and stays as it is",
    examples=(
        (
            "def f(s: str):\n    for i in range(len(s)):\n        print(i, s[i])\n",
            "def f(s: str):\n    for i, item in enumerate(s):\n        print(i, item)\n",
        ),
        (
            "a = [1, 2]\nfor i in range(len(a)):\n    print(a[i])\n    print(a[i - 1])\n",
            "a = [1, 2]\nfor i, item in enumerate(a):\n    print(item)\n    print(a[i - 1])\n",
        ),
    ),
)
def index_to_enumerate(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.For):
        match node:
            case ast.For(
                target=ast.Name(id=index),
                iter=ast.Call(args=[ast.Call(args=[ast.Name() as sequence]) as size]) as call,
            ) if (
                facts.calls(call, "range")
                and facts.calls(size, "len")
                and facts.is_builtin("enumerate", node)
            ):
                if facts.kind(sequence) not in ("list", "str", "tuple") or not _stays(facts, sequence, node):
                    continue
                uses = _element_reads(node, sequence.id, index)
                if uses and facts.may_bind(node):
                    item = facts.fresh("item", "element", "entry")
                    span = (source.span(node.target)[0], source.outer_span(call)[1])
                    text = f"{index}, {item} in enumerate({sequence.id})"
                    yield [(*span, text), *[(*source.span(use), item) for use in uses]]


def _element_reads(node: ast.For, sequence: str, index: str) -> list[ast.expr]:
    """The places of ``sequence[index]`` in the body; none if the body changes ``index``."""
    found: list[ast.expr] = []
    for statement in node.body:
        for part in ast.walk(statement):
            match part:
                case ast.Subscript(value=ast.Name(id=owner), slice=ast.Name(id=place), ctx=ast.Load()):
                    if owner == sequence and place == index:
                        found.append(part)
                case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if name == index:
                    return []
                case ast.FunctionDef() | ast.Lambda() | ast.GeneratorExp() | ast.FormattedValue():
                    return []
    return found
