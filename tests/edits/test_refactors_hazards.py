"""Refactorings that must not be proposed. Each case names the operator, the danger and the program."""

from __future__ import annotations

import pytest

from prmdata.edits.refactors import REFACTORS
from prmdata.edits.source import Source
from prmdata.edits.splice import splice

OPERATORS = {operator.name: operator for operator in REFACTORS}


def candidates(name: str, program: str) -> list[str]:
    source = Source(program)
    return [splice(source, edit).program for edit in OPERATORS[name].propose(source)]


def case(operator: str, hazard: str, *lines: str) -> object:
    return pytest.param(operator, "\n".join(lines) + "\n", id=f"{operator}: {hazard}")


NOTHING = [
    case("return-variable", "suspends", "def f(a):", "    return (yield a)"),
    case("return-inline", "captured", "def f(a):", "    g = lambda: x", "    x = a + 1", "    return x"),
    case("return-inline", "finally reads", "def f(a):", "    try:", "        x = a + 1", "        return x", "    finally:", "        print(a)"),
    case("return-inline", "global", "def f(a):", "    global x", "    x = a + 1", "    return x"),
    case("value-variable", "class body", "class A:", "    x = 1 + 2"),
    case("value-variable", "walrus", "x = (y := 2) + y"),
    case("value-variable", "the target is read first", "def f(x):", "    x[0] += g(x)"),
    case("condition-variable", "elif", "if a:", "    pass", "elif b > 1:", "    pass"),
    case("condition-variable", "walrus", "if (n := g()) > 1:", "    print(n)"),
    case("iterable-variable", "class body", "class A:", "    for i in range(3):", "        pass"),
    case("part-variable", "short circuit", "def f(a, b):", "    return a and g(b)"),
    case("part-variable", "conditional", "def f(a, b):", "    return g(b) if a else h(b)"),
    case("part-variable", "lambda", "def f(a):", "    return lambda: g(a)"),
    case("part-variable", "a call may rebind", "def f():", "    n = 0", "    def g():", "        nonlocal n", "        n = 5", "        return 1", "    print(n, g())"),
    case("variable-inline", "used twice", "def f(a):", "    x = g(a)", "    return x + x"),
    case("variable-inline", "evaluated later", "def f(a):", "    x = g(a)", "    return h() + x"),
    case("variable-inline", "in a loop", "def f(a):", "    x = g(a)", "    return [x for _ in a]"),
    case("variable-inline", "late", "def f(a):", "    x = g(a)", "    return lambda: x"),
    case("variable-inline", "not certain to run", "def f(a):", "    x = g(a)", "    return a and x"),
    case("constant-variable", "default", "def f(a=97):", "    pass"),
    case("constant-variable", "f-string", "x = f'{a:97}'"),
    case("constant-variable", "elif", "if a:", "    pass", "elif b > 97:", "    pass"),
    case("constant-variable", "docstring", "def f():", "    'text'"),
    case("constant-variable", "pattern", "match a:", "    case 97:", "        pass"),
    case("augmented-to-plain", "list in place", "def f(x, y):", "    x += y", "    return x"),
    case("augmented-to-plain", "list repeated in place", "def f(x):", "    x *= 2", "    return x"),
    case("augmented-to-plain", "set in place", "def f(x, y):", "    x -= y", "    return x"),
    case("augmented-to-plain", "index with an effect", "d[g()] += 1"),
    case("augmented-to-plain", "text to an unknown (a list takes it)", "def f(x):", "    x += 'ab'", "    return x"),
    case("augmented-to-plain", "overloaded", "class A:", "    def __add__(self, o):", "        return 1", "def f(x):", "    x += 1"),
    case("plain-to-augmented", "list in place", "def f(x, y):", "    x = x + y", "    return x"),
    case("plain-to-augmented", "list literal", "def f(x):", "    x = x + [1]", "    return x"),
    case("tuple-assignment-split", "depends", "def f(a, b):", "    a, b = b, a + b", "    return a, b"),
    case("tuple-assignment-split", "starred", "a, *b = 1, 2, 3"),
    case("tuple-assignment-split", "a call may look", "def f():", "    a = 0", "    def g():", "        return a", "    a, b = 1, g()", "    return a, b"),
    case("tuple-assignment-by-temporary", "the place moves", "x[i], x[x[i]] = x[x[i]], x[i]"),
    case("assignments-joined", "depends", "a = 1", "b = a"),
    case("assignments-joined", "try", "try:", "    a = 1", "    b = int(c)", "except ValueError:", "    print(a)"),
    case("assignments-joined", "a global that a call sees", "def f():", "    global a", "    a = 1", "    b = g()", "def g():", "    return a"),
    case("loop-to-comprehension", "a global that a call sees", "def f(b):", "    global x", "    x = []", "    for a in b:", "        x.append(g(a))", "def g(a):", "    return len(x)"),
    case("sorted-by-sort", "a global", "def f(b):", "    global x", "    x = sorted(b, key=g)"),
    case("sort-by-slice", "the key sees the list", "def f(x):", "    x.sort(key=lambda v: x.index(v))"),
    case("last-by-length", "the value shortens it", "x = [1, 2]", "x[-1] += x.pop()"),
    case("comparison-emptiness", "an annotation does not rule out None", "def f(s: str):", "    if not s:", "        return 1"),
    case("equal-assignments-chained", "mutable", "a = []", "b = []"),
    case("equal-assignments-chained", "1 is not True", "a = 1", "b = True"),
    case("rename-longer", "parameter", "def f(n):", "    return n"),
    case("rename-longer", "global", "def f():", "    global n", "    n = 1"),
    case("rename-longer", "nonlocal", "def f():", "    n = 1", "    def g():", "        nonlocal n", "        n = 2", "    g()"),
    case("rename-longer", "top level", "n = 1", "def f():", "    return n"),
    case("rename-longer", "class attribute", "class A:", "    n = 1"),
    case("rename-longer", "locals()", "def f():", "    n = 1", "    return locals()"),
    case("rename-longer", "eval", "def f():", "    n = 1", "    return eval('n')"),
    case("rename-longer", "del", "def f():", "    n = 1", "    del n"),
    case("rename-parameter", "entry point", "def f(n):", "    return n"),
    case("rename-parameter", "called by keyword", "def f():", "    def g(n):", "        return n", "    return g(n=1)"),
    case("rename-parameter", "called by **", "def f(k):", "    def g(n):", "        return n", "    return g(**k)"),
    case("rename-parameter", "method", "class A:", "    def g(self, n):", "        return n"),
    case("rename-import", "dotted", "import os.path", "x = os.path.sep"),
    case("import-from-to-import", "module's name taken", "from math import sqrt", "def f(math):", "    return sqrt(math)"),
    case("import-from-to-import", "star", "from math import *"),
    case("comparison-turned", "effects", "x = g() < h()"),
    case("comparison-turned", "overloaded", "class A:", "    def __lt__(self, o):", "        return 1", "x = a < b"),
    case("comparison-turned", "numpy", "import numpy as np", "x = a < b"),
    case("comparison-turned", "identity", "x = a is b"),
    case("comparison-unchained", "computed middle", "x = a < g() < c"),
    case("comparison-chained", "computed middle", "x = a < g() and g() < c"),
    case("comparison-bound", "unknown", "def f(n):", "    return n > 0"),
    case("comparison-bound", "float", "def f():", "    n = 0.5", "    return n > 0"),
    case("comparison-emptiness", "unknown", "def f(x):", "    if not x:", "        return 1"),
    case("comparison-emptiness", "may be None", "def f(a):", "    x = []", "    x = a", "    if x:", "        return 1"),
    case("comparison-emptiness", "the value counts", "x = []", "y = x or 1"),
    case("membership-spelled", "computed", "x = g() in (1, 2)"),
    case("membership-spelled", "unknown elements", "x = y in (a, b)"),
    case("membership-gathered", "two names", "x = a == 1 or b == 2"),
    case("comparison-none", "overloaded", "class A:", "    def __eq__(self, o):", "        return 1", "x = a == None"),
    case("double-negation", "bool is another", "def bool(x):", "    return 3", "y = not not x"),
    case("negated-comparison", "partial order", "def f(a, b):", "    return a < b"),
    case("negated-comparison", "float", "def f():", "    a = 0.5", "    return a < 1"),
    case("truth-returned", "no booleans", "def f(a):", "    if a:", "        return 1", "    return 0"),
    case("truth-returned", "bool is another", "bool = int", "def f(a):", "    if a:", "        return True", "    return False"),
    case("truth-branched", "the value counts", "def f(a, b):", "    return a and b"),
    case("truth-branched", "overloaded", "import numpy", "def f(a, b):", "    return a == b"),
    case("conditional-to-if", "place read first", "x[g()] += 1 if a else 2"),
    case("if-to-conditional", "two targets", "if a:", "    x = 1", "else:", "    y = 2"),
    case("if-to-conditional", "elif", "if a:", "    x = 1", "elif b:", "    x = 2"),
    case("if-to-conditional", "comment lost", "if a:", "    x = 1  # why", "else:", "    x = 2"),
    case("branches-swapped", "no else", "if a:", "    x = 1"),
    case("branches-swapped", "elif follows", "if a:", "    x = 1", "elif b:", "    x = 2"),
    case("branches-swapped", "one line", "if a: x = 1", "else: x = 2"),
    case("tests-split", "else", "if a and b:", "    x()", "else:", "    y()"),
    case("tests-joined", "else", "if a:", "    if b:", "        x()", "    else:", "        y()"),
    case("tests-joined", "more inside", "if a:", "    if b:", "        x()", "    y()"),
    case("else-removed", "falls through", "if a:", "    x()", "else:", "    y()"),
    case("else-added", "falls through", "if a:", "    x()", "y()"),
    case("guard-to-nested", "not the loop's end", "for a in b:", "    if c:", "        if a:", "            continue", "        x()", "    y()"),
    case("guard-to-nested", "returns a value", "def f(a):", "    if a:", "        return 1", "    x()"),
    case("nested-to-guard", "more follows", "for a in b:", "    if a:", "        x()", "    y()"),
    case("nested-to-guard", "else", "for a in b:", "    if a:", "        x()", "    else:", "        y()"),
    case("nested-to-guard", "loop's else", "for a in b:", "    pass", "else:", "    if a:", "        x()"),
    case("while-true", "else", "while a < b:", "    a += 1", "else:", "    a = 0"),
    case("while-condition", "else", "while True:", "    if a:", "        break", "    else:", "        b()", "    a()"),
    case("unpacking-in-header", "used again", "def f(c):", "    for p in c:", "        a, b = p", "        print(p)"),
    case("for-to-while", "continue", "def f():", "    for i in range(3):", "        if i:", "            continue", "        print(i)"),
    case("for-to-while", "changed inside", "def f():", "    for i in range(3):", "        i += 1", "        print(i)"),
    case("for-to-while", "used after", "def f():", "    for i in range(3):", "        print(i)", "    return i"),
    case("for-to-while", "captured", "def f():", "    x = []", "    for i in range(3):", "        x.append(lambda: i)", "    return x"),
    case("for-to-while", "unknown bound", "def f(n):", "    for i in range(n):", "        print(i)"),
    case("for-to-while", "range is another", "range = list", "def f():", "    for i in range(3):", "        print(i)"),
    case("range-start", "range is another", "def range(n):", "    return n", "x = range(3)"),
    case("enumerate-to-index", "unknown", "def f(a):", "    for i, x in enumerate(a):", "        print(i, x)"),
    case("enumerate-to-index", "changed inside", "a = [1]", "for i, x in enumerate(a):", "    a.append(x)"),
    case("enumerate-to-index", "rebound inside", "a = [1]", "for i, x in enumerate(a):", "    a = a[1:]"),
    case("enumerate-to-index", "changed under another name", "def f(b):", "    a = [1]", "    b = a", "    for i, x in enumerate(a):", "        b.append(x)"),
    case("index-to-enumerate", "unknown (a dict with numbers)", "def f(a):", "    for i in range(len(a)):", "        print(a[i])"),
    case("index-to-enumerate", "changed inside", "a = [1, 2]", "for i in range(len(a)):", "    a[i - 1] = 3", "    print(a[i])"),
    case("comprehension-to-loop", "captured by a lambda", "def f(b):", "    return [lambda: a for a in b]"),
    case("comprehension-to-loop", "lazy inside", "def f(b):", "    return [(a for _ in b) for a in b]"),
    case("comprehension-to-loop", "class body", "class A:", "    x = [a for a in b]"),
    case("comprehension-to-loop", "try", "try:", "    x = [int(a) for a in b]", "except ValueError:", "    print(x)"),
    case("comprehension-to-loop", "walrus", "x = [(y := a) for a in b]"),
    case("loop-to-comprehension", "variable used after", "def f(b):", "    x = []", "    for a in b:", "        x.append(a)", "    return x, a"),
    case("loop-to-comprehension", "looks at itself", "def f(b):", "    x = []", "    for a in b:", "        x.append(len(x))", "    return x"),
    case("loop-to-comprehension", "break", "def f(b):", "    x = []", "    for a in b:", "        x.append(a)", "        break", "    return x"),
    case("loop-to-comprehension", "else", "def f(b):", "    x = []", "    for a in b:", "        x.append(a)", "    else:", "        x = 1", "    return x"),
    case("loop-to-comprehension", "captured", "def f(b):", "    def g():", "        return x", "    x = []", "    for a in b:", "        x.append(a)", "    return g"),
    case("loop-to-comprehension", "not empty at first", "def f(b):", "    x = [0]", "    for a in b:", "        x.append(a)", "    return x"),
    case("loop-to-comprehension", "try", "def f(b):", "    try:", "        x = []", "        for a in b:", "            x.append(int(a))", "    except ValueError:", "        return x"),
    case("loop-to-comprehension", "a dict written in the other order", "def f(b):", "    x = {}", "    for a in b:", "        x[g(a)] = h(a)", "    return x"),
    case("map-to-comprehension", "stops by StopIteration", "x = list(map(next, y))"),
    case("map-to-comprehension", "map is another", "map = g", "x = list(map(int, y))"),
    case("generator-to-list", "stops half way", "x = any(g(a) for a in b)"),
    case("any-to-loop", "any is another", "def any(x):", "    return 3", "def f(b):", "    return any(a for a in b)"),
    case("loop-to-any", "effects after", "def f(b):", "    for a in b:", "        if a:", "            return True", "        print(a)", "    return False"),
    case("loop-to-any", "no boolean", "def f(b):", "    for a in b:", "        if a:", "            return 1", "    return False"),
    case("loop-to-any", "else", "def f(b):", "    for a in b:", "        if a:", "            return True", "    else:", "        print(b)", "    return False"),
    case("loop-to-sum", "floats are summed otherwise", "def f(b):", "    x = 0", "    for a in b:", "        x += a", "    return x"),
    case("loop-to-sum", "starts as a float", "def f(b):", "    x = 0.0", "    for a in b:", "        x += 1", "    return x"),
    case("sum-to-loop", "floats are summed otherwise", "x = sum(a for a in b)"),
    case("maximum-updated", "not the same value", "if x > best:", "    best = x + 1"),
    case("maximum-updated", "effects", "if g() > best:", "    best = g()"),
    case("maximum-updated", "ties count", "if x >= best:", "    best = x"),
    case("maximum-conditional", "effects", "x = max(g(), h())"),
    case("maximum-conditional", "one argument", "x = max(a)"),
    case("empty-literal", "list is another", "list = g", "x = []"),
    case("append-in-place", "a closure's list", "def f():", "    x = []", "    def g():", "        x.append(1)", "    g()"),
    case("append-in-place", "unknown", "def f(x):", "    x.append(1)"),
    case("append-by-extend", "unknown", "def f(x):", "    x.append(1)"),
    case("append-by-slice", "effects", "x = []", "x.append(x.pop())"),
    case("sort-by-slice", "known not to be a list", "x = 'a'", "x.sort()"),
    case("sorted-by-sort", "the key looks at it", "def f(y):", "    y = sorted(y, key=y.count)", "    return y"),
    case("get-to-conditional", "unknown", "def f(d, k):", "    return d.get(k, 0)"),
    case("get-to-conditional", "default computed", "d = {}", "x = d.get(k, g())"),
    case("count-by-get", "a defaultdict or Counter", "def f(d, k):", "    d[k] = d.get(k, 0) + 1"),
    case("last-by-length", "unknown (a dict has -1)", "def f(x):", "    return x[-1]"),
    case("last-by-length", "not the last", "x = [1]", "y = x[len(x) - 2]"),
    case("list-copied", "a text", "x = 'ab'", "y = x[:]"),
    case("keys-implied", "unknown", "def f(d):", "    for k in d:", "        print(k)"),
    case("operands-swapped", "texts", "def f(a, b):", "    return a + b"),
    case("operands-swapped", "effects", "x = len(g()) + len(h())"),
    case("square-spelled", "floats overflow otherwise", "def f(x):", "    return x ** 2"),
    case("remainder-tested", "another remainder", "x = a % 2 == 1"),
    case("halved-by-shift", "unknown", "def f(x):", "    return x // 2"),
    case("fstring-to-format", "format", "x = f'{a:>3}'"),
    case("fstring-to-format", "conversion", "x = f'{a!r}'"),
    case("format-to-fstring", "format", "x = '{:>3}'.format(a)"),
    case("format-to-fstring", "out of order", "x = '{1}{0}'.format(a, b)"),
    case("format-to-fstring", "quotes", "x = '{}'.format(a['b'])"),
    case("percent-to-format", "may be a tuple", "x = '%s' % a"),
    case("percent-to-format", "a number's format", "x = '%d' % (a,)"),
    case("concatenation-to-fstring", "unknown", "x = a + 'b'"),
    case("fstring-to-concatenation", "unknown", "x = f'{a}b'"),
    case("fstring-to-concatenation", "str is another", "str = repr", "x = f'{len(a)}b'"),
    case("def-to-lambda", "decorated", "@g", "def f(a):", "    return a"),
    case("def-to-lambda", "yields", "def f(a):", "    return (yield a)"),
    case("def-to-lambda", "method", "class A:", "    def f(self):", "        return 1"),
    case("def-to-lambda", "annotated", "def f(a: int):", "    return a"),
    case("def-to-lambda", "async", "async def f(a):", "    return a"),
    case("def-to-lambda", "docstring", "def f(a):", "    'why'", "    return a"),
    case("lambda-to-def", "handed over", "x = g(lambda: 1)"),
    case("lambda-named", "default bound now", "x = g(lambda a=b: a)"),
    case("lambda-named", "in a comprehension", "x = [g(lambda: a) for a in b]"),
    case("lambda-named", "in a class", "class A:", "    x = g(lambda: 1)"),
    case("annotations-added", "yields", "def f():", "    yield 1"),
    case("default-written", "print is another", "def print(a):", "    pass", "print(1)"),
    case("default-written", "given", "print(a, end='')"),
    case("default-written", "unpacked", "print(a, **b)"),
    case("default-dropped", "another value", "print(a, end='')"),
    case("default-dropped", "unknown", "def f(d, k):", "    return d.get(k, None)"),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "program"), NOTHING)
