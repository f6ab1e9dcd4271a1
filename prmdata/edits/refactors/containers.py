"""Lists, dicts and sets used in other forms with the same meaning."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.naming import name_for
from prmdata.edits.refactors.render import argument, expression, replaced
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.source import Source

_FAMILY = "containers"
_EMPTY = {"[]": "list()", "{}": "dict()", "()": "tuple()", "list()": "[]", "dict()": "{}", "tuple()": "()"}
_SEQUENCES = ("str", "list", "tuple")


@refactor(
    "empty-literal",
    family=_FAMILY,
    summary="`[]` ↔ `list()`, `{}` ↔ `dict()`, `()` ↔ `tuple()`",
    examples=(("x = []\n", "x = list()\n"), ("x = dict()\n", "x = {}\n")),
)
def empty_literal(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign, ast.AnnAssign, ast.Return):
        value = node.value
        if not isinstance(value, (ast.List, ast.Dict, ast.Tuple, ast.Call)):
            continue
        text = source.text(value)
        new = _EMPTY.get(text)
        if new is not None and facts.is_builtin((new if text[0] in "[{(" else text)[:-2], node):
            yield [(*source.span(value), new)]


def _method(node: ast.stmt, *names: str) -> tuple[ast.expr, str, ast.Call] | None:
    """Owner, name and call of a statement ``owner.name(...)``."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=name), keywords=[]) as call) if (
            name in names
        ):
            if not any(isinstance(arg, ast.Starred) for arg in call.args):
                return owner, name, call
    return None


@refactor(
    "append-in-place",
    family=_FAMILY,
    summary="`x.append(e)` → `x += [e]`, `x.extend(e)` → `x += e` where `x` is proven a list of this function",
    examples=(
        (
            "def f(a):\n    x = []\n    x.append(a)\n    return x\n",
            "def f(a):\n    x = []\n    x += [a]\n    return x\n",
        ),
        (
            "def f(a):\n    x = []\n    x.extend(a)\n    return x\n",
            "def f(a):\n    x = []\n    x += a\n    return x\n",
        ),
    ),
)
def append_in_place(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Expr):
        found = _method(node, "append", "extend")
        if found is None or len(found[2].args) != 1 or facts.suspends(node):
            continue
        owner, name, call = found
        if isinstance(owner, ast.Name) and facts.kind(owner) == "list" and _is_own(facts, owner):
            value = call.args[0]
            new = f"[{argument(source, value)}]" if name == "append" else expression(source, value)
            if not isinstance(value, ast.GeneratorExp):
                yield [(*source.span(call), f"{owner.id} += {new}")]


def _is_own(facts: Facts, name: ast.Name) -> bool:
    """Whether the scope in which ``name`` stands is the scope that binds it."""
    scopes = facts.source.scopes
    return scopes.resolve(name.id, scopes.of(name)) is facts.scope(name)


@refactor(
    "append-by-extend",
    family=_FAMILY,
    summary="`x.append(e)` ↔ `x.extend([e])`",
    examples=(
        ("x = []\nx.append(a)\n", "x = []\nx.extend([a])\n"),
        ("x = []\nx.extend([a])\n", "x = []\nx.append(a)\n"),
    ),
)
def append_by_extend(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Expr):
        found = _method(node, "append", "extend")
        if found is None or len(found[2].args) != 1 or facts.kind(found[0]) != "list":
            continue
        owner, name, call = found
        value = call.args[0]
        text = source.program[source.span(call)[0] : source.outer_span(owner)[1]]
        if name == "append" and not isinstance(value, ast.GeneratorExp):
            yield [(*source.span(call), f"{text}.extend([{argument(source, value)}])")]
        elif (
            isinstance(value, ast.List)
            and len(value.elts) == 1
            and not isinstance(value.elts[0], ast.Starred)
        ):
            yield [(*source.span(call), f"{text}.append({argument(source, value.elts[0])})")]


@refactor(
    "append-by-slice",
    family=_FAMILY,
    summary="`x.append(e)` → `x[len(x):] = [e]`, `x.pop()` → `del x[-1]` where `x` is proven a list",
    examples=(
        ("x = []\nx.append(a)\n", "x = []\nx[len(x):] = [a]\n"),
        ("x = []\nx.pop()\n", "x = []\ndel x[-1]\n"),
    ),
)
def append_by_slice(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Expr):
        found = _method(node, "append", "pop")
        if found is None or not isinstance(found[0], ast.Name) or facts.kind(found[0]) != "list":
            continue
        owner, name, call = found[0].id, found[1], found[2]
        if name == "pop":
            index = source.text(call.args[0]) if call.args else "-1"
            if len(call.args) < 2 and all(facts.is_simple(arg) for arg in call.args):
                yield [(*source.span(call), f"del {owner}[{index}]")]
        elif len(call.args) == 1 and facts.is_pure(call.args[0]) and facts.is_builtin("len", node):
            yield [(*source.span(call), f"{owner}[len({owner}):] = [{argument(source, call.args[0])}]")]


@refactor(
    "add-by-update",
    family=_FAMILY,
    summary="`s.add(e)` → `s.update([e])` where `s` is proven a set",
    examples=(
        ("s = set()\ns.add(a)\n", "s = set()\ns.update([a])\n"),
        ("s = {1}\ns.add((1, 2))\n", "s = {1}\ns.update([(1, 2)])\n"),
    ),
)
def add_by_update(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Expr):
        found = _method(node, "add")
        if found is not None and facts.kind(found[0]) == "set" and len(found[2].args) == 1:
            text = source.program[source.span(found[2])[0] : source.outer_span(found[0])[1]]
            if not isinstance(found[2].args[0], ast.GeneratorExp):
                yield [(*source.span(found[2]), f"{text}.update([{argument(source, found[2].args[0])}])")]


