"""Inputs and answers as Python text: every process writes the same text, and reading it gives the same value."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.evidence.value_repr import LONGEST, as_utf8, call_repr, value_repr
from prmdata.evidence.values import Call
from prmdata.resources import guest_module

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3)
    | st.tuples(inner, inner)
    | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    | st.frozensets(st.integers() | st.text(max_size=3), max_size=4),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize(
    "value", [range(1 << 15000), Fraction(1 << 15000, 3), Counter({1: 1 << 15000}), [1 << 15000]]
)
def test_a_number_of_more_digits_than_python_writes_is_still_shown(value: object) -> None:
    assert 0 < len(value_repr(guest_module("codec").encode(value))) <= LONGEST + 1


def test_halves_of_surrogate_pairs_are_shown_as_escapes() -> None:
    assert as_utf8("a\ud800é") == "a\\ud800é"
    value_repr(guest_module("codec").encode(["\udfff"])).encode()


@given(PLAIN)
def test_plain_data_is_shown_as_python_reads_it(value: object) -> None:
    text = value_repr(guest_module("codec").encode(value))
    assert "…" in text or eval(text, {"inf": inf}) == value


@given(st.lists(PLAIN, max_size=3), PLAIN)
def test_a_call_is_shown_as_its_arguments(values: list[object], last: object) -> None:
    text = call_repr(Call((*values, last), ("k",)).text)
    if "…" not in text:
        args, kwargs = eval(f"(lambda *a, **k: (list(a), k))({text})", {"inf": inf})
        assert (args, kwargs) == (values, {"k": last})


SHOWN = {
    '{"s":["b","a","ccc",10,9]}': "{9, 10, 'a', 'b', 'ccc'}",
    '{"s":[]}': "set()",
    '{"x":[1,{"s":["b","a"]}]}': "iter([1, {'a', 'b'}])",
    '{"X":[1,2]}': "iter([1, 2, ...])",
    '{"d":["k",{"f":["q","p"]}]}': "{'k': frozenset({'p', 'q'})}",
    '{"m":[[{"s":["b","a"]}]]}': "None, arguments now [[{'a', 'b'}]]",
    '{"!":"ValueError"}': "raised ValueError",
    '{"o":"generator"}': "<opaque generator>",
    '[[1],{"r":0}]': "[[1], ...]",
}


@pytest.mark.parametrize("wire", SHOWN)
def test_nothing_in_the_text_is_of_one_process(wire: str) -> None:
    assert value_repr(wire) == SHOWN[wire]


def test_the_hash_seed_does_not_show() -> None:
    code = f"from prmdata.evidence.value_repr import value_repr; print([value_repr(each) for each in {list(SHOWN)!r}])"
    said = {
        subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(said) == 1


def test_a_long_answer_is_shortened_and_a_huge_number_is_shown() -> None:
    assert value_repr(guest_module("codec").encode("x" * 3000)).endswith("…")
    assert len(value_repr(guest_module("codec").encode(7**9000))) == LONGEST + 1
