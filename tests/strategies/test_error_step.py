"""``error_step`` on programs made to mislead: found by line numbers, never by text."""

from __future__ import annotations

import pytest

from prmdata.evidence.program_case import Gathered
from prmdata.records import Evidence, Execution, Problem, Spec, Task, Test, Trace
from prmdata.sandboxes.contract import Worker
from prmdata.steps import split_steps
from prmdata.strategies.rows import program_row

HERE = "# <-- here"
"""Marks the step that must be found. A program without the mark has no such step."""

RAISING = {
    "a line that stands twice, the second time": """\
def f(x):
    y = 1 // (x + 1)
    x = x - 3
    y = 1 // (x + 1)  # <-- here
    return y
""",
    "a line that stands twice, the first time": """\
def f(x):
    y = 1 // (x - 2)  # <-- here
    x = x + 2
    y = 1 // (x - 2)
    return y
""",
    "the same call in two branches": """\
def f(x):
    if x < 0:
        return int("x")
    else:
        return int("x")  # <-- here
""",
    "recursion, where it ends": """\
def f(x):
    if x < -3:
        return [][x]  # <-- here
    return f(x - 1)
""",
    "recursion without end": """\
def f(x):
    return f(x + 1)  # <-- here
""",
    "a helper before": """\
def half(x):
    return x / "2"  # <-- here

def f(x):
    return half(x)
""",
    "a helper after": """\
def f(x):
    return half(x)

def half(x):
    return x / "2"  # <-- here
""",
    "a helper of a helper with equal lines": """\
def a(x):
    x = x + 1
    return b(x)
def b(x):
    x = x + 1
    return x["k"]  # <-- here
def f(x):
    x = x + 1
    return a(x)
""",
    "a nested function": """\
def f(x):
    def inner(y):
        return y.missing  # <-- here
    return inner(x)
""",
    "a closure that is called later": """\
def f(x):
    made = []
    for i in range(3):
        made.append(lambda: made[i + 9])  # <-- here
    return [one() for one in made]
""",
    "a comprehension": """\
def f(x):
    good = [i for i in range(x)]
    return [1 // i for i in good]  # <-- here
""",
    "a comprehension over lines": """\
def f(x):
    return [
        1 // i
        for i in range(x)
    ]  # <-- here
""",
    "a dictionary comprehension in a call": """\
def f(x):
    return dict(
        a={k: v for k, v in [1]},
    )  # <-- here
""",
    "a generator expression that a later step uses up": """\
def f(x):
    lazy = (1 // i for i in range(x))  # <-- here
    return sum(lazy)
""",
    "the body of a generator": """\
def count(x):
    yield x
    yield x + None  # <-- here

def f(x):
    return list(count(x))
""",
    "a generator that delegates": """\
def a():
    yield 1
    raise KeyError(1)  # <-- here
def b():
    yield from a()
def f(x):
    return sum(b())
""",
    "a lambda": """\
def f(x):
    key = lambda y: y[0]  # <-- here
    return sorted([3, 1], key=key)
""",
    "a call over lines": """\
def f(x):
    y = max(
        x,
        len(x),
    )  # <-- here
    return y
""",
    "an argument over lines": """\
def f(x):
    return "".join(
        [
            "a",
            x,
        ]
    )  # <-- here
""",
    "a backslash": """\
def f(x):
    return x + 1 + \\
        None  # <-- here
""",
    "a statement after a semicolon": """\
def f(x):
    y = 1; z = y // 0; return z  # <-- here
""",
    "a suite on the header's line": """\
def f(x):
    if x: return x[0]  # <-- here
    return 1
""",
    "the condition of a header": """\
def f(x):
    if x > "a":  # <-- here
        return 1
    return 2
""",
    "the condition of an elif": """\
def f(x):
    if x < 0:
        return 1
    elif x > "a":  # <-- here
        return 2
    return 3
""",
    "the condition of a while": """\
def f(x):
    while x[0]:  # <-- here
        x += 1
    return x
""",
    "what a loop goes over": """\
def f(x):
    for i in x:  # <-- here
        print(i)
    return 1
""",
    "the target of a loop": """\
def f(x):
    for a, b in [1, 2]:  # <-- here
        pass
    return 1
""",
    "a method": """\
class Box:
    def __init__(self, x):
        self.x = x
    def open(self):
        return self.y  # <-- here
def f(x):
    return Box(x).open()
""",
    "the constructor": """\
class Box:
    def __init__(self, x):
        self.x = x[0]  # <-- here
def f(x):
    return Box(x)
""",
    "a property": """\
class Box:
    @property
    def size(self):
        return len(3)  # <-- here
def f(x):
    return Box().size
""",
    "a decorator's wrapper": """\
def twice(g):
    def wrapped(x):
        return g(x) + "a"  # <-- here
    return wrapped

@twice
def f(x):
    return x
""",
    "a decorator that is not there": """\
@missing  # <-- here
def f(x):
    return x
""",
    "a default value": """\
def f(x, y=1 // 0):  # <-- here
    return x
""",
    "the body of a class": """\
class Box:
    size = 3
    size = size["a"]  # <-- here
def f(x):
    return x
""",
    "an exception raised again": """\
def f(x):
    try:
        return x[0]  # <-- here
    except TypeError:
        raise
""",
    "another exception raised instead": """\
def f(x):
    try:
        return x[0]
    except TypeError as error:
        raise ValueError("bad") from error  # <-- here
""",
    "an error in a handler": """\
def f(x):
    try:
        return x[0]
    except TypeError:
        return undefined  # <-- here
""",
    "an error in finally": """\
def f(x):
    try:
        return x[0]
    finally:
        x.close()  # <-- here
""",
    "an error that passes through finally": """\
def f(x):
    try:
        y = x[0]  # <-- here
    finally:
        x = 1
    return y
""",
    "an exception group": """\
def f(x):
    raise ExceptionGroup("both", [ValueError(1), TypeError(2)])  # <-- here
""",
    "an assertion of the program's own": """\
def f(x):
    assert x > 100, "small"  # <-- here
    return x
""",
    "with, on entering": """\
def f(x):
    with x:  # <-- here
        return 1
""",
    "with, in the body": """\
import contextlib

@contextlib.contextmanager
def scope():
    yield 1

def f(x):
    with scope():
        return x[0]  # <-- here
""",
    "with, on leaving": """\
class Scope:
    def __enter__(self):
        return self
    def __exit__(self, *_):
        raise OSError("left")  # <-- here
def f(x):
    with Scope():
        return 1
""",
    "comments and blank lines before": """\
def f(x):
    y = 1

    # what follows divides

    return y // 0  # <-- here
""",
    "a docstring of many lines before": '''\
def f(x):
    """Divide.

    return y // 0
    """
    y = 1
    return y // 0  # <-- here
''',
    "the same text in a string": '''\
TEXT = """
    return y // 0
"""
def f(x):
    y = 1
    return y // 0  # <-- here
''',
    "an error while the module is read": """\
import math
LIMIT = math.sqrt(-1)  # <-- here
def f(x):
    return x
""",
    "a module that is not there": """\
import math
import no_such_module_anywhere  # <-- here
def f(x):
    return x
""",
    "match": """\
def f(x):
    match x:
        case 1:
            return 1
        case _:
            return x[0]  # <-- here
""",
    "tabs": "def f(x):\n\tif x:\n\t\treturn x[0]  # <-- here\n\treturn 1\n",
    "line ends of another system": "def f(x):\r\n    y = 1\r\n    return y[0]  # <-- here\r\n",
    "an f-string": """\
def f(x):
    return f"{x:d} {x[0]}"  # <-- here
""",
    "a walrus": """\
def f(x):
    if (n := x + 1) and (m := n["a"]):  # <-- here
        return m
    return n
""",
}

