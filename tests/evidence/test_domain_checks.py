"""The prepared checks of a hull find the same calls outside as the full list of everything that a call shows."""

from __future__ import annotations

import gc
import random
import weakref
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from prmdata.evidence.domain import InputDomain, learn
from prmdata.evidence.domain.observe import PARAMETRIC, Feature, observe
from prmdata.evidence.input_space import CallSpace
from prmdata.evidence.values import Call, encode

NUMBERS = st.one_of(
    st.integers(-5, 30), st.sampled_from([10**7, -(10**30)]), st.sampled_from([0.5, 2.0, -1.5, float("inf"), float("nan")])
)  # fmt: skip
TEXTS = st.one_of(
    st.text("aB0 -(]", max_size=8), st.sampled_from(["ab cd", "x  y", "10", "007", "(a)", "Ab 12 c"])
)
ATOMS = st.one_of(NUMBERS, TEXTS, st.booleans(), st.none(), st.just(b"ab"))


def holders(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=4),
        st.lists(st.integers(-2, 9), max_size=5),
        st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=1, max_size=3),
        st.tuples(inner, inner),
        st.sets(st.integers(0, 9), max_size=4),
        st.dictionaries(st.one_of(TEXTS, st.integers(0, 3)), inner, max_size=3),
    )


VALUES = st.recursive(ATOMS, holders, max_leaves=6)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Call], list[Call]]:
    """Given calls, and calls to ask about, most of which have the same kinds of arguments."""
    kinds = draw(
        st.lists(st.sampled_from([NUMBERS, TEXTS, VALUES, holders(NUMBERS)]), min_size=1, max_size=3)
    )
    named = draw(st.booleans())
    calls = [
        Call(tuple(draw(kind) for kind in kinds), ("key",) if named else ())
        for _ in range(draw(st.integers(2, 5)))
    ]
    asked = [Call(tuple(draw(kind) for kind in kinds), calls[0].names) for _ in range(3)]
    for given_call in calls:  # calls that are near the given ones, and break few features
        place = draw(st.integers(0, len(kinds) - 1))
        asked.append(given_call.with_value(place, draw(kinds[place])))
    return calls, asked


def shown_outside(domain: InputDomain, call: Call) -> set[Feature]:
    """The features by which ``call`` is outside, by the definition: from everything that the call shows."""
    seen = observe(call)
    broken = {key for key, holds in seen.facts.items() if not holds and key in domain.features}
    for key in domain.features:
        others = {other for other in seen.facts if other[:2] == key[:2]}
        if key[0] in PARAMETRIC and others and key not in others:
            broken.add(key)
    for name, allowed, found in (
        ("kind", domain.kinds, seen.kinds),
        ("letters", domain.classes, seen.classes),
        ("letters", domain.chars, seen.chars),
        ("word", domain.words, seen.words),
    ):
        for path, values in found.items():
            if path in allowed and not allowed[path].issuperset(values):
                broken.add((name, path, ()))
    return broken | {("size", path, ()) for path, size in seen.largest.items() if size > domain.cap(path)}


@settings(max_examples=300, deadline=None)
@given(cases())
@example(([Call(("a b", [1, 2])), Call(("c dd", [3]))], [Call(("A", [2, -1])), Call(("b  b", []))]))
@example(([Call(([(1, 2), (2, 5)],)), Call(([(3, 9)],))], [Call(([(2, 1)],)), Call(([(0, -4), (3, 3)],))]))
def test_the_checks_of_a_hull_find_what_all_that_a_call_shows_says(
    case: tuple[list[Call], list[Call]],
) -> None:
    calls, asked = case
    domain = learn(calls)
    for call in (*calls, *asked):
        found = {feature for feature in domain.violations(call) if feature[0] != "count"}
        assert found == shown_outside(domain, call)


def test_near_calls_break_something() -> None:
    domain = learn([Call(([2, 4], "ab", 2)), Call(([1, 3, 5], "cd", 3)), Call(([0, 9], "xy", 2))])
    call = Call(([4, 2], "aB", 9))
    assert {name for name, _, _ in shown_outside(domain, call)} >= {"ascending", "letters", ">="}
    assert shown_outside(domain, call) == {f for f in domain.violations(call) if f[0] != "count"}


def test_what_is_known_of_a_problem_goes_with_it() -> None:
    """A build hardly ever looks for cycles. When there was a cycle between a hull and its checks, memory grew
    by 0.4 MB for each problem."""
    given_texts = [encode(Call(([2, 4], "ab"))), encode(Call(([1, 3, 5], "cd")))]
    gc.collect()
    gc.disable()
    try:
        space = CallSpace(given_texts, ["def f(a, b): return a"])
        assert space.draw(random.Random(0), 40, [], set())[0]
        held: list[weakref.ref[Any]] = [weakref.ref(space._domain), weakref.ref(space._domain._checks)]
        del space
        assert [found() for found in held] == [None, None]
    finally:
        gc.enable()
