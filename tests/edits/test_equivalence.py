"""What is proved to be equal is equal: pairs by hand, and functions drawn at random and run."""

from __future__ import annotations

import ast
import re
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.edits.equivalence import proof_of
from prmdata.edits.liveness import without_dead_stores

COUNT = "def f(xs):\n    n = 0\n    for x in xs:\n        n += x\n    return n\n"


def renamed(old: str, new: str) -> str:
    return re.sub(rf"\b{old}\b", new, COUNT)


@pytest.mark.parametrize(
    ("before", "after", "proof"),
    [
        ("def f(a):\n    b = a\n    b = 2\n    return b\n", "def f(a):\n    b = None\n    b = 2\n    return b\n", "dead store"),
        ("def f(a):\n    i = 1\n    for i in a:\n        print(i)\n", "def f(a):\n    pass\n    for i in a:\n        print(i)\n", "dead store"),
        ("def f(a):\n    t = ''\n    while a:\n        t = a.pop()\n        print(t)\n", "def f(a):\n    v = ''\n    t = v\n    while a:\n        t = a.pop()\n        print(t)\n", "dead store"),
        ("x = 9\ndef f(x):\n    return x\n", "x = 8\ndef f(x):\n    return x\n", "dead store"),
        ("M = 9\ndef f(x):\n    return x\n", "def f(x):\n    return x\n", "dead store"),
        (COUNT, renamed("n", "total"), "fresh name"),
        ("import math\ndef f(x):\n    return math.sqrt(x)\n", "import math as m\ndef f(x):\n    return m.sqrt(x)\n", "fresh name"),
        ("def f(x):\n    try:\n        return 1 // x\n    except ZeroDivisionError as e:\n        return str(e)\n",
         "def f(x):\n    try:\n        return 1 // x\n    except ZeroDivisionError as error:\n        return str(error)\n", "fresh name"),
        ("def f(x):\n    y = x\n    return lambda: y\n", "def f(x):\n    kept = x\n    return lambda: kept\n", "fresh name"),
    ],
)  # fmt: skip
def test_what_is_proved(before: str, after: str, proof: str) -> None:
    assert proof_of(before, after) == proof_of(after, before) == proof


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(COUNT, COUNT.replace("n = 0", "n = 1"), id="another value"),
        pytest.param("M = 9\ndef f(x):\n    return M\n", "M = 8\ndef f(x):\n    return M\n", id="a constant that is read"),
        pytest.param("M = 9\ndef f(x):\n    return 'M'\n", "M = 8\ndef f(x):\n    return 'M'\n", id="a constant whose name is a text"),
        pytest.param("M = 9\ndef f(x):\n    global M\n    M = x\n    return x\n", "M = 8\ndef f(x):\n    global M\n    M = x\n    return x\n", id="a constant that is set again"),
        pytest.param("M = g()\ndef f(x):\n    return x\n", "def f(x):\n    return x\n", id="a constant that is computed"),
        pytest.param(COUNT, COUNT.replace("return n", "return x"), id="another name"),
        pytest.param(COUNT, COUNT.replace("return n", "return m"), id="a name without a value"),
        pytest.param(COUNT, renamed("xs", "items"), id="a parameter: calls may name it"),
        pytest.param(COUNT, COUNT.replace("def f", "def g"), id="a function"),
        pytest.param(COUNT, renamed("n", "sum"), id="the name of a builtin"),
        pytest.param("def f(a):\n    b = a.pop()\n    b = 2\n    return b\n", "def f(a):\n    b = 2\n    return b\n", id="a call has effects"),
        pytest.param("def f(a):\n    b = -a\n    b = 2\n    return b\n", "def f(a):\n    b = 2\n    return b\n", id="an operator may raise"),
        pytest.param("def f(a):\n    b = c\n    b = 2\n    return b\n", "def f(a):\n    b = 2\n    return b\n", id="a name may have no value"),
        pytest.param("def f(a):\n    if a:\n        return b\n    b = 1\n", "def f(a):\n    if a:\n        return b\n", id="the name would be a global one"),
        pytest.param("def f(a):\n    b = 1\n    if a:\n        b = 2\n    return b\n", "def f(a):\n    if a:\n        b = 2\n    return b\n", id="read where it was not set again"),
        pytest.param("def f(a):\n    i = 0\n    for i in a:\n        pass\n    return i\n", "def f(a):\n    for i in a:\n        pass\n    return i\n", id="an empty loop"),
        pytest.param("def f(a):\n    b = 0\n    try:\n        b = a.pop()\n    except IndexError:\n        pass\n    return b\n",
                     "def f(a):\n    b = 1\n    try:\n        b = a.pop()\n    except IndexError:\n        pass\n    return b\n", id="a handler goes on"),
        pytest.param("def f():\n    b = 0\n    def g():\n        return b\n    b = 1\n    return g()\n",
                     "def f():\n    def g():\n        return b\n    b = 1\n    return g()\n", id="another scope"),
        pytest.param("def f(a):\n    g = (b for _ in a)\n    b = 1\n    return list(g)\n", "def f(a):\n    g = (b for _ in a)\n    b = 2\n    return list(g)\n", id="a lazy expression"),
        pytest.param("def f(a):\n    b = 1\n    del b\n    c = b\n    return a\n", "def f(a):\n    b = 1\n    del b\n    return a\n", id="deleted"),
        pytest.param("def f():\n    global b\n    b = 1\n", "def f():\n    global b\n    b = 2\n", id="global"),
        pytest.param("def f():\n    b = 1\n    return locals()\n", "def f():\n    c = 1\n    return locals()\n", id="names can be looked at"),
        pytest.param("class A:\n    b = 1\n", "class A:\n    c = 1\n", id="a name of a class"),
        pytest.param("b = 1\n", "c = 1\n", id="a name of the module"),
        pytest.param("import os.path\ndef f():\n    return os.sep\n", "import os.path as p\ndef f():\n    return p.sep\n", id="a module in a package"),
        pytest.param("def f(a):\n    x = a\n    return x\ndef g():\n    return x\n", "def f(a):\n    y = a\n    return y\ndef g():\n    return y\n", id="a global of the setup"),
        pytest.param("def f(a):\n    x = 1\n    y = 2\n    return x - y\n", "def f(a):\n    z = 1\n    z = 2\n    return z - z\n", id="two names made one"),
        pytest.param("def f(a):\n    while a:\n        b = 1\n        if a.pop():\n            continue\n        b = 2\n    return b\n",
                     "def f(a):\n    while a:\n        if a.pop():\n            continue\n        b = 2\n    return b\n", id="continue"),
        pytest.param("def f(a):\n    b = 0\n    while a:\n        print(b)\n        b = 1\n        if a.pop():\n            continue\n        b = 2\n    return a\n",
                     "def f(a):\n    b = 0\n    while a:\n        print(b)\n        if a.pop():\n            continue\n        b = 2\n    return a\n", id="read in the next round"),
        pytest.param("def f(go):\n    while go:\n        print(0)\n        go = False\n", "def f(go):\n    while go:\n        print(0)\n", id="read by the head of a loop"),
        pytest.param("def f(a):\n    while True:\n        b = 1\n        try:\n            if a:\n                break\n        finally:\n            a.pop()\n        b = 2\n    return b\n",
                     "def f(a):\n    while True:\n        try:\n            if a:\n                break\n        finally:\n            a.pop()\n        b = 2\n    return b\n", id="break out of a try"),
        pytest.param("def f(a):\n    if a:\n        return b\n    b = 1\n    return [b for b in a]\n",
                     "def f(a):\n    if a:\n        return b\n    return [b for b in a]\n", id="bound in a comprehension only"),
        pytest.param("def f(a, g=lambda b: b):\n    c = b\n    c = 1\n    b = g(a)\n    return b + c\n",
                     "def f(a, g=lambda b: b):\n    c = 1\n    b = g(a)\n    return b + c\n", id="a name that has no value yet"),
        pytest.param("class A(B):\n    def f(self):\n        self = None\n        return super().f()\n",
                     "class A(B):\n    def f(self):\n        return super().f()\n", id="super reads the first parameter"),
        pytest.param("def f(a):\n    try:\n        return a + b\n    except NameError as e:\n        return str(e)\n    b = 1\n",
                     "def f(a):\n    try:\n        return a + c\n    except NameError as e:\n        return str(e)\n    c = 1\n", id="an error names the variable"),
        pytest.param("x = (\n", "x = ((\n", id="no program"),
    ],
)  # fmt: skip
def test_what_is_not_proved(before: str, after: str) -> None:
    assert proof_of(before, after) is None


