"""Comprehensions written out as loops, and loops turned into comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import argument, conjunct, expression, operand, replaced
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import Comprehension, neighbours
from prmdata.edits.scopes import Scope
from prmdata.edits.source import Source

_FAMILY = "comprehensions"
_LONGEST_LINE = 110
_EMPTY: dict[type[ast.expr], str] = {ast.ListComp: "[]", ast.SetComp: "set()", ast.DictComp: "{}"}
_CONSUMERS = ("sum", "any", "all", "max", "min", "list", "set", "tuple", "dict", "sorted", "len", "frozenset")


@dataclass(frozen=True, slots=True)
class LoopForm:
    """A comprehension as nested loops: the ``for`` and ``if`` lines, the text of its element, and the
    indentation of the innermost statement."""

    heads: tuple[str, ...]
    element: str
    indent: str


def loop_form(source: Source, facts: Facts, node: Comprehension) -> LoopForm | None:
    """The loops that ``node`` stands for; None if its names would clash with others or be used after it."""
    if facts.suspends(node) or "\n" in source.text(node) or _keeps_names(facts, node):
        return None
    scope, around = source.scopes.inside(node), facts.scope(node)
    if around.is_class or source.scopes.of(node) is not around:
        return None
    names = _new_names(facts, node, scope)
    if names is None:
        return None
    heads: list[str] = []
    indent = ""
    for part in node.generators:
        target, iterable = (
            _worded(source, scope, part.target, names),
            _worded(source, scope, part.iter, names),
        )
        heads.append(f"{indent}for {target} in {iterable}:")
        indent += source.indent_unit
        if part.ifs:
            tests = [_worded(source, scope, test, names, conjunct(source, test)) for test in part.ifs]
            whole = " and ".join(tests) if len(tests) > 1 else _worded(source, scope, part.ifs[0], names)
            heads.append(f"{indent}if {whole}:")
            indent += source.indent_unit
    if isinstance(node, ast.DictComp):
        element = f"{_worded(source, scope, node.key, names)}\0{_worded(source, scope, node.value, names)}"
    else:
        element = _worded(source, scope, node.elt, names)
    return LoopForm(tuple(heads), element, indent)


def _keeps_names(facts: Facts, node: Comprehension) -> bool:
    """Whether something in ``node`` may look at its variables after it has ended (a lambda, or a generator
    that is not used up at once)."""
    for part in ast.walk(node):
        if isinstance(part, ast.Lambda):
            return True
        if isinstance(part, ast.GeneratorExp) and part is not node:
            around = facts.source.parent(part)
            joins = (
                isinstance(around, ast.Call)
                and isinstance(around.func, ast.Attribute)
                and around.func.attr == "join"
            )
            if around is None or not (joins or facts.calls(around, *_CONSUMERS)):
                return True
    return False


def _new_names(facts: Facts, node: Comprehension, scope: Scope) -> dict[str, str] | None:
    """For each variable of the comprehension, the name that it has in a loop: its own name, or a fresh one if
    its own name is used elsewhere. None if a place is not certain."""
    names: dict[str, str] = {}
    for name, places in scope.names.items():
        if any(place.span is None for place in places):
            return None
        taken = any(
            other.role != "read" or not facts.is_within(other.node, node)
            for each in facts.source.scopes
            if each is not scope
            for other in each.names.get(name, ())
        )
        taken = taken or name in facts.source.scopes.free
        names[name] = facts.fresh(f"{name}_item", f"each_{name}") if taken else name
    return names


def _worded(
    source: Source, scope: Scope, node: ast.expr, names: dict[str, str], text: str | None = None
) -> str:
    """``node`` with new names for the variables of ``scope``. Without a new name, the result is ``text``."""
    start, end = source.span(node)
    changes = sorted(
        place.span
        for name, places in scope.names.items()
        if names[name] != name
        for place in places
        if place.span is not None and start <= place.span[0] < end
    )
    plain = expression(source, node) if text is None else text
    if not changes:
        return plain
    worded, at = "", start
    for first, last in changes:
        worded += source.program[at:first] + names[source.program[first:last]]
        at = last
    worded += source.program[at:end]
    return plain.replace(source.text(node), worded, 1)


def _filled(node: Comprehension, name: str, out: LoopForm) -> str:
    """The statement that adds one element to ``name``."""
    if isinstance(node, ast.DictComp):
        key, value = out.element.split("\0")
        return f"{out.indent}{name}[{key}] = {value}"
    return f"{out.indent}{name}.{'add' if isinstance(node, ast.SetComp) else 'append'}({out.element})"


@refactor(
    "comprehension-to-loop",
    family=_FAMILY,
    summary="`x = [e for a in b if c]` → `x = []`, `for a in b:`, `if c:`, `x.append(e)`; sets, dicts and `return` too",
    examples=(
        ("x = [a + 1 for a in b]\n", "x = []\nfor a in b:\n    x.append(a + 1)\n"),
        (
            "def f(b):\n    return {a: 1 for a in b if a > 2}\n",
            "def f(b):\n    result = {}\n    for a in b:\n        if a > 2:\n            result[a] = 1\n    return result\n",
        ),
        (
            "def f(a):\n    x = {a for a in a}\n    return x\n",
            "def f(a):\n    x = set()\n    for a_item in a:\n        x.add(a_item)\n    return x\n",
        ),
    ),
)
def comprehension_to_loop(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign, ast.Return):
        value = node.value
        if not isinstance(value, (ast.ListComp, ast.SetComp, ast.DictComp)) or facts.is_in_try(node):
            continue
        out = loop_form(source, facts, value)
        if out is None or (isinstance(value, ast.DictComp) and not _is_calm(facts, value)):
            continue
        if isinstance(value, ast.SetComp) and not facts.is_builtin("set", node):
            continue
        name, last = _home(facts, node, value)
        texts = [f"{name} = {_EMPTY[type(value)]}", *out.heads, _filled(value, name, out), *last]
        splice = replaced(source, facts, node, node, *texts)
        if splice is not None:
            yield [splice]


def _is_calm(facts: Facts, node: ast.DictComp) -> bool:
    """Whether it makes no difference that a comprehension computes the key first, and ``d[k] = v`` the
    value."""
    return facts.is_pure(node.key) or facts.is_pure(node.value)


def _home(facts: Facts, node: ast.Assign | ast.Return, value: Comprehension) -> tuple[str, list[str]]:
    """The name to fill, and the lines that follow."""
    if isinstance(node, ast.Return):
        name = facts.fresh("result", "collected", "output")
        return name, [f"return {name}"]
    target = node.targets[0]
    if len(node.targets) == 1 and isinstance(target, ast.Name):
        scope = facts.scope(node)
        if target.id not in facts.names_in(value) and facts.is_private(target.id, scope):
            return target.id, []
    name = facts.fresh("collected", "result", "built")
    return name, [f"{' = '.join(facts.source.text(each) for each in node.targets)} = {name}"]


@refactor(
    "loop-to-comprehension",
    family=_FAMILY,
    summary="`x = []`, `for a in b: x.append(e)` → `x = [e for a in b]`; with an `if`, and for sets and dicts too",
    examples=(
        (
            "def f(b):\n    x = []\n    for a in b:\n        x.append(a + 1)\n    return x\n",
            "def f(b):\n    x = [a + 1 for a in b]\n    return x\n",
        ),
        (
            "def f(b):\n    x = {}\n    for k, v in b:\n        if k > v:\n            x[k] = v\n    return x\n",
            "def f(b):\n    x = {k: v for k, v in b if k > v}\n    return x\n",
        ),
    ),
)
def loop_to_comprehension(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.For):
        before = neighbours(source, node)[0]
        match before:
            case ast.Assign(targets=[ast.Name(id=name)], value=start) if facts.is_in_function(node):
                pass
            case _:
                continue
        tests, inner = filtered_body(node)
        if inner is None or node.orelse or not is_gatherable(facts, node, name):
            continue
        element = _element(source, facts, inner, name, start)
        if element is None:
            continue
        opening, text, closing = element
        text = f"{name} = {opening}{text} {clauses(source, node, tests)}{closing}"
        splice = replaced(source, facts, before, node, text)
        if splice is not None and "\n" not in text and len(text) <= _LONGEST_LINE:
            yield [splice]


def filtered_body(node: ast.For) -> tuple[list[ast.expr], ast.stmt | None]:
    """The tests around the only statement of a loop's body, and that statement."""
    tests: list[ast.expr] = []
    body = node.body
    while len(body) == 1 and isinstance(body[0], ast.If) and not body[0].orelse:
        tests.append(body[0].test)
        body = body[0].body
    return tests, body[0] if len(body) == 1 else None


