"""What a statement says of its inputs: bounds of numbers, and guarantees."""

from __future__ import annotations

import random
from string import ascii_letters, ascii_lowercase

import pytest

from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.field_bounds import FieldBounds, field_bounds
from prmdata.evidence.inputs.grammar.guarantees import guarantees
from prmdata.evidence.inputs.grammar.learn import learn_grammar
from prmdata.evidence.inputs.grammar.stated_bounds import stated_bounds, stated_lengths, stated_names
from prmdata.evidence.inputs.grammar.statement import stated_letters
from prmdata.evidence.inputs.grammar.structures import EdgeForm
from prmdata.evidence.stdin_space import StdinSpace

TREE = EdgeForm(Count("n"), True, True, True, True)
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
        ("0 ≤ c_i ≤ n-1 with n < 9, the number of vertices j with a_j < a_i", ["0 ci n-1", " n 8"]),
        ("no bounds at all", []),
        ("n integers a_i (a_i is either 0 or 1)", ["0 ai 1"]),
    ],
)
def test_the_bounds_of_a_statement(said: str, found: list[str]) -> None:
    shown = [
        f"{','.join(map(str, each.lows))} {each.name} {','.join(map(str, each.highs))}"
        for each in stated_bounds(said)
    ]
    assert shown == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("1 ≤ |s| ≤ 100", ["1 s 100"]),
        ("$2 \\le |s|, |t| \\leq 10^5$", ["2 s 100000", "2 t 100000"]),
        ("a word whose length does not exceed 40", ["1  40"]),
        ("a text of length from 2 to 30", ["2  30"]),
        ("a word of at most 50 lowercase letters", ["1  50"]),
        ("|x| ≤ 10 and 1 ≤ n ≤ 9", []),
        ("an integer n, 1 ≤ n ≤ 9", []),
    ],
)
def test_the_lengths_of_a_statement(said: str, found: list[str]) -> None:
    shown = [
        f"{','.join(map(str, each.lows))} {each.name} {','.join(map(str, each.highs))}"
        for each in stated_lengths(said)
    ]
    assert shown == found


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("two integers, n and k (0 ≤ k < n ≤ 105), then n numbers a_1, a_2, …, a_n", "n k a"),
        ("integers n and m (1 ≤ n ≤ 9, <image>). Then m pairs of integers x and y (1 ≤ x, y ≤ n)", "n m x y"),
        ("a single integer n (1 ≤ n ≤ 9): in integers on a line", "n"),
        ("n - 1 integers p0, p1, ..., pn - 2 (0 ≤ pi ≤ i), 1 ≤ m ≤ min(n, 5)", "p m"),
    ],
)
def test_the_names_that_a_statement_introduces(said: str, names: str) -> None:
    assert " ".join(stated_names(said)) == names


@pytest.mark.parametrize(
    ("texts", "said", "field", "bounds"),
    [
        # The bounds are given in another order than the numbers.
        (["5 2\n", "9 3\n"], "Two integers n and k (0 ≤ k < n ≤ 50).", "x1", (3, 50)),
        # The second number has no bound; it only counts.
        (
            ["3 2\n1 2\n2 3\n", "4 1\n4 1\n"],
            "Integers n and m (1 ≤ n ≤ 9, <image>), then m pairs of integers x and y (1 ≤ x, y ≤ n).",
            "x4",
            (1, 4),
        ),
        # No other number is in the input: n is the length.
        (["abc\n", "hello\n"], "A word s1s2...sn (1 ≤ n ≤ 100).", "x1", (1, 100)),
        (
            ["3 abc 1 xyz\n", "1 hello 4 z\n"],
            "|n| ≤ 9, words 1 ≤ |s| ≤ 7, |k| ≤ 9, 1 ≤ |t| ≤ 8",
            "x4",
            (1, 8),
        ),
    ],
)
def test_bounds_belong_to_the_fields_that_are_named(
    texts: list[str], said: str, field: str, bounds: tuple[int | None, int | None]
) -> None:
    grammar = learn_grammar(texts)
    assert grammar is not None
    given = [document for text in texts if (document := grammar.parse(text)) is not None]
    assert field_bounds(grammar, said, given).range_of(field, {"x1": 4, "x2": 2}) == bounds


def test_texts_are_as_long_as_their_bounds_say() -> None:
    texts = ["hello\n", "strange\n", "words\n"]
    space = StdinSpace(texts, [""], statement="A word s (1 ≤ |s| ≤ 60).")
    inside, outside = space.draw(random.Random(0), 100, texts, set(texts))
    sizes = {len(text) - 1 for text in inside}
    assert min(sizes) == 1  # no given word has one letter
    assert max(len(text) - 1 for text in (*inside, *outside, *space.large(random.Random(0)))) == 60


