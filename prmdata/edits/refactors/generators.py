"""`map`, `filter`, generators and lists, exchanged where each of them has the same effect."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.comprehensions import filter_text
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import argument
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.source import Source

_FAMILY = "comprehensions"
_LONGEST_LINE = 110
_EMPTY: dict[type[ast.expr], str] = {ast.ListComp: "[]", ast.SetComp: "set()", ast.DictComp: "{}"}
_CONSUMERS = ("sum", "any", "all", "max", "min", "list", "set", "tuple", "dict", "sorted", "len", "frozenset")


@refactor(
    "map-to-comprehension",
    family=_FAMILY,
    summary="`list(map(f, x))` → `[f(item) for item in x]`, `list(filter(lambda a: c, x))` → `[a for a in x if c]`",
    examples=(
        ("x = list(map(int, y.split()))\n", "x = [int(item) for item in y.split()]\n"),
        ("x = list(filter(lambda a: a > 1, y))\n", "x = [a for a in y if a > 1]\n"),
        ("x = list(map(lambda a: a * 2, y))\n", "x = [a * 2 for a in y]\n"),
    ),
)
def map_to_comprehension(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        if not facts.calls(node, "list", "set") or len(node.args) != 1 or node.keywords:
            continue
        inner = node.args[0]
        if not facts.calls(inner, "map", "filter") or facts.scope(node).is_class or facts.suspends(node):
            continue
        match inner:
            case ast.Call(func=ast.Name(id=kind), args=[called, iterable]) if not isinstance(
                iterable, ast.Starred
            ):
                text = _mapped(source, facts, kind, called)
                around = (
                    f"({source.text(iterable)})" if isinstance(iterable, ast.IfExp) else source.text(iterable)
                )
                brackets = "[]" if facts.calls(node, "list") else "{}"
                if text is not None:
                    yield [(*source.span(node), brackets[0] + text.replace("\0", around) + brackets[1])]


def _mapped(source: Source, facts: Facts, kind: str, called: ast.expr) -> str | None:
    """``f(item) for item in <iterable>`` with a NUL where the iterable goes."""
    match called:
        case ast.Name(id=name) if facts.is_settled(name, called) and name != "next":
            item = facts.fresh("item", "each")
            return (
                f"{name}({item}) for {item} in \0"
                if kind == "map"
                else f"{item} for {item} in \0 if {name}({item})"
            )
        case ast.Lambda(
            args=ast.arguments(
                args=[ast.arg(arg=name)], posonlyargs=[], kwonlyargs=[], vararg=None, kwarg=None
            )
        ):
            body = source.text(called.body)
            if (
                called.args.defaults
                or "\n" in body
                or any(isinstance(p, (ast.Lambda, ast.GeneratorExp)) for p in ast.walk(called.body))
            ):
                return None
            if kind == "map":
                return f"{argument(source, called.body)} for {name} in \0"
            return f"{name} for {name} in \0 if {filter_text(source, called.body)}"
    return None


@refactor(
    "generator-to-list",
    family=_FAMILY,
    summary="`sum(e for ...)` ↔ `sum([e for ...])` where nothing stops half way",
    examples=(
        ("x = sum(a for a in b)\n", "x = sum([a for a in b])\n"),
        ("x = ''.join([c for c in d])\n", "x = ''.join(c for c in d)\n"),
        ("x = set([a for a in b])\n", "x = {a for a in b}\n"),
    ),
)
def generator_to_list(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        joins = (
            isinstance(node.func, ast.Attribute)
            and node.func.attr == "join"
            and isinstance(node.func.value, ast.Constant)
        )
        if not joins and not facts.calls(node, "sum", "max", "min", "sorted", "tuple", "set", "list"):
            continue
        if (
            not node.args
            or facts.suspends(node)
            or any(part.id == "next" for part in ast.walk(node) if isinstance(part, ast.Name))
        ):
            continue
        first, called = node.args[0], node.func
        if isinstance(first, ast.GeneratorExp):
            inner = source.text(first)[1:-1]
            if isinstance(called, ast.Name) and called.id in ("list", "set") and len(node.args) == 1:
                brackets = "[]" if called.id == "list" else "{}"
                yield [(*source.span(node), f"{brackets[0]}{inner}{brackets[1]}")]
            elif not isinstance(called, ast.Name) or called.id not in ("list", "set"):
                alone = source.program[source.span(first)[0] - 1] != "("
                yield [(*source.span(first), f"([{inner}])" if alone else f"[{inner}]")]
        elif isinstance(first, ast.ListComp):
            inner = source.text(first)[1:-1].strip()
            if isinstance(called, ast.Name) and called.id in ("list", "set"):
                if called.id == "set" and len(node.args) == 1:
                    yield [(*source.span(node), f"{{{inner}}}")]
            else:
                more = len(node.args) > 1 or node.keywords
                yield [(*source.span(first), f"({inner})" if more else inner)]
