"""Refactored functions give the same results, exceptions and changed arguments, on inputs of all kinds.

The functions are written for these tests; together every operator proposes something for one of them.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prmdata.edits.fingerprint import compiled
from prmdata.edits.refactors import REFACTORS
from prmdata.edits.source import Source
from prmdata.edits.splice import splice

NUMBERS = st.one_of(st.integers(-9, 9), st.floats(allow_nan=True, width=16), st.booleans())
LISTS = st.lists(st.integers(-4, 9), max_size=6)
MIXED = st.lists(st.one_of(st.integers(-3, 3), st.floats(width=16), st.just(-0.0)), max_size=5)
TEXTS = st.text("abAB %{}1 é\n", max_size=8)
PAIRS = st.lists(st.tuples(st.integers(0, 3), TEXTS), max_size=5)
ANYTHING = st.one_of(NUMBERS, LISTS, TEXTS, st.none(), PAIRS, st.sets(st.integers(0, 3)))

PROGRAMS: dict[str, tuple[str, tuple[st.SearchStrategy[Any], ...]]] = {
    "counting": (
        """
def f(xs: list, limit):
    count = 0
    table = {}
    for i, x in enumerate(xs):
        if x > limit and i % 2 == 0:
            count += 1
        if x in table:
            table[x] += 1
        else:
            table[x] = 1
    n = len(xs)
    if n > 0 and not (count == 0 or x < limit):
        return count, sorted(table.items(), key=lambda p: (p[1], str(p[0])))
    return n // 2, table.get(limit, 0)
""",
        (MIXED, NUMBERS),
    ),
    "comparing": (
        """
def f(a, b, c):
    low = high = a
    if a < b < c:
        low, high = a, c
    elif a == None or b != c:
        low, high = b, a
    else:
        if not a >= b:
            high = c
    best = low
    if high > best:
        best = high
    best = max(best, c)
    return best, low, min(a, b), 1 if a == b else 2, bool(a), a in (1, 2, 3), b == 0 or b == 1
""",
        (NUMBERS, NUMBERS, NUMBERS),
    ),
    "anything": (
        """
def f(a, b):
    a += 1
    if not a:
        return False
    if a == b:
        return True
    return False
""",
        (ANYTHING, ANYTHING),
    ),
    "repeating": (
        """
def f(a, b):
    c = a
    c *= 2
    c = c + b
    c += b
    a, b = b, a
    return a, b, c, (a and b) or not b
""",
        (ANYTHING, ANYTHING),
    ),
    "text": (
        """
def f(s: str, n):
    out = ""
    parts = []
    for i in range(len(s)):
        if s[i].isupper():
            continue
        out += s[i] + "-"
        parts.append(s[i])
    words = [w.strip() for w in s.split(" ") if w]
    label = f"{n} of {len(words)}"
    tail = "n = " + str(n) + "; " + "%s/%s" % (n, words) + "{}!".format(n)
    return out, label + tail, "".join([c for c in parts]), s[:2], s[0:1], s[len(s) - 1]
""",
        (TEXTS, ANYTHING),
    ),
    "searching": (
        """
def f(xs, y):
    def close(a, b):
        return abs(a - b) < 2
    near = any(close(x, y) for x in xs)
    for x in xs:
        if x == y:
            return True
    if near:
        return all(x > 0 for x in xs if x != y)
    return near and not not xs
""",
        (LISTS, NUMBERS),
    ),
    "pairs": (
        """
def f(pairs):
    keys = set()
    lengths = {}
    for k, v in pairs:
        keys.add(k)
        lengths[k] = len(v)
    total = sum(len(v) for _, v in pairs)
    squares = {k: k * 2 for k in lengths if k in keys}
    doubled = list(map(lambda p: p[0] * 2, pairs))
    kept = list(filter(lambda p: p[0] % 2 == 0, pairs))
    result = sorted(keys, reverse=True)
    return result, total, squares, doubled, kept, max([len(v) for v in lengths] or [0])
""",
        (PAIRS,),
    ),
    "loops": (
        """
def f(n: int, xs: list):
    i = 0
    found = []
    while i < n and len(found) < 4:
        i += 1
        if i % 3 == 0:
            continue
        found.append(i)
    while True:
        if len(found) <= 2:
            break
        found.pop()
    for j in range(0, n):
        found.extend([j])
    for p in enumerate(xs):
        a, b = p
        found.append(a * b)
    xs.sort()
    xs.append(n)
    copied = xs[:]
    copied[0], copied[-1] = copied[-1], copied[0]
    print(found, n)
    return copied, found[-1], n ** 2, n // 2, n % 2
""",
        (st.integers(-2, 7), LISTS),
    ),
    "nesting": (
        """
import math
from math import floor

def f(rows, k):
    grid = [[a for a in row if a != k] for row in rows]
    flat = []
    for row in grid:
        for a in row:
            flat.append(a)
    half = lambda v: math.floor(v / 2)
    total = 0
    for a in flat:
        total += len(str(a))
    sizes = sum(1 for a in flat if a > 0)
    if total:
        if sizes:
            return floor(total / sizes) if sizes else half(total)
    return [half(a) for a in flat], dict(), -len(flat) + 1, 3 + total
""",
        (st.lists(LISTS, max_size=3), st.integers(-1, 2)),
    ),
}


def defined(program: str) -> Callable[..., Any]:
    code = compiled(program)
    assert code is not None, program
    names: dict[str, Any] = {}
    exec(code, names)
    function: Callable[..., Any] = names["f"]
    return function


def outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    """What ``function`` gives for ``arguments``: result or exception, printed text, arguments afterwards."""
    arguments = copy.deepcopy(arguments)
    printed = io.StringIO()
    with redirect_stdout(printed):
        try:
            answer = repr(function(*arguments))
        except Exception as error:
            answer = f"raises {type(error).__name__}"
    return f"{answer} {arguments!r} {printed.getvalue()}"


def candidates(program: str) -> list[tuple[str, str]]:
    source = Source(program)
    return [
        (edit.operator, splice(source, edit).program)
        for operator in REFACTORS
        for edit in operator.propose(source)
    ]


@pytest.mark.parametrize("name", PROGRAMS)
def test_results_are_the_same(name: str) -> None:
    program, strategies = PROGRAMS[name]
    found = candidates(program)
    assert len(found) > 5
    reference = defined(program)
    functions = [(operator, candidate, defined(candidate)) for operator, candidate in found]

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(st.tuples(*strategies))
    def check(arguments: tuple[Any, ...]) -> None:
        expected = outcome(reference, arguments)
        for operator, candidate, function in functions:
            assert outcome(function, arguments) == expected, f"{operator}\n{candidate}"

    check()


def test_the_programs_call_for_nearly_every_operator() -> None:
    used = {operator for program, _ in PROGRAMS.values() for operator, _ in candidates(program)}
    assert len(used) > 0.8 * len(REFACTORS), sorted({each.name for each in REFACTORS} - used)


@pytest.mark.parametrize("operator", REFACTORS, ids=lambda operator: operator.name)
def test_examples_compile(operator: Any) -> None:
    for before, _ in operator.examples:
        source = Source(before)
        for edit in operator.propose(source):
            assert compiled(splice(source, edit).program) is not None
