"""Kinds: what the text shows about a type, with certainty or as a guess."""

from __future__ import annotations

import ast

import pytest

from prmdata.edits.source import Source


def kind(expression: str, before: str = "") -> str | None:
    source = Source(f"{before}_ = {expression}\n")
    return source.kinds.of(list(source.nodes(ast.Assign))[-1].value)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1", "int"), ("1.5", "float"), ("True", "bool"), ("None", "NoneType"), ("'a'", "str"), ("f'{a}'", "str"),
        ("[a]", "list"), ("{a}", "set"), ("{}", "dict"), ("(a,)", "tuple"), ("[a for a in b]", "list"),
        ("lambda: 1", "function"), ("len(a)", "int"), ("sorted(a)", "list"), ("a", None), ("a.b", None),
        ("1 + 2", "int"), ("1 / 2", "float"), ("1 + 2.0", "float"), ("2 ** 3", None), ("2.0 ** 3", "float"),
        ("True + True", "int"), ("1j / 2", "complex"), ("'a' + 'b'", "str"), ("[1] + [2]", "list"), ("'a' * 2", "str"),
        ("2 * [1]", "list"), ("2 * {1}", None), ("'%d' % a", "str"), ("1 + a", None), ("a % 2", None), ("-1", "int"),
        ("-True", "int"), ("not a", "bool"), ("-a", None), ("1 < 2", "bool"), ("a < 2", None), ("1 or 2", "int"),
        ("1 or 'a'", None), ("1 if a else 2", "int"), ("'a'.upper()", "str"), ("'a'.split()", "list"),
        ("a.upper()", None), ("[1].copy()", "list"), ("'abc'[1:]", "str"), ("'abc'[0]", "str"), ("[1][0]", None),
        ("a[1:]", None), ("max(1, 2)", "int"), ("max([1])", None), ("abs(-1)", "int"), ("abs(a)", None),
        ("sum([1])", None), ("f(a)", None),
    ],
)  # fmt: skip
def test_certain(expression: str, expected: str | None) -> None:
    assert kind(expression) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("x = 1\n", "int"),
        ("x = 1\nx = 'a'\n", None),
        ("x = 1\nx += 2\n", "int"),
        ("x = 1\nx += 2.5\n", None),
        ("x = 1\nx += y\n", None),
        ("x: int = 1\n", "int"),
        ("(x := 1)\n", "int"),
        ("for x in range(3):\n    pass\n", "int"),
        ("for x in [1, 2]:\n    pass\n", "int"),
        ("for x in [1, 'a']:\n    pass\n", None),
        ("for x in 'abc':\n    pass\n", "str"),
        ("for x in y:\n    pass\n", None),
        ("for x, y in enumerate(z):\n    pass\n", "int"),
        ("for x, y in z:\n    pass\n", None),
        ("x, y = 1, 2\n", None),
        ("x = x\n", None),
        ("def x():\n    pass\n", "function"),
        ("class x:\n    pass\n", None),
        ("def range(n):\n    return 'ab'\nfor x in range(3):\n    pass\n", None),
        ("def len(n):\n    return 'ab'\nx = len(1)\n", None),
        ("import x\n", None),
    ],
)
def test_names(before: str, expected: str | None) -> None:
    assert kind("x", before) == expected


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("def f(x: int):\n    _ = x\n", "int"),
        ("def f(x: List[int]):\n    _ = x\n", "list"),
        ("def f(x: 'T'):\n    _ = x\n", None),
        ("def f(x: T):\n    _ = x\n", None),
        ("def f(x):\n    x.append(1)\n    _ = x\n", "list"),
        ("def f(x):\n    x.lower()\n    _ = x\n", "str"),
        ("def f(x):\n    y = x - 1\n    _ = x\n", "int"),
        ("def f(x):\n    y = 'a' + x\n    _ = x\n", "str"),
        ("def f(x):\n    y = x == 1.5\n    _ = x\n", "int"),
        ("def f(x):\n    y = x[0]\n    _ = x\n", "list"),
        ("def f(x):\n    y = x['a']\n    _ = x\n", "dict"),
        ("def f(x):\n    y = z[x]\n    _ = x\n", None),
        ("def f(x):\n    y = range(x)\n    _ = x\n", "int"),
        ("def f(x):\n    y = x.lower() + x.append(1)\n    _ = x\n", None),
        ("def f(x):\n    x = 'a'\n    _ = y\n", None),
        ("def f():\n    x = 'a'\n    _ = x\n", "str"),
    ],
)
def test_likely(program: str, expected: str | None) -> None:
    source = Source(program)
    assert source.kinds.guess(list(source.nodes(ast.Assign))[-1].value) == expected
