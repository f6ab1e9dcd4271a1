"""Values given a name before they are used, and names taken away again."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.layout import inserted_before, own_lines
from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts, refactor
from prmdata.edits.refactors.naming import name_for
from prmdata.edits.refactors.phrasing import expression, neighbours, operand, replaced
from prmdata.edits.source import Source

_FAMILY = "temporaries"
_LATE = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr)
_COMPOUND = (
    ast.Call,
    ast.BinOp,
    ast.Subscript,
    ast.Compare,
    ast.IfExp,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
)


@refactor(
    "return-variable",
    family=_FAMILY,
    summary="`return E` → `result = E`, `return result`",
    examples=(
        ("def f(a):\n    return a + 1\n", "def f(a):\n    result = a + 1\n    return result\n"),
        ("def f(a):\n    return a, 1\n", "def f(a):\n    result = a, 1\n    return result\n"),
    ),
)
def return_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Return):
        value = node.value
        if value is None or facts.suspends(value):
            continue
        span = source.outer_span(value) if not isinstance(value, ast.Tuple) else source.span(value)
        name = facts.fresh("result", "answer", "output", "value")
        line = inserted_before(source, node, f"{name} = {expression(source, value)}")
        if line is not None:
            yield [(*span, name), line]


@refactor(
    "return-inline",
    family=_FAMILY,
    summary="`x = E`, `return x` → `return E`",
    examples=(
        ("def f(a):\n    x = a + 1\n    return x\n", "def f(a):\n    return a + 1\n"),
        (
            "def f(a):\n    x = [\n        a,\n    ]\n    return x\n",
            "def f(a):\n    return [\n        a,\n    ]\n",
        ),
    ),
)
def return_inline(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Return):
        before = neighbours(source, node)[0]
        match before, node.value:
            case ast.Assign(targets=[ast.Name(id=name)], value=value), ast.Name(id=returned) if (
                name == returned
            ):
                scope = facts.scope(node)
                local = facts.is_settled(name, node) and not facts.is_captured(name, scope)
                if not local or facts.is_in_try(node) or facts.suspends(value) or name not in scope.names:
                    continue
                splice = replaced(source, facts, before, node, f"return {expression(source, value)}")
                if splice is not None:
                    yield [splice]


@refactor(
    "value-variable",
    family=_FAMILY,
    summary="the right side of an assignment gets a name first: `x[i] = E` → `value = E`, `x[i] = value`",
    examples=(
        ("def f(x, i):\n    x[i] = i * 2\n", "def f(x, i):\n    product = i * 2\n    x[i] = product\n"),
        ("a, b = g(1)\n", "values = g(1)\na, b = values\n"),
    ),
)
def value_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign, ast.AugAssign):
        value = node.value
        if facts.suspends(node) or not facts.may_bind(node) or isinstance(value, ast.Name):
            continue
        if isinstance(node, ast.AugAssign) and not _is_late_enough(facts, node):
            continue
        several = isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Tuple, ast.List))
        name = facts.fresh("values", "parts") if several else name_for(facts, value, "value", "new_value")
        line = inserted_before(source, node, f"{name} = {expression(source, value)}")
        if line is not None:
            span = source.span(value) if isinstance(value, ast.Tuple) else source.outer_span(value)
            yield [(*span, name), line]


def _is_late_enough(facts: Facts, node: ast.AugAssign) -> bool:
    """Whether the target can be read after the value has been computed instead of before."""
    if isinstance(node.target, ast.Name):
        return facts.is_stable(node.target) or facts.is_pure(node.value)
    return facts.is_pure(node.value)


@refactor(
    "condition-variable",
    family=_FAMILY,
    summary="`if E:` → `condition = E`, `if condition:`",
    examples=(
        (
            "def f(a):\n    if a > 1:\n        return 2\n",
            "def f(a):\n    condition = a > 1\n    if condition:\n        return 2\n",
        ),
        ("if x in y:\n    pass\n", "is_present = x in y\nif is_present:\n    pass\n"),
    ),
)
def condition_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.If):
        if isinstance(node.test, ast.Name) or facts.suspends(node.test) or not facts.may_bind(node):
            continue
        if source.program.startswith("elif", source.span(node)[0]):
            continue
        name = name_for(facts, node.test, "condition", "is_match", "matches")
        line = inserted_before(source, node, f"{name} = {expression(source, node.test)}")
        if line is not None:
            yield [(*source.outer_span(node.test), name), line]


@refactor(
    "iterable-variable",
    family=_FAMILY,
    summary="`for x in E:` → `items = E`, `for x in items:`",
    examples=(
        ("for i in range(3):\n    print(i)\n", "indices = range(3)\nfor i in indices:\n    print(i)\n"),
        ("for a in sorted(b):\n    print(a)\n", "ordered = sorted(b)\nfor a in ordered:\n    print(a)\n"),
    ),
)
def iterable_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.For):
        if isinstance(node.iter, ast.Name) or facts.suspends(node.iter) or not facts.may_bind(node):
            continue
        name = name_for(facts, node.iter, "items", "sequence", "iterable")
        line = inserted_before(source, node, f"{name} = {expression(source, node.iter)}")
        if line is not None:
            yield [(*source.outer_span(node.iter), name), line]


@refactor(
    "part-variable",
    family=_FAMILY,
    summary="the part of a statement that is evaluated first gets a name",
    examples=(
        ("def f(a):\n    return g(a) + 1\n", "def f(a):\n    g_value = g(a)\n    return g_value + 1\n"),
        ("xs.append(a * 2)\n", "product = a * 2\nxs.append(product)\n"),
    ),
)
def part_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Return, ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.For):
        whole = _evaluated_first(source, node)
        if whole is None or facts.suspends(node if isinstance(node, ast.Expr) else whole):
            continue
        if not facts.may_bind(node):
            continue
        part = next(_leading(facts, whole), None)
        if part is None or (isinstance(node, ast.AugAssign) and not _is_late_enough(facts, node)):
            continue
        name = name_for(facts, part, "part", "value", "term")
        line = inserted_before(source, node, f"{name} = {expression(source, part)}")
        if line is not None:
            yield [(*source.span(part), name), line]


def _evaluated_first(source: Source, node: ast.stmt) -> ast.expr | None:
    """The expression that ``node`` evaluates before anything else, once."""
    match node:
        case ast.Return(value=value) | ast.Assign(value=value) | ast.Expr(value=value):
            return value
        case ast.AugAssign(target=ast.Name(), value=value):
            return value
        case ast.If(test=test):
            return None if source.program.startswith("elif", source.span(node)[0]) else test
        case ast.For(iter=iterable):
            return iterable
    return None


def _leading(facts: Facts, node: ast.expr) -> Iterator[ast.expr]:
    """Inner expressions before which nothing happens that they could notice, or that could notice them,
    larger ones first among those that start at one place."""
    for child in _in_order(node):
        if isinstance(child, _COMPOUND):
            yield child
        if isinstance(child, _LATE):
            return
        yield from _leading(facts, child)
        if not facts.is_stable(child):
            return


def _in_order(node: ast.expr) -> list[ast.expr]:
    """The operands that are certainly evaluated, in order; method look-ups count with their owner."""
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.UnaryOp(operand=inner) | ast.Starred(value=inner):
            return [inner]
        case ast.BoolOp(values=[first, *_]) | ast.IfExp(test=first):
            return [first]
        case ast.Compare(left=left, comparators=[right, *_]):
            return [left, right]
        case ast.Subscript(value=owner, slice=index):
            return [owner] if isinstance(index, ast.Slice) else [owner, index]
        case ast.Call(func=ast.Name() as called, args=args):
            return [called, *args]
        case ast.Call(func=ast.Attribute(value=owner), args=args):
            return [owner, *args]
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return elements
    return []


@refactor(
    "variable-inline",
    family=_FAMILY,
    summary="`x = E`, `f(x)` → `f(E)` where `x` is used once, first, and nowhere else",
    examples=(
        ("def f(a):\n    x = g(a)\n    return x + 1\n", "def f(a):\n    return g(a) + 1\n"),
        ("def f(a):\n    x = a + 1\n    return x * 2\n", "def f(a):\n    return (a + 1) * 2\n"),
    ),
)
def variable_inline(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        after = neighbours(source, node)[1]
        match node:
            case ast.Assign(targets=[ast.Name(id=name) as target], value=value) if after is not None:
                pass
            case _:
                continue
        whole = _evaluated_first(source, after)
        if (
            whole is None
            or isinstance(whole, ast.Name)
            or facts.suspends(value)
            or not facts.is_in_function(node)
        ):
            continue
        places = facts.scope(node).names.get(name, [])
        uses = [place.node for place in places if place.node is not target]
        if len(uses) != 1 or not isinstance(uses[0], ast.Name) or not facts.is_within(uses[0], whole):
            continue
        if uses[0] not in _first_names(facts, whole) or "\n" in source.text(value):
            continue
        lines = own_lines(source, node)
        if lines is None or facts.has_comment(lines) or source.step_of(after) != source.step_of(node) + 1:
            continue
        if own_lines(source, after) is None or facts.has_comment((lines[1], source.span(after)[0])):
            continue
        begin, end = source.span(uses[0])
        start = source.span(node)[0]
        head = source.program[source.span(after)[0] : begin]
        yield [(start, end, head + operand(source, value))]


def _first_names(facts: Facts, node: ast.expr) -> list[ast.expr]:
    """The names in ``node`` before which nothing happens that could notice, or be noticed."""
    found: list[ast.expr] = []
    for child in _in_order(node):
        if isinstance(child, ast.Name):
            found.append(child)
        elif isinstance(child, _LATE):
            return found
        else:
            found += _first_names(facts, child)
        if not facts.is_stable(child):
            return found
    return found


@refactor(
    "constant-variable",
    family=_FAMILY,
    summary="a literal in a statement gets a name before it",
    examples=(
        ("def f(a):\n    return a % 97\n", "def f(a):\n    modulus = 97\n    return a % modulus\n"),
        ('def f(a):\n    a.append("x")\n', 'def f(a):\n    text = "x"\n    a.append(text)\n'),
    ),
)
def constant_variable(source: Source, facts: Facts) -> Iterator[Splices]:
    chosen: dict[ast.stmt, ast.Constant] = {}
    for node in source.nodes(ast.Constant):
        if node.value is None or node.value is ... or isinstance(node.value, bool):
            continue
        statement = source.statement(node)
        if statement is None or not _may_leave(source, node, statement) or not facts.may_bind(statement):
            continue
        best = chosen.get(statement)
        if "\n" not in source.text(node) and (best is None or _weight(best) < _weight(node)):
            chosen[statement] = node
    for statement, node in chosen.items():
        name = _constant_name(source, facts, node)
        line = inserted_before(source, statement, f"{name} = {source.text(node)}")
        if line is not None:
            yield [(*source.span(node), name), line]


def _weight(node: ast.Constant) -> int:
    """How much a literal deserves a name: long texts and large numbers first, 0 and 1 last."""
    if isinstance(node.value, (str, bytes)):
        return len(node.value)
    return 0 if node.value in (0, 1) else 10


def _may_leave(source: Source, node: ast.Constant, statement: ast.stmt) -> bool:
    """Whether a name can stand in for the literal, bound just before ``statement``."""
    if not isinstance(
        statement, (ast.Return, ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.While, ast.For)
    ):
        return False
    if source.program.startswith("elif", source.span(statement)[0]):
        return False
    if source.parent(node) is statement:
        return False
    inner: ast.AST = node
    for around in source.ancestors(node):
        if around is statement:
            break
        if isinstance(around, (ast.JoinedStr, ast.Lambda, ast.FormattedValue)):
            return False
        inner = around
    return not isinstance(inner, ast.stmt) and not isinstance(inner, (ast.ExceptHandler, ast.match_case))


def _constant_name(source: Source, facts: Facts, node: ast.Constant) -> str:
    around = source.parent(node)
    if isinstance(node.value, str):
        return facts.fresh("text", "literal", "word")
    match around:
        case ast.BinOp(op=ast.Mod()):
            return facts.fresh("modulus", "divisor", "base")
        case ast.BinOp(op=ast.FloorDiv() | ast.Div()):
            return facts.fresh("divisor", "denominator")
        case ast.BinOp(op=ast.Mult()):
            return facts.fresh("factor", "multiplier")
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return facts.fresh("offset", "shift", "delta")
        case ast.Compare():
            return facts.fresh("limit", "threshold", "bound")
        case ast.Subscript():
            return facts.fresh("index", "position")
    return facts.fresh("constant", "number", "fixed_value")
