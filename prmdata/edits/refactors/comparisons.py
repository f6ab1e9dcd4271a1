"""Comparisons in other forms with the same meaning."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import compared, fits, operand
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.source import Source
from prmdata.edits.syntax_text import COMPARISONS

_FAMILY = "comparisons"
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_STRICTER = {"<": ("<=", -1), "<=": ("<", 1), ">": (">=", 1), ">=": (">", -1)}
_SIZED = ("str", "list", "tuple", "dict", "set", "frozenset", "bytes", "range")
_EMPTY = {"==": True, "!=": False, ">": False, "<=": True}
_ADJACENT = (ast.Compare, ast.BinOp, ast.Name, ast.Constant, ast.Call, ast.Subscript, ast.Attribute)


def _single(source: Source) -> Iterator[tuple[ast.Compare, str, ast.expr, ast.expr]]:
    """Comparisons of two operands: node, operator, left, right."""
    for node in source.nodes(ast.Compare):
        if len(node.ops) == 1:
            yield node, COMPARISONS[type(node.ops[0])], node.left, node.comparators[0]


@refactor(
    "comparison-turned",
    family=_FAMILY,
    summary="`a < b` ↔ `b > a` where the order of evaluation cannot show",
    examples=(
        ("def f(a, b):\n    return a < b\n", "def f(a, b):\n    return b > a\n"),
        ("if len(x) >= (n or 1):\n    pass\n", "if (n or 1) <= len(x):\n    pass\n"),
    ),
)
def turned(source: Source, facts: Facts) -> Iterator[Splices]:
    for _, op, left, right in _single(source):
        calm = _is_calm(facts, left) or _is_calm(facts, right)
        both = facts.is_pure(left) and facts.is_pure(right) and calm
        none = isinstance(right, ast.Constant) and (right.value is None or isinstance(right.value, bool))
        if op not in _TURNED or not both or none or not facts.is_plain:
            continue
        first, last = source.outer_span(left), source.outer_span(right)
        start, end = source.gap(left, right)
        text = source.program
        yield [(
            first[0],
            last[1],
            text[slice(*last)] + text[first[1] : start] + _TURNED[op] + text[end : last[0]] + text[slice(*first)],
        )]  # fmt: skip


def _is_calm(facts: Facts, node: ast.expr) -> bool:
    """Whether ``node`` raises nothing that would hide another exception: names, elements, lengths of
    names."""
    if isinstance(node, ast.Subscript):
        return facts.is_simple(node.value) and facts.is_simple(node.slice)
    simple = isinstance(node, ast.Call) and all(map(facts.is_simple, node.args))
    return facts.is_simple(node) or (simple and facts.calls(node, "len"))


@refactor(
    "comparison-unchained",
    family=_FAMILY,
    summary="`a < b < c` → `a < b and b < c` where `b` is a name or a constant",
    examples=(
        ("def f(a, b, c):\n    return a < b < c\n", "def f(a, b, c):\n    return a < b and b < c\n"),
        ("if 0 <= i < n and x:\n    pass\n", "if (0 <= i and i < n) and x:\n    pass\n"),
    ),
)
def unchained(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Compare):
        if len(node.ops) != 2 or "\n" in source.text(node) or facts.suspends(node):
            continue
        middle = node.comparators[0]
        if not (facts.is_simple(middle) and facts.is_stable(middle)):
            continue
        first = source.program[source.span(node)[0] : source.outer_span(middle)[1]]
        second = source.program[source.outer_span(middle)[0] : source.span(node)[1]]
        yield [fits(source, node, f"{first} and {second}")]


@refactor(
    "comparison-chained",
    family=_FAMILY,
    summary="`a < b and b < c` → `a < b < c` where `b` is a name",
    examples=(
        ("def f(a, b, c):\n    return a < b and b < c\n", "def f(a, b, c):\n    return a < b < c\n"),
        ("if x and 0 <= i and i <= 9:\n    pass\n", "if x and 0 <= i <= 9:\n    pass\n"),
    ),
)
def chained(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.BoolOp):
        if not isinstance(node.op, ast.And) or "\n" in source.text(node):
            continue
        for one, two in zip(node.values, node.values[1:], strict=False):
            match one, two:
                case ast.Compare(comparators=[ast.Name(id=a) as middle]), ast.Compare(
                    left=ast.Name(id=b) as again
                ):
                    plain = all(
                        isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) for op in (*one.ops, *two.ops)
                    )
                    bare = source.outer_span(one) == source.span(one) and source.outer_span(
                        two
                    ) == source.span(two)
                    if a == b and plain and bare and facts.is_stable(middle) and not facts.suspends(node):
                        rest = source.program[source.outer_span(again)[1] : source.span(two)[1]]
                        yield [(source.outer_span(middle)[1], source.span(two)[1], rest)]


@refactor(
    "comparison-bound",
    family=_FAMILY,
    summary="`n > 0` ↔ `n >= 1` where `n` is proven to be an integer",
    examples=(
        ("if len(x) > 0:\n    pass\n", "if len(x) >= 1:\n    pass\n"),
        ("for i in range(9):\n    print(i <= 4)\n", "for i in range(9):\n    print(i < 5)\n"),
    ),
)
def bound(source: Source, facts: Facts) -> Iterator[Splices]:
    for node, op, left, right in _single(source):
        if op not in _STRICTER or facts.kind(left) != "int":
            continue
        value = _integer(right)
        if value is None or source.outer_span(right) != source.span(right):
            continue
        new, shift = _STRICTER[op]
        yield [(source.gap(left, right)[0], source.span(node)[1], f"{new} {value + shift}")]


def _integer(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
    return None


@refactor(
    "comparison-emptiness",
    family=_FAMILY,
    summary="`len(x) == 0` ↔ `not x`, `len(x) > 0` ↔ `x` in a condition, where `x` is proven a container",
    examples=(
        ("x = []\nif len(x) == 0:\n    pass\n", "x = []\nif not x:\n    pass\n"),
        ("x = []\nwhile x:\n    x.pop()\n", "x = []\nwhile len(x) > 0:\n    x.pop()\n"),
        ("x = ''\nif not x:\n    pass\n", "x = ''\nif len(x) == 0:\n    pass\n"),
    ),
)
def emptiness(source: Source, facts: Facts) -> Iterator[Splices]:
    for test in _tests(source):
        match test:
            case ast.Compare(
                left=ast.Call(args=[inner]) as call, ops=[op], comparators=[ast.Constant(value=0)]
            ):
                sign = COMPARISONS[type(op)]
                if facts.calls(call, "len") and facts.certain_kind(inner) in _SIZED and sign in _EMPTY:
                    text = operand(source, inner)
                    yield [(*source.span(test), f"not {text}" if _EMPTY[sign] else text)]
            case ast.UnaryOp(op=ast.Not(), operand=ast.Name() as inner) if _is_sized(facts, inner):
                yield [(*source.span(test), f"len({inner.id}) == 0")]
            case ast.Name() if _is_sized(facts, test):
                yield [(*source.span(test), f"len({test.id}) > 0")]


def _is_sized(facts: Facts, node: ast.Name) -> bool:
    return facts.certain_kind(node) in _SIZED and facts.is_builtin("len", node)


def _tests(source: Source) -> Iterator[ast.expr]:
    """Expressions of which only the truth value matters: tests of ``if`` and ``while``, and the parts of
    their ``and`` and ``or``."""
    for node in source.nodes(ast.If, ast.While):
        if isinstance(node.test, ast.BoolOp):
            yield from node.test.values
        else:
            yield node.test


@refactor(
    "membership-spelled",
    family=_FAMILY,
    summary="`x in (a, b)` → `x == a or x == b`, `x not in (a, b)` → `x != a and x != b`",
    examples=(
        ("def f(x):\n    return x in (1, 2)\n", "def f(x):\n    return x == 1 or x == 2\n"),
        ("if y and x not in ['a', 'b']:\n    pass\n", "if y and (x != 'a' and x != 'b'):\n    pass\n"),
    ),
)
def membership_spelled(source: Source, facts: Facts) -> Iterator[Splices]:
    for node, op, left, right in _single(source):
        if not isinstance(right, (ast.Tuple, ast.List, ast.Set)) or not 2 <= len(right.elts) <= 4:
            continue
        if op not in ("in", "not in") or not isinstance(left, ast.Name) or not facts.is_plain:
            continue
        if isinstance(right, ast.Set) and facts.kind(left) not in ("int", "str"):
            continue
        if not all(map(_is_exact, right.elts)) or "\n" in source.text(node):
            continue
        sign, joint = ("==", " or ") if op == "in" else ("!=", " and ")
        text = joint.join(f"{left.id} {sign} {source.text(each)}" for each in right.elts)
        yield [fits(source, node, text)]


def _is_exact(node: ast.expr) -> bool:
    return _integer(node) is not None or (
        isinstance(node, ast.Constant) and isinstance(node.value, (str, bool))
    )


@refactor(
    "membership-gathered",
    family=_FAMILY,
    summary="`x == a or x == b` → `x in (a, b)` for literals",
    examples=(
        ("def f(x):\n    return x == 1 or x == 2\n", "def f(x):\n    return x in (1, 2)\n"),
        ("if x != 'a' and x != 'b':\n    pass\n", "if x not in ('a', 'b'):\n    pass\n"),
    ),
)
def membership_gathered(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.BoolOp):
        wanted, word = (ast.Eq, "in") if isinstance(node.op, ast.Or) else (ast.NotEq, "not in")
        names: set[str] = set()
        values: list[str] = []
        for value in node.values:
            match value:
                case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[each]):
                    if isinstance(op, wanted) and _is_exact(each):
                        names.add(name)
                        values.append(source.text(each))
        if len(values) == len(node.values) and len(names) == 1 and facts.is_plain:
            yield [(*source.span(node), f"{names.pop()} {word} ({', '.join(values)})")]


@refactor(
    "comparison-none",
    family=_FAMILY,
    summary="`x == None` → `x is None`",
    examples=(
        ("if x == None:\n    pass\n", "if x is None:\n    pass\n"),
        ("y = x != None\n", "y = x is not None\n"),
    ),
)
def with_none(source: Source, facts: Facts) -> Iterator[Splices]:
    for node, op, _, right in _single(source):
        if op in ("==", "!=") and isinstance(right, ast.Constant) and right.value is None and facts.is_plain:
            yield [(*source.span(node), compared(source, node, "is" if op == "==" else "is not"))]
