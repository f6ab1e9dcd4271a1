"""What a statement says of the arguments of a function, in bounds and in words: an input that breaks it is never tried."""

from __future__ import annotations

import random
from typing import Any

import pytest

from prmdata.evidence.domain import InputDomain, learn
from prmdata.evidence.domain.call_bounds import call_bounds
from prmdata.evidence.domain.stated import parameters_of
from prmdata.evidence.input_space import CallSpace
from prmdata.evidence.values import Call, decode, encode
from tests.programs_by_hand import asserting

PATHS = {"n": (0,), "k": (1,), "nums": (2,), "grid": (3,), "jobs": (4,), "t": (5,)}
CALL = Call((3, 2, [5, 0, 7], [[1, 2], [3, 4]], [[1, 4, 9], [2, 2, 5]], "abc"))


def told(statement: str, names: str, *given: Any) -> InputDomain:
    calls = [Call(one if isinstance(one, tuple) else (one,)) for one in given]
    return learn(calls).stated_by(statement, names.split())


def is_excluded(domain: InputDomain, *values: Any) -> bool:
    return "stated" in {name for name, _, _ in domain.violations(Call(values))}


@pytest.mark.parametrize(
    ("statement", "holds"),
    [
        ("1 <= n <= 10^5", [True, True]),
        ("4 ≤ n", [False]),
        ("1 <= n, k <= 105", [True, True, True, True]),
        ("1 <= k < n == nums.length", [True, True, True]),
        ("2. 1 <= len(nums) <= 2", [True, False]),
        ("0 <= nums[i] < 2 * 10^1", [True, True]),
        ("1 <= nums[i]", [False]),
        ("n == grid.length\n1 <= n <= 2", [False, True, False]),
        ("m == grid[i].length\nk == m\n1 <= m <= 1", [True, True, False]),
        ("-10**9 <= grid[i][j] <= 3", [True, False]),
        ("jobs[i] = [start, end, pay]\n1 <= start <= end < pay", [True, True, True, True]),
        ("jobs[i] == [start, end]\nend <= n", [False, False]),
        ("t.length == n - 1", [False]),
        ("k >= 2 (n > 2)", [True, True]),
        ("Assume that n > 3.", [False]),
        ("Restrictions: 1 <= num.length <= 2\n1 <= job[i][0]", [True, False, True]),
        ("1 <= nodes <= 5", []),
        ("If n <= 1, return False. When k > 1 it is 0.", []),
        ("for i in range(n): if n > 9: pass", []),
        (">>> f(n <= 3)", []),
        ("0 <= i < j < 9", []),
        ("1 <= n * k <= 9, 1 <= q", []),
    ],
)
def test_the_bounds_of_arguments(statement: str, holds: list[bool]) -> None:
    assert [bound.holds(CALL) for bound in call_bounds(statement, PATHS)] == holds


@pytest.mark.parametrize(
    ("statement", "given", "outside"),
    [
        ("a non-empty list of positive integers", ([1, 2], [4], [3, 3]), [[], [0, 1], [-1]]),
        ("a list of at least two elements", ([1, 2], [4, 1, 1]), [[3], []]),
        ("numbers (of length at least two)", ([1, 2], [4, 1, 1]), [[3]]),
        ("Assume n > 1 and is not a prime", (4, 12, 15), [1, 7]),
        ("a non-negative integer", (4, 0, 15), [-1]),
        ("a sorted array", ([1, 2], [4, 5, 5], [0, 3]), [[2, 1]]),
        ("guaranteed to have unique elements", ([1, 2], [4, 0, 5], [0, 3]), [[2, 2]]),
        ("words separated by a space", ("a b", "c dd e"), ["a  b", " a"]),
        ("s consists only of lowercase letters", ("ab", "c", "ddd"), ["aB", "2"]),
        ("a list of two strings", (["a", "b"], ["c", "a"], ["", "c"]), [["a"], ["a", "b", "c"]]),
        ("an N x N grid", ([[1, 2], [3, 4]], [[1, 5], [7, 2]], [[1, 2], [0, 2]]), [[[1, 2, 3], [4, 5, 6]]]),
        ("the n-th prime", (4, 1, 15), [-1]),
        ("the largest element of a list", ([4], [1, 2]), [[]]),
        ("the first element of a list", ([4], [1, 2]), [[]]),
    ],
)  # fmt: skip
def test_what_words_exclude(statement: str, given: tuple[Any, ...], outside: list[Any]) -> None:
    domain, silent = told(statement, "x", *given), told("", "x", *given)
    assert domain.stated.sentences == (statement,)
    for one in outside:
        assert is_excluded(domain, one), one
        assert not is_excluded(silent, one)
    for one in given:
        assert not domain.violations(Call((one,)))


