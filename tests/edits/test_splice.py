"""Splicing changes what an edit declares and nothing else, and every step of the result is accounted for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prmdata.edits.source import Source
from prmdata.edits.splice import (
    EMPTY,
    GIVEN,
    NO_OP,
    NOT_WHOLE_LINES,
    OUT_OF_RANGE,
    OVERLAP,
    UNDECLARED,
    apply,
    splice,
)
from prmdata.errors import EditRefused
from prmdata.records import Candidate, Edit
from prmdata.steps import join, split_steps

PROGRAM = '''def f(xs):
    """Doc."""
    total = 0  # sum

    # each one
    for x in xs:
        total += (
            x
        )
    return total
'''


def edit(start: int, stop: int, text: str, *also: tuple[int, str]) -> Edit:
    return Edit(start, stop, text, "mutate", "test", "test", also)


def inverse(source: Source, candidate: Candidate) -> Edit:
    """The edit that turns ``candidate`` back into ``source``."""
    old = source.steps
    made = candidate.edit
    indices = sorted(index for index, _ in made.also)
    also = tuple((new, old[index].text) for new, index in zip(candidate.also_changed, indices, strict=True))
    text = join(old[made.start : made.stop])
    return Edit(candidate.new_start, candidate.new_stop, text, "mutate", "undo", "test", also)


def refusal(program: str, made: Edit, given_steps: int = 0) -> str:
    with pytest.raises(EditRefused) as caught:
        splice(Source(program, given_steps), made)
    return caught.value.reason


def test_one_step_becomes_one() -> None:
    candidate = splice(Source(PROGRAM), edit(2, 3, "    total = 1\n"))
    assert candidate.program == PROGRAM.replace("total = 0  # sum", "total = 1")
    assert (candidate.new_start, candidate.new_stop, candidate.labelled_step) == (2, 3, 2)
    assert candidate.steps == split_steps(candidate.program)


def test_several_steps_become_others_and_indices_follow() -> None:
    source = Source(PROGRAM)
    candidate = splice(source, edit(3, 5, "    a = 1\n    total = sum(xs)\n    b = 2\n"))
    assert (candidate.new_start, candidate.new_stop) == (3, 6)
    assert [step.text.strip() for step in candidate.steps[3:]] == [
        "a = 1",
        "total = sum(xs)",
        "b = 2",
        "return total",
    ]


def test_deletion_is_labelled_on_what_follows() -> None:
    candidate = splice(Source(PROGRAM), edit(2, 3, ""))
    assert (candidate.new_start, candidate.new_stop, candidate.labelled_step) == (2, 2, 2)
    assert "for x in xs" in candidate.steps[2].text


def test_deletion_at_the_end_is_labelled_nowhere() -> None:
    candidate = splice(Source("a = 1\nb = 2\n"), edit(1, 2, ""))
    assert candidate.labelled_step is None


def test_insertion() -> None:
    candidate = splice(Source(PROGRAM), edit(3, 3, "    y = 1\n"))
    assert (candidate.new_start, candidate.new_stop) == (3, 4)
    assert candidate.steps[4].text.endswith("for x in xs:\n")


def test_also_is_declared_and_found_again() -> None:
    source = Source("a = 1\nb = a\nc = a + b\n")
    candidate = splice(source, edit(0, 1, "x = 1\ny = 2\n", (2, "c = x + b\n"), (1, "b = x\n")))
    assert candidate.program == "x = 1\ny = 2\nb = x\nc = x + b\n"
    assert (candidate.new_start, candidate.new_stop, candidate.also_changed) == (0, 2, (2, 3))


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (edit(1, 0, "x\n"), OUT_OF_RANGE),
        (edit(0, 9, "x\n"), OUT_OF_RANGE),
        (edit(1, 1, ""), NO_OP),
        (edit(1, 2, "b = 2\n"), NO_OP),
        (edit(1, 2, "b = 3"), NOT_WHOLE_LINES),
        (edit(0, 3, ""), EMPTY),
        (edit(1, 2, "# b\n"), UNDECLARED),
        (edit(1, 2, "b = 2\n# trailing\n"), UNDECLARED),
        (edit(1, 2, "b = 2 \\\n"), UNDECLARED),
        (edit(0, 1, "a = 2\n", (7, "x\n")), OUT_OF_RANGE),
        (edit(0, 1, "a = 2\n", (0, "x\n")), OVERLAP),
        (edit(0, 1, "a = 2\n", (1, "x\n"), (1, "y\n")), OVERLAP),
        (edit(0, 1, "a = 2\n", (1, "x")), NOT_WHOLE_LINES),
    ],
)
def test_refused(made: Edit, reason: str) -> None:
    assert refusal("a = 1\nb = 2\nc = (\n    3)\n", made) == reason


def test_an_open_string_may_not_swallow_the_next_step() -> None:
    assert refusal("a = 1\nb = 2  # '''\nif a:\n    c = 3\n", edit(0, 1, "a = '''\n")) == UNDECLARED


def test_another_declared_step_stays_one_step() -> None:
    program = "x = 0\na = 1\nif a:\n    c = 3\n"
    assert refusal(program, edit(0, 1, "x = 1\n", (1, "a = 2\nb = 3\n"))) == UNDECLARED
    assert refusal(program, edit(0, 1, "x = 1\n", (1, "# a\n"))) == UNDECLARED


def test_given_steps_are_not_touched() -> None:
    assert refusal("a = 1\nb = 2\n", edit(0, 1, "a = 2\n"), 1) == GIVEN
    assert refusal("a = 1\nb = 2\n", edit(1, 2, "b = 1\n", (0, "a = 2\n")), 1) == GIVEN


def test_nothing_is_inserted_after_a_line_without_an_end() -> None:
    assert refusal("a = 1\nb = 2", edit(2, 2, "c = 3\n")) == NOT_WHOLE_LINES
    candidate = splice(Source("a = 1\nb = 2"), edit(1, 2, "b = 3"))
    assert candidate.program == "a = 1\nb = 3"


def test_a_candidate_that_does_not_tokenize_is_cut_at_physical_lines() -> None:
    candidate = splice(Source(PROGRAM), edit(2, 3, "    total = (0\n"))
    assert [step.text for step in candidate.steps] == candidate.program.splitlines(keepends=True)
    assert candidate.steps[candidate.new_start : candidate.new_stop][0].text == "    total = (0\n"


@pytest.mark.parametrize(
    "new", ["    'text'\n", "    else: x\n", "  total = 1\n", "    if x: y\n", "    @d\n"]
)
def test_odd_replacements_are_cut_as_a_full_cut_would(new: str) -> None:
    program = "def f(xs):\n    total = 0\n    return total\n"
    candidate = splice(Source(program), edit(1, 2, new))
    assert candidate.steps == split_steps(candidate.program)


def test_line_ends_are_kept() -> None:
    source = Source("if a:\r\n\tb = 1\r\n\tc = 2\r\n")
    candidate = splice(source, edit(1, 2, "\tb = 2\r\n\tz = 0\r\n"))
    assert candidate.program == "if a:\r\n\tb = 2\r\n\tz = 0\r\n\tc = 2\r\n"
    assert candidate.steps == split_steps(candidate.program)


LINES = st.sampled_from(
    [
        "x = 1\n", "    x = 1\n", "if x:\n", "    y = (\n", "    )\n", "\n", "# note\n", "s = '''\n", "'''\n", "x = 1 \\\n",
        "else:\n", "def f():\n", "    return x\n", "\ty = 2\n", "'doc'\n", "x = [1,\n", "2]\n", "@d\n", "  z\n", "\x0c\n",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=8), st.lists(LINES, max_size=3), st.data())
def test_any_edit_is_refused_or_accounted_for_and_can_be_undone(
    old: list[str], new: list[str], data: st.DataObject
) -> None:
    source = Source("".join(old))
    count = len(source.steps)
    start = data.draw(st.integers(0, count))
    stop = data.draw(st.integers(start, count))
    others = [index for index in range(count) if not start <= index < stop]
    also: tuple[tuple[int, str], ...] = (
        ((data.draw(st.sampled_from(others)), data.draw(LINES)),)
        if len(others) > 0 and data.draw(st.booleans())
        else ()
    )
    made = edit(start, stop, "".join(new), *also)
    try:
        candidate = splice(source, made)
    except EditRefused:
        return
    assert join(candidate.steps) == candidate.program == apply(source, made)
    assert candidate.steps == split_steps(candidate.program)
    new_text = join(candidate.steps[candidate.new_start : candidate.new_stop])
    assert new_text == made.text
    assert [candidate.steps[i].text for i in candidate.also_changed] == [text for _, text in also] or not also
    # A candidate that was split at physical lines has other steps than its origin, so its text alone takes
    # the edit back.
    if len(candidate.steps) - (candidate.new_stop - candidate.new_start) == count - (stop - start):
        assert (
            apply(Source(candidate.program, steps=candidate.steps), inverse(source, candidate))
            == source.program
        )