def test_nothing_is_proposed(operator: str, program: str) -> None:
    compile(program, "<case>", "exec")
    assert candidates(operator, program) == []


@pytest.mark.parametrize("operator", REFACTORS, ids=lambda operator: operator.name)
@pytest.mark.parametrize("look", ["eval('1')", "locals()", "exec('a = 1')"])
def test_nothing_is_proposed_where_a_program_looks_at_its_names(operator: object, look: str) -> None:
    for before, _ in operator.examples:  # type: ignore[attr-defined]
        assert candidates(operator.name, f"{before}{look}\n") == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("operator", REFACTORS, ids=lambda operator: operator.name)
def test_nothing_is_proposed_for_what_does_not_parse(operator: object) -> None:
    for program in ("", "def f(:\n", "x = (\n", "\x00"):
        assert candidates(operator.name, program) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("operator", REFACTORS, ids=lambda operator: operator.name)
def test_given_steps_are_left_alone(operator: object) -> None:
    for before, _ in operator.examples:  # type: ignore[attr-defined]
        source = Source(before)
        assert list(operator.propose(Source(before, given=len(source.steps)))) == []  # type: ignore[attr-defined]


def test_orderings_of_unknown_values_are_not_turned_round() -> None:
    program = "def f(a, b):\n    if a < b:\n        x = 1\n    else:\n        x = 2\n    return x\n"
    assert candidates("branches-swapped", program) == [
        "def f(a, b):\n    if not a < b:\n        x = 2\n    else:\n        x = 1\n    return x\n"
    ]


