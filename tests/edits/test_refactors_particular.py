"""Details of single refactorings: proposals that their examples do not show."""

from __future__ import annotations

import pytest

from prmdata.edits.refactors import REFACTORS
from prmdata.edits.source import Source
from prmdata.edits.splice import splice

OPERATORS = {operator.name: operator for operator in REFACTORS}


def candidates(name: str, program: str) -> list[str]:
    source = Source(program)
    return [splice(source, edit).program for edit in OPERATORS[name].propose(source)]


PROPOSED = [
    ("augmented-to-plain", "x = 0\nx += len(a) * 2\n", "x = 0\nx = x + len(a) * 2\n"),
    ("augmented-to-plain", "self.n += 1\n", "self.n = self.n + 1\n"),
    ("comprehension-to-loop", "self.x = [a for a in b]\n", "collected = []\nfor a in b:\n    collected.append(a)\nself.x = collected\n"),
    ("comprehension-to-loop", "x = [a for a in b if a if c or a]\n", "x = []\nfor a in b:\n    if a and (c or a):\n        x.append(a)\n"),
    ("comprehension-to-loop", "a = 1\nx = [a * a for a in b]\n", "a = 1\nx = []\nfor a_item in b:\n    x.append(a_item * a_item)\n"),
    (
        "loop-to-comprehension",
        "def f(b):\n    x = set()\n    for a in b:\n        x.add((a, 1))\n    return x\n",
        "def f(b):\n    x = {(a, 1) for a in b}\n    return x\n",
    ),
    (
        "loop-to-comprehension",
        "def f(b):\n    for a in b:\n        print(a)\n    x = []\n    for a in b:\n        x.append(a)\n    return x\n",
        "def f(b):\n    for a in b:\n        print(a)\n    x = [a for a in b]\n    return x\n",
    ),
    ("generator-to-list", "x = max([a for a in b], default=0)\n", "x = max((a for a in b), default=0)\n"),
    ("generator-to-list", "x = max((a for a in b), default=0)\n", "x = max([a for a in b], default=0)\n"),
    ("map-to-comprehension", "x = set(map(f, y if y else z))\n", "x = {f(item) for item in (y if y else z)}\n"),
    ("map-to-comprehension", "x = list(filter(f, y))\n", "x = [item for item in y if f(item)]\n"),
    (
        "loop-to-any",
        "def f(b):\n    for a in b:\n        if a:\n            if a > 1:\n                return False\n    return True\n",
        "def f(b):\n    return all(not (a and a > 1) for a in b)\n",
    ),
    ("any-to-loop", "def f(a, b):\n    return all(a == 1 for a in b)\n", "def f(a, b):\n    for a_item in b:\n        if not (a_item == 1):\n            return False\n    return True\n"),
    ("def-to-lambda", "def f(a):\n    return a, 1\n", "f = lambda a: (a, 1)\n"),
    ("def-to-lambda", "def f(*, a=(1, 2), **b):\n    return a\n", "f = lambda *, a=(1, 2), **b: a\n"),
    ("lambda-named", "x = reduce(lambda a, b: a + b, y)\n", "def compute(a, b):\n    return a + b\nx = reduce(compute, y)\n"),
    ("lambda-named", "x = filter(lambda a: a > 1, y)\n", "def keep(a):\n    return a > 1\nx = filter(keep, y)\n"),
    ("annotations-added", "def f(a) -> int:\n    return 1\ndef g(a: int):\n    return a > 1\n", "def f(a) -> int:\n    return 1\ndef g(a: int) -> bool:\n    return a > 1\n"),
    ("comparison-turned", "x = a[0] > b[1]\n", "x = b[1] < a[0]\n"),
    ("comparison-turned", "x = min(a, b) > c\n", "x = c < min(a, b)\n"),
    ("comparison-bound", "x = len(a) > -1\n", "x = len(a) >= 0\n"),
    ("comparison-bound", "for c in 'ab':\n    x = len(c) + 1 <= 3\n", "for c in 'ab':\n    x = len(c) + 1 < 4\n"),
    ("maximum-updated", "if best > x:\n    best = x\n", "best = min(best, x)\n"),
    ("maximum-updated", "if best < x:\n    best = x\n", "best = max(best, x)\n"),
    ("if-to-conditional", "if a:\n    x = 1 if b else 2\nelse:\n    x = lambda: 3\n", "x = (1 if b else 2) if a else lambda: 3\n"),
    ("conditional-swapped", "x = f(1 if a else (2, 3))\n", "x = f((2, 3) if not a else 1)\n"),
    ("operands-swapped", "x = a * b + 1\n", "x = 1 + a * b\n"),
    ("operands-swapped", "x = (a - b) * 2\n", "x = 2 * (a - b)\n"),
    ("remainder-tested", "x = not a % 3\n", "x = a % 3 == 0\n"),
    ("index-to-enumerate", "def f(a: list):\n    t = []\n    for i in range(len(a)):\n        t.append(a[i])\n    return t\n", "def f(a: list):\n    t = []\n    for i, item in enumerate(a):\n        t.append(item)\n    return t\n"),
    ("enumerate-to-index", "def f(a: list):\n    d = {}\n    for i, x in enumerate(a):\n        d[x] = i\n    return d\n", "def f(a: list):\n    d = {}\n    for i in range(len(a)):\n        x = a[i]\n        d[x] = i\n    return d\n"),
    ("rename-longer", "n = int(input())\nprint(n)\n", "number = int(input())\nprint(number)\n"),
    ("fstring-to-concatenation", "n = len(a)\nx = f'{n}b' * 2\n", "n = len(a)\nx = (str(n) + \"b\") * 2\n"),
    ("return-variable", "def f():\n    return 'a' \\\n        'b'\n", "def f():\n    result = ('a' \\\n        'b')\n    return result\n"),
    ("elif-nested", "if a: x()\nelif b: y()\n", "if a: x()\nelse:\n    if b: y()\n"),
    ("part-variable", "def f(a):\n    return -g(*h(a))\n", "def f(a):\n    g_value = g(*h(a))\n    return -g_value\n"),
    ("de-morgan", "x = not (a and (b or c))\n", "x = not a or not (b or c)\n"),
    ("negated-comparison", "for i in range(3):\n    x = i < 2\n", "for i in range(3):\n    x = not i >= 2\n"),
    ("value-variable", "n = 0\nn += g(n)\n", "n = 0\ng_value = g(n)\nn += g_value\n"),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "before", "after"), PROPOSED)