READS = "import sys\ndef f():\n    return int(sys.stdin.readline())\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("M = 9\n" + READS, READS, id="a constant beside standard input"),
        pytest.param("from sys import stdin\ndef f(a):\n    b = set()\n    b = a\n    return b\n",
                     "from sys import stdin\ndef f(a):\n    b = None\n    b = a\n    return b\n", id="an empty set"),
        pytest.param("import sys\nsys.setrecursionlimit(9999)\ninput = sys.stdin.readline\nM = 9\nprint(input())\n",
                     "import sys\nsys.setrecursionlimit(9999)\ninput = sys.stdin.readline\nprint(input())\n", id="no function at all"),
        pytest.param("n = 0\nwhile n < 9:\n    m = list()\n    n += 1\n    m = n\n    print(m)\n",
                     "n = 0\nwhile n < 9:\n    m = dict()\n    n += 1\n    m = n\n    print(m)\n", id="in a loop"),
        pytest.param("M = 9\ndef f(a):\n    dis = a\n    return dis\n", "def f(a):\n    dis = a\n    return dis\n", id="a variable that is called as a module is"),
        pytest.param("M = 9\ndef dis(a):\n    return a\nprint(dis(1))\n", "def dis(a):\n    return a\nprint(dis(1))\n", id="a function that is called as a module is"),
    ],
)  # fmt: skip
def test_what_is_proved_of_a_script(before: str, after: str) -> None:
    assert proof_of(before, after, is_script=True) == proof_of(after, before, is_script=True) == "dead store"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x = 1\nx = 2\nprint(x)\n", "x = 1\nprint(x)\n", id="read"),
        pytest.param("x = 1\ndef f():\n    return x\nprint(f())\nx = 2\nprint(f())\n", "x = 1\ndef f():\n    return x\nprint(f())\nx = 3\nprint(f())\n", id="read by a function"),
        pytest.param("x = 1\nclass A:\n    y = x\nx = 2\nprint(A.y)\n", "class A:\n    y = x\nx = 2\nprint(A.y)\n", id="read by a class"),
        pytest.param("def f():\n    global x\n    x = 2\nx = 1\nf()\n", "def f():\n    global x\n    x = 2\nx = 3\nf()\n", id="global in a function"),
        pytest.param("print(max(1, 2))\nmax = 1\nmax = 2\n", "print(max(1, 2))\n", id="the builtin would be read"),
        pytest.param("x = set()\nx = 1\nset = 5\n", "x = 2\nx = 1\nset = 5\n", id="another set"),
        pytest.param("from m import *\nx = set()\nx = 1\n", "from m import *\nx = 2\nx = 1\n", id="maybe another set"),
        pytest.param("x = set(y)\nx = 1\n", "x = 1\n", id="what is iterated may be used up"),
        pytest.param("__name__ = 'a'\nimport b\n", "__name__ = 'c'\nimport b\n", id="a name of the interpreter"),
        pytest.param("import sys\nx = 1\nprint(sys.modules['__main__'].x)\n", "import sys\nx = 2\nprint(sys.modules['__main__'].x)\n", id="modules"),
        pytest.param("from sys import _getframe\nx = 1\n", "from sys import _getframe\nx = 2\n", id="frames by name"),
        pytest.param("from sys import *\nx = 1\n", "from sys import *\nx = 2\n", id="all of sys"),
        pytest.param("import sys as s\nx = 1\n", "import sys as s\nx = 2\n", id="another name of sys"),
        pytest.param("import sys\nf(sys)\nx = 1\n", "import sys\nf(sys)\nx = 2\n", id="sys is passed on"),
        pytest.param("import os\nf(os.sys)\nx = 1\n", "import os\nf(os.sys)\nx = 2\n", id="sys in another module"),
        pytest.param("from inspect import stack\nx = 1\n", "from inspect import stack\nx = 2\n", id="from a module that looks"),
        pytest.param("import dis\nx = 1\ndis = dis.dis\n", "import dis\nx = 2\ndis = dis.dis\n", id="a module under its own name"),
        pytest.param("import m.dis as d\nx = 1\n", "import m.dis as d\nx = 2\n", id="a module in another"),
        pytest.param("import m\nx = 1\nm.gc.collect()\n", "import m\nx = 2\nm.gc.collect()\n", id="a module through another"),
        pytest.param("from m import *\nx = 1\ngc.collect()\n", "from m import *\nx = 2\ngc.collect()\n", id="a module by another's names"),
    ],
)  # fmt: skip
def test_what_is_not_proved_of_a_script(before: str, after: str) -> None:
    assert proof_of(before, after, is_script=True) is None


