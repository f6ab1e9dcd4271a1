"""Generated inputs are seeded, of the right kinds, inside the hull, and made of values that matter."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from prmdata.evidence.domain import learn
from prmdata.evidence.inputs.generate import LARGE, draw, large_calls, permuted
from prmdata.evidence.inputs.literals import literals_of
from prmdata.evidence.inputs.mutate import mutate, mutate_call
from prmdata.evidence.inputs.repair import Repairer
from prmdata.evidence.inputs.sample import number_text, sample
from prmdata.evidence.inputs.small_values import small_calls, small_values
from prmdata.evidence.inputs.value_pool import ValuePool
from prmdata.evidence.values import Call, encode

GIVEN: dict[str, Any] = {
    "integers": [(3,), (12,), (7,)],
    "integers and a list": [(2, [5, 1, 4]), (1, [9, 9]), (3, [0, 3, 8, 8])],
    "sorted lists": [([1, 2, 5],), ([0, 4],), ([3, 3, 9, 11],)],
    "floats": [([1.5, 2.0, -3.25], 0.5), ([0.0, 1.0], 0.25)],
    "texts": [("hello world", "l"), ("the quick fox", "q"), ("abc", "b")],
    "number texts": [("10",), ("14.5",), ("-15.5",)],
    "brackets": [("(())()",), ("()",), ("(()())",)],
    "matrices": [([[1, 2], [3, 4]],), ([[5, 6, 7], [8, 9, 1]],)],
    "records": [([("a", 1), ("b", 5)],), ([("c", 2)],)],
    "mixed records": [([["a", 1], ["b", 5]],), ([["c", 2]],)],
    "dicts": [({"a": 1, "b": 2},), ({"c": 3},)],
    "sets": [({1, 2, 3}, frozenset({"x"})), ({4}, frozenset({"y", "z"}))],
    "tuples of any length": [((1, 2, 3),), ((4,),), ((5, 6),)],
    "nothing and flags": [(None, True), (None, False)],
    "palindromes": [("aba",), ("xyyx",), ("kk",)],
    "pairs of equal length": [([1, 2], [3, 4]), ([5], [6]), ([1, 1, 1], [2, 0, 2])],
    "complex": [(1 + 2j, b"ab"), (3j, b"c")],
}


def made(
    inputs: list[tuple[Any, ...]], program: str = "", seed: int = 0, wanted: int = 80
) -> tuple[list[Call], list[Call]]:
    calls = [Call(one) for one in inputs]
    pool = ValuePool(calls, literals_of([program]))
    known = {encode(call) for call in calls}
    return draw(learn(calls), pool, random.Random(seed), wanted, calls, known)


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_drawn_inside_is_inside_new_and_the_same_for_a_seed(name: str) -> None:
    inside, outside = made(GIVEN[name])
    domain = learn([Call(one) for one in GIVEN[name]])
    assert all(domain.contains(call) for call in inside)
    assert not any(domain.contains(call) for call in outside)
    texts = [encode(call) for call in [*inside, *outside]]
    assert len(set(texts)) == len(texts)
    assert not set(texts) & {encode(Call(one)) for one in GIVEN[name]}
    assert [encode(call) for call in made(GIVEN[name])[0]] == [encode(call) for call in inside]
    if name not in ("nothing and flags", "complex"):
        assert len(inside) >= 8
        assert [encode(call) for call in made(GIVEN[name], seed=1)[0]] != [encode(call) for call in inside]


@pytest.mark.parametrize("name", GIVEN)
def test_kinds_and_arity_are_never_left(name: str) -> None:
    for call in [part for parts in made(GIVEN[name]) for part in parts]:
        assert [type(value) for value in call.values] == [type(value) for value in GIVEN[name][0]]


def test_texts_of_another_form_are_never_tried() -> None:
    dates = [("03-11-2000",), ("15-01-2012",), ("22-05-1999",)]
    inside, outside = made(dates)
    assert all(re.fullmatch(r"\d+-\d+-\d+", call.values[0]) for call in inside)
    texts = [call.values[0] for call in outside if call.values[0]]
    assert len(texts) > 10
    assert all(re.fullmatch(r"\d+-\d+-\d+", text) for text in texts)


def test_a_count_beyond_what_it_counts_is_never_tried() -> None:
    inside, outside = made([([1, 2, 3], 3), ([4, 1], 2), ([7, 7, 0, 5], 4)])
    assert all(call.values[1] == len(call.values[0]) for call in inside)
    assert any(call.values[1] < len(call.values[0]) for call in outside)
    assert all(0 <= call.values[1] <= len(call.values[0]) for call in outside)


def test_inputs_have_ties_duplicates_empties_and_ones() -> None:
    inside, outside = made([([1, 2, 5],), ([0, 4],), ([9, 3],)], wanted=200)
    lists = [call.values[0] for call in [*inside, *outside]]
    assert any(len(one) > len(set(one)) for one in lists)
    assert [] in lists
    assert any(len(one) == 1 for one in lists)


def test_the_programs_literals_and_their_neighbours_are_ingredients() -> None:
    numbers, _ = made([(3,), (12,), (7,)], "def f(n):\n    return n > 97 or n == 'zebra'\n")
    assert {96, 97, 98} <= {call.values[0] for call in numbers}
    texts, _ = made(
        [("hello",), ("abc",)], "def f(s):\n    return s == 'zebra' or s[0] == chr(113)\n", wanted=200
    )
    found = [call.values[0] for call in texts]
    assert "zebra" in found
    assert any("q" in one for one in found)


def test_letters_on_both_sides_of_a_literal_are_ingredients() -> None:
    pool = ValuePool([Call(("cafe",))], literals_of(["def f(s):\n    return s != 'é' and s != 'xyz'\n"]))
    assert {"è", "é", "ê"} <= set(pool.letters((0,)))
    assert "w" not in pool.letters((0,))


def test_small_scopes_are_exhausted() -> None:
    pool = ValuePool([Call(([4, 5],)), Call(([6],))], literals_of([]))
    lists = list(small_values(pool, (0,), 3))
    assert all([a, b, c] in lists for a in (-1, 0, 1, 2) for b in (-1, 0, 1, 2) for c in (-1, 0, 1, 2))
    letters = ValuePool([Call(("ab",))], literals_of([]))
    assert {"", "a", "bb", "aba"} <= set(small_values(letters, (0,), 3))


def test_larger_inputs_than_the_given_ones_are_tried() -> None:
    given = [Call((12,)), Call((15,)), Call((18,))]
    drawn = draw(learn(given), ValuePool(given, literals_of([])), random.Random(0), 200, given, set())
    numbers = {call.values[0] for part in drawn for call in part}
    assert set(range(-2, 101)) <= numbers
    assert max(numbers) > 120
    given = [Call(([4, 1, 3, 9, 8, 2],)), Call(([5, 1, 1, 0, 7],))]
    inside, _ = draw(learn(given), ValuePool(given, literals_of([])), random.Random(0), 200, given, set())
    assert max(len(call.values[0]) for call in inside) > 10
    given = [Call((["ab", "b"],)), Call((["c", "ca", "b"],))]
    inside, _ = draw(learn(given), ValuePool(given, literals_of([])), random.Random(0), 200, given, set())
    assert any(
        a and a != b and a.startswith(b) and len(b) > 1
        for call in inside
        for a in call.values[0]
        for b in call.values[0]
    )


def test_small_scopes_of_every_kind() -> None:
    given = (1, 0.5, True, "a", (1, 2), {1}, frozenset({"x"}), {"k": 1}, [{"k": 1}])
    pool = ValuePool([Call(given)], literals_of(["x = 2.5"]))
    for place in range(len(given)):
        found = list(small_values(pool, (place,), 2))
        assert found
        assert {type(one) for one in found} == {type(given[place])}
    assert len(list(small_calls(pool, 50))) == 50
    assert not list(small_calls(ValuePool([], literals_of([])), 9))
    assert not list(small_calls(ValuePool([Call(())], literals_of([])), 9))
    assert list(small_values(ValuePool([Call(([[1]],))], literals_of([])), (0,), 2))
    assert list(small_values(ValuePool([Call(({(1,)},))], literals_of([])), (0,), 2))
    assert list(small_calls(ValuePool([Call(([],))], literals_of([])), 9)) == [Call(([],))]


def test_like_typed_arguments_change_places() -> None:
    orders = {call.values for call in permuted(Call((3, 4, 5)))}
    assert len(orders) == 6
    assert {call.values for call in permuted(Call((3, "a", 5)))} == {(3, "a", 5), (5, "a", 3)}
    assert not list(permuted(Call((1,))))


@pytest.mark.parametrize(
    ("inputs", "bad", "good"),
    [
        ([[1, 2], [2, 3, 4], [0, 9]], [3, 1], [1, 3]),
        ([[5, 2], [4, 3], [9, 0]], [1, 3], [3, 1]),
        ([[1, 2], [4, 3], [9, 7]], [5, 5, 6], [5, 6]),
        (["ab", "ce", "xz"], "ba", "ab"),
        (["abc", "cxe", "xbz"], "aab", "ab"),
        (["aba", "cddc", "kk"], "abc", "aba"),
        ([3, 4], -5, 5),
        ([-3, -4], 5, -5),
        ([3, -4], 0, 1),
        ([0.5, 0.25, 0.75], 3.25, 0.25),
        ([1.0, 4.0, 7.0], 2.25, 2.0),
        (["a b", "c dd"], " a", "a"),
        (["a b", "c dd"], "a  b", "a b"),
        ([[1, 1], [2, 2, 3, 3], [5, 4]], [1, 2, 3], [1, 2]),
        ([[1], [2, 2, 3], [5, 4, 4]], [1, 2], [1]),
        ([[1, 1, 2], [2, 2, 3], [5, 4, 4]], [1, 2], [1, 2, 1]),
        ([[[1, 2], [3, 4]], [[5], [6]]], [[1, 2], [3]], [[1], [2]]),
        ([[[1, 2], [3, 4]], [[1], [2], [3]]], [[1, 5, 3], [4, 9, 6]], [[1, 4, 2], [3, 6, 5]]),
        ([[2, 1, 3], [4, 5], [2, 3, 1]], [7, 1, 1], [3, 1, 2]),
        ([[[1, 2], [3, 4]], [[5, 6], [6, 5]], [[7, 8], [8, 8]]], [[1, 2, 3], [3, 4, 5]], [[1, 2], [3, 4]]),
        (["ab", "cde"], "aBx", "ax"),
        (["0101", "110010", "1010"], "12011", "10"),
        ([(1, [1, 2]), (2, [4, 5, 6])], (5, [7, 8]), (2, [7, 8])),
        ([([1, 2], 1), ([4, 5, 6], 2)], ([7, 8], 5), ([7, 8], 2)),
        ([([1], [2]), ([1, 2], [3, 4]), ([5, 5, 5], [6, 6, 6])], ([1, 2], [3]), ([1], [3])),
        ([(1, 2), (3, 9), (4, 5)], (8, 2), (2, 8)),
        ([(5, [5, 6]), (7, [1, 7, 7])], (3, [4, 4]), (4, [4, 4])),
        ([([5, 6], 5), ([1, 7, 7], 7)], ([4, 4], 3), ([4, 4], 4)),
        ([{"a": 1}, {"b": 2}], {"c": -3}, {"c": 3}),
        ([[(1, 2), (3, 4)], [(5, 9)]], [(1, -2)], [(1, 2)]),
        (["ab cd", "ef gh ik", "ikl m"], "ba fe dcc", "ab ef cd"),
    ],
)
def test_repair_brings_a_call_back_inside(inputs: list[Any], bad: Any, good: Any) -> None:
    as_call = lambda one: Call(one if isinstance(one, tuple) else (one,))  # noqa: E731
    domain = learn([as_call(one) for one in inputs])
    assert not domain.contains(as_call(bad))
    repairer = Repairer(domain, random.Random(0))
    assert repairer.repair(as_call(bad)) == as_call(good)
    assert repairer.repair(as_call(bad)) == as_call(good), "and when it comes again"


def test_mending_of_a_member_of_a_text_and_of_what_cannot_be_mended() -> None:
    texts = Repairer(learn([Call(("l", "hello")), Call(("o", "wo"))]), random.Random(0))
    drawn = {
        repaired.values[0] for _ in range(40) if (repaired := texts.repair(Call(("z", "abcd")))) is not None
    }
    assert len(drawn) > 1, "what is drawn for a call is drawn anew each time"
    assert all(part in "abcd" for part in drawn)
    numbers = Repairer(learn([Call((1, 2)), Call((3, 4))]), random.Random(0))
    assert numbers.repair(Call((1,))) is None
    repaired = numbers.repair(Call(("x", 2)))
    assert repaired is None or repaired.values[0] == "x"
    keys = Repairer(learn([Call(({"ab": 1, "c": 1},)), Call(({"d": 2},))]), random.Random(0))
    assert keys.repair(Call(({" ab": 1, 5: 1},))) is None, "a number among the names is none to trim"
    rows = Repairer(
        learn([Call(([[1], "a", [2], [3], "b"],)), Call(([[3, 9], "c", "d", "e", [1]],))]), random.Random(0)
    )
    assert rows.repair(Call(([[1], "a", [2], [-3], "b"],))) is None, "a text among the rows holds no numbers"
    assert rows.repair(Call(([[1], "a", [2], [3], "b"],))) is None, "nothing to repair"


def test_a_call_without_arguments_stays_itself() -> None:
    pool = ValuePool([Call(())], literals_of([]))
    assert mutate_call(Call(()), pool, random.Random(0)) == Call(())


def test_every_way_to_change_a_value_keeps_its_kind() -> None:
    rng = random.Random(1)
    for inputs in GIVEN.values():
        pool = ValuePool([Call(one) for one in inputs], literals_of(["x = ('zz', 4.5, 7)"]))
        for one in inputs:
            for _ in range(150):
                changed = mutate_call(Call(one), pool, rng, strength=2)
                assert [type(value) for value in changed.values] == [type(value) for value in one]
    empty = ValuePool([], literals_of([]))
    value: Any
    for value in (0, 0.0, "", [], (), set(), {}, True, None, 1e300, b"x"):
        for _ in range(60):
            assert type(mutate(value, empty, (0,), rng)) is type(value)


def test_sampling_without_anything_seen_follows_the_example() -> None:
    empty = ValuePool([], literals_of([]))
    rng = random.Random(0)
    for value in (1, 0.5, "a", [1], (1,), {1}, True, None, b"x"):
        assert type(sample(empty, (0,), rng, like=value)) is type(value)


def test_number_texts_stay_numbers() -> None:
    pool = ValuePool([Call(("14.5",))], literals_of(["x = 3"]))
    rng = random.Random(0)
    found = {number_text("14.5", pool, rng) for _ in range(200)}
    assert {"13.5", "14", "-14.5"} <= found
    assert all(float(one) == float(one) for one in found)


def test_literals_of_programs_and_of_what_does_not_parse() -> None:
    program = 'def f(x):\n    """Doc 99."""\n    return x > 10 and x != 2.5 and True and x != "ab"\n'
    found = literals_of([program])
    assert found.integers == (9, 10, 11)
    assert found.floats == (2.5,)
    assert found.texts == ("ab",)
    other = literals_of(["print 'hi' if x > 3 or y < 2.5:"])
    assert (other.integers, other.floats, other.texts) == ((2, 3, 4), (2.5,), ("hi",))


def test_keywords_travel_as_keywords() -> None:
    calls = [Call((1, 5), ("n",)), Call((2, 6), ("n",))]
    pool = ValuePool(calls, literals_of([]))
    inside, _ = draw(learn(calls), pool, random.Random(0), 20, calls, set())
    assert inside
    assert all(call.names == ("n",) for call in inside)


def test_large_numbers_break_nothing_but_sizes() -> None:
    calls = [Call((7, "ab")), Call((12, "c")), Call((30, "ba"))]
    large = large_calls(learn(calls), calls, random.Random(0))
    assert {call.values[0] for call in large} == set(LARGE)
    negative = [Call((-7,)), Call((-12,)), Call((-30,))]
    assert all(call.values[0] < 0 for call in large_calls(learn(negative), negative, random.Random(0)))
    texts = [Call(("a",)), Call(("bc",))]
    assert large_calls(learn(texts), texts, random.Random(0)) == []
    assert large_calls(learn([]), [], random.Random(0)) == []


def test_what_a_list_holds_is_made_large_too() -> None:
    calls = [Call(([3, 8, 1],)), Call(([5, 2],)), Call(([9, 9, 4, 7],))]
    found = large_calls(learn(calls), calls, random.Random(0))
    assert [max(call.values[0]) for call in found] == list(LARGE)
    assert all(sum(item in LARGE for item in call.values[0]) == 1 for call in found)
    words = [Call((["a", "b"],)), Call((["c"],))]
    assert large_calls(learn(words), words, random.Random(0)) == []
