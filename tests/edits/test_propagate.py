"""A rename that a refactoring began is propagated to the steps after it, or it is refused."""

from __future__ import annotations

import pytest

from prmdata.edits.propagate import propagate_rename, rename_map
from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.records import Candidate, Edit


def after(program: str, start: int, text: str, stop: int | None = None) -> tuple[Candidate, Source]:
    source = Source(program)
    edit = Edit(start, start + 1 if stop is None else stop, text, "refactor", "test", "test")
    return splice(source, edit), source


@pytest.mark.parametrize(
    ("program", "start", "text", "propagated"),
    [
        ("def f(x):\n    t = x\n    t += 1\n    return t\n", 1, "    total = x\n",
         "def f(x):\n    total = x\n    total += 1\n    return total\n"),
        ("def f(xs):\n    for x in xs:\n        y = x + x\n    return 0\n", 1, "    for each in xs:\n",
         "def f(xs):\n    for each in xs:\n        y = each + each\n    return 0\n"),
        ("def f(a, b):\n    return a - b\n", 0, "def f(left, right):\n", "def f(left, right):\n    return left - right\n"),
        ("def g(n):\n    return g(n - 1)\nx = g(2)\n", 0, "def h(n):\n", "def h(n):\n    return h(n - 1)\nx = h(2)\n"),
        ("a, b = f()\nc = a\n# note\nd = b\n", 0, "p, q = f()\n", "p, q = f()\nc = p\n# note\nd = q\n"),
        ("import re\nx = re.sub\n", 0, "import re as regex\n", "import re as regex\nx = regex.sub\n"),
        ("try:\n    pass\nexcept E as t:\n    x = t\n", 2, "except E as u:\n",
         "try:\n    pass\nexcept E as u:\n    x = u\n"),
        ("t = 0\nmatch x:\n    case [t, *_]:\n        pass\n    case [1 as t]:\n        pass\n", 0, "u = 0\n",
         "u = 0\nmatch x:\n    case [u, *_]:\n        pass\n    case [1 as u]:\n        pass\n"),
        ("def f(a):\n    t = a\n    return lambda: t\n", 1, "    u = a\n    v = u\n", None),
        ("def f(a):\n    t = a\n    return f'{t} t'\n", 1, "    u = a\n", "def f(a):\n    u = a\n    return f'{u} t'\n"),
    ],
)  # fmt: skip
def test_propagated(program: str, start: int, text: str, propagated: str | None) -> None:
    candidate, source = after(program, start, text)
    whole = propagate_rename(candidate, source)
    assert (whole.program if whole else None) == propagated
    if whole is not None:
        assert whole.edit.also
        assert len(whole.also_changed) == len(whole.edit.also)
        assert (whole.new_start, whole.new_stop) == (candidate.new_start, candidate.new_stop)


@pytest.mark.parametrize(
    ("program", "start", "text"),
    [
        # the name is used before the edit: the prefix stays
        ("t = 0\nt = t + 1\nx = t\n", 1, "u = t + 1\n"),
        # the new name is taken
        ("t = 0\nu = 1\nx = t + u\n", 0, "u = 0\n"),
        # nothing is renamed
        ("t = 0\nx = t\n", 0, "t = 1\n"),
        # nobody uses the old name
        ("t = 0\nx = 1\n", 0, "u = 0\n"),
        # attributes of a class are not followed
        ("class A:\n    t = 0\n    u = t\n", 1, "    v = 0\n"),
        # parameters passed by keyword
        ("def f(a):\n    return a\nx = f(a=1)\n", 0, "def f(b):\n"),
        # two old names and one new
        ("a = b = 1\nx = a + b\n", 0, "c = 1\n"),
        # the candidate does not parse
        ("t = 0\nx = t\n", 0, "u = = 0\n"),
        # where the name stands is not certain
        ("t = 0\nmatch x:\n    case {**t}:\n        pass\n", 0, "u = 0\n"),
        ("t = 0\nimport t.a\n", 0, "u = 0\n"),
    ],
)
def test_refused(program: str, start: int, text: str) -> None:
    candidate, source = after(program, start, text)
    assert propagate_rename(candidate, source) is None


def test_the_entry_point_keeps_its_name() -> None:
    program = "def g(n):\n    return g(n - 1)\n"
    candidate, source = after(program, 0, "def h(n):\n")
    assert propagate_rename(candidate, source, entry_point="g") is None
    assert propagate_rename(candidate, source, entry_point="f") is not None


def test_an_edit_that_declares_others_already_is_left_alone() -> None:
    source = Source("t = 0\nx = t\ny = t\n")
    edit = Edit(0, 1, "u = 0\n", "refactor", "test", "test", ((1, "x = u\n"),))
    assert propagate_rename(splice(source, edit), source) is None


def test_the_map() -> None:
    candidate, source = after("a = 1\nb = a\n", 0, "c = 1\n")
    assert [(name, new) for (_, name), new in rename_map(candidate, source).items()] == [("a", "c")]


def test_a_propagated_edit_that_cannot_be_spliced_is_none() -> None:
    source = Source("t = 0\nx = t\n", given=0)
    candidate = splice(source, Edit(0, 1, "u = 0\n", "refactor", "test", "test"))
    assert propagate_rename(candidate, Source("t = 0\nx = t\n", given=2)) is None
