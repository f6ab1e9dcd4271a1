"""Sequences of calls and fresh starts: the calls of tests are recorded, and each input starts afresh."""

from __future__ import annotations

import json

from prmdata.records import Execution, Observation, Suite, Task, Verdict
from prmdata.resources import guest_module
from tests.sandboxes.conftest import Judge

codec = guest_module("codec")

COUNTER = """\
class Counter:
    made = 0

    def __init__(self, start):
        Counter.made += 1
        self.value = start

    def add(self, by=1):
        self.value += by
        return self.value

    def same(self):
        return self
"""
USED = "c = Counter(2)\nassert c.add() == 3\nassert c.same().add(by=4) == 7\nassert c.value == 7\nassert Counter.made == 1"


def sequence(*steps: tuple[int, str | None, str | None]) -> str:
    return json.dumps(
        {"q": [[on, name, None if call is None else json.loads(call)] for on, name, call in steps]},
        separators=(",", ":"),
    )


def call(*args: object, **kwargs: object) -> str:
    text: str = codec.encode_call(list(args), kwargs)
    return text


USED_AS_TEXT = sequence(
    (-1, None, call(2)),
    (0, "add", call()),
    (0, "same", call()),
    (2, "add", call(by=4)),
    (0, "value", None),
    (-1, "made", None),
)


def run(
    judged: Judge, program: str, *inputs: str, expected: tuple[str, ...] | None = None
) -> tuple[Observation, ...]:
    suite = Suite(inputs, expected, fresh_start=True)
    found: Execution = judged(
        program, USED, entry="Counter", task=Task("", tests=False, suites=(suite,)), cpu_s=0.2
    )
    assert found.verdict == Verdict.PASSED
    return found.observations[0]


def test_what_a_test_asks_is_recorded_as_a_sequence(judged: Judge) -> None:
    found = judged(COUNTER, USED, entry="Counter", reference=COUNTER, task=Task("", record_inputs=True))
    assert found.recorded_sequences == (USED_AS_TEXT,)


def test_a_sequence_is_answered_step_by_step_and_leaves_nothing_behind(judged: Judge) -> None:
    seen = run(judged, COUNTER, *[USED_AS_TEXT] * 3)
    assert [one.status for one in seen] == ["answered"] * 3
    assert json.loads(seen[0].answer) == ['{"o":""}', "3", '{"o":""}', "7", "7", "1"]
    assert len({one.answer for one in seen}) == 1


def test_a_step_that_raises_is_told_and_the_rest_goes_on(judged: Judge) -> None:
    text = sequence((-1, None, call(2)), (0, "add", call("x")), (0, "add", call(1)))
    (seen,) = run(judged, COUNTER, text)
    assert json.loads(seen.answer) == ['{"o":""}', '{"!":"TypeError"}', "3"]


def test_the_first_step_that_differs_is_shown(judged: Judge) -> None:
    (recorded,) = run(judged, COUNTER, USED_AS_TEXT)
    other = COUNTER.replace("+= by", "+= by + (by == 4)")
    same, differs = (
        run(judged, program, USED_AS_TEXT, expected=(recorded.answer,))[0] for program in (COUNTER, other)
    )
    assert same.status == "agreed"
    assert (differs.status, json.loads(differs.answer)) == ("disagreed", [3, "8"])


def test_leaving_in_the_middle_of_an_input_is_dying(judged: Judge) -> None:
    for leaving in ("__import__('os')._exit(0)", "__import__('os').kill(__import__('os').getpid(), 9)"):
        program = COUNTER.replace("self.value += by", f"self.value += by if by < 4 else {leaving}")
        seen = run(judged, program, sequence((-1, None, call(1)), (0, "add", call(1))), USED_AS_TEXT)
        assert [one.status for one in seen] == ["answered", "died"]


def test_single_calls_start_afresh_too(judged: Judge) -> None:
    program = "seen = []\ndef Counter(x):\n    seen.append(x)\n    return len(seen)\n"
    found = judged(
        program,
        "assert Counter(1) == 1",
        entry="Counter",
        task=Task("", tests=False, suites=(Suite((call(1), call(1), call(1)), fresh_start=True),)),
    )
    assert [one.answer for one in found.observations[0]] == ["1"] * 3