@pytest.mark.parametrize(
    ("statement", "given", "outside"),
    [
        pytest.param("count the positive integers", ([1, -2], [4]), [-1], id="given inputs are otherwise"),
        pytest.param("if the list is not empty, sum it", ([1, 2], [4]), [], id="a condition"),
        pytest.param("return a sorted list", ([1, 2], [3, 4], [5, 6]), [2, 1], id="the answer"),
        pytest.param("find the distinct elements", ([1, 2], [3, 4], [5, 6]), [2, 2], id="what is to be found"),
        pytest.param("Example 1: a non-empty list", ([1, 2], [4]), [], id="an example"),
        pytest.param("the largest number, or 0 if the list is empty", ([1, 2], [4]), [], id="empty is a case"),
        pytest.param("the second is part of the first word", ("ab", "c"), "", id="one of several arguments"),
        pytest.param("the least number of steps", ([1, 2], [4]), [], id="no superlative of elements"),
    ],
)  # fmt: skip
def test_what_words_leave_open(statement: str, given: tuple[Any, ...], outside: Any) -> None:
    assert not is_excluded(told(statement, "xs", *given), outside)


def test_a_topic_of_natural_numbers_says_nothing_where_negative_ones_are_named() -> None:
    assert is_excluded(told("the sum of the digits", "n", 12, 30), -4)
    assert not is_excluded(told("the sum of the digits. A negative number has a sign", "n", 12, 30), -4)
    assert not is_excluded(told("the digits, f(-12) == 3", "n", 12, 30), -4)
    assert not is_excluded(told("the digits of numbers", "ns", [12, 30], [4]), [-4])


def test_a_stated_bound_widens_what_few_inputs_share() -> None:
    domain = told("0 <= n <= 9", "n", 4, 6, 7)
    assert not domain.violations(Call((0,)))
    assert {name for name, _, _ in told("", "n", 4, 6, 7).violations(Call((0,)))} >= {"nonzero"}
    assert is_excluded(domain, 10)


def test_no_excluded_input_is_drawn() -> None:
    given = [Call((3, [[0, 1], [1, 2]])), Call((4, [[0, 3], [0, 1], [1, 2]])), Call((3, [[0, 2], [2, 1]]))]
    statement = "edges of a tree\nn == edges.length + 1\n0 <= a, b < n\nedges[i] == [a, b]"
    problem = asserting("def f(n, edges): pass", prompt=statement)
    space = CallSpace([encode(one) for one in given], [problem.reference], problem=problem)
    inside, outside = space.draw(random.Random(0), 60, [], set())
    assert len(inside) > 20
    for text in inside + outside:
        n, edges = decode(text).values
        assert len(edges) == n - 1
        nodes = {0}
        for _ in edges:
            nodes |= {node for edge in edges if nodes & set(edge) for node in edge}
        assert nodes == set(range(n))


def test_the_parameters_of_a_function_or_method() -> None:
    assert parameters_of("class S:\n    def f(self, a, b=1): pass\n", "S().f") == ("a", "b")
    assert parameters_of("def f(x, /, y): pass", "f") == ("x", "y")
    assert parameters_of("f = (", "f") == ()
