"""Sequences of calls: their text form, changes to them, and the Python in which they are shown."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from prmdata.evidence.sequence_space import SequenceSpace
from prmdata.evidence.sequences import (
    ENTRY,
    ROOT,
    CallStep,
    Steps,
    as_python,
    inserted,
    joined,
    parse,
    text_of,
    without,
)
from prmdata.evidence.values import Call, decode, encode


def call(*values: object) -> str:
    return encode(Call(values))


@st.composite
def sequences(draw: st.DrawFn) -> Steps:
    steps: list[CallStep] = []
    for place in range(draw(st.integers(1, 8))):
        on = draw(st.integers(ROOT, place - 1))
        name = draw(st.sampled_from([None, "put", "get"])) if on >= 0 else None
        steps.append(CallStep(on, name, call(draw(st.integers(-5, 5)))))
    return tuple(steps)


def is_whole(steps: Steps) -> bool:
    return all(step.on < place for place, step in enumerate(steps))


@given(sequences())
def test_a_text_becomes_steps_and_the_same_text_again(steps: Steps) -> None:
    assert parse(text_of(steps)) == steps


@given(sequences(), sequences(), st.data())
def test_every_change_keeps_each_step_behind_what_it_needs(
    steps: Steps, others: Steps, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(steps) - 1))
    both = joined([steps, others])
    assert is_whole(both)
    assert both[: len(steps)] == steps
    assert is_whole(without(both, [place]))
    assert len(without(steps, [place])) < len(steps)
    longer = inserted(steps, place + 1, steps[place])
    assert is_whole(longer)
    assert without(longer, [place + 1]) == steps


STACK = """\
class Stack:
    def __init__(self):
        self.items = []

    def push(self, x):
        self.items.append(x)

    def top(self):
        return self.items[-1]
"""
USED = (
    CallStep(ROOT, None, call()),
    CallStep(0, "push", call(3)),
    CallStep(0, "push", call(4)),
    CallStep(0, "top", call()),
)


def test_a_sequence_as_python_runs_as_it_stands() -> None:
    lines = as_python(USED, "Stack").split("\n")
    assert lines == ["stack1 = Stack()", "stack1.push(3)", "stack1.push(4)", "stack1.top()"]
    names: dict[str, object] = {}
    exec("\n".join([STACK, *lines[:-1]]), names)
    assert eval(lines[-1], names) == 4


def test_an_entry_point_that_is_an_expression_gets_a_name() -> None:
    steps = (CallStep(ENTRY, None, call(2)), CallStep(ENTRY, None, call(2)))
    assert as_python(steps, "Solution().ways") == "called = Solution().ways\ncalled(2)\ncalled(2)"


def test_what_is_drawn_calls_objects_as_the_tests_do() -> None:
    space = SequenceSpace([text_of(USED)], [STACK], is_slow=False, is_open=False)
    inside, outside = space.draw(Random(0), 40, space.given, set(space.given))
    assert len(inside) == 40
    assert space.draw(Random(0), 40, space.given, set(space.given)) == (inside, outside)
    for text in (*inside, *outside):
        steps = parse(text)
        assert is_whole(steps)
        assert {step.name for step in steps} <= {None, "push", "top"}
        assert {step.on for step in steps if step.name is None} <= {ROOT}
        assert (not space.violations(text)) == (text in inside)


CLOCK = "class Clock:\n    def __init__(self):\n        self.seen = []\n    def hit(self, t):\n        self.seen.append(t)\n"


def test_some_sequences_take_one_step_again_and_again_with_numbers_that_go_on() -> None:
    hits = tuple(CallStep(0, "hit", call(t)) for t in (1, 5, 4, 9))
    space = SequenceSpace(
        [text_of((CallStep(ROOT, None, call()), *hits))], [CLOCK], is_slow=False, is_open=False
    )
    inside, _ = space.draw(Random(0), 60, space.given, set(space.given))
    times = [
        [decode(step.call).values[0] for step in parse(text) if step.name == "hit" and step.call]
        for text in inside
    ]
    in_threes = [run[at : at + 3] for run in times for at in range(len(run) - 2)]
    assert {1, -1} == {b - a for a, b, c in in_threes if c - b == b - a and abs(b - a) == 1}


def test_an_order_that_no_test_shows_is_outside() -> None:
    space = SequenceSpace([text_of(USED)], [STACK], is_slow=False, is_open=False)
    assert not space.violations(text_of(USED[:2]))
    top_first = (USED[0], CallStep(0, "top", call()), CallStep(0, "push", call(3)))
    assert {name for name, _, _ in space.violations(text_of(top_first))} == {"order"}


def test_a_sequence_ends_before_the_reference_raises_unless_a_test_sees_that() -> None:
    given = text_of(USED)
    space = SequenceSpace([given], [STACK], is_slow=False, is_open=False)
    answer = '["{\\"o\\":\\"\\"}","null","null","{\\"!\\":\\"IndexError\\"}"]'
    other = text_of((*USED[:2], CallStep(0, "push", call(5)), USED[3]))
    assert space.kept(other, answer) == (text_of(parse(other)[:3]), '["{\\"o\\":\\"\\"}","null","null"]')
    assert space.kept(given, answer) == (given, answer)
    assert space.kept(other, answer) == (other, answer)