def is_gatherable(facts: Facts, node: ast.For, name: str) -> bool:
    """Whether the loop's variables are used only in it, nothing but its last statement uses ``name``, and
    that statement may stand in a comprehension."""
    scope = facts.scope(node)
    targets = [part for part in ast.walk(node.target) if isinstance(part, ast.Name)]
    plain = all(isinstance(part, (ast.Name, ast.Tuple, ast.expr_context)) for part in ast.walk(node.target))
    if not plain or facts.suspends(node) or not facts.is_private(name, scope) or facts.is_in_try(node):
        return False
    if any(
        isinstance(part, ast.Lambda) or (isinstance(part, ast.Name) and part.id == "next")
        for part in ast.walk(node)
    ):
        return False
    inside = [part for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == name]
    if len(inside) != 1 or any(target.id in facts.names_in(node.iter) for target in targets):
        return False
    return all(facts.is_dead_outside(target.id, scope, node) for target in targets)


def clauses(source: Source, node: ast.For, tests: list[ast.expr]) -> str:
    """``for a in b if c`` for a loop and the tests in it."""
    iterable = (
        operand(source, node.iter)
        if isinstance(node.iter, (ast.IfExp, ast.Lambda, ast.Tuple))
        else source.text(node.iter)
    )
    texts = [conjunct(source, test) if len(tests) > 1 else filter_text(source, test) for test in tests]
    return f"for {source.text(node.target)} in {iterable}" + (f" if {' and '.join(texts)}" if texts else "")


def filter_text(source: Source, test: ast.expr) -> str:
    """``test`` as it can stand after ``if`` in a comprehension."""
    return operand(source, test) if isinstance(test, (ast.IfExp, ast.Lambda)) else source.text(test)


def _element(
    source: Source, facts: Facts, inner: ast.stmt, name: str, start: ast.expr
) -> tuple[str, str, str] | None:
    """Opening bracket, element and closing bracket of the comprehension that fills ``name``."""
    empty = source.text(start)
    match inner:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=owner), attr=method), args=[value], keywords=[]
            )
        ):
            if owner != name or isinstance(value, (ast.Starred, ast.GeneratorExp)):
                return None
            if method == "append" and empty in ("[]", "list()"):
                return "[", argument(source, value), "]"
            if method == "add" and empty == "set()" and facts.is_builtin("set", inner):
                return "{", argument(source, value), "}"
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=owner), slice=key)], value=value):
            calm = facts.is_pure(key) or facts.is_pure(value)
            if owner == name and empty in ("{}", "dict()") and calm and not isinstance(key, ast.Slice):
                return "{", f"{argument(source, key)}: {argument(source, value)}", "}"
    return None
