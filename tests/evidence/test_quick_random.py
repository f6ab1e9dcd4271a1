"""A quick source of random numbers draws what ``random.Random`` draws."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.evidence.inputs.quick_random import QuickRandom

CALLS = st.one_of(
    st.tuples(st.just("choice"), st.tuples(st.lists(st.integers(), min_size=1, max_size=40))),
    st.tuples(st.just("randrange"), st.tuples(st.integers(1, 1 << 70))),
    st.tuples(st.just("randrange"), st.tuples(st.integers(-9, 9), st.integers(10, 99), st.integers(1, 3))),
    st.tuples(st.just("randint"), st.tuples(st.integers(-9, 9), st.integers(9, 1 << 40))),
    st.tuples(st.just("random"), st.just(())),
    st.tuples(st.just("uniform"), st.tuples(st.floats(-9, 0), st.floats(0, 9))),
    st.tuples(
        st.just("sample"), st.tuples(st.lists(st.integers(), min_size=3, max_size=9), st.integers(0, 3))
    ),
)


@given(st.text(max_size=9), st.lists(CALLS, max_size=30))
def test_it_draws_what_random_draws(seed: str, calls: list[tuple[str, tuple[object, ...]]]) -> None:
    ours, theirs = QuickRandom(seed), random.Random(seed)
    for name, args in calls:
        assert getattr(ours, name)(*args) == getattr(theirs, name)(*args)
    assert ours.getstate() == theirs.getstate()


@pytest.mark.parametrize("call", ["choice([])", "randrange(0)", "randrange(3, 3)", "randint(2, 1)"])
def test_it_refuses_what_random_refuses(call: str) -> None:
    for rng in (QuickRandom(1), random.Random(1)):
        with pytest.raises((IndexError, ValueError)):
            eval(f"rng.{call}", {"rng": rng})
