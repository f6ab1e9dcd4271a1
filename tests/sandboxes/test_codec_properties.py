"""Properties of the codec, on drawn values and drawn bytes."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prmdata.resources import guest_module, shipped

codec = guest_module("codec")


def is_pair_free(text: str) -> bool:
    """JSON writes two lone surrogates in a row and the character that they form in the same way. They come
    back as that character (see the codec's docstring)."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") == text


surrogates = st.text(st.characters(codec=None, categories=["Cs", "Lu", "Nd", "Zs"])).filter(is_pair_free)
hashables = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    surrogates,
    st.binary(),
    st.dates(),
    st.fractions(),
)
leaves = st.one_of(
    hashables,
    st.complex_numbers(),
    st.decimals(allow_nan=False),
    st.datetimes(timezones=st.just(UTC)),
    st.times(),
    st.timedeltas(),
    st.builds(range, st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 3)),
    st.builds(slice, st.none() | st.integers(), st.none() | st.integers()),
    st.builds(bytearray, st.binary()),
    st.integers(min_value=10**4300, max_value=10**4310),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.dictionaries(hashables, inner),
        st.sets(hashables),
        st.frozensets(hashables),
        st.lists(inner).map(deque),
        st.builds(Counter, st.lists(st.text(max_size=2))),
        st.dictionaries(st.text(), inner).map(OrderedDict),
        st.dictionaries(st.text(), inner).map(lambda d: defaultdict(list, d)),
    ),
    max_leaves=12,
)


def alike(a: Any, b: Any) -> bool:
    """Whether two values are equal in type, shape and value. NaN equals NaN, and 0.0 does not equal -0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    if isinstance(a, complex):
        return alike(a.real, b.real) and alike(a.imag, b.imag)
    if isinstance(a, list | tuple | deque):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict):
        return all(map(alike, a, b)) and len(a) == len(b) and all(map(alike, a.values(), b.values()))
    if isinstance(a, set | frozenset):
        return codec.encode(a) == codec.encode(b) and len(a) == len(b)
    return bool(a == b)


@settings(max_examples=60, deadline=None)
@given(values)
def test_every_plain_value_comes_back_as_it_was(value: Any) -> None:
    text = codec.encode(value)
    assert text.isascii()
    assert alike(codec.decode(text), value)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(values, max_size=3),
    st.dictionaries(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=4), values, max_size=3),
)
def test_calls_come_back_as_they_were(args: list[Any], kwargs: dict[str, Any]) -> None:
    back = codec.decode_call(codec.encode_call(args, kwargs))
    assert alike(back, (args, kwargs))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(hashables, st.lists(hashables, max_size=3)), max_size=4), st.booleans())
def test_the_short_way_of_a_bare_call_writes_the_same(args: list[Any], is_shared: bool) -> None:
    if is_shared:
        args = [part for arg in args for part in (arg, arg)]
    assert codec.encode_call(args, {}) == codec.Encoder().call(args, {})


@settings(max_examples=60, deadline=None)
@given(values)
def test_a_value_that_came_back_has_the_same_text(value: Any) -> None:
    text = codec.encode(value)
    assert codec.encode(codec.decode(text)) == text


@settings(max_examples=60, deadline=None)
@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_no_text_raises_anything_but_a_decode_error(text: str) -> None:
    try_all(text)


TAGS = [
    "t",
    "d",
    "s",
    "f",
    "b",
    "B",
    "c",
    "i",
    "r",
    "n",
    "N",
    "w",
    "E",
    "x",
    "X",
    "o",
    "m",
    "!",
    "g",
    "a",
    "k",
    "R",
    "S",
    "e",
    "u",
    "T",
    "y",
    "h",
    "H",
    "q",
    "C",
    "O",
    "D",
    "dk",
    "dv",
    "di",
    "?",
    "op",
]
nodes = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(TAGS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(TAGS), inner, min_size=1, max_size=2)
        | st.dictionaries(st.just("g"), st.tuples(inner, st.lists(st.tuples(st.text(max_size=3), inner))))
    ),
    max_leaves=10,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(nodes)
def test_no_tree_of_tags_raises_anything_but_a_decode_error(tree: Any) -> None:
    try_all(json.dumps(tree))


def try_all(text: str) -> None:
    for decode in (codec.decode, codec.decode_call):
        try:
            decode(text)
        except codec.DecodeError:
            continue


def test_texts_are_one_under_every_hash_seed() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from guest import codec; "
        "words = 'do re mi fa sol la ti'.split(); "
        "print(codec.encode([set(words), frozenset(words), {('a', 1), ('b', 2), 'c', 3, None}, [set(words[:3])]]))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", script, str(shipped("sandbox"))],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in range(4)
    }
    assert len(texts) == 1


def test_moments_of_every_kind() -> None:
    for value in (
        date(2024, 2, 29),
        time(1, 2, 3, 4),
        datetime(2024, 1, 1, fold=1, tzinfo=UTC),
        timedelta(-1, 5),
    ):
        assert codec.decode(codec.encode(value)) == value
    assert codec.decode(codec.encode([Decimal("sNaN"), Fraction(-1, 3)]))[1] == Fraction(-1, 3)
