"""Anchoring what a model wrote: quotes decide, indentation is repaired, and everything else is counted."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prmdata.edits.anchor import AMBIGUOUS, DUPLICATE, NOT_COMPILED, NOT_FOUND, RawEdit, anchor
from prmdata.edits.source import Source
from prmdata.edits.splice import GIVEN, NO_OP, OUT_OF_RANGE, UNDECLARED, apply, splice

PROGRAM = """def f(xs):
    total = 0
    # each
    for x in xs:
        total += x
        if total > 9:
            total += x
    return total
"""


def raw(step: int | None, quote: str, replacement: str, kind: str = "k") -> RawEdit:
    return RawEdit(step, quote, replacement, "mutate", kind)


def programs(program: str, *edits: RawEdit, given_steps: int = 0) -> list[str]:
    source = Source(program, given_steps)
    found, unusable = anchor(source, edits)
    assert not unusable
    return [splice(source, edit).program for edit in found]


def reasons(program: str, *edits: RawEdit, given_steps: int = 0) -> dict[str, int]:
    found, unusable = anchor(Source(program, given_steps), edits)
    assert len(found) + unusable.total() == len(edits)
    return dict(unusable)


def changed(old: str, new: str) -> str:
    assert PROGRAM.count(old) == 1
    return PROGRAM.replace(old, new)


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (raw(1, "total = 0", "total = 1"), changed("total = 0", "total = 1")),
        # the number is wrong, the quote is right
        (raw(5, "total = 0", "total = 1"), changed("total = 0", "total = 1")),
        (raw(-1, "total = 0", "total = 1"), changed("total = 0", "total = 1")),
        (raw(None, "return total", "return x"), changed("return total", "return x")),
        # white space does not count in a quote; numbers of steps are taken off
        (raw(1, "  total=0 ", "total = 1"), changed("total = 0", "total = 1")),
        (raw(1, "[1]     total = 0", "[1]     total = 1"), changed("total = 0", "total = 1")),
        # no quote: the number
        (raw(6, "", "return -total"), changed("return total", "return -total")),
        # the same text twice: the nearer
        (raw(6, "total += x", "total -= x"), changed("            total += x", "            total -= x")),
        (raw(3, "total += x", "total -= x"), changed("    total += x\n        if", "    total -= x\n        if")),
        # a part of the step; a comment at its end that the quote leaves out
        (raw(4, "total > 9", "total >= 9"), changed("total > 9", "total >= 9")),
        # the comment before the step stays, quoted or not
        (raw(2, "for x in xs:", "for x in xs[1:]:"), changed("for x in xs:", "for x in xs[1:]:")),
        (raw(2, "# each\nfor x in xs:", "for x in xs[1:]:"), changed("for x in xs:", "for x in xs[1:]:")),
        # several steps, and neighbours that come back unchanged
        (raw(1, "total = 0\nfor x in xs:", "total = 0\nfor x in xs[1:]:"), changed("for x in xs:", "for x in xs[1:]:")),
        (raw(4, "if total > 9:\n    total += x", "if total > 9:\n    total -= x"),
         changed("            total += x", "            total -= x")),
        (raw(4, "if total > 9:", "if total > 8:\n    total += x"), changed("total > 9", "total > 8")),
        (raw(6, "return total", "        total += x\n    return -total"), changed("return total", "return -total")),
        # one step becomes several, in the model's indentation
        (raw(6, "return total", "if x:\n  return 1\nreturn total"),
         changed("    return total", "    if x:\n        return 1\n    return total")),
        (raw(6, "return total", "if x:\n        return 1\n    return total"),
         changed("    return total", "    if x:\n        return 1\n    return total")),
        (raw(6, "return total", "if x:\nreturn 1"), changed("    return total", "    if x:\n        return 1")),
        # the indentation itself is the edit
        (raw(6, "    return total", "        return total"), changed("    return total", "        return total")),
        (raw(6, "return total", "    return total"), changed("    return total", "        return total")),
        (raw(4, "        if total > 9:\n            total += x", "    if total > 9:\n        total += x"),
         changed("        if total > 9:\n            total += x", "    if total > 9:\n        total += x")),
        # deletion
        (raw(1, "total = 0", ""), changed("    total = 0\n", "")),
        # fences of blank lines
        (raw(1, "total = 0", "\n\ntotal = 1\n\n"), changed("total = 0", "total = 1")),
    ],
)  # fmt: skip
def test_anchored(edit: RawEdit, after: str) -> None:
    assert programs(PROGRAM, edit) == [after]


def test_the_programs_own_line_ends_and_tabs() -> None:
    program = "def f(a):\r\n\tif a:\r\n\t\tb = 1\r\n\treturn b\r\n"
    after = "def f(a):\r\n\tif a:\r\n\t\tfor c in a:\r\n\t\t\tb = c\r\n\treturn b\r\n"
    assert programs(program, raw(2, "b = 1", "for c in a:\n    b = c")) == [after]


def test_a_string_of_several_lines_keeps_them() -> None:
    program = "def f():\n\tx = 1\n\treturn x\n"
    new = "x = '''\n    a\n'''"
    assert programs(program, raw(1, "x = 1", new)) == ["def f():\n\tx = '''\n\t    a\n\t'''\n\treturn x\n"]


def test_the_last_line_may_have_no_end() -> None:
    assert programs("a = 1\nb = 2", raw(1, "b = 2", "b = 3")) == ["a = 1\nb = 3"]


def test_kind_and_intent_are_kept() -> None:
    edits, _ = anchor(
        Source(PROGRAM), [raw(1, "total = 0", "total = 1", "start"), raw(1, "", "total = 2", "")]
    )
    assert [(edit.operator, edit.intent) for edit in edits] == [("start", "mutate"), ("unnamed", "mutate")]


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (raw(1, "nothing = 0", "total = 1"), NOT_FOUND),
        (raw(None, "nothing = 0", "total = 1"), NOT_FOUND),
        (raw(6, "total", "x"), None),
        (raw(-1, "total += x", "total -= x"), AMBIGUOUS),
        (raw(99, "", "x = 1"), OUT_OF_RANGE),
        (raw(None, "", "x = 1"), OUT_OF_RANGE),
        (raw(1, "total = 0", "total = = 0"), NOT_COMPILED),
        (raw(2, "for x in xs:", "x = 1"), NOT_COMPILED),
        (raw(1, "total = 0", "total = (0)"), NO_OP),
        (raw(1, "total = 0", "total = 0  # note"), NO_OP),
    ],
)
def test_counted(edit: RawEdit, reason: str | None) -> None:
    assert reasons(PROGRAM, edit) == ({reason: 1} if reason else {})


def test_given_steps() -> None:
    assert reasons(PROGRAM, raw(0, "def f(xs):", "def f(ys):"), given_steps=1) == {GIVEN: 1}


def test_repeated_edits() -> None:
    again = raw(1, "total = 0", "total = 0+1")
    assert reasons(PROGRAM, raw(1, "total = 0", "total = 1"), again, again) == {DUPLICATE: 2}


def test_what_cannot_be_spliced_is_counted_too() -> None:
    assert reasons("a = 1\nb = 2\n", raw(0, "a = 1", "# gone")) == {UNDECLARED: 1}


def test_a_program_this_python_cannot_compile_is_compared_by_text() -> None:
    assert programs("x = (\ny = 1\n", raw(1, "y = 1", "y = 2")) == ["x = (\ny = 2\n"]


WORDS = st.text(alphabet="abx=+1()[]: \n\t#'\"", max_size=20)
PIECES = st.one_of(WORDS, st.sampled_from([line.strip() for line in PROGRAM.splitlines()]))


@settings(max_examples=200, deadline=None)
@example([raw(2, "\n", "")])
@given(st.lists(st.builds(raw, st.one_of(st.none(), st.integers(-2, 12)), PIECES, PIECES), max_size=4))
def test_anything_a_model_says_is_an_edit_or_counted(edits: list[RawEdit]) -> None:
    source = Source(PROGRAM, given=1)
    found, unusable = anchor(source, edits)
    assert len(found) + unusable.total() == len(edits)
    made = [splice(source, edit).program for edit in found]
    assert len({*made, PROGRAM}) == len(made) + 1
    assert [apply(source, edit) for edit in found] == made
    assert all(program.startswith("def f(xs):\n") for program in made)