@refactor(
    "sort-by-slice",
    family=_FAMILY,
    summary="`x.sort()` → `x[:] = sorted(x)`, `x.reverse()` → `x[:] = x[::-1]`",
    examples=(
        (
            "def f(x):\n    x.sort(reverse=True)\n    return x\n",
            "def f(x):\n    x[:] = sorted(x, reverse=True)\n    return x\n",
        ),
        ("x = [1]\nx.reverse()\n", "x = [1]\nx[:] = x[::-1]\n"),
    ),
)
def sort_by_slice(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Expr):
        match node.value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name) as owner, attr="sort"), args=[]) as call:
                if any(name in facts.names_in(word) for word in call.keywords) or facts.is_in_try(node):
                    continue  # a key function sees an empty list while the list is sorted in place
                words = "".join(f", {source.text(word)}" for word in call.keywords)
                if (
                    facts.is_plain
                    and facts.is_builtin("sorted", node)
                    and "\n" not in words
                    and facts.kind(owner) in (None, "list")
                ):
                    yield [(*source.span(call), f"{name}[:] = sorted({name}{words})")]
            case (
                ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name) as owner, attr="reverse"), args=[]
                ) as call
            ):
                if facts.kind(owner) == "list":
                    yield [(*source.span(call), f"{name}[:] = {name}[::-1]")]


@refactor(
    "sorted-by-sort",
    family=_FAMILY,
    summary="`y = sorted(x)` → `y = list(x)`, `y.sort()`; the same for `return`",
    examples=(
        ("y = sorted(x, reverse=True)\n", "y = list(x)\ny.sort(reverse=True)\n"),
        (
            "def f(a):\n    return sorted(a)\n",
            "def f(a):\n    ordered = list(a)\n    ordered.sort()\n    return ordered\n",
        ),
    ),
)
def sorted_by_sort(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign, ast.Return):
        match node.value:
            case ast.Call(args=[one]) as call if facts.calls(call, "sorted") and facts.is_builtin(
                "list", node
            ):
                words = ", ".join(source.text(word) for word in call.keywords)
            case _:
                continue
        if "\n" in words or isinstance(one, ast.Starred) or facts.suspends(call) or not facts.may_bind(node):
            continue
        if isinstance(node, ast.Return):
            name, last = name_for(facts, call, "ordered"), ["return {}"]
        elif len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name, last = node.targets[0].id, []
        else:
            continue
        keys = frozenset[str]().union(*(facts.names_in(word) for word in call.keywords))
        if (
            name in keys
            or (last == [] and not facts.is_private(name, facts.scope(node)))
            or facts.is_in_try(node)
        ):
            continue
        inner = source.text(one)[1:-1] if isinstance(one, ast.GeneratorExp) else source.text(one)
        texts = [f"{name} = list({inner})", f"{name}.sort({words})", *(line.format(name) for line in last)]
        splice = replaced(source, facts, node, node, *texts)
        if splice is not None and "\n" not in inner:
            yield [splice]


@refactor(
    "last-by-length",
    family=_FAMILY,
    summary="`x[-1]` ↔ `x[len(x) - 1]` where `x` is proven a sequence",
    examples=(
        ("x = [1]\ny = x[-1]\n", "x = [1]\ny = x[len(x) - 1]\n"),
        ("def f(s: str):\n    return s[len(s) - 1]\n", "def f(s: str):\n    return s[-1]\n"),
    ),
)
def last_by_length(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Subscript):
        if not isinstance(node.value, ast.Name) or facts.kind(node.value) not in _SEQUENCES:
            continue
        if isinstance(source.parent(node), ast.AugAssign):
            continue  # the length is taken before the value is computed, but the -1 is applied after it
        name = node.value.id
        match node.slice:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)) if facts.is_builtin("len", node):
                yield [(*source.span(node.slice), f"len({name}) - 1")]
            case ast.BinOp(
                left=ast.Call(args=[ast.Name(id=again)]) as call, op=ast.Sub(), right=ast.Constant(value=1)
            ) if again == name and facts.calls(call, "len"):
                yield [(*source.span(node.slice), "-1")]


@refactor(
    "slice-bounds",
    family=_FAMILY,
    summary="`x[:n]` ↔ `x[0:n]`",
    examples=(("y = x[:3]\n", "y = x[0:3]\n"), ("y = x[0:n]\n", "y = x[:n]\n")),
)
def slice_bounds(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Subscript):
        match node.slice:
            case ast.Slice(lower=None, upper=ast.expr(), step=None) as part if facts.is_plain:
                start = source.span(part)[0]
                yield [(start, start, "0")]
            case ast.Slice(lower=ast.Constant(value=0) as zero, upper=ast.expr(), step=None) if (
                facts.is_plain
            ):
                yield [(*source.outer_span(zero), "")]


@refactor(
    "list-copied",
    family=_FAMILY,
    summary="`x[:]` ↔ `list(x)` where `x` is proven a list",
    examples=(
        ("x = [1]\ny = x[:]\n", "x = [1]\ny = list(x)\n"),
        ("x = [1]\ny = list(x)\n", "x = [1]\ny = x[:]\n"),
    ),
)
def list_copied(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Subscript):
        match node:
            case ast.Subscript(
                value=ast.Name(id=name) as owner, slice=ast.Slice(None, None, None), ctx=ast.Load()
            ):
                if facts.kind(owner) == "list" and facts.is_builtin("list", node):
                    yield [(*source.span(node), f"list({name})")]
    for call in source.nodes(ast.Call):
        match call.args:
            case [ast.Name(id=name) as owner] if facts.calls(call, "list") and facts.kind(owner) == "list":
                yield [(*source.span(call), f"{name}[:]")]