def test_the_variables_of_a_module_are_read_by_its_tests() -> None:
    assert proof_of("b = 1\n", "b = 2\n") is None
    assert proof_of("b = 1\n", "b = 2\n", is_script=True) == "dead store"


NAMES = st.sampled_from("abcd")
VALUES = st.one_of(NAMES, st.integers(0, 3).map(str), st.builds("{} + {}".format, NAMES, NAMES))
PLAIN = st.one_of(
    st.builds("{} = {}".format, NAMES, VALUES),
    st.builds("{} += {}".format, NAMES, NAMES),
    st.builds("seen.append({})".format, NAMES),
    st.builds("del {}".format, NAMES),
    st.just("tick()"),
)


def blocks(depth: int) -> st.SearchStrategy[list[str]]:
    if not depth:
        return st.lists(PLAIN, min_size=1, max_size=4)
    inner = blocks(depth - 1).map(lambda body: ["    " + line for line in body])
    leave = st.sampled_from([[], ["    break"], ["    continue"]])
    compound = st.one_of(
        st.builds(lambda name, body: [f"if {name} % 2:", *body], NAMES, inner),
        st.builds(lambda name, body, other: [f"if {name}:", *body, "else:", *other], NAMES, inner, inner),
        st.builds(
            lambda name, n, body, end: [f"for {name} in range({n}):", *body, *end], NAMES, NAMES, inner, leave
        ),
        st.builds(lambda body, other: ["try:", *body, "except Exception:", *other], inner, inner),
        st.builds(lambda body, end: ["while tick():", *body, *end], inner, leave),
    )
    return st.lists(st.one_of(PLAIN.map(lambda line: [line]), compound), min_size=1, max_size=4).map(
        lambda parts: list(chain(*parts))
    )


