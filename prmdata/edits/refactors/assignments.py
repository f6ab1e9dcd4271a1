"""Assignments in other forms: augmented or plain, together or apart."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import argument, expression, operand, replaced
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import neighbours
from prmdata.edits.source import Source
from prmdata.edits.syntax_text import ARITHMETIC

_FAMILY = "assignments"
_IMMUTABLE = ("int", "float", "complex", "bool", "str", "bytes", "tuple", "frozenset")
_NUMBERS = ("int", "float", "bool")
_LONGEST_LINE = 100


@refactor(
    "augmented-to-plain",
    family=_FAMILY,
    summary="`x += e` → `x = x + e` where it is proven that nothing is changed in place",
    examples=(
        ("def f(x):\n    x += 1\n", "def f(x):\n    x = x + 1\n"),
        ("d[k] -= 2\n", "d[k] = d[k] - 2\n"),
        (
            "s = ''\nfor c in t:\n    s += c if c else d\n",
            "s = ''\nfor c in t:\n    s = s + (c if c else d)\n",
        ),
    ),
)
def augmented_to_plain(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.AugAssign):
        target = node.target
        if not _is_repeatable(facts, target) or facts.suspends(node) or "\n" in source.text(target):
            continue
        if not _makes_new(facts, target, node.op, node.value):
            continue
        text, sign = source.text(target), ARITHMETIC[type(node.op)]
        start, end = source.span(target)[0], source.outer_span(node.value)[1]
        if source.span(node)[1] == end:
            yield [(start, end, f"{text} = {text} {sign} {_right(source, node.op, node.value)}")]


def _right(source: Source, op: ast.operator, value: ast.expr) -> str:
    product = isinstance(value, ast.BinOp) and isinstance(
        value.op, (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
    )
    if isinstance(op, (ast.Add, ast.Sub)) and product and "\n" not in source.text(value):
        return source.text(value)
    return operand(source, value)


def _is_repeatable(facts: Facts, target: ast.expr) -> bool:
    """Whether evaluating ``target`` twice has the same effect as evaluating it once."""
    match target:
        case ast.Name():
            return True
        case ast.Subscript(value=ast.Name() as owner, slice=index):
            names = [part for part in ast.walk(target) if isinstance(part, ast.Name)]
            settled = all(facts.is_settled(name.id, name) for name in names)
            return facts.is_pure(index) and settled and not isinstance(index, ast.Slice) and bool(owner)
        case ast.Attribute(value=ast.Name(id=name)):
            return facts.is_plain and facts.is_settled(name, target)
    return False


def _makes_new(facts: Facts, target: ast.expr, op: ast.operator, value: ast.expr) -> bool:
    """Whether ``target op= value`` binds a new object. If the right side is a number, only ``*=`` can change
    a built-in value in place (a list)."""
    if facts.kind(target) in _IMMUTABLE:
        return True
    return facts.is_plain and facts.kind(value) in _NUMBERS and not isinstance(op, (ast.Mult, ast.MatMult))


@refactor(
    "plain-to-augmented",
    family=_FAMILY,
    summary="`x = x + e` → `x += e` where it is proven that nothing is changed in place",
    examples=(
        ("def f(x):\n    x = x + 1\n", "def f(x):\n    x += 1\n"),
        ("d[k] = d[k] - 2\n", "d[k] -= 2\n"),
        ("s = ''\nfor c in t:\n    s = s + (c + d)\n", "s = ''\nfor c in t:\n    s += c + d\n"),
    ),
)
def plain_to_augmented(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        match node:
            case ast.Assign(targets=[target], value=ast.BinOp(left=left, op=op, right=right) as value):
                pass
            case _:
                continue
        if (
            source.text(target) != source.text(left)
            or not _is_repeatable(facts, target)
            or facts.suspends(node)
        ):
            continue
        if source.outer_span(left) != source.span(left) or source.outer_span(value) != source.span(value):
            continue
        if _makes_new(facts, target, op, right):
            start, end = source.span(target)[0], source.span(value)[1]
            yield [(start, end, f"{source.text(target)} {ARITHMETIC[type(op)]}= {expression(source, right)}")]


def _pairs(node: ast.Assign) -> tuple[list[ast.expr], list[ast.expr]] | None:
    """Targets and values of ``a, b = X, Y``."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            starred = any(isinstance(each, ast.Starred) for each in (*targets, *values))
            if len(targets) == len(values) > 1 and not starred:
                return targets, values
    return None


def _is_independent(facts: Facts, name: ast.Name, value: ast.expr) -> bool:
    """Whether the value of ``value`` does not depend on what ``name`` is bound to."""
    if name.id in facts.names_in(value):
        return False
    return facts.is_pure(value) or facts.is_private(name.id, facts.scope(name))


