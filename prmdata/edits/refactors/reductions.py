"""`any`, `all`, `sum`, `max` and `min`, exchanged with the loops that do the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.comprehensions import clauses, filtered_body, is_gatherable, loop_form
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import (
    argument,
    conjunct,
    expression,
    negation,
    replaced,
)
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.refactors.shape import neighbours
from prmdata.edits.source import Source

_FAMILY = "reductions"
_LONGEST_LINE = 110


@refactor(
    "any-to-loop",
    family=_FAMILY,
    summary="`return any(c for a in b)` → `for a in b: if c: return True`, `return False`; `all` the other way",
    examples=(
        (
            "def f(b):\n    return any(a > 1 for a in b)\n",
            "def f(b):\n    for a in b:\n        if a > 1:\n            return True\n    return False\n",
        ),
        (
            "def f(b):\n    return all(a == 1 for a in b if a)\n",
            "def f(b):\n    for a in b:\n        if a:\n            if a != 1:\n                return False\n    return True\n",
        ),
    ),
)
def any_to_loop(source: Source, facts: Facts) -> Iterator[Splices]:
    unit = source.indent_unit
    for node in source.nodes(ast.Return):
        value = node.value
        match value:
            case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() as inner], keywords=[]):
                if not facts.calls(value, "any", "all") or not facts.is_in_function(node):
                    continue
            case _:
                continue
        out = loop_form(source, facts, inner)
        if out is None:
            continue
        own = out.element == expression(source, inner.elt)
        test = (
            out.element
            if name == "any"
            else negation(source, facts, inner.elt)
            if own
            else f"not ({out.element})"
        )
        leave, end = ("True", "False") if name == "any" else ("False", "True")
        texts = (*out.heads, f"{out.indent}if {test}:", f"{out.indent}{unit}return {leave}", f"return {end}")
        splice = replaced(source, facts, node, node, *texts)
        if splice is not None:
            yield [splice]


@refactor(
    "loop-to-any",
    family=_FAMILY,
    summary="`for a in b: if c: return True`, `return False` → `return any(c for a in b)`; `all` the other way",
    examples=(
        (
            "def f(b):\n    for a in b:\n        if a > 1:\n            return True\n    return False\n",
            "def f(b):\n    return any(a > 1 for a in b)\n",
        ),
        (
            "def f(b):\n    for a in b:\n        if a == 1:\n            return False\n    return True\n",
            "def f(b):\n    return all(a != 1 for a in b)\n",
        ),
    ),
)
def loop_to_any(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.For):
        tests, inner = filtered_body(node)
        match inner, neighbours(source, node)[1]:
            case ast.Return(value=ast.Constant(value=bool() as one)), ast.Return(
                value=ast.Constant(value=bool() as two)
            ) as after if one is not two and tests and not node.orelse:
                pass
            case _:
                continue
        word = "any" if one else "all"
        if not facts.is_builtin(word, node) or not _is_own_loop(facts, node):
            continue
        if one:
            test = (
                " and ".join(conjunct(source, each) for each in tests)
                if len(tests) > 1
                else source.text(tests[0])
            )
        elif len(tests) == 1:
            test = negation(source, facts, tests[0])
        else:
            test = f"not ({' and '.join(conjunct(source, each) for each in tests)})"
        text = f"return {word}({test} {clauses(source, node, [])})"
        splice = replaced(source, facts, node, after, text)
        if splice is not None and "\n" not in text and len(text) <= _LONGEST_LINE:
            yield [splice]


def _is_own_loop(facts: Facts, node: ast.For) -> bool:
    """Whether the loop may become a generator: its variables are simple and used only in it, and nothing
    suspends."""
    plain = all(isinstance(part, (ast.Name, ast.Tuple, ast.expr_context)) for part in ast.walk(node.target))
    if not plain or facts.suspends(node) or facts.is_in_try(node) or not facts.is_in_function(node):
        return False
    targets = facts.names_in(node.target)
    if targets & facts.names_in(node.iter) or any(
        isinstance(part, ast.Lambda) or (isinstance(part, ast.Name) and part.id == "next")
        for part in ast.walk(node)
    ):
        return False
    return all(facts.is_dead_outside(name, facts.scope(node), node) for name in targets)


@refactor(
    "loop-to-sum",
    family=_FAMILY,
    summary="`x = 0`, `for a in b: x += e` → `x = sum(e for a in b)` where `e` is proven an integer",
    examples=(
        (
            "def f(b):\n    x = 0\n    for a in b:\n        if a:\n            x += 1\n    return x\n",
            "def f(b):\n    x = sum(1 for a in b if a)\n    return x\n",
        ),
        (
            "def f(b):\n    x = 0\n    for a in b:\n        x += len(a)\n    return x\n",
            "def f(b):\n    x = sum(len(a) for a in b)\n    return x\n",
        ),
    ),
)
def loop_to_sum(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.For):
        tests, inner = filtered_body(node)
        match neighbours(source, node)[0], inner:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Constant(value=int() as zero)
            ) as before, ast.AugAssign(target=ast.Name(id=again), op=ast.Add(), value=value) if (
                name == again and not node.orelse and zero == 0 and type(zero) is int
            ):
                pass
            case _:
                continue
        whole = facts.kind(value) == "int" and facts.is_builtin("sum", node) and facts.is_in_function(node)
        if not whole or not is_gatherable(facts, node, name):
            continue
        text = f"{name} = sum({argument(source, value)} {clauses(source, node, tests)})"
        splice = replaced(source, facts, before, node, text)
        if splice is not None and "\n" not in text and len(text) <= _LONGEST_LINE:
            yield [splice]


@refactor(
    "sum-to-loop",
    family=_FAMILY,
    summary="`x = sum(e for a in b)` → `x = 0`, `for a in b: x += e` where `e` is proven an integer; `return` too",
    examples=(
        ("x = sum(1 for a in b if a)\n", "x = 0\nfor a in b:\n    if a:\n        x += 1\n"),
        (
            "def f(b):\n    return sum(len(a) for a in b)\n",
            "def f(b):\n    total = 0\n    for a in b:\n        total += len(a)\n    return total\n",
        ),
    ),
)
def sum_to_loop(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign, ast.Return):
        value = node.value
        match value:
            case ast.Call(args=[ast.GeneratorExp() | ast.ListComp() as inner], keywords=[]) if facts.calls(
                value, "sum"
            ):
                out = loop_form(source, facts, inner)
                if out is None or facts.kind(inner.elt) != "int" or facts.is_in_try(node):
                    continue
            case _:
                continue
        if isinstance(node, ast.Return):
            name = facts.fresh("total", "result", "sum_value")
            last = [f"return {name}"]
        else:
            target, last = node.targets[0], []
            if (
                not isinstance(target, ast.Name)
                or len(node.targets) > 1
                or target.id in facts.names_in(value)
            ):
                continue
            name = target.id
            if not facts.is_private(name, facts.scope(node)):
                continue
        texts = [f"{name} = 0", *out.heads, f"{out.indent}{name} += {out.element}", *last]
        splice = replaced(source, facts, node, node, *texts)
        if splice is not None:
            yield [splice]
