"""The hull: the features that every given input has, and the inputs that are outside."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.evidence.domain import InputDomain, learn
from prmdata.evidence.inputs.repair import Repairer
from prmdata.evidence.value_repr import call_repr, value_repr
from prmdata.evidence.values import Call, decode, encode


def of(*inputs: Any) -> InputDomain:
    """The hull of calls with these arguments. A tuple stands for several arguments."""
    return learn([call(one) for one in inputs])


def call(one: Any) -> Call:
    return Call(one if isinstance(one, tuple) else (one,))


def broken(domain: InputDomain, one: Any) -> set[str]:
    return {name for name, _, _ in domain.violations(call(one))}


@pytest.mark.parametrize(
    ("given_inputs", "inside", "outside", "feature"),
    [
        ([3, 7, 12], 5, -5, "nonnegative"),
        ([3, 7, 12], 1, 0, "nonzero"),
        ([-3, -7], -1, 4, "nonpositive"),
        ([3, 7], 200, 201, "size"),
        ([(3, 1), (7, 2)], (70, 3), (71, 3), "size"),
        ([0.5, 0.25, 0.75], 0.1, 1.5, "unit"),
        ([1.0, 2.0, 30.0], 4.0, 4.5, "integral"),
        ([1.5, 2.5], 3.5, float("inf"), "finite"),
        ([[1], [3, 2]], [2, 2], [], "nonempty"),
        ([[1, 2], [3, 2, 9]], [2, 2], [4], "several"),
        ([[1, 2, 2], [3, 4, 9, 9], [0, 5]], [1, 3, 3], [3, 1], "ascending"),
        ([[[1, 5, 2], [3, 4, 9]], [[2, 2, 0]]], [[1, 3, 1]], [[4, 3, 1]], "<="),
        ([([[1, 5]], 6), ([[2, 3], [4, 4]], 4)], ([[2, 7]], 8), ([[2, 7]], 6), "<="),
        ([[[0, 1], [1, 2]], [[0, 2], [1, 0]]], [[2, 1], [2, 0]], [[1, 2], [2, 1]], "tree"),
        ([[[1, 2], [3, 1]], [[2, 3], [1, 3]]], [[2, 1], [2, 3]], [[1, 2], [4, 3]], "tree from one"),
        ([[9, 2], [5, 4], [7, 0, 0]], [4, 3], [3, 4], "descending"),
        ([[1, 2], [4, 3], [9, 7, 8]], [5, 6], [5, 5], "distinct"),
        ([[1, -2], [3, -4], [5, 6]], [2, -2], [2, 0], "nonzero"),
        ([[1, 2, 3], [9, 9, 9], [4, 0, 4]], [1, 5, 5], [1, 5], "length"),
        ([[1, 2], [4, 4, 4, 4], [9, 8]], [1, 5, 5, 1], [1, 5, 2], "even length"),
        ([[1], [4, 4, 4], [9, 8, 7]], [5], [1, 5], "odd length"),
        (["ab", "xyz"], "qq", "QQ", "letters"),
        (["ab", "xyz"], "qq", "q q", "letters"),
        (["ab c", "x yz"], "q q", " q", "trimmed"),
        (["ab c d", "x yz"], "q q", "q  q", "single spaces"),
        (["aba", "xyyx", "kk"], "qrq", "qr", "palindrome"),
        (["10", "205"], "7", "07", "no leading zero"),
        (["1.5", "-3", "44"], "2.25", "2.", "number"),
        (["(())", "()()"], "(()())", ")(", "balanced"),
        (["a<b>", "<c>"], "<q>", ">q<", "balanced"),
        (["((a)) (b)", "(c) (d)"], "(q) (r)", "(q r)", "balanced"),
        (["Yes it is.", "No it.", "Oh."], "Ah yes.", "Ah yes", "last"),
        (["Yes it is.", "No it.", "Oh."], "Ah yes.", "ah yes.", "first"),
        (["5 apples", "70 apples", "3 apples"], "4 apples", "4 pears", "run"),
        (["03-11-2000", "15-01-2012", "22-05-1999"], "01-01-2001", "1-0101-20-01", "pattern"),
        ([[[1, 2], [3, 4]], [[5], [6]]], [[7]], [[1, 2], [3]], "rectangular"),
        (
            [[[1, 2], [3, 4]], [[5, 5], [6, 6]], [[1, 0], [0, 1]]],
            [[7, 8], [9, 9]],
            [[1, 2, 3], [3, 2, 1]],
            "square",
        ),
        (
            [[[1, 2], [4, 3]], [[5, 6], [7, 8]], [[2, 3], [1, 4]]],
            [[9, 2], [4, 3]],
            [[1, 1], [4, 3]],
            "distinct throughout",
        ),
        ([[2, 1, 3], [4, 2, 1, 3], [1, 2]], [3, 2, 1], [5, 1, 2], "run of numbers"),
        ([[-1, -5], [2, 7], [3, 0]], [1, 5], [-1, 5], "one sign"),
        ([(2, [1, 2, 3]), (1, [5, 4])], (2, [8, 8]), (3, [8, 8]), "<="),
        ([([1, 2], [3, 4]), ([5], [9])], ([7, 7], [8, 9]), ([7], [8, 9]), ">="),
        ([(3, 4), (1, 9), (5, 6)], (2, 3), (3, 2), "<="),
        ([(3, 9), (2, 8), (5, 5)], (2, 6), (2, 7), "divides"),
        ([("l", "hello"), ("or", "world")], ("b", "abc"), ("x", "abc"), "in"),
        ([([1, 2], 2), ([5, 4], 5)], ([8, 9], 9), ([8, 9], 7), "holds"),
        ([([1, 2], [1, 2]), ([5], [5]), ([7], [7])], ([9], [9]), ([9], [8]), "equal"),
        ([("ab", "cd"), ("x", "y"), ("p", "qq")], ("r", "s"), ("r", "r"), "unequal"),
        ([(1, "a"), (2, "b")], (3, "c"), ("c", 3), "kind"),
        ([[1, 2], [3, 4]], [5, 6], [5, "x"], "kind"),
        ([{"a": 1}, {"b": 2}], {"c": 3}, {}, "nonempty"),
        ([[(1, 5), (2, 6)], [(3, 4)], [(0, 9)]], [(4, 7)], [(7, 4)], "<="),
        (["one two one", "two one", "one one two"], "two two", "six two", "word"),
        (["0110", "1010", "0011"], "1100", "1102", "letters"),
        ([b"ab", b"c"], b"d", b"", "nonempty"),
    ],
)
def test_a_feature_of_every_given_input(
    given_inputs: list[Any], inside: Any, outside: Any, feature: str
) -> None:
    domain = of(*given_inputs)
    assert feature not in broken(domain, inside)
    assert feature in broken(domain, outside)
    assert all(domain.contains(call(one)) for one in given_inputs)


def test_a_feature_needs_two_inputs() -> None:
    assert of([1, 2, 3], []).contains(call([3, 2, 1]))
    assert not of([1, 2, 3], [4, 5], [1, 7]).contains(call([3, 2, 1]))


@pytest.mark.parametrize(
    ("two", "third", "silent", "other", "feature"),
    [
        ([[1, 2, 2], [3, 9]], [0, 4, 4], [5], [2, 1], "ascending"),
        ([[2, 1, 1], [9, 3]], [4, 4, 0], [5], [1, 2], "descending"),
        ([[1, 5, 2], [9, 3]], [7, 8, 4], [6], [2, 2], "distinct"),
        ([3, 7], 11, 10**12, 8, "prime"),
        (["aba", "xx"], "noon", "q", "ab", "palindrome"),
        ([(2, 8), (3, 9)], (5, 5), (0, 4), (2, 7), "divides"),
    ],
)
def test_what_two_inputs_share_by_chance_takes_three(
    two: list[Any], third: Any, silent: Any, other: Any, feature: str
) -> None:
    """``silent`` is a given input to which the feature does not apply."""
    assert feature not in broken(of(*two, silent), other)
    assert feature in broken(of(*two, silent, third), other)


def test_a_feature_that_is_no_accident_may_fail_once() -> None:
    """A test has a typing error: one number stands twice in a grid."""
    grids = [[[n, n + 1], [n + 2, n + 3]] for n in range(1, 25, 4)]
    mistake, other = [[5, 5], [2, 3]], [[1, 1], [2, 3]]
    assert "distinct throughout" in broken(of(*grids, mistake), other)
    assert "distinct throughout" not in broken(of(*grids[1:], mistake), other)
    assert "distinct throughout" not in broken(of(*grids, mistake, [[4, 4], [4, 4]]), other)


def test_from_a_single_input_everything_counts() -> None:
    assert "ascending" in broken(of([1, 2, 3]), [3, 2, 1])


def test_an_input_is_as_small_as_the_given_ones_where_nothing_in_it_is_larger() -> None:
    domain = of([1, 2, 3], [9])
    assert domain.is_as_small(call([4, 4]))
    assert not domain.is_as_small(call([10]))
    assert not domain.is_as_small(call([1, 1, 1, 1]))


def test_a_call_that_cannot_travel_is_outside_for_what_it_breaks() -> None:
    assert broken(of("ab", "cd"), "x" * (17 << 20)) >= {"length", "size"}


def test_another_number_of_arguments_is_outside_whatever_they_are() -> None:
    assert broken(of((1, 2), (3, 4)), 1) == {"arity"}


def test_a_slow_problem_keeps_sizes_as_given() -> None:
    domain = learn([call(20), call(30)], spread=1)
    assert domain.contains(call(30))
    assert not domain.contains(call(31))
    assert not learn([call([1] * 9), call([2] * 8)], spread=1).contains(call([1] * 14))


def test_a_nesting_never_seen_is_not_judged() -> None:
    assert of([], []).contains(call([])) is True
    assert "nonempty" not in broken(of([], []), [1])


def test_widening_takes_in_what_was_forbidden() -> None:
    domain = of([1, 2], [3])
    outside = domain.violations(call([]))
    assert outside
    assert domain.without(outside).contains(call([]))
    words = of("one two one", "two one", "one one two")
    assert words.without(words.violations(call("six two"))).contains(call("six two"))
    letters = of("0110", "1010", "0011")
    assert letters.without(letters.violations(call("1102"))).contains(call("1102"))


values = st.recursive(
    st.none() | st.booleans() | st.integers(-50, 50) | st.floats(-9, 9) | st.text("ab (1", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text("xy", max_size=2), inner, max_size=2)
    ),
    max_leaves=8,
)


@given(st.lists(st.tuples(values, values), min_size=1, max_size=5))
def test_every_given_input_is_inside_its_hull(inputs: list[tuple[Any, ...]]) -> None:
    domain = of(*inputs)
    assert [domain.violations(call(one)) for one in inputs] == [frozenset()] * len(inputs)


@given(values, values)
def test_inputs_travel_unchanged(one: Any, other: Any) -> None:
    sent = Call((one, other), ("k",))
    assert repr(decode(encode(sent))) == repr(sent)


def test_what_is_no_plain_data_is_refused_and_still_shown() -> None:
    for text in ("not json", '{"a": [{"o": "socket"}], "k": {}}', encode(Call((_deep(60),)))):
        with pytest.raises(ValueError, match=r"."):
            decode(text)
        assert call_repr(text)
    assert value_repr("not json") == "not json"
    assert call_repr(encode(Call((1, "x"), ("k",)))) == "1, k='x'"
    assert len(value_repr(encode(Call(("x" * 9000,))))) < 3000


def test_a_call_too_large_to_travel_is_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        encode(Call(("x" * (17 << 20),)))


def _deep(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def test_a_number_that_tells_a_size_can_be_no_more_and_no_less_than_nothing() -> None:
    domain = learn([Call(([1, 2, 3], 3)), Call(([4, 1], 2)), Call(([7, 7, 0, 5], 4))])
    assert domain.counts == {(1,): ((0,), "length")}
    names = {
        size: {name for name, _, _ in domain.violations(Call(([5, 6, 7], size)))} for size in (-1, 2, 3, 4)
    }
    assert "count" not in names[2] | names[3]
    assert names[2]
    assert not names[3]
    assert "count" in names[-1] & names[4]
    repaired = Repairer(domain, random.Random(0)).repair(Call(([5, 6, 7], 9)))
    assert repaired == Call(([5, 6, 7], 3))


def test_a_number_that_happens_to_be_smaller_than_a_size_tells_none() -> None:
    domain = learn([Call(([1, 2, 3], 1)), Call(([4, 1], 2)), Call(([7, 7, 0, 5], 2))])
    assert domain.counts == {}