NOT_COMPILING = {
    "an open parenthesis": "def f(x):\n    y = (1 +  # <-- here\n    return y\n",
    "an open string": "def f(x):\n    y = 'abc  # <-- here\n    return y\n",
    "no colon": "def f(x):\n    if x  # <-- here\n        return 1\n    return 2\n",
    "an operator too many": "def f(x):\n    y = 1\n    return y + * 2  # <-- here\n",
    "too deep": "def f(x):\n    y = 1\n      z = 2  # <-- here\n    return y\n",
    "not deep enough": "def f(x):\n    if x:\n    return 1  # <-- here\n",
    "back to no column": "def f(x):\n        if x:\n            y = 1\n      return y  # <-- here\n",
    "return outside": "def f(x):\n    return 1\nreturn 2  # <-- here\n",
    "break outside": "def f(x):\n    y = 1\n    break  # <-- here\n",
    "a keyword as a name": "def f(x):\n    class = x  # <-- here\n    return x\n",
    "assigned to a call": "def f(x):\n    g(x) = 1  # <-- here\n    return x\n",
    "a name given twice": "def f(x):\n    return x\ndef g(a, a):  # <-- here\n    return a\n",
    "print as it was": "def f(x):\n    print x  # <-- here\n    return x\n",
    "tabs and blanks": "def f(x):\n    if x:\n\treturn 1  # <-- here\n    return 2\n",
}

WITHOUT = {
    "a wrong answer": "def f(x):\n    return x + 99\n",
    "nothing returned": "def f(x):\n    x + 1\n",
    "right": "def f(x):\n    return x + 1\n",
    "no such function": "def g(x):\n    return x + 1\n",
    "more arguments wanted": "def f(x, y):\n    return x + y\n",
}

PROGRAMS = RAISING | NOT_COMPILING | WITHOUT
PROBLEM = Problem(
    "p",
    "Add one.",
    WITHOUT["right"],
    (Test("assert", "assert f(2) == 3"), Test("assert", "assert f(5) == 6")),
    "f",
)


@pytest.fixture(scope="module")
def rows(local_worker: Worker) -> dict[str, Trace]:
    answers = local_worker.run(Spec(PROBLEM, cpu_s=0.5), [Task(program) for program in PROGRAMS.values()])
    made: dict[str, Trace] = {}
    for (name, program), answer in zip(PROGRAMS.items(), answers, strict=True):
        assert isinstance(answer, Execution), (name, answer)
        made[name] = program_row(
            PROBLEM,
            split_steps(program),
            Gathered(answer, Evidence()),
            strategy="first-error",
            label_kind="prefix",
        )
    return made


@pytest.mark.parametrize("name", [*RAISING, *NOT_COMPILING])
def test_the_step_where_the_error_arose(rows: dict[str, Trace], name: str) -> None:
    row = rows[name]
    marked = [index for index, step in enumerate(row.steps) if HERE in step]
    assert [row.error_step] == marked
    assert row.error_type is not None


@pytest.mark.parametrize("name", list(WITHOUT))
def test_no_step_where_no_step_raised(rows: dict[str, Trace], name: str) -> None:
    assert rows[name].error_step is None
