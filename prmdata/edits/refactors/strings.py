"""Text that is put together in other ways: f-strings, `format`, `%`, `+` and `join`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from prmdata.edits.operators import Splices
from prmdata.edits.refactors.facts import Facts
from prmdata.edits.refactors.render import argument, fits, operand
from prmdata.edits.refactors.rule import refactor
from prmdata.edits.source import Source

_FAMILY = "strings"
_PRINTED = ("str", "int", "float", "bool", "list", "dict", "tuple", "set")


def _literal(text: str) -> str | None:
    """``text`` as a double-quoted literal; None if it would need escapes."""
    return f'"{text}"' if text.isprintable() and not set(text) & set('"\\') else None


def _parts(source: Source, node: ast.JoinedStr) -> list[str | ast.expr] | None:
    """Texts and plain fields of an f-string. None if a field has a conversion or a format, or if its place in
    the text is not certain."""
    found: list[str | ast.expr] = []
    for part in node.values:
        match part:
            case ast.Constant(value=str() as text):
                found.append(text)
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None) if not source.hides(part):
                found.append(value)
            case _:
                return None
    return found


@refactor(
    "fstring-to-format",
    family=_FAMILY,
    summary='`f"{a} b"` → `"{} b".format(a)`',
    examples=(
        ('x = f"{a} b {c + 1}"\n', 'x = "{} b {}".format(a, c + 1)\n'),
        ("x = f'{a}{b}'\n", 'x = "{}{}".format(a, b)\n'),
    ),
)
def fstring_to_format(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.JoinedStr):
        parts = _parts(source, node) if not isinstance(source.parent(node), ast.FormattedValue) else None
        if not parts or facts.suspends(node) or "\n" in source.text(node):
            continue
        text = _literal(
            "".join(
                "{}" if isinstance(p, ast.expr) else p.replace("{", "{{").replace("}", "}}") for p in parts
            )
        )
        fields = [argument(source, part) for part in parts if isinstance(part, ast.expr)]
        if text is not None and fields and not _is_joined_literal(source, node):
            yield [(*source.span(node), f"{text}.format({', '.join(fields)})")]


def _is_joined_literal(source: Source, node: ast.JoinedStr) -> bool:
    """Whether the literal consists of several literals side by side (``"a" f"{b}"``)."""
    text = source.text(node)
    return not text.lower().startswith(("f'", 'f"')) or text.count(text[1]) != 2


@refactor(
    "format-to-fstring",
    family=_FAMILY,
    summary='`"{} b".format(a)` → `f"{a} b"` for names and simple places',
    examples=(
        ('x = "{} b {}".format(a, c[0])\n', 'x = f"{a} b {c[0]}"\n'),
        ("x = '{0}-{1}'.format(a, b)\n", "x = f'{a}-{b}'\n"),
    ),
)
def format_to_fstring(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.Call):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Constant(value=str() as text) as literal, attr="format"),
                args=args,
            ):
                literal_text = source.text(literal)
            case _:
                continue
        fields = [source.text(arg) for arg in args]
        simple = all(
            facts.is_pure(arg) and not isinstance(arg, (ast.Starred, ast.Tuple, ast.List)) for arg in args
        )
        if node.keywords or not simple or any(set(field) & set("'\"\\{}:!\n#") for field in fields):
            continue
        if literal_text[1:-1] != text or literal_text[0] not in "'\"" or len(set(fields)) == 0:
            continue
        filled = _filled(text, fields)
        if filled is not None:
            yield [(*source.span(node), f"f{literal_text[0]}{filled}{literal_text[0]}")]


def _filled(text: str, fields: list[str]) -> str | None:
    """``text`` with its plain fields ``{}`` (or ``{0}``, in order) filled; None if it has other fields."""
    pieces, place = "", 0
    rest = text
    while "{" in rest or "}" in rest:
        start = rest.find("{")
        if start < 0 or "}" in rest[:start]:
            return None
        end = rest.find("}", start)
        if rest[start + 1 : end] not in ("", str(place)) or place >= len(fields):
            return None
        pieces += f"{rest[:start]}{{{fields[place]}}}"
        rest, place = rest[end + 1 :], place + 1
    return pieces + rest if place == len(fields) else None


@refactor(
    "percent-to-format",
    family=_FAMILY,
    summary='`"%s b" % (a,)` → `"{} b".format(a)`; one value without a tuple only where it is proven no tuple',
    examples=(
        ('x = "%s-%s" % (a, b)\n', 'x = "{}-{}".format(a, b)\n'),
        ('x = "%s!" % len(a)\n', 'x = "{}!".format(len(a))\n'),
    ),
)
def percent_to_format(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.BinOp):
        match node:
            case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod(), right=right):
                values = right.elts if isinstance(right, ast.Tuple) else [right]
            case _:
                continue
        single = not isinstance(right, ast.Tuple) and facts.kind(right) not in ("str", "int", "float", "bool")
        n_fields = text.count("%s")
        literal = (
            _literal(text.replace("%s", "{}"))
            if not set(text) & set("{}") and text.count("%") == n_fields
            else None
        )
        plain = all(
            facts.kind(value) in _PRINTED or isinstance(value, (ast.Name, ast.Subscript)) for value in values
        )
        if (
            single
            or literal is None
            or n_fields != len(values)
            or not plain
            or facts.suspends(node)
            or not facts.is_plain
        ):
            continue
        fields = ", ".join(argument(source, value) for value in values)
        yield [(*source.span(node), f"{literal}.format({fields})")]


@refactor(
    "concatenation-to-fstring",
    family=_FAMILY,
    summary='`a + "b"` → `f"{a}b"` where `a` is proven a string',
    examples=(
        ('def f(a: str):\n    return a + "b"\n', 'def f(a: str):\n    return f"{a}b"\n'),
        ('x = "n = " + str(n)\n', 'x = f"n = {n}"\n'),
    ),
)
def concatenation_to_fstring(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.BinOp):
        around = source.parent(node)
        if isinstance(around, ast.BinOp) and isinstance(around.op, ast.Add):
            continue
        parts = _summands(node)
        if (
            len(parts) < 2
            or not any(isinstance(part, ast.Constant) for part in parts)
            or facts.suspends(node)
        ):
            continue
        fields = [_field(source, facts, part) for part in parts]
        if None not in fields and "\n" not in source.text(node):
            yield [(*source.span(node), f'f"{"".join(field for field in fields if field is not None)}"')]


def _summands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_summands(node.left), node.right]
    return [node]


def _field(source: Source, facts: Facts, node: ast.expr) -> str | None:
    """``node`` as a piece of an f-string; None if it is not proven to be a string or cannot stand in one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value.replace("{", "{{").replace("}", "}}")
        return text if _literal(text) is not None or not text else None
    match node:
        case ast.Call(args=[ast.Name() as inner], keywords=[]) if facts.calls(node, "str"):
            return f"{{{inner.id}}}"
    text = source.text(node)
    if (
        facts.kind(node) != "str"
        or set(text) & set("'\"\\{}:!\n#")
        or isinstance(node, (ast.Lambda, ast.IfExp))
    ):
        return None
    return f"{{{text}}}"


@refactor(
    "fstring-to-concatenation",
    family=_FAMILY,
    summary='`f"{a}b"` → `str(a) + "b"` for values of built-in types',
    examples=(
        ('def f(a: str):\n    return f"{a}b"\n', 'def f(a: str):\n    return a + "b"\n'),
        ("x = f'n = {len(n)}'\n", 'x = "n = " + str(len(n))\n'),
    ),
)
def fstring_to_concatenation(source: Source, facts: Facts) -> Iterator[Splices]:
    for node in source.nodes(ast.JoinedStr):
        parts = _parts(source, node) if not isinstance(source.parent(node), ast.FormattedValue) else None
        if not parts or len(parts) < 2 or "\n" in source.text(node) or not facts.is_builtin("str", node):
            continue
        texts: list[str | None] = []
        for part in parts:
            if isinstance(part, str):
                texts.append(_literal(part))
            elif facts.kind(part) == "str":
                texts.append(operand(source, part))
            elif facts.kind(part) in _PRINTED:
                texts.append(f"str({source.text(part)})")
            else:
                texts.append(None)
        if None not in texts and not facts.suspends(node) and not _is_joined_literal(source, node):
            yield [fits(source, node, " + ".join(text for text in texts if text is not None))]
