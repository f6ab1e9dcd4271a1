"""Variables: another one of the same type, a constant in its place, the wrong target, a lost swap."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from prmdata.edits.layout import own_lines
from prmdata.edits.operators import Operator, Splices, operator
from prmdata.edits.scopes import Occurrence, Scope
from prmdata.edits.source import Source

_FAMILY = "variable"
_MOST = 2
"""The most replacements that are proposed for one read: the nearest bindings before it."""


def _rivals(source: Source, node: ast.Name) -> list[str]:
    """Other variables that are bound before ``node`` and may have its type, the nearest first."""
    scope = source.scopes.resolve(node.id, source.scopes.of(node))
    if scope is None or scope.parent is None:
        return []
    own, kind, place = _assigned(source, scope, node.id), source.kinds.guess(node), source.span(node)[0]
    found: list[tuple[int, str]] = []
    for seen in _visible(source, node):
        for name in seen.names:
            first = _assigned(source, seen, name)
            if name == node.id or first is None or first > place or own is None or name.startswith("_"):
                continue
            other = source.kinds.guess_name(name, seen)
            if other != "function" and (kind is None or other is None or kind == other):
                found.append((-first if kind == other else place - first, name))
    return [name for _, name in sorted(found)]


def _visible(source: Source, node: ast.Name) -> Iterator[Scope]:
    scope: Scope | None = source.scopes.of(node)
    while scope is not None and scope.parent is not None:
        if not scope.is_class:
            yield scope
        if scope.is_function:
            return
        scope = scope.parent


def _assigned(source: Source, scope: Scope, name: str) -> int | None:
    """The offset from which ``name`` has a value; None if that is not known."""
    starts = [_known_from(source, place) for place in scope.writes(name) if place.span is not None]
    return min(starts) if starts else None


def _known_from(source: Source, place: Occurrence) -> int:
    """A target is bound after its statement; a loop variable is bound in the loop's body."""
    around: ast.AST | None = source.parent(place.node)
    while isinstance(around, (ast.Tuple, ast.List, ast.Starred)):
        around = source.parent(around)
    start = source.span(place.node)[0]
    match around:
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            return max(start, source.span(around)[1])
        case ast.For(iter=walked):
            return source.outer_span(walked)[1]
        case ast.comprehension():
            return 0
    return start


@operator(
    "variable-replace",
    intent="mutate",
    family=_FAMILY,
    summary="a variable by another of the same likely type",
    examples=(
        ("def f(a, b):\n    return a - 1\n", "def f(a, b):\n    return b - 1\n"),
        ("def f():\n    i = 0\n    j = 1\n    return i\n", "def f():\n    i = 0\n    j = 1\n    return j\n"),
    ),
)
def variable_replace(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Name):
        called = isinstance(around := source.parent(node), ast.Call) and around.func is node
        if isinstance(node.ctx, ast.Load) and not called:
            yield from ([(*source.span(node), name)] for name in _rivals(source, node)[:_MOST])


@operator(
    "variable-constant",
    intent="mutate",
    family=_FAMILY,
    summary="a variable in the value of an assignment by `0` or `1`",
    examples=(
        ("def f(x, z):\n    y = x + z\n    return y\n", "def f(x, z):\n    y = x + 1\n    return y\n"),
        ("y = x + z\n", "y = 0 + z\n"),
    ),
)
def variable_constant(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Name):
        around = source.parent(node)
        numeric = isinstance(around, ast.BinOp) or (
            isinstance(around, ast.AugAssign) and around.value is node
        )
        if isinstance(node.ctx, ast.Load) and numeric and source.kinds.guess(node) in (None, "int", "float"):
            yield from ([(*source.span(node), value)] for value in ("1", "0"))


@operator(
    "variable-insert",
    intent="mutate",
    family=_FAMILY,
    summary="another variable worked into the arithmetic of an assignment",
    examples=(
        ("def f(x, z):\n    y = x + z\n    return y\n", "def f(x, z):\n    y = x + z + x\n    return y\n"),
        (
            "def f(x, z, j):\n    y = x + z\n    return y\n",
            "def f(x, z, j):\n    y = x + z - j\n    return y\n",
        ),
    ),
)
def variable_insert(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign, ast.AugAssign):
        if not isinstance(node.value, ast.BinOp):
            continue
        names = [each for each in ast.walk(node.value) if isinstance(each, ast.Name)]
        names = [each for each in names if source.kinds.guess(each) in (None, "int", "float")]
        if names:
            end = source.outer_span(node.value)[1]
            chosen = dict.fromkeys(
                [names[0].id, *_rivals(source, names[0])[:1][-1:], *_rivals(source, names[0])[-1:]]
            )
            yield from ([(end, end, f" {op} {name}")] for name in chosen for op in ("+", "-", "*"))


