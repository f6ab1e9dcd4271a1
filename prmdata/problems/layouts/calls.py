"""Call-based tests whose arguments and answers are JSON (APPS, LiveCodeBench) as ``check`` tests."""

from __future__ import annotations

import ast
from typing import Any

from prmdata.problems.plain import literal
from prmdata.problems.syntax import bound_names, parse
from prmdata.records import Test

_CHECK = """\
def check(candidate):
    def plain(value):
        return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value

    got = plain(candidate(*{arguments}))
    assert got == {expected}{or_else}
"""

_CLOSE_CHECK = """\
def check(candidate):
    import math

    def plain(value):
        return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value

    def same(one, other):
        if isinstance(one, list) and isinstance(other, list):
            return len(one) == len(other) and all(map(same, one, other))
        if isinstance(other, float) and type(one) in (int, float):
            return math.isclose(one, other, rel_tol=1e-06, abs_tol=1e-06)
        return one == other

    got = plain(candidate(*{arguments}))
    assert same(got, {expected}){or_else}
"""
"""The comparison where floats are expected, with the tolerance of contest judges."""

SETUP = """\
import bisect, collections, fractions, functools, heapq, itertools, math, operator, random, re, string, sys, time
from bisect import bisect_left, bisect_right, insort
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from fractions import Fraction
from functools import cache, cmp_to_key, lru_cache, reduce
from heapq import *
from itertools import accumulate, combinations, permutations, product
from math import ceil, cos, exp, fabs, floor, gcd, log, log2, sin, sqrt, tan
from typing import *
"""
"""The imports that the data sets' own evaluations put before every program, because solutions copied from
LeetCode import nothing. Only the modules of the standard library are taken over."""


def call_test(arguments: list[Any], expected: Any, *, may_be_wrapped: bool = False) -> Test:
    """One call and its answer, as a test. Tuples count as lists, because JSON has no tuples.
    ``may_be_wrapped``: APPS wraps many answers in a list of one, so its own evaluation accepts both."""
    unwrap = may_be_wrapped and isinstance(expected, list) and len(expected) > 0
    text = _CLOSE_CHECK if _holds_float(expected) else _CHECK
    or_else = ""
    if unwrap:
        one = literal(expected[0])
        or_else = f" or same(got, {one})" if text is _CLOSE_CHECK else f" or got == {one}"
    return Test(
        "check", code=text.format(arguments=literal(arguments), expected=literal(expected), or_else=or_else)
    )


def _holds_float(value: Any) -> bool:
    return any(map(_holds_float, value)) if isinstance(value, list) else isinstance(value, float)


def entry_of(name: str, reference: str) -> str:
    """``name``, or ``Solution().name`` where the reference defines it as a method of ``Solution``."""
    try:
        body = parse(reference).body
    except SyntaxError:
        return name
    solution = bound_names(body).get("Solution")
    if isinstance(solution, ast.ClassDef) and name in bound_names(solution.body):
        return f"Solution().{name}"
    return name
