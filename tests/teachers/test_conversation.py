"""The conversation about one request, with scripted answers: rounds, skips, duplicates, anything at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.records import Problem, Reply, Request, Test
from prmdata.teachers.conversation import ROUNDS, Conversation
from prmdata.teachers.model_request import CompletionForm, ModelAnswer, ModelChoice, ModelQuestion
from prmdata.teachers.prices import Price
from prmdata.teachers.prompt_builder import PromptBuilder, Sampling
from prmdata.teachers.prompts import PromptSet

PROGRAM = "def f(a, b):\n    total = 0\n    for x in a:\n        total += x\n    return total - b\n"
PROBLEM = Problem("p", "Write f.", PROGRAM, (Test("assert", "assert f([1], 1) == 0"),), "f")
PROMPTS = PromptBuilder(PromptSet(), Sampling())


class Script:
    """A source that says its lines one after the other, the last one for ever."""

    def __init__(self, lines: Sequence[Any]) -> None:
        self.lines = [
            one if isinstance(one, ModelAnswer) else ModelAnswer((ModelChoice(_text(one)),), 100, 10)
            for one in lines
        ]
        self.heard: list[ModelQuestion] = []

    async def answer(self, question: ModelQuestion) -> ModelAnswer:
        self.heard.append(question)
        return self.lines[min(len(self.heard), len(self.lines)) - 1]

    async def form(self) -> CompletionForm:
        return "chat"

    async def close(self) -> None:
        return None


def _text(line: Any) -> str:
    return line if isinstance(line, str) else json.dumps(line)


def edit(step: int, old: str, new: str) -> dict[str, Any]:
    return {"step": step, "old": old, "new": new, "kind": "k"}


def talk(script: Script, request: Request) -> Reply:
    return asyncio.run(Conversation(script, PROMPTS, "me", Price(1, 2)).ask(request))


def asking(*steps: int, per_step: int = 1) -> Request:
    return Request("mutate", PROBLEM, PROGRAM, steps, per_step=per_step)


ONE = edit(1, "total = 0", "total = 1")
FOUR = edit(4, "return total - b", "return total + b")


def test_a_whole_answer_ends_it() -> None:
    script = Script([{"edits": [ONE, FOUR], "skip": []}])
    reply = talk(script, asking(1, 4))
    assert [(one.start, one.text, one.author) for one in reply.edits] == [
        (1, "    total = 1\n", "me"),
        (4, "    return total + b\n", "me"),
    ]
    assert (len(script.heard), reply.unusable) == (1, ())
    assert (reply.usage.requests, reply.usage.prompt_tokens, reply.usage.cost_usd) == (1, 100, 0.00012)


def test_fewer_than_asked_in_a_whole_answer_is_all_there_is() -> None:
    script = Script([{"edits": [ONE, FOUR]}])
    assert len(talk(script, asking(1, 4, per_step=3)).edits) == 2
    assert len(script.heard) == 1


def test_a_skipped_step_is_not_asked_about_again() -> None:
    script = Script([{"edits": [ONE], "skip": [4]}])
    assert talk(script, asking(1, 4)).unusable == (("declined", 1),)
    assert len(script.heard) == 1


def test_what_is_missing_is_asked_for_again_with_the_reason() -> None:
    bad = edit(4, "return total - b", "return total - - (b")
    script = Script([{"edits": [ONE, bad]}, {"edits": [FOUR, edit(1, "total = 0", "total = 2")]}])
    reply = talk(script, asking(1, 4))
    assert [one.start for one in reply.edits] == [1, 4]
    assert dict(reply.unusable) == {"does not compile": 1, "extra": 1}
    assert "these steps: 4." in script.heard[1].user
    assert "does not compile" in script.heard[1].user
    assert script.heard[1].temperature > script.heard[0].temperature


def test_a_lost_answer_is_asked_for_again_whole() -> None:
    script = Script(["Sorry?", {"edits": [ONE, FOUR]}])
    reply = talk(script, asking(1, 4))
    assert len(reply.edits) == 2
    assert reply.unusable == (("not JSON", 1),)
    assert "not one JSON object" in script.heard[1].user


def test_the_rounds_are_bounded() -> None:
    script = Script(["noise"])
    assert dict(talk(script, asking(1, 4)).unusable) == {"not JSON": ROUNDS}
    silent = Script([{"edits": []}])
    assert talk(silent, asking(1, 4)).unusable == ()
    assert len(silent.heard) == 1, "a whole answer without edits has nothing more to say"


def test_what_an_earlier_round_gave_is_named_and_not_taken_twice() -> None:
    cut_off = ModelAnswer((ModelChoice(json.dumps({"edits": [ONE, FOUR]})[:-20], "length"),))
    script = Script(
        [cut_off, {"edits": [edit(1, "total = 0", "total  =  1"), edit(1, "total = 0", "total = 3")]}]
    )
    reply = talk(script, asking(1, per_step=2))
    assert "[1] total = 1" in script.heard[1].user
    assert script.heard[1].max_tokens > 1.5 * script.heard[0].max_tokens, "what was cut off gets more room"
    assert [one.text for one in reply.edits] == ["    total = 1\n", "    total = 3\n"]
    assert dict(reply.unusable) == {"duplicate": 1, "truncated": 1}


def test_edits_of_other_steps_are_not_wanted() -> None:
    reply = talk(Script([{"edits": [ONE, FOUR]}]), asking(4))
    assert [one.start for one in reply.edits] == [4]
    assert dict(reply.unusable) == {"other step": 1}


def test_a_wrong_number_is_repaired_by_the_quote() -> None:
    reply = talk(Script([{"edits": [{**FOUR, "step": 2}, {**ONE, "step": "17"}]}]), asking(1, 4))
    assert [one.start for one in reply.edits] == [1, 4]


def test_nothing_asked_is_nothing_sent() -> None:
    script = Script(["x"])
    assert talk(script, asking()) == Reply(usage=talk(script, asking()).usage)
    assert talk(script, Request("complete", PROBLEM, PROGRAM, n=0)).completions == ()
    assert not script.heard


_words = st.sampled_from(
    ["total = 0", "total = 1", "    return total - b", "return b", "for x in a:", "if x:\n    pass", "", "(", "\\", "\t",
     "    ", "x" * 50, "é", "'''", "# note", "total = 0\n    for x in b:", "\x0c", "\r", "def f(a, b):", "lambda: 0", "yield"]
)  # fmt: skip
_entry = st.fixed_dictionaries(
    {"step": st.integers(-2, 7) | st.none() | st.text(max_size=3), "old": _words, "new": _words}
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(_entry, max_size=6),
    st.integers(0, 3),
    st.sampled_from(["stop", "length", "content_filter"]),
    st.integers(0, 400),
)
def test_whatever_a_model_says_every_edit_kept_is_a_program(
    entries: list[dict[str, Any]], per_step: int, finish: str, end: int
) -> None:
    answer = ModelAnswer((ModelChoice(json.dumps({"edits": entries})[: end or None], finish),))
    request = asking(1, 2, 3, 4, per_step=per_step)
    reply = talk(Script([answer]), request)
    source = Source(PROGRAM)
    programs = {splice(source, one).program for one in reply.edits}
    assert len(programs) == len(reply.edits)
    for program in programs:
        compile(program, "kept", "exec")
    assert all(one.start in request.steps for one in reply.edits)


def test_a_rewrite_is_asked_for_from_what_stands_before_and_comes_back_as_edits() -> None:
    rest = "    for x in a:\n        total += x\n    return total - b\n"
    own = "    total = sum(a)\n    return total + b\n"
    request = Request("rewrite", PROBLEM, PROGRAM, (2, 3, 4), n=4)
    script = Script(
        [ModelAnswer(tuple(ModelChoice(f"```python\n{text}```") for text in (own, rest, own, own)))]
    )
    reply = talk(script, request)
    (question,) = script.heard
    assert "total = 0" in question.user
    assert not any(line in question.user for line in ("for x in a", "total += x", "return total"))
    assert [(one.start, one.stop, one.text, one.intent, one.author) for one in reply.edits] == [
        (2, 5, own, "rewrite", "me")
    ]
    assert (reply.completions, dict(reply.unusable)) == ((), {"duplicate": 2, "no-op": 1})
