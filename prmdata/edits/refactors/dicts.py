"""Dicts used in other forms with the same meaning."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import fits, replaced
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import is_elif
from prmdata.edits.source import Source

_FAMILY = "containers"
_EMPTY = {"[]": "list()", "{}": "dict()", "()": "tuple()", "list()": "[]", "dict()": "{}", "tuple()": "()"}
_SEQUENCES = ("str", "list", "tuple")


@refactor(
    "get-to-conditional",
    family=_FAMILY,
    summary="`d.get(k, e)` ↔ `d[k] if k in d else e` where `d` is proven a dict",
    examples=(
        ("d = {}\nx = d.get(k, 0)\n", "d = {}\nx = d[k] if k in d else 0\n"),
        ("d = {}\nx = d[k] if k in d else 0\n", "d = {}\nx = d.get(k, 0)\n"),
    ),
)
def get_to_conditional(source: Source, facts: Facts) -> Iterator[Splices]:
    for call in source.nodes(ast.Call):
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name() as owner, attr="get"), args=[key, *rest], keywords=[]
            ):
                if (
                    facts.kind(owner) != "dict"
                    or not all(facts.is_simple(each) for each in (key, *rest))
                    or len(rest) > 1
                ):
                    continue
                otherwise = source.text(rest[0]) if rest else "None"
                place = f"{owner.id}[{source.text(key)}] if {source.text(key)} in {owner.id} else {otherwise}"
                yield [fits(source, call, place)]
    for node in source.nodes(ast.IfExp):
        match node:
            case ast.IfExp(
                test=ast.Compare(left=key, ops=[ast.In()], comparators=[ast.Name(id=inside)]),
                body=ast.Subscript(value=ast.Name(id=name) as owner, slice=again),
                orelse=default,
            ) if name == inside and source.text(key) == source.text(again):
                if facts.kind(owner) == "dict" and facts.is_simple(key) and facts.is_simple(default):
                    yield [(*source.span(node), f"{name}.get({source.text(key)}, {source.text(default)})")]


@refactor(
    "count-by-get",
    family=_FAMILY,
    summary="`if k in d: d[k] += 1` / `else: d[k] = 1` ↔ `d[k] = d.get(k, 0) + 1` where `d` is proven a dict",
    examples=(
        (
            "d = {}\nfor k in x:\n    if k in d:\n        d[k] += 1\n    else:\n        d[k] = 1\n",
            "d = {}\nfor k in x:\n    d[k] = d.get(k, 0) + 1\n",
        ),
        (
            "d = {}\nfor k in x:\n    d[k] = d.get(k, 0) + 1\n",
            "d = {}\nfor k in x:\n    if k in d:\n        d[k] += 1\n    else:\n        d[k] = 1\n",
        ),
    ),
)
def count_by_get(source: Source, facts: Facts) -> Iterator[Splices]:
    unit = source.indent_unit
    for node in source.nodes(ast.If):
        match node:
            case ast.If(
                test=ast.Compare(
                    left=ast.Name(id=key), ops=[ast.In()], comparators=[ast.Name(id=name) as owner]
                ),
                body=[ast.AugAssign(target=one, op=ast.Add(), value=ast.Constant(value=1))],
                orelse=[ast.Assign(targets=[two], value=ast.Constant(value=1))],
            ) if (
                facts.kind(owner) == "dict"
                and source.text(one) == source.text(two) == f"{name}[{key}]"
                and _adds_one(source, node)
            ):
                splice = replaced(source, facts, node, node, f"{name}[{key}] = {name}.get({key}, 0) + 1")
                if splice is not None and not is_elif(source, node):
                    yield [splice]
    for count in source.nodes(ast.Assign):
        match count:
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id=name) as owner, slice=ast.Name(id=key))]
            ):
                place = f"{name}[{key}]"
                if source.text(count.value) == f"{name}.get({key}, 0) + 1" and facts.kind(owner) == "dict":
                    texts = (f"if {key} in {name}:", f"{unit}{place} += 1", "else:", f"{unit}{place} = 1")
                    splice = replaced(source, facts, count, count, *texts)
                    if splice is not None:
                        yield [splice]


def _adds_one(source: Source, node: ast.If) -> bool:
    """Whether both branches have ``1``, and not ``1.0`` or ``True``."""
    return all(source.text(part) == "1" for part in ast.walk(node) if isinstance(part, ast.Constant))


@refactor(
    "keys-implied",
    family=_FAMILY,
    summary="`k in d` ↔ `k in d.keys()`, in tests and loops, where `d` is proven a dict",
    examples=(
        ("d = {}\nfor k in d.keys():\n    print(k)\n", "d = {}\nfor k in d:\n    print(k)\n"),
        ("d = {}\nif x in d:\n    pass\n", "d = {}\nif x in d.keys():\n    pass\n"),
    ),
)
def keys_implied(source: Source, facts: Facts) -> Iterator[Splices]:
    places = [loop.iter for loop in source.nodes(ast.For)]
    places += [
        node.comparators[0]
        for node in source.nodes(ast.Compare)
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn))
    ]
    for place in places:
        match place:
            case ast.Name() if facts.kind(place) == "dict":
                yield [(*source.span(place), f"{place.id}.keys()")]
            case ast.Call(func=ast.Attribute(value=ast.Name() as owner, attr="keys"), args=[]):
                if facts.kind(owner) == "dict":
                    yield [(*source.span(place), owner.id)]
