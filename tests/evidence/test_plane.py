"""What a statement guarantees of points and segments in the plane, and one bound for all coordinates."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from prmdata.evidence.inputs.grammar.learn import learn_grammar
from prmdata.evidence.inputs.grammar.plane import PlaneRules, plane_rules
from prmdata.evidence.inputs.grammar.stated_bounds import stated_magnitude
from prmdata.evidence.stdin_space import StdinSpace

ROOMS = ["0 5\n9 9\n1 1 4 4\n", "-3 2\n0 1\n2 0 2 7\n", "8 8\n-1 -1\n0 3 6 0\n"]
"""A lamp, a chair, and a wall."""
WALLS = [
    "0 0\n9 0\n1 1 5 5\n7 1 9 2\n",
    "3 0\n5 -2\n0 1 5 6\n0 3 -1 8\n",
    "2 2\n8 1\n-4 1 0 5\n0 9 5 6\n",
]
TWO_WALLS = "0 0\n9 0\n1 1 5 5\n{} {} {} {}\n"


def rules_of(sentence: str, texts: list[str]) -> PlaneRules | None:
    """The rules of a sentence that is understood."""
    grammar = learn_grammar(texts)
    assert grammar is not None
    documents = [document for text in texts if (document := grammar.parse(text)) is not None]
    rules = plane_rules(sentence, grammar.items, documents)
    return PlaneRules(grammar.items, rules) if rules else None


@pytest.mark.parametrize(
    ("sentence", "good", "bad"),
    [
        ("It is guaranteed that the segments don't have common points", "0 1 4 5", "0 2 2 0"),
        ("It is guaranteed that the segments do not intersect", "6 6 8 8", "5 5 9 2"),
        ("It is guaranteed, that no segments touch", "6 5 9 1", "3 3 9 9"),
        ("It is guaranteed that the lamp and the chair are not on any of the segments", "1 1 2 0", "-1 1 1 -1"),
        ("It's guaranteed that the segments don't degenerate into points", "2 2 3 3", "7 7 7 7"),
        ("It is guaranteed that none of the pots is on a segment, and that segments do not meet", "9 1 9 2", "3 0 9 0"),
    ],
)  # fmt: skip
def test_segments(sentence: str, good: str, bad: str) -> None:
    rules = rules_of(sentence, WALLS)
    grammar = learn_grammar(WALLS)
    assert rules is not None
    assert grammar is not None
    for numbers, holds in ((good, True), (bad, False)):
        document = grammar.parse(TWO_WALLS.format(*numbers.split()))
        assert document is not None
        assert rules.hold(document) == holds
    touching = [*WALLS, TWO_WALLS.format(*bad.split())]
    assert rules_of(sentence, touching) is None  # a given input breaks it: it says something else


@pytest.mark.parametrize(
    "sentence",
    [
        "It is guaranteed that the segments are short",
        "It is guaranteed that no two points coincide, the lamp is the first one",
        "It is guaranteed that there is a way around the segment",
    ],
)
def test_a_clause_that_says_anything_else_is_not_understood(sentence: str) -> None:
    assert rules_of(sentence, ROOMS) is None
    assert StdinSpace(ROOMS, [""], statement=f"Six numbers. {sentence}.").only_disputes or "lamp" in sentence


def test_segments_of_numbers_are_no_segments_of_the_plane() -> None:
    intervals = ["3\n1 5\n7 9\n10 12\n", "2\n4 6\n1 2\n", "4\n1 1\n3 8\n20 30\n11 12\n"]
    assert rules_of("It is guaranteed that the segments do not intersect", intervals) is None


def test_what_is_drawn_keeps_what_is_said_of_the_plane() -> None:
    said = (
        "Eight numbers. All coordinates do not exceed 20 in absolute value. "
        "It is guaranteed that the lamp and the chair are not on the segment, the segment doesn't degenerate into a point."
    )
    space = StdinSpace(ROOMS, [""], statement=said)
    assert not space.only_disputes
    inside, outside = space.draw(random.Random(0), 200, ROOMS, set(ROOMS))
    assert len(inside) > 90
    for text in (*inside, *outside):
        numbers = [int(token) for token in text.split()]
        assert all(abs(number) <= 20 for number in numbers)
        (x1, y1), (x2, y2) = numbers[4:6], numbers[6:]
        assert (x1, y1) != (x2, y2)
        for x, y in (numbers[:2], numbers[2:4]):
            is_straight = (x2 - x1) * (y - y1) == (y2 - y1) * (x - x1)
            is_between = min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
            assert not (is_straight and is_between)


def test_no_three_points_on_one_line() -> None:
    texts = ["3\n0 0\n1 0\n0 1\n", "4\n0 0\n5 1\n1 5\n7 7\n", "3\n2 3\n4 5\n9 1\n"]
    said = (
        "An integer n (1 ≤ n ≤ 9), then n points. The absolute value of all coordinates does not exceed 30. "
        "It is guaranteed that no three points lie on the same line."
    )
    space = StdinSpace(texts, [""], statement=said)
    assert space.is_bounded
    inside, _ = space.draw(random.Random(0), 60, texts, set(texts))
    assert len(inside) > 20
    for text in inside:
        n, *ends = map(int, text.split())
        points = list(zip(ends[::2], ends[1::2], strict=True))
        assert 1 <= n == len(points)
        assert all(abs(number) <= 30 for number in ends)
        assert all(
            (b[0] - a[0]) * (c[1] - a[1]) != (b[1] - a[1]) * (c[0] - a[0])
            for a, b, c in combinations(points, 3)
        )


@pytest.mark.parametrize(
    ("said", "most"),
    [
        ("All coordinates are integers and don't exceed 104 in absolute value.", 10_000),
        ("The absolute values of the numbers do not exceed 10^9.", 10**9),
        ("Each coordinate does not exceed 500 by its absolute value.", 500),
        ("The sum does not exceed 500 in absolute value.", None),
        ("All coordinates exceed 3.", None),
    ],
)
def test_one_bound_for_all_numbers(said: str, most: int | None) -> None:
    assert stated_magnitude(said) == most


def test_many_documents_have_only_numbers_near_zero_where_these_have_both_signs() -> None:
    texts = ["3\n7000 1\n-30 250\n9 9\n", "2\n1000 -9999\n-5 4\n", "4\n0 12\n15 -80\n300 1\n6 -7000\n"]
    said = "An integer n (2 ≤ n ≤ 5), then n points. All coordinates do not exceed 10^4 in absolute value."
    inside, _ = StdinSpace(texts, [""], statement=said).draw(random.Random(0), 200, texts, set(texts))
    farthest = [max(abs(int(token)) for token in text.split()[1:]) for text in inside]
    assert sum(most <= 10 for most in farthest) > len(inside) / 8
    assert sum(most > 1000 for most in farthest) > len(inside) / 8