def test_a_word_stays_apart_from_its_neighbours() -> None:
    assert candidates("condition-variable", "if(a == 1):\n    pass\n") == [
        "is_equal = a == 1\nif is_equal:\n    pass\n"
    ]


def test_comments_stay_with_their_statement() -> None:
    program = "def f(a):\n    # why\n    return a + 1  # how\n"
    assert candidates("return-variable", program) == [
        "def f(a):\n    result = a + 1\n    # why\n    return result  # how\n"
    ]


def test_the_last_line_keeps_having_no_end() -> None:
    program = "for a in b:\n    if a:\n        continue\n    else:\n        c(a)"
    assert candidates("else-removed", program) == ["for a in b:\n    if a:\n        continue\n    c(a)"]


def test_line_ends_and_tabs_are_kept() -> None:
    program = "if a:\r\n\tx = 1\r\nelse:\r\n\tx = 2\r\n"
    assert candidates("branches-swapped", program) == ["if not a:\r\n\tx = 2\r\nelse:\r\n\tx = 1\r\n"]


def test_a_rename_declares_every_step_it_changes() -> None:
    program = "def f(a):\n    n = len(a)\n    m = n + 1\n    return [n for _ in range(m)]\n"
    source = Source(program)
    edit = next(iter(OPERATORS["rename-longer"].propose(source)))
    assert (edit.start, edit.stop, [step for step, _ in edit.also]) == (1, 2, [2, 3])
    renamed = "def f(a):\n    number = len(a)\n    m = number + 1\n    return [number for _ in range(m)]\n"
    assert splice(source, edit).program == renamed
