"""What a statement says of its inputs: bounds of numbers, and guarantees."""

from __future__ import annotations

import random

import pytest

from prmdata.evidence.inputs.grammar.field_bounds import field_bounds
from prmdata.evidence.inputs.grammar.guarantees import unread_guarantee
from prmdata.evidence.inputs.grammar.learn import learn_grammar
from prmdata.evidence.inputs.grammar.stated_bounds import stated_bounds
from prmdata.evidence.inputs.grammar.structures import EdgeForm
from prmdata.evidence.stdin_space import StdinSpace

TREE = EdgeForm("n", True, True, True, True)
ARRAYS = ["3\n4 1 9\n", "2\n5 7\n", "4\n1 2 3 40\n"]
ARRAY_BOUNDS = "n (1 ≤ n ≤ 100) and a_i (0 ≤ a_i ≤ 1000)"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("1 ≤ n, m ≤ 2 ⋅ 10^5", ["1 n 200000", "1 m 200000"]),
        ("1 <= n <= 100000", ["1 n 100000"]),
        ("$1 \\le n \\le 10^{5}$", ["1 n 100000"]),
        ("2 ≤ n ≤ 105, 0 ≤ ai ≤ 109", ["2 n 100000", "0 ai 1000000000"]),
        ("2 ≤ n ≤ 105, 0 ≤ k ≤ 10^2", ["2 n 105", "0 k 100"]),
        ("1 ≤ k ≤ n, 1 ≤ n < 10", ["1 k n", "1,k n 9"]),
        ("n - 1 ≤ m ≤ 100 000", ["n-1 m 100000"]),
        ("1 ≤ x_i, y_i ≤ n, x_i ≠ y_i", ["1 xi n", "1 yi n"]),
        ("1 ≤ a_i, b_i ≤ 2k", ["1 ai 2k", "1 bi 2k"]),
        ("|a|, |b| ≤ 10^3", ["-1000 a 1000", "-1000 b 1000"]),
        ("0 ≤ k < n ≤ 50", ["0 k n-1,49", "1,k+1 n 50"]),
        ("for all i (1 ≤ i ≤ n), - 104 ≤ x ≤ 104", ["-10000 x 10000"]),
        ("1 ≤ |s| ≤ 100", []),
        ("no bounds at all", []),
    ],
)
def test_the_bounds_of_a_statement(said: str, found: list[str]) -> None:
    shown = [
        f"{','.join(map(str, each.lows))} {each.name} {','.join(map(str, each.highs))}"
        for each in stated_bounds(said)
    ]
    assert shown == found


def test_bounds_before_the_heading_input_are_left_out_where_it_has_its_own() -> None:
    statement = "Given 1 ≤ q ≤ 3.\n\nInput\n\nA number n (1 ≤ n ≤ 9).\n\nOutput\n\n1 ≤ r ≤ 2\n"
    assert [each.name for each in stated_bounds(statement)] == ["n"]


def test_bounds_belong_to_fields_where_there_are_as_many_and_the_given_inputs_keep_them() -> None:
    grammar = learn_grammar(ARRAYS)
    assert grammar is not None
    given = [document for text in ARRAYS if (document := grammar.parse(text)) is not None]
    found = field_bounds(grammar, ARRAY_BOUNDS, given)
    assert found.range_of("x1", {}) == (1, 100)
    assert found.range_of("x2", {"x1": 3}) == (0, 1000)
    assert not found.hold(grammar.items, {"x1": 1, "x2": [1001]})
    for other in ("1 ≤ n ≤ 100", "1 ≤ n ≤ 3 and 0 ≤ a_i ≤ 1000", "1 ≤ n ≤ 9, 1 ≤ m ≤ 9, 0 ≤ a_i ≤ 90"):
        assert not field_bounds(grammar, other, given).bounds


def test_a_bound_may_name_another_field() -> None:
    texts = ["5 2\n", "9 9\n", "4 1\n"]
    inside, _ = StdinSpace(texts, [""], statement="1 ≤ n ≤ 100 and 1 ≤ k ≤ n").draw(
        random.Random(0), 80, texts, set(texts)
    )
    pairs = [tuple(map(int, text.split())) for text in inside]
    assert all(1 <= k <= n <= 100 for n, k in pairs)
    assert any(n == k for n, k in pairs)


def test_no_input_is_beyond_its_bounds_and_the_least_is_tried() -> None:
    space = StdinSpace(ARRAYS, [""], statement=ARRAY_BOUNDS)
    inside, outside = space.draw(random.Random(0), 100, ARRAYS, set(ARRAYS))
    sizes = {int(text.split()[0]) for text in inside}
    assert 1 in sizes  # no given input has a single element
    assert all(0 <= int(token) <= 1000 for text in inside + outside for token in text.split()[1:])
    assert any("0" in text.split()[1:] for text in inside)


def test_large_inputs_grow_up_to_their_bounds() -> None:
    space = StdinSpace(ARRAYS, [""], statement=ARRAY_BOUNDS)
    texts = space.large(random.Random(0))
    sizes = [int(text.split()[0]) for text in texts]
    assert sizes[0] <= 12
    assert max(sizes) == 100
    assert not any(space.violations(text) for text in texts)
    assert not any(space.is_as_small(text) for text in texts)
    unsaid = StdinSpace(ARRAYS, [""])
    assert any(unsaid.violations(text) for text in unsaid.large(random.Random(0)))


@pytest.mark.parametrize(
    ("said", "edges", "is_unread"),
    [
        ("It is guaranteed that the edges form a tree.", [TREE], False),
        ("It is guaranteed that the edges form a tree.", [], True),
        ("The graph is guaranteed to be connected.", [TREE], False),
        ("It is guaranteed that there are no multiple edges.", [], True),
        ("It is guaranteed that the sum of n does not exceed 100.", [], False),
        ("It is guaranteed that all points are distinct.", [], False),
        ("It is not guaranteed that a way exists.", [], False),
        ("It is guaranteed that an answer exists.", [], True),
        ("It is guaranteed that each one has at most two foes.", [TREE], True),
        ("Nothing is promised.", [], False),
    ],
)
def test_guarantees_that_drawn_inputs_keep(said: str, edges: list[EdgeForm], is_unread: bool) -> None:
    assert (unread_guarantee(said, edges) is not None) == is_unread


def test_where_a_guarantee_is_not_understood_drawn_inputs_can_only_dispute() -> None:
    space = StdinSpace(ARRAYS, [""], statement=f"{ARRAY_BOUNDS}. It is guaranteed that an answer exists.")
    inside, outside = space.draw(random.Random(0), 30, ARRAYS, set(ARRAYS))
    assert not inside
    assert outside
    assert all(space.violations(text) for text in outside)


def test_nodes_with_two_edges_at_most_are_drawn_where_the_statement_says_so() -> None:
    texts = ["6 2\n1 4\n3 4\n", "5 4\n1 2\n2 4\n5 3\n1 4\n", "6 6\n1 2\n2 3\n3 1\n4 5\n5 6\n6 4\n"]
    space = StdinSpace(texts, [""], statement="Each of n has at most two foes.")
    inside, _ = space.draw(random.Random(0), 60, texts, set(texts))
    assert len(inside) > 20
    for text in inside:
        ends = text.split()[2:]
        assert all(ends.count(end) <= 2 for end in ends)
