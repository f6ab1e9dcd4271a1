"""Constants: numbers one off, wrong start values, flipped booleans, wrong strings, lost elements."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from prmdata.edits.operators import Operator, Splices, operator
from prmdata.edits.source import Source
from prmdata.edits.syntax_text import called_name, is_docstring, is_number

_FAMILY = "constant"
_STRING = re.compile(r"([rRbBuU]{0,2})('{3}|\"{3}|'|\")(.*)\2\Z", re.DOTALL)
# Escapes whose letters carry meaning are kept. All other letters change their case.
_CASED = re.compile(
    r"\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\N\{[^}]+\}|\\.|([^\\]+)", re.DOTALL
)
_STARTS = {
    "0": ("1", "-1", "float('-inf')"),
    "1": ("0", "2"),
    "-1": ("0", "1"),
    '""': ("' '",),
    "''": ("' '",),
}


@operator(
    "number-shift",
    intent="mutate",
    family=_FAMILY,
    summary="a number one more or one less",
    examples=(
        ("x = 1\n", "x = 2\n"),
        ("x = 1\n", "x = 0\n"),
        ("x = 4.5\n", "x = 5.5\n"),
        ("x = 1j\n", "x = (1+1j)\n"),
    ),
)
def number_shift(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Constant):
        if not is_number(node) or (isinstance(node.value, float) and node.value == float("inf")):
            continue
        sign = isinstance(source.parent(node), ast.UnaryOp)
        for by in (1, -1):
            value = repr(node.value + by)  # type: ignore[operator]
            yield [(*source.span(node), f"({value})" if value.startswith("-") and sign else value)]


@operator(
    "number-scale",
    intent="mutate",
    family=_FAMILY,
    summary="a number doubled, ten times too large, or with the other sign",
    examples=(("x = 5\n", "x = -5\n"), ("x = 5\n", "x = 50\n"), ("x = 0.5\n", "x = 1.0\n")),
)
def number_scale(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Constant):
        if is_number(node) and isinstance(node.value, (int, float)) and node.value != 0:
            factors = (-1, 10, 2) if abs(node.value) < 10**12 else (-1,)
            sign = isinstance(source.parent(node), ast.UnaryOp)
            for factor in factors:
                value = repr(node.value * factor)
                yield [(*source.span(node), f"({value})" if sign and factor < 0 else value)]


@operator(
    "start-value",
    intent="mutate",
    family="start-value",
    summary="an accumulator that starts at the wrong value: `0` ↔ `1`, `-inf` ↔ `inf` ↔ `0`, `xs[0]` → `0`",
    examples=(
        ("total = 0\nfor x in xs:\n    total += x\n", "total = 1\nfor x in xs:\n    total += x\n"),
        (
            "best = float('-inf')\nfor x in xs:\n    best = max(best, x)\n",
            "best = 0\nfor x in xs:\n    best = max(best, x)\n",
        ),
        (
            "best = xs[0]\nfor x in xs:\n    best = max(best, x)\n",
            "best = 0\nfor x in xs:\n    best = max(best, x)\n",
        ),
    ),
)
def start_value(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Assign):
        target = node.targets[0]
        if not isinstance(target, ast.Name) or not _changes_in_a_loop(source, node, target):
            continue
        text = source.text(node.value)
        news: tuple[str, ...] = _STARTS.get(text, ())
        if called_name(node.value) == "float":
            news = ("0", "float('inf')" if "-" in text else "float('-inf')")
        elif isinstance(node.value, ast.Subscript):
            news = ("0",)
        yield from ([(*source.span(node.value), new)] for new in news)


def _changes_in_a_loop(source: Source, node: ast.stmt, target: ast.Name) -> bool:
    scope = source.scopes.resolve(target.id, source.scopes.of(target))
    inside = [a for a in source.ancestors(node) if isinstance(a, (ast.For, ast.While))]
    for write in scope.writes(target.id) if scope is not None else ():
        loops = [a for a in source.ancestors(write.node) if isinstance(a, (ast.For, ast.While))]
        if len(loops) > len(inside):
            return True
    return False


@operator(
    "boolean-flip",
    intent="mutate",
    family=_FAMILY,
    summary="`True` ↔ `False`",
    examples=(("x = True\n", "x = False\n"), ("def f():\n    return False\n", "def f():\n    return True\n")),
)
def boolean_flip(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Constant):
        if isinstance(node.value, bool):
            yield [(*source.span(node), str(not node.value))]


@operator(
    "singleton-replace",
    intent="mutate",
    family=_FAMILY,
    summary="`True`, `False` → `None`; `None` → `True`, `False`",
    examples=(("x = True\n", "x = None\n"), ("x = None\n", "x = False\n")),
)
def singleton_replace(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Constant):
        if isinstance(node.value, bool):
            yield [(*source.span(node), "None")]
        elif node.value is None and source.program[slice(*source.span(node))] == "None":
            yield from ([(*source.span(node), new)] for new in ("True", "False"))


@operator(
    "string-replace",
    intent="mutate",
    family="string",
    summary="a string emptied, filled, padded with a blank, or in the other case",
    examples=(
        ('x = "abc"\n', 'x = "XXabcXX"\n'),
        ("x = 'a\\tB'\n", "x = 'A\\tB'\n"),
        ('x = ", "\n', 'x = ","\n'),
        ("x = ''\n", "x = ' '\n"),
        ("x = 'a b'\n", "x = ''\n"),
    ),
)
def string_replace(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.Constant):
        found = _STRING.match(source.text(node)) if isinstance(node.value, (str, bytes)) else None
        if found is None or is_docstring(source, node):
            continue
        prefix, quote, body = found.groups()
        if quote in body and len(quote) == 1 and f"\\{quote}" not in body:
            continue  # several literals side by side
        for new in dict.fromkeys(_other_strings(body, raw="r" in prefix.lower())):
            if new != body and not new.endswith("\\"):
                yield [(*source.span(node), f"{prefix}{quote}{new}{quote}")]


def _other_strings(body: str, *, raw: bool) -> Iterator[str]:
    if not body:
        yield from (" ", "XXXX")
        return
    yield ""
    yield body.strip(" ") if body.strip(" ") and body != body.strip(" ") else f"{body} "
    yield f"XX{body}XX"
    for change in (str.lower, str.upper, str.swapcase):
        cased = change(body) if raw else _CASED.sub(lambda m, c=change: c(m[1]) if m[1] else m[0], body)  # type: ignore[misc]
        yield cased


@operator(
    "string-neighbour",
    intent="mutate",
    family="string",
    summary="one letter or digit of a short string by its neighbour, or lost",
    examples=(('x = "aeiou"\n', 'x = "aeio"\n'), ("x = '('\n", "x = ')'\n"), ("x = '7'\n", "x = '8'\n")),
)
def string_neighbour(source: Source) -> Iterator[Splices]:
    pairs = {
        "(": ")",
        ")": "(",
        "[": "]",
        "]": "[",
        "{": "}",
        "}": "{",
        "<": ">",
        ">": "<",
        "+": "-",
        "-": "+",
    }
    for node in source.nodes(ast.Constant):
        found = _STRING.match(source.text(node)) if isinstance(node.value, str) else None
        if (
            found is None
            or is_docstring(source, node)
            or not re.fullmatch(r"[\w()\[\]{}<>+\- ,.]{1,40}", found[3])
        ):
            continue
        body = found[3]
        news = [body[:-1], body[1:]] if len(body) > 2 else []
        if len(body) == 1 and body in pairs:
            news.append(pairs[body])
        elif len(body) <= 2 and body.isalnum() and body.isascii() and body[-1] not in "zZ9":
            news.append(body[:-1] + chr(ord(body[-1]) + 1))
        yield from ([(*source.span(node), f"{found[1]}{found[2]}{new}{found[2]}")] for new in news)


@operator(
    "element-drop",
    intent="mutate",
    family="collection",
    summary="an element of a list, tuple, set or dict display lost, or all of them",
    examples=(
        ("x = [a, b, c]\n", "x = [a, b]\n"),
        ("x = {1: a, 2: b}\n", "x = {2: b}\n"),
        ("x = [a]\n", "x = []\n"),
    ),
)
def element_drop(source: Source) -> Iterator[Splices]:
    for node in source.nodes(ast.List, ast.Tuple, ast.Set, ast.Dict):
        if isinstance(node, (ast.List, ast.Tuple)) and not isinstance(node.ctx, ast.Load):
            continue
        firsts = node.keys if isinstance(node, ast.Dict) else node.elts
        lasts = node.values if isinstance(node, ast.Dict) else node.elts
        if None in firsts:
            continue
        places = [
            (source.outer_span(first)[0], source.outer_span(last)[1])  # type: ignore[arg-type]
            for first, last in zip(firsts, lasts, strict=True)
        ]
        if len(places) == 1 and not isinstance(node, (ast.Tuple, ast.Set)):
            yield [(*places[0], "")]
        minimum = 3 if isinstance(node, ast.Tuple) else 2
        if len(places) >= minimum:
            yield [(places[-2][1], places[-1][1], "")]
            yield [(places[0][0], places[1][0], "")]
            yield from ([(places[i][0], places[i + 1][0], "")] for i in range(1, min(len(places) - 1, 4)))


CONSTANTS: tuple[Operator, ...] = (
    number_shift, number_scale, start_value, boolean_flip, singleton_replace, string_replace, string_neighbour,
    element_drop,
)  # fmt: skip