@operator(
    "target-replace",
    intent="mutate",
    family=_FAMILY,
    summary="the wrong variable assigned",
    examples=(
        (
            "def f():\n    a = 0\n    b = 0\n    b += 1\n    return b\n",
            "def f():\n    a = 0\n    b = 0\n    a += 1\n    return b\n",
        ),
        ("lo = 0\nhi = 9\nhi = 5\n", "lo = 0\nhi = 9\nlo = 5\n"),
    ),
)
def target_replace(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign, ast.AugAssign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if not isinstance(target, ast.Name):
            continue
        scope = source.scopes.of(target)
        first = _assigned(source, scope, target.id)
        place = source.span(target)[0]
        if first is None or first > place:
            continue
        kind = source.kinds.guess_name(target.id, scope)
        for name in scope.names:
            other = _assigned(source, scope, name)
            if (
                name != target.id
                and other is not None
                and other < place
                and kind == source.kinds.guess_name(name, scope)
            ):
                yield [(*source.span(target), name)]


@operator(
    "swap-lost",
    intent="mutate",
    family="order",
    summary="`a, b = b, a` → `a = b`, then `b = a`: one after the other; or only one of the two",
    examples=(
        ("a, b = b, a + b\n", "a = b\nb = a + b\n"),
        ("x[i], x[j] = x[j], x[i]\n", "x[i] = x[j]\nx[j] = x[i]\n"),
        ("a, b = b, a + b\n", "a = b\n"),
    ),
)
def swap_lost(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=[_, _] as left)], value=ast.Tuple(elts=[_, _] as right)):
                lines = own_lines(source, node)
                texts = [source.program[slice(*source.outer_span(each))] for each in (*left, *right)]
                if lines is None:
                    continue
                indent = source.indent(source.step_of(node))
                yield [
                    (
                        *source.span(node),
                        f"{texts[0]} = {texts[2]}{source.eol}{indent}{texts[1]} = {texts[3]}",
                    )
                ]
                yield [(*source.span(node), f"{texts[0]} = {texts[2]}")]
                yield [(*source.span(node), f"{texts[0]}, {texts[1]} = {texts[3]}, {texts[2]}")]


@operator(
    "unpack-swap",
    intent="mutate",
    family="order",
    summary="`for i, x in ...` → `for x, i in ...`: unpacked the wrong way round",
    examples=(
        ("for i, x in enumerate(y):\n    pass\n", "for x, i in enumerate(y):\n    pass\n"),
        ("a, b = f()\n", "b, a = f()\n"),
    ),
)
def unpack_swap(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.For, ast.comprehension, ast.Assign):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        match target:
            case ast.Tuple(elts=[ast.Name() as left, ast.Name() as right]):
                start, end = source.span(left)[0], source.span(right)[1]
                between = source.program[source.span(left)[1] : source.span(right)[0]]
                yield [(start, end, right.id + between + left.id)]


@operator(
    "parameter-swap",
    intent="mutate",
    family="order",
    summary="`def f(a, b)` → `def f(b, a)`: parameters in the wrong order",
    examples=(
        ("def f(a, b):\n    return a - b\n", "def f(b, a):\n    return a - b\n"),
        (
            "class A:\n    def f(self, a: int, b: int): pass\n",
            "class A:\n    def f(self, b: int, a: int): pass\n",
        ),
    ),
)
def parameter_swap(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.FunctionDef):
        plain = node.args.args[: len(node.args.args) - len(node.args.defaults)]
        for left, right in pairwise(plain):
            if left.arg not in ("self", "cls"):
                first, second = source.span(left), source.span(right)
                between = source.program[first[1] : second[0]]
                yield [(first[0], second[1], source.text(right) + between + source.text(left))]


VARIABLES: tuple[Operator, ...] = (
    variable_replace, variable_constant, variable_insert, target_replace, swap_lost, unpack_swap, parameter_swap,
)  # fmt: skip
