"""Off by one: ranges, indices, slices, lengths, and loops that start late or stop early."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Operator, Splices, operator
from prmdata.edits.source import Source
from prmdata.edits.syntax_text import called_name, shifted

_FAMILY = "boundary"


@operator(
    "range-bound",
    intent="mutate",
    family=_FAMILY,
    summary="`range(n)` → `range(n - 1)`, `range(n + 1)`, `range(1, n)`: a loop off by one",
    examples=(
        ("for i in range(n):\n    pass\n", "for i in range(1, n):\n    pass\n"),
        ("for i in range(2, n + 1):\n    pass\n", "for i in range(2, n):\n    pass\n"),
        ("for i in range(len(s) - 1, -1, -1):\n    pass\n", "for i in range(len(s), -1, -1):\n    pass\n"),
    ),
)
def range_bound(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        if called_name(node) != "range" or any(isinstance(each, ast.Starred) for each in node.args):
            continue
        for bound in node.args[:2]:
            for by in (-1, 1):
                yield [(*source.outer_span(bound), shifted(source, bound, by))]
        if len(node.args) == 1:
            start = source.outer_span(node.args[0])[0]
            yield [(start, start, "1, ")]


@operator(
    "range-turn",
    intent="mutate",
    family="order",
    summary="a range run backwards, or a backward range run forwards",
    examples=(
        ("for i in range(n):\n    pass\n", "for i in reversed(range(n)):\n    pass\n"),
        ("for i in range(n, 0, -1):\n    pass\n", "for i in range(n, 0, 1):\n    pass\n"),
    ),
)
def range_turn(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        if called_name(node) != "range":
            continue
        match node.args:
            case [_, _, ast.UnaryOp(op=ast.USub(), operand=size) as step]:
                yield [(*source.span(step), source.text(size))]
            case [_, _, step]:
                yield [(*source.outer_span(step), f"-{source.grouped(step)}")]
            case _ if isinstance(source.parent(node), (ast.For, ast.comprehension)):
                yield [(*source.span(node), f"reversed({source.text(node)})")]


@operator(
    "index-shift",
    intent="mutate",
    family=_FAMILY,
    summary="`a[i]` → `a[i + 1]`, `a[i - 1]`: an index off by one",
    examples=(
        ("x = a[i]\n", "x = a[i + 1]\n"),
        ("x = a[0]\n", "x = a[1]\n"),
        ("x = a[i - 1]\n", "x = a[i]\n"),
    ),
)
def index_shift(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Subscript):
        index = node.slice
        whole = isinstance(index, (ast.Constant, ast.UnaryOp)) and source.kinds.of(index) == "int"
        likely = isinstance(index, (ast.Name, ast.BinOp)) and source.kinds.guess(index) in (None, "int")
        if (whole or likely) and source.kinds.guess(node.value) != "dict":
            for by in (1, -1):
                yield [(*source.outer_span(index), shifted(source, index, by))]


@operator(
    "index-end",
    intent="mutate",
    family=_FAMILY,
    summary="`a[0]` ↔ `a[-1]`: the other end",
    examples=(("x = a[0]\n", "x = a[-1]\n"), ("x = a[-1]\n", "x = a[0]\n"), ("x = a[2]\n", "x = a[-1]\n")),
)
def index_end(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Subscript):
        match node.slice:
            case ast.Constant(value=int() as value) if not isinstance(value, bool):
                yield from (
                    [(*source.span(node.slice), new)] for new in (("-1",) if value == 0 else ("-1", "0"))
                )
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int())):
                yield from ([(*source.span(node.slice), new)] for new in ("0", "1"))


@operator(
    "slice-bound",
    intent="mutate",
    family=_FAMILY,
    summary="`a[i:j]` with a bound off by one",
    examples=(
        ("x = a[i:j]\n", "x = a[i:j + 1]\n"),
        ("x = a[:n]\n", "x = a[:n - 1]\n"),
        ("x = a[1:]\n", "x = a[2:]\n"),
    ),
)
def slice_bound(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Slice):
        for bound in (node.lower, node.upper):
            if bound is not None:
                for by in (1, -1):
                    yield [(*source.outer_span(bound), shifted(source, bound, by))]


@operator(
    "slice-drop",
    intent="mutate",
    family="slice",
    summary="a bound or the step of a slice lost, or put on the other side: `a[1:]` → `a[:]`, `a[:1]`",
    examples=(
        ("x = a[2:]\n", "x = a[:2]\n"),
        ("x = a[::-1]\n", "x = a[:]\n"),
        ("x = a[i:j]\n", "x = a[i:]\n"),
        ("x = a[i:j]\n", "x = a[:j]\n"),
    ),
)
def slice_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Slice):
        lower, upper, step = (
            source.program[slice(*source.outer_span(part))] if part is not None else ""
            for part in (node.lower, node.upper, node.step)
        )
        tail = f":{step}" if step else ""
        changed = [("", upper, tail), (lower, "", tail), (upper, lower, tail), (lower, upper, "")]
        for low, high, rest in changed:
            if (low, high, rest) != (lower, upper, tail):
                yield [(*source.span(node), f"{low}:{high}{rest}")]


@operator(
    "length-shift",
    intent="mutate",
    family=_FAMILY,
    summary="`len(a)` → `len(a) - 1`, `len(a) + 1`",
    examples=(
        ("x = len(a)\n", "x = len(a) - 1\n"),
        ("if n == len(a):\n    pass\n", "if n == len(a) + 1:\n    pass\n"),
    ),
)
def length_shift(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        if called_name(node) == "len":
            around = source.parent(node)
            tight = isinstance(around, ast.BinOp) and not isinstance(around.op, (ast.Add, ast.Sub))
            for text in (f"{source.text(node)} - 1", f"{source.text(node)} + 1"):
                yield [(*source.span(node), f"({text})" if tight else text)]


@operator(
    "loop-skip",
    intent="mutate",
    family="loop",
    summary="`for x in xs` → `xs[1:]`, `xs[:-1]`: the first or last element left out",
    examples=(
        ("for x in xs:\n    pass\n", "for x in xs[1:]:\n    pass\n"),
        ("for x in sorted(xs):\n    pass\n", "for x in sorted(xs)[:-1]:\n    pass\n"),
    ),
)
def loop_skip(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.For, ast.comprehension):
        lazy = called_name(node.iter) in ("range", "zip", "enumerate", "map", "filter", "reversed")
        if isinstance(node.iter, (ast.Name, ast.Call, ast.Attribute, ast.Subscript)) and not lazy:
            end = source.span(node.iter)[1]
            yield from ([(end, end, part)] for part in ("[1:]", "[:-1]"))


@operator(
    "sequence-cut",
    intent="mutate",
    family="slice",
    summary="`sum(xs)` → `sum(xs[1:])`, `sum(xs[:-1])`, `sum(set(xs))`: only some of the elements looked at",
    examples=(
        ("x = sum(a)\n", "x = sum(a[1:])\n"),
        ("x = sorted(a, key=len)\n", "x = sorted(set(a), key=len)\n"),
        ("x = min(f(a))\n", "x = min(f(a)[:-1])\n"),
    ),
)
def sequence_cut(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        whole = called_name(node) in (
            "sum",
            "min",
            "max",
            "any",
            "all",
            "sorted",
            "list",
            "tuple",
            "Counter",
            "len",
        )
        if whole and len(node.args) == 1 and isinstance(node.args[0], (ast.Name, ast.Call)):
            text, place = source.text(node.args[0]), source.span(node.args[0])
            lazy = called_name(node.args[0]) in ("map", "filter", "range", "zip", "set", "reversed")
            for new in () if lazy else (f"{text}[1:]", f"{text}[:-1]"):
                yield [(*place, new)]
            if called_name(node) not in ("min", "max", "any", "all") and not lazy:
                yield [(*place, f"set({text})")]


@operator(
    "enumerate-start",
    intent="mutate",
    family=_FAMILY,
    summary="`enumerate(a)` ↔ `enumerate(a, 1)`: counting from the wrong number",
    examples=(
        ("for i, x in enumerate(a):\n    pass\n", "for i, x in enumerate(a, 1):\n    pass\n"),
        ("x = dict(enumerate(a, 1))\n", "x = dict(enumerate(a))\n"),
    ),
)
def enumerate_start(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        if called_name(node) == "enumerate" and node.args:
            end, close = source.outer_span(node.args[0])[1], source.span(node)[1] - 1
            extra = len(node.args) + len(node.keywords) > 1
            yield [(end, close, "" if extra else ", 1")]


BOUNDS: tuple[Operator, ...] = (
    range_bound, range_turn, index_shift, index_end, slice_bound, slice_drop, length_shift, loop_skip, sequence_cut,
    enumerate_start,
)  # fmt: skip
