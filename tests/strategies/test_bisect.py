"""The search as the paper describes it. A truth table answers its questions, so it needs no sandbox."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.strategies.bisect import Asking, CutFound, first, full


def search(asking: Asking, good: list[bool]) -> tuple[int | None, list[int]]:
    asked: list[int] = []
    answer: bool | None = None
    while True:
        try:
            place = asking.send(answer)  # type: ignore[arg-type]
        except StopIteration as end:
            found: CutFound = end.value
            return found.cut, asked
        asked.append(place)
        answer = good[place]


@given(st.integers(0, 200).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_a_monotone_truth_is_found_in_few_questions(case: tuple[int, int]) -> None:
    places, cut = case
    good = [place < cut for place in range(places)]
    found, asked = search(first(places), good)
    assert found == (cut if cut < places else None)
    assert len(asked) <= math.ceil(math.log2(places + 1)) + 1
    assert len(asked) == len(set(asked))


@given(st.lists(st.booleans(), max_size=60))
def test_a_cut_is_bad_its_neighbours_agree_and_no_place_is_asked_twice(good: list[bool]) -> None:
    found, asked = search(first(len(good)), good)
    if found is not None:
        assert not good[found]
        assert found == 0 or good[found - 1]
        assert found + 1 >= len(good) or not good[found + 1]
    else:
        assert not good or good[-1]
    assert len(asked) == len(set(asked))


def test_a_fault_that_a_later_line_overwrites_is_no_cut() -> None:
    good = [True, True, True, False, True, True, False, False]
    assert search(first(8), good)[0] == 6


@pytest.mark.parametrize(
    ("good", "cut"),
    [
        ([], None),
        ([True, True], None),
        ([False, False], 0),
        ([True, False, True, False], 3),
        ([True, False], 1),
    ],
)
def test_full_asks_every_place_in_order(good: list[bool], cut: int | None) -> None:
    found, asked = search(full(len(good)), good)
    assert found == cut
    assert asked == list(range(len(good)))