class Stop(BaseException):
    """The program has run long enough."""


def outcome(program: str, a: int) -> Any:
    """What the function returns or raises, and what it showed on the way."""
    seen: list[int] = []
    left = iter([True] * 6 + [False] * 20)

    def tick() -> bool:
        try:
            return next(left)
        except StopIteration:
            raise Stop from None

    names: dict[str, Any] = {"seen": seen, "tick": tick, "c": 7}
    exec(program, names)
    try:
        return names["f"](a), seen
    except (Stop, Exception) as error:
        return type(error).__name__, seen


@given(blocks(2), NAMES)
def test_a_function_without_its_dead_stores_does_the_same(body: list[str], name: str) -> None:
    lines = "".join(f"    {line}\n" for line in body)
    program = f"def f(a, b=1):\n{lines}    return {name}\n"
    pruned = ast.unparse(without_dead_stores(ast.parse(program)))
    for a in (0, 1, 2):
        assert outcome(pruned, a) == outcome(program, a), pruned


@given(blocks(2), st.one_of(NAMES, st.just("(a, b, c, d)")))
def test_a_script_without_its_dead_stores_does_the_same(body: list[str], shown: str) -> None:
    """The function ``show`` reads variables of the script, in the middle of it and at its end."""
    lines = [line.replace("tick()", "show()") for line in body]
    program = "\n".join([f"def show():\n    seen.append({shown})\n    return tick()", *lines, "show()\n"])
    pruned = ast.unparse(without_dead_stores(ast.parse(program), is_script=True))
    start = "def f(a):\n    exec(%r, {'seen': seen, 'tick': tick, 'a': a, 'b': 5, 'c': 7, 'd': 9})\n"
    for a in (0, 1, 2):
        assert outcome(start % pruned, a) == outcome(start % program, a), pruned
