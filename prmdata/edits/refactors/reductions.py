"""`any`, `all`, `sum`, `max` and `min` against the loops they stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.branches import is_elif
from prmdata.edits.refactors.comprehensions import clauses, filtered_body, is_gatherable, written_out
from prmdata.edits.refactors.facts import Facts, refactor
from prmdata.edits.refactors.phrasing import (
    argument,
    conjunct,
    expression,
    fits,
    negation,
    neighbours,
    operand,
    replaced,
)
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
        out = written_out(source, facts, inner)
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
    """Whether the loop may become a generator: its variables are simple and its own, nothing suspends."""
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
                out = written_out(source, facts, inner)
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
            if facts.is_captured(name, facts.scope(node)):
                continue
        texts = [f"{name} = 0", *out.heads, f"{out.indent}{name} += {out.element}", *last]
        splice = replaced(source, facts, node, node, *texts)
        if splice is not None:
            yield [splice]


@refactor(
    "maximum-updated",
    family=_FAMILY,
    summary="`if x > best: best = x` → `best = max(best, x)`; `min` for `<`",
    examples=(
        ("if x > best:\n    best = x\n", "best = max(best, x)\n"),
        ("if len(x) < low:\n    low = len(x)\n", "low = min(low, len(x))\n"),
    ),
)
def maximum_updated(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        match node:
            case ast.If(
                test=ast.Compare(left=left, ops=[ast.Gt() | ast.Lt() as op], comparators=[right]),
                body=[ast.Assign(targets=[ast.Name(id=best)], value=value)],
                orelse=[],
            ) if not is_elif(source, node) and facts.is_plain:
                text = source.text(value)
                grows = isinstance(op, ast.Gt)
                if source.text(left) == text and isinstance(right, ast.Name) and right.id == best:
                    word = "max" if grows else "min"
                elif source.text(right) == text and isinstance(left, ast.Name) and left.id == best:
                    word = "min" if grows else "max"
                else:
                    continue
                repeatable = (
                    facts.is_pure(value)
                    and best not in facts.names_in(value)
                    and facts.is_builtin(word, node)
                )
                if repeatable and not isinstance(value, ast.Tuple):
                    splice = replaced(source, facts, node, node, f"{best} = {word}({best}, {text})")
                    if splice is not None:
                        yield [splice]


@refactor(
    "maximum-compared",
    family=_FAMILY,
    summary="`best = max(best, x)` → `if x > best: best = x`; `min` with `<`",
    examples=(
        (
            "def f(best, x):\n    best = max(best, x)\n    return best\n",
            "def f(best, x):\n    if x > best:\n        best = x\n    return best\n",
        ),
        ("low = min(low, x)\n", "if x < low:\n    low = x\n"),
    ),
)
def maximum_compared(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=best)],
                value=ast.Call(func=ast.Name(id=word), args=[ast.Name(id=again), other], keywords=[]) as call,
            ) if best == again and facts.calls(call, "max", "min") and facts.is_plain:
                settled = (
                    facts.is_pure(other)
                    and best not in facts.names_in(other)
                    and "\n" not in source.text(other)
                )
                if not settled or not facts.is_stable(call.args[0]):
                    continue
                sign = ">" if word == "max" else "<"
                value = operand(source, other) if not isinstance(other, ast.BinOp) else source.text(other)
                texts = (f"if {value} {sign} {best}:", f"{source.indent_unit}{best} = {source.text(other)}")
                splice = replaced(source, facts, node, node, *texts)
                if splice is not None:
                    yield [splice]


@refactor(
    "maximum-conditional",
    family=_FAMILY,
    summary="`max(a, b)` ↔ `b if b > a else a`, `min(a, b)` ↔ `b if b < a else a`",
    examples=(
        ("x = max(a, b)\n", "x = b if b > a else a\n"),
        ("x = b if b < a else a\n", "x = min(a, b)\n"),
    ),
)
def maximum_conditional(source: Source, facts: Facts) -> Iterator[Splices]:
    if not facts.is_plain:
        return
    for call in source.nodes(ast.Call):
        match call:
            case ast.Call(func=ast.Name(id=word), args=[one, two], keywords=[]) if facts.calls(
                call, "max", "min"
            ):
                if facts.is_simple(one) and facts.is_simple(two):
                    sign, first, second = (">" if word == "max" else "<"), source.text(one), source.text(two)
                    yield [fits(source, call, f"{second} if {second} {sign} {first} else {first}")]
    for node in source.nodes(ast.IfExp):
        match node:
            case ast.IfExp(
                test=ast.Compare(left=left, ops=[ast.Gt() | ast.Lt() as op], comparators=[right]),
                body=body,
                orelse=orelse,
            ) if facts.is_simple(left) and facts.is_simple(right):
                same = source.text(left) == source.text(body) and source.text(right) == source.text(orelse)
                word = "max" if isinstance(op, ast.Gt) else "min"
                if same and facts.is_builtin(word, node):
                    yield [(*source.span(node), f"{word}({source.text(right)}, {source.text(left)})")]