@refactor(
    "tuple-assignment-split",
    family=_FAMILY,
    summary="`a, b = X, Y` → `a = X`, `b = Y` where `Y` does not see `a`",
    examples=(
        ("a, b = 0, 1\n", "a = 0\nb = 1\n"),
        (
            "def f(x):\n    a, b = x, x + 1\n    return a, b\n",
            "def f(x):\n    a = x\n    b = x + 1\n    return a, b\n",
        ),
    ),
)
def tuple_assignment_split(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        pairs = _pairs(node)
        if pairs is None or facts.suspends(node) or facts.is_in_try(node):
            continue
        targets, values = pairs
        names = [target for target in targets if isinstance(target, ast.Name)]
        if len({name.id for name in names}) != len(targets):
            continue
        if all(
            _is_independent(facts, name, later) for i, name in enumerate(names) for later in values[i + 1 :]
        ):
            texts = [
                f"{name.id} = {expression(source, value)}" for name, value in zip(names, values, strict=True)
            ]
            splice = replaced(source, facts, node, node, *texts)
            if splice is not None:
                yield [splice]


@refactor(
    "tuple-assignment-by-temporary",
    family=_FAMILY,
    summary="`a, b = b, a` → `temp = b`, `b = a`, `a = temp`",
    examples=(
        ("a, b = b, a + b\n", "previous = b\nb = a + b\na = previous\n"),
        ("x[i], x[j] = x[j], x[i]\n", "temp = x[i]\nx[i] = x[j]\nx[j] = temp\n"),
    ),
)
def tuple_assignment_by_temporary(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        pairs = _pairs(node)
        if pairs is None or len(pairs[0]) != 2 or facts.suspends(node) or not facts.may_bind(node):
            continue
        (one, two), (first, second) = pairs
        if isinstance(one, ast.Name) and isinstance(two, ast.Name) and one.id != two.id:
            temp = facts.fresh("previous", "temp", "held")
            texts = (
                f"{temp} = {expression(source, first)}",
                f"{two.id} = {expression(source, second)}",
                f"{one.id} = {temp}",
            )
        elif _is_swap(source, facts, one, two, first, second):
            temp = facts.fresh("temp", "held", "swapped")
            texts = (
                f"{temp} = {source.text(one)}",
                f"{source.text(one)} = {source.text(two)}",
                f"{source.text(two)} = {temp}",
            )
        else:
            continue
        splice = replaced(source, facts, node, node, *texts)
        if splice is not None and not facts.is_in_try(node):
            yield [splice]


def _is_swap(
    source: Source, facts: Facts, one: ast.expr, two: ast.expr, first: ast.expr, second: ast.expr
) -> bool:
    """Whether ``one, two = first, second`` swaps two elements whose places do not depend on the swap."""
    if source.text(one) != source.text(second) or source.text(two) != source.text(first):
        return False
    for place in (one, two):
        match place:
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                arithmetic = not any(isinstance(part, (ast.Subscript, ast.Call)) for part in ast.walk(index))
                if not arithmetic or not facts.is_pure(index) or name in facts.names_in(index):
                    return False
            case _:
                return False
    return "\n" not in source.text(one) + source.text(two)


@refactor(
    "assignments-joined",
    family=_FAMILY,
    summary="`a = X`, `b = Y` → `a, b = X, Y` where `Y` does not see `a`",
    examples=(
        ("a = 0\nb = 1\n", "a, b = 0, 1\n"),
        (
            "def f(x):\n    a = x\n    b = x + 1\n    return a, b\n",
            "def f(x):\n    a, b = x, x + 1\n    return a, b\n",
        ),
    ),
)
def assignments_joined(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        match node, neighbours(source, node)[1]:
            case ast.Assign(targets=[ast.Name() as one], value=first), ast.Assign(
                targets=[ast.Name() as two], value=second
            ) as after:
                pass
            case _:
                continue
        if one.id == two.id or not _is_independent(facts, one, second) or facts.is_in_try(node):
            continue
        if two.id in facts.names_in(first) or facts.suspends(first) or facts.suspends(second):
            continue
        values = ", ".join(_element(source, value) for value in (first, second))
        text = f"{one.id}, {two.id} = {values}"
        splice = replaced(source, facts, node, after, text)
        if splice is not None and "\n" not in text and len(text) <= _LONGEST_LINE:
            yield [splice]


def _element(source: Source, value: ast.expr) -> str:
    return operand(source, value) if isinstance(value, (ast.IfExp, ast.Lambda)) else argument(source, value)


@refactor(
    "chained-assignment-split",
    family=_FAMILY,
    summary="`a = b = E` → `a = E`, `b = a`",
    examples=(
        ("a = b = 0\n", "a = 0\nb = 0\n"),
        ("a = b[0] = f()\n", "a = f()\nb[0] = a\n"),
    ),
)
def chained_assignment_split(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        match node:
            case ast.Assign(targets=[ast.Name(id=name), second], value=value) if not facts.suspends(node):
                again = source.text(value) if isinstance(value, ast.Constant) else name
                if name in facts.names_in(second) or facts.is_in_try(node):
                    continue
                texts = (f"{name} = {expression(source, value)}", f"{source.text(second)} = {again}")
                splice = replaced(source, facts, node, node, *texts)
                if splice is not None:
                    yield [splice]


@refactor(
    "equal-assignments-chained",
    family=_FAMILY,
    summary="`a = 0`, `b = 0` → `a = b = 0` for literals that cannot change",
    examples=(
        ("a = 0\nb = 0\n", "a = b = 0\n"),
        (
            "def f():\n    a = ''\n    b = ''\n    return a, b\n",
            "def f():\n    a = b = ''\n    return a, b\n",
        ),
    ),
)
def equal_assignments_chained(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        match node, neighbours(source, node)[1]:
            case ast.Assign(targets=[ast.Name(id=one)], value=ast.Constant() as first), ast.Assign(
                targets=[ast.Name(id=two)], value=ast.Constant() as second
            ) as after if one != two and source.text(first) == source.text(second):
                splice = replaced(source, facts, node, after, f"{one} = {two} = {source.text(first)}")
                if splice is not None and "\n" not in source.text(first):
                    yield [splice]
