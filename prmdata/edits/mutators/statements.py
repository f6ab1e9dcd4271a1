"""Statements: one is lost, doubled, swapped with its neighbour or in the wrong block; wrong assignments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.endings import ends_block
from prmdata.edits.layout import indent_of, inserted_before, own_lines, reindented, removed
from prmdata.edits.operators import Operator, Splices, operator
from prmdata.edits.source import Source

_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Assert, ast.Delete, ast.Raise, ast.Return)
_LOOPS = (ast.For, ast.While)
_BLOCKS = (ast.For, ast.While, ast.If, ast.With)


def _is_doc(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@operator(
    "statement-drop",
    intent="mutate",
    family="statement",
    summary="a statement forgotten (`pass` where its block would be empty)",
    examples=(
        ("a = 1\na += 1\nb = a\n", "a = 1\nb = a\n"),
        ("if a:\n    b = 1\nb = 2\n", "if a:\n    pass\nb = 2\n"),
        ("for x in y:\n    f(x)\n", "for x in y:\n    pass\n"),
        ("a = 1; f(a)\n", "a = 1; pass\n"),
    ),
)
def statement_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(*_SIMPLE):
        if not _is_doc(node) and not _binds_alone(source, node):
            yield [removed(source, node)]


@operator(
    "binding-drop",
    intent="mutate",
    family="statement",
    summary="the only assignment of a variable forgotten",
    examples=(
        ("def f(b):\n    a = b + 1\n    return a\n", "def f(b):\n    return a\n"),
        ("for x in y:\n    a = x\n", "for x in y:\n    pass\n"),
    ),
)
def binding_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        if _binds_alone(source, node):
            yield [removed(source, node)]


def _binds_alone(source: Source, node: ast.stmt) -> bool:
    """Whether nothing else gives a value to the name that ``node`` assigns. Without ``node``, the name is
    undefined."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name) as target]):
            scope = source.scopes.resolve(name, source.scopes.of(target))
            if scope is None:
                return True
            others = (write.node for write in scope.writes(name) if write.node is not target)
            return all(isinstance(source.parent(other), ast.AugAssign) for other in others)
    return False


@operator(
    "statement-double",
    intent="mutate",
    family="statement",
    summary="a statement with an effect done twice",
    examples=(
        ("n += 1\nx = n\n", "n += 1\nn += 1\nx = n\n"),
        ("a.append(1)\n", "a.append(1)\na.append(1)\n"),
    ),
)
def statement_double(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.AugAssign, ast.Expr):
        lines = own_lines(source, node)
        if lines is not None and not _is_doc(node) and not ends_block(node):
            text = source.text(node)
            yield [(*source.span(node), f"{text}{source.eol}{indent_of(source, node)}{text}")]


@operator(
    "statement-swap",
    intent="mutate",
    family="order",
    summary="two neighbouring statements in the wrong order",
    examples=(("a = b\nb = c\n", "b = c\na = b\n"), ("i += 1\nx.append(i)\n", "x.append(i)\ni += 1\n")),
)
def statement_swap(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign, ast.AugAssign, ast.Expr):
        block = source.block(node)
        index = next(i for i, each in enumerate(block) if each is node)
        if _is_doc(node) or index + 1 >= len(block) or not isinstance(block[index + 1], _SIMPLE[:4]):
            continue
        other = block[index + 1]
        first, second = own_lines(source, node), own_lines(source, other)
        if first is not None and second is not None and _touches(node, other):
            left, right = source.span(node), source.span(other)
            between = source.program[left[1] : right[0]]
            yield [(left[0], right[1], source.text(other) + between + source.text(node))]


def _touches(first: ast.stmt, second: ast.stmt) -> bool:
    """Whether the two statements share a name that one of them writes or calls a method of."""
    names = [{each.id for each in ast.walk(node) if isinstance(each, ast.Name)} for node in (first, second)]
    return bool(names[0] & names[1])


@operator(
    "nesting-in",
    intent="mutate",
    family="nesting",
    summary="the statement after a block drawn into it: a `return` inside the loop",
    examples=(
        (
            "def f(y):\n    n = 0\n    for x in y:\n        n += x\n    return n\n",
            "def f(y):\n    n = 0\n    for x in y:\n        n += x\n        return n\n",
        ),
        ("if a:\n    b = 1\nc = 2\n", "if a:\n    b = 1\n    c = 2\n"),
    ),
)
def nesting_in(source: Source) -> Iterator[Splices]:
    for node in source.nodes(*_BLOCKS):
        block = source.block(node)
        index = next(i for i, each in enumerate(block) if each is node)
        if index + 1 >= len(block):
            continue
        following, last = (
            block[index + 1],
            (node.body if isinstance(node, _LOOPS) else _last_branch(node))[-1],
        )
        if ends_block(last) or _is_doc(following):
            continue
        lines = own_lines(source, following)
        if lines is not None and own_lines(source, last) is not None and not getattr(node, "orelse", None):
            yield [(*lines, reindented(source, lines, indent_of(source, following), indent_of(source, last)))]


