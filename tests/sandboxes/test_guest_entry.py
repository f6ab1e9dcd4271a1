"""Which name is under test, and which other names the tests need."""

from __future__ import annotations

import pytest

from prmdata.resources import guest_module

entry = guest_module("entry")


@pytest.mark.parametrize(
    ("expression", "root"),
    [
        ("f", "f"),
        ("Solution().f", "Solution"),
        ("Cls.make", "Cls"),
        (" f ", "f"),
        ("größe", "größe"),
        ("", ""),
    ],
)
def test_the_root_of_an_entry_point(expression: str, root: str) -> None:
    assert entry.root_of(expression) == root


@pytest.mark.parametrize(
    ("reference", "tests", "found"),
    [
        ("def f(): pass\n", ["assert f() == 1"], "f"),
        ("def g(): pass\ndef f(): pass\n", ["assert f(g()) == 1", "assert f(2) == 1"], "f"),
        ("class P: pass\ndef f(): pass\n", ["assert f(P(), P()) == 1", "assert f(P()) == 1"], "f"),
        ("f = lambda: 1\n", ["assert f() == 1"], "f"),
        ("class S: pass\n", ["s = S()\nassert s.push(1)"], "S"),
        ("def f(): pass\n", ["assert len('a') == 1"], None),
        ("def f(: pass\n", ["assert f() == 1"], None),
        ("def f(): pass\n", ["assert f( == 1"], None),
    ],
)
def test_an_entry_point_is_inferred(reference: str, tests: list[str], found: str | None) -> None:
    assert entry.infer(reference, tests) == found


def test_names_that_a_test_needs() -> None:
    code = (
        "import math as m\nfrom os import path\nx, *y = helper(1)\n"
        "def check(candidate, k=other):\n    try:\n        return len(x) + m.pi + z\n    except E as e:\n        print(e)\n"
        "assert [q for q in y] == check(f)"
    )
    assert entry.free_names(compile(code, "test", "exec")) == {"helper", "other", "z", "E", "f"}


def test_a_name_that_is_only_an_attribute_is_not_needed() -> None:
    code = "\n".join(f"v{n} = a.attribute_{n}" for n in range(300)) + "\nassert last"
    assert entry.free_names(compile(code, "test", "exec")) == {"a", "last"}
