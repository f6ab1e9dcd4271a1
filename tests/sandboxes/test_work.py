"""What a reference may use for each input whose answer is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from prmdata.resources import guest_module

work = guest_module("work")
LONG_S = 60.0


def begun(bound: int, most_s: float) -> Any:
    bounded = work.Work()
    bounded.limit(bound, most_s)
    bounded.renew()
    bounded.begin()
    return bounded


def used(bound: int, counts: list[int], most_s: float = LONG_S) -> list[bool]:
    """Whether each of the inputs, which take so many iterations, comes to its end."""
    found, bounded = [], work.Work()
    bounded.limit(bound, most_s)
    for count in counts:
        bounded.renew()
        bounded.begin()
        try:
            for _ in range(count):
                bounded.spend()
        except work.Exhausted:
            pass
        found.append(not bounded.end())
    return found


def test_an_input_may_use_all_of_its_work_and_no_more() -> None:
    assert used(1_000, [999, 1_000, 1_001, 1_000]) == [True, True, False, True]


def test_inputs_that_stay_within_their_work_have_less_of_it_once_they_have_used_much_together() -> None:
    bound = work.USUAL_WORK
    ended = used(bound, [bound] * (work.MOST_TOTAL + 3) + [bound // work.SMALL_SHARE])
    assert ended == [True] * work.MOST_TOTAL + [False] * 3 + [True]


def test_inputs_that_use_too_much_count_as_all_of_their_work() -> None:
    bound = work.USUAL_WORK
    each = bound // 2
    assert used(bound, [bound + 1] * 4 + [each] * 25) == [False] * 4 + [True] * 24 + [False]


def test_slower_references_have_more_in_all_but_not_in_proportion() -> None:
    bound = 4 * work.USUAL_WORK
    assert used(bound, [bound] * 9) == [True] * 8 + [False]


def test_quick_inputs_are_never_short_of_work() -> None:
    least = work.LEAST_WORK
    assert all(used(work.USUAL_WORK, [work.USUAL_WORK] * 20 + [least] * 500)[20:])


def spend(bounded: Any, counts: int, slow_from: int) -> None:
    for count in range(counts):
        bounded.spend()
        if count >= slow_from:
            sum(range(2_000))


def test_the_clock_ends_an_input_whose_iterations_become_slow() -> None:
    bounded = begun(10_000_000, 0.05)
    with pytest.raises(work.Exhausted):
        spend(bounded, 100_000, slow_from=2_000)  # by then the clock is read after every 256th
    assert bounded.is_slow


@pytest.mark.parametrize(("bound", "most_s"), [(100, LONG_S), (10_000_000, 0.0)], ids=["count", "time"])
def test_a_program_that_catches_the_end_of_its_work_gets_it_again_at_once(bound: int, most_s: float) -> None:
    bounded = begun(bound, most_s)
    with pytest.raises(work.Exhausted):
        spend(bounded, 1_000, slow_from=1_000)
    for _ in range(3):
        with pytest.raises(work.Exhausted):
            bounded.spend()
    assert bounded.end()