def test_it_is_proposed(operator: str, before: str, after: str) -> None:
    assert after in candidates(operator, before)


NOTHING = [
    ("augmented-to-plain", "f().x += 1\n"),
    ("comprehension-to-loop", "async def f(b):\n    x = [a async for a in b]\n"),
    ("sum-to-loop", "def f(b):\n    x = 1\n    def g():\n        return x\n    x = sum(1 for a in b)\n    return g\n"),
    ("sum-to-loop", "x, y = sum(1 for a in b), 2\n"),
    ("sum-to-loop", "x = sum(len(x) for a in b)\n"),
    ("loop-to-any", "def f(b):\n    for a[0] in b:\n        if a:\n            return True\n    return False\n"),
    ("loop-to-any", "def f(a):\n    for a in a:\n        if a:\n            return True\n    return False\n"),
    ("loop-to-any", "def f(b):\n    for a in b:\n        if next(a):\n            return True\n    return False\n"),
    ("loop-to-comprehension", "def f(b):\n    x = []\n    for a in b:\n        x.append(next(a))\n    return x\n"),
    ("loop-to-comprehension", "def f(b):\n    x = []\n    for a in b:\n        x.append(*a)\n    return x\n"),
    ("annotations-added", "def f(a):\n    if a is b:\n        return 1\n    return 'x'\n"),
    ("for-to-while", "def f():\n    for i in range(i, 3):\n        print(i)\n"),
    ("enumerate-to-index", "a = [1]\nfor i, i in enumerate(a):\n    print(i)\n"),
    ("enumerate-to-index", "def f(a: list, b):\n    for i, x in enumerate(a):\n        g(x)\n"),
    ("enumerate-to-index", "def f(a: list, b):\n    for i, x in enumerate(a):\n        b += [x]\n"),
    ("enumerate-to-index", "def f(a: list, b):\n    for i, x in enumerate(a):\n        b.c[0] = x\n"),
    ("index-to-enumerate", "def f(a: str):\n    for i in range(len(a)):\n        i += 1\n        print(a[i])\n"),
    ("index-to-enumerate", "def f(a: str):\n    for i in range(len(a)):\n        print(lambda: a[i])\n"),
    ("comparison-turned", "import pandas\nx = a < b\n"),
    ("comparison-turned", "from numpy import array\nx = a < b\n"),
    ("maximum-compared", "best = max(best, g())\n"),
    ("unpacking-inside", "for (a,\n     b) in c:\n    print(a)\n"),
    ("tuple-assignment-by-temporary", "a.x, a.y = a.y, a.x\n"),
    ("tuple-assignment-by-temporary", "x[g()], x[1] = x[1], x[g()]\n"),
    ("tests-split", "if a and b: x()\n"),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "program"), NOTHING)
def test_nothing_is_proposed(operator: str, program: str) -> None:
    assert candidates(operator, program) == []


def test_a_long_suite_is_not_moved() -> None:
    body = "".join(f"    x({n})\n" for n in range(9))
    program = f"for a in b:\n    if a:\n        continue\n{body}"
    assert candidates("guard-to-nested", program) == []
    assert candidates("else-added", program) == []
    assert candidates("branches-swapped", f"if a:\n{body}else:\n    y()\n") == []


def test_mixed_tabs_and_blanks_are_not_moved() -> None:
    program = "if a:\n x()\nelif b:\n\ty()\n"
    assert (
        candidates("elif-nested", "def f():\n" + "".join(f" {line}\n" for line in program.split("\n")[:-1]))
        != []
    )
    assert candidates("elif-nested", "if 1:\n if a:\n  x()\n elif b:\n\ty()\n") == []