def test_a_text_may_have_every_letter_that_the_statement_names_and_no_other() -> None:
    texts = ["2 2\nab\nba\n", "1 3\naba\n", "2 1\nb\nb\n"]
    said = "1 ≤ n, m ≤ 50; rows of m lowercase English letters"
    inside, _ = StdinSpace(texts, [""], statement=said).draw(random.Random(0), 100, texts, set(texts))
    letters = {letter for text in inside for row in text.split()[2:] for letter in row}
    assert {"a", "b"} < letters <= set(ascii_lowercase)
    unsaid, _ = StdinSpace(texts, [""], statement=said[:15]).draw(random.Random(0), 100, texts, set(texts))
    assert {letter for text in unsaid for row in text.split()[2:] for letter in row} == {"a", "b"}
    assert stated_letters("capital Latin letters or lowercase letters") == set(ascii_letters)
    assert not stated_letters("a row of letters")


def test_bounds_that_leave_no_number_end_nothing() -> None:
    texts = ["5 2 9\n", "9 3 12\n", "7 6 8\n"]
    space = StdinSpace(texts, [""], statement="1 ≤ n ≤ 99, 1 ≤ k < n and k < m < n + 9")
    rng = random.Random(0)
    inside, _ = space.draw(rng, 100, texts, set(texts))
    assert inside
    assert space.large(rng)


def test_the_smallest_inputs_of_a_few_numbers_are_all_there() -> None:
    one = ["17\n", "4\n", "100\n"]
    inside, _ = StdinSpace(one, [""], statement="2 ≤ n ≤ 1000").draw(random.Random(0), 100, one, set(one))
    assert {str(n) for n in range(2, 50)} - {"17", "4"} <= {text.strip() for text in inside}
    two = ["17 3\n", "4 9\n", "100 5\n"]
    inside, _ = StdinSpace(two, [""], statement="1 ≤ n, k ≤ 1000").draw(random.Random(0), 100, two, set(two))
    assert {f"{n} {k}\n" for n in range(1, 6) for k in range(1, 6)} <= set(inside)


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
        ("It is guaranteed that an answer always exists under the given constraints.", [], False),
        ("For example, the new set will be equal to {3, 1, 6}.", [], False),
        ("It is guaranteed that an answer exists.", [], True),
        ("It is guaranteed that each one has at most two foes.", [TREE], True),
        ("Nothing is promised.", [], False),
        ("Count the passwords that allow guaranteed access.", [], False),
        ("Examples\n\nInput\n\n3\n\nNote\n\nIt is guaranteed that an answer exists.", [], False),
        ("It is guaranteed that:\n\n  * an answer exists;\n  * n is small.", [], True),
        ("It is guaranteed that:\n\n  * the sum of n does not exceed 9.\n", [], False),
        ("It is guaranteed that the answer is not greater than 8·10^18.", [], False),
        ("It is guaranteed that each pair of nodes will appear at most once.", [TREE], False),
        ("A tree is a connected acyclic graph.", [TREE], False),
        ("The graph is acyclic.", [EdgeForm(Count("n"), False, True, True, True)], True),
    ],
)
def test_guarantees_that_drawn_inputs_keep(said: str, edges: list[EdgeForm], is_unread: bool) -> None:
    graphs = {str(place): form for place, form in enumerate(edges)}
    assert (guarantees(said, (), [], FieldBounds(), graphs).unread is not None) == is_unread


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


def test_there_may_be_no_row_at_all_where_the_bounds_of_their_number_allow_it() -> None:
    texts = ["4\n5 6 7 8\n1 2\n2 3\n3 4\n", "3\n7 7 2\n1 2\n1 3\n", "5\n1 2 3 4 9\n1 2\n2 3\n3 4\n1 5\n"]
    said = "n (1 ≤ n ≤ 9), then a_i (1 ≤ a_i ≤ 9), then n - 1 edges ui, vi (1 ≤ ui, vi ≤ n)"
    tree = f"{said}. It is guaranteed that they form a tree."
    for statement, expected in (
        (tree, True),
        (tree.replace("1 ≤ n", "2 ≤ n"), False),
        (tree.replace("≤ 9)", ")"), False),
    ):
        space = StdinSpace(texts, [""], statement=statement)
        inside, _ = space.draw(random.Random(0), 200, texts, set(texts))
        assert len(inside) > 50
        assert any(text.startswith("1\n") for text in inside) == expected