def _last_branch(node: ast.stmt) -> list[ast.stmt]:
    while isinstance(node, ast.If) and node.orelse:
        match node.orelse:
            case [ast.If() as other]:
                node = other
            case _:
                return node.orelse
    body: list[ast.stmt] = getattr(node, "body", [])
    return body


@operator(
    "nesting-out",
    intent="mutate",
    family="nesting",
    summary="the last statement of a block put after it",
    examples=(
        ("for x in y:\n    n += x\n    m += 1\n", "for x in y:\n    n += x\nm += 1\n"),
        (
            "for x in y:\n    n += x\n    if n > 9:\n        break\n    m = 1\nz = 1\n",
            "for x in y:\n    n += x\n    if n > 9:\n        break\nm = 1\nz = 1\n",
        ),
    ),
)
def nesting_out(source: Source) -> Iterator[Splices]:
    for node in source.nodes(*_BLOCKS):
        last = node.body[-1]
        if len(node.body) < 2 or getattr(node, "orelse", None) or isinstance(last, (ast.Break, ast.Continue)):
            continue
        lines = own_lines(source, last)
        if lines is not None and own_lines(source, node) is not None:
            yield [(*lines, reindented(source, lines, indent_of(source, last), indent_of(source, node)))]


@operator(
    "augmented-assign",
    intent="mutate",
    family="assignment",
    summary="`x += y` → `x = y`: the old value lost; `x = y` → `x += y` in a loop",
    examples=(
        ("x += y\n", "x = y\n"),
        ("x = 0\nfor y in z:\n    x = y\n", "x = 0\nfor y in z:\n    x += y\n"),
    ),
)
def augmented_assign(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.AugAssign):
        yield [(*source.gap(node.target, node.value), "=")]
    for plain in source.nodes(ast.Assign):
        inside = any(isinstance(around, _LOOPS) for around in source.ancestors(plain))
        if inside and len(plain.targets) == 1 and isinstance(plain.targets[0], (ast.Name, ast.Subscript)):
            yield [(*source.gap(plain.targets[0], plain.value), "+=")]


@operator(
    "assignment-value",
    intent="mutate",
    family="assignment",
    summary='an assigned value by `None`, and `None` by `""`',
    examples=(("x = f(y)\n", "x = None\n"), ("x: int = None\n", 'x: int = ""\n')),
)
def assignment_value(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign, ast.AnnAssign):
        if node.value is not None:
            none = source.text(node.value) == "None"
            yield [(*source.outer_span(node.value), '""' if none else "None")]


@operator(
    "accumulate-partly",
    intent="mutate",
    family="assignment",
    summary="`x = x + y` → `x = y`, `x = max(x, y)` → `x = y`: the old value lost",
    examples=(("x = x + y\n", "x = y\n"), ("x = max(x, y)\n", "x = y\n")),
)
def accumulate_partly(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        match node:
            case ast.Assign(targets=[target], value=ast.BinOp(left=old, right=new)):
                pass
            case ast.Assign(targets=[target], value=ast.Call(func=ast.Name(), args=[old, new])):
                pass
            case _:
                continue
        if source.text(target) == source.text(old):
            yield [(*source.outer_span(node.value), source.program[slice(*source.outer_span(new))])]


@operator(
    "accumulator-reset",
    intent="mutate",
    family="start-value",
    summary="an accumulator set back in every round of the loop",
    examples=(
        ("n = 0\nfor x in y:\n    n += x\n", "n = 0\nfor x in y:\n    n = 0\n    n += x\n"),
        (
            "r = []\nfor x in y:\n    if x:\n        r.append(x)\n",
            "r = []\nfor x in y:\n    r = []\n    if x:\n        r.append(x)\n",
        ),
    ),
)
def accumulator_reset(source: Source) -> Iterator[Splices]:
    for node in source.nodes(*_LOOPS):
        block = source.block(node)
        index = next(i for i, each in enumerate(block) if each is node)
        used = {each.id for part in node.body for each in ast.walk(part) if isinstance(each, ast.Name)}
        for before in block[max(0, index - 3) : index]:
            match before:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant() | ast.List() | ast.Dict()):
                    place = inserted_before(source, node.body[0], source.text(before))
                    if name in used and place is not None and "\n" not in source.text(before):
                        yield [place]


@operator(
    "decorator-drop",
    intent="mutate",
    family="statement",
    summary="a decorator forgotten",
    examples=(
        ("@foo\ndef bar():\n    pass\n", "def bar():\n    pass\n"),
        ("@a\n@b\ndef f():\n    pass\n", "@a\ndef f():\n    pass\n"),
    ),
)
def decorator_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
        for decorator in node.decorator_list:
            step = source.step_of(decorator)
            yield [(source.step_starts[step], source.step_starts[step + 1], "")]


STATEMENTS: tuple[Operator, ...] = (
    statement_drop, binding_drop, statement_double, statement_swap, nesting_in, nesting_out, augmented_assign,
    assignment_value, accumulate_partly, accumulator_reset, decorator_drop,
)  # fmt: skip
