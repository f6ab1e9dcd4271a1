"""Servers as they really answer: thoughts in every place, streams, errors with status 200, limits that are ignored, and
an endpoint that dies. What they say is used rightly or counted by reason."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from prmdata.errors import BudgetReached, TeacherError, UsageError
from prmdata.records import Problem, Reply, Request
from prmdata.teachers.answer_body import ONLY_THOUGHTS, TOOL_CALL, read_body
from prmdata.teachers.capabilities import EndpointCapabilities
from prmdata.teachers.completion_forms import GREETINGS
from prmdata.teachers.continuation import read_continuation
from prmdata.teachers.error_classification import Broken, EmptyAccount, Throttled, Unsupported, sort_status
from prmdata.teachers.model_request import ModelChoice, ModelQuestion
from prmdata.teachers.reading import read_edits
from prmdata.teachers.thinking import without_thinking
from prmdata.teachers.worst_case import worst_case
from prmdata.testing.chat import Manners, Thinking, digest
from prmdata.testing.faults import FaultPlan
from prmdata.testing.server import faulty_server

Teachers = Callable[..., Any]
Requests = Callable[..., list[Request]]


def ask(teacher: Any, requests: list[Request]) -> list[Any]:
    async def main() -> list[Any]:
        found = await asyncio.gather(*(teacher.ask(one) for one in requests), return_exceptions=True)
        await teacher.close()
        return list(found)

    return asyncio.run(main())


def used(replies: list[Reply]) -> list[Any]:
    return [(one.edits, one.completions, one.unusable) for one in replies]


@pytest.mark.parametrize("thinks", ["open", "closed", "channels", "apart"])
def test_thoughts_change_nothing_wherever_they_stand(
    thinks: Thinking, problems: list[Problem], requests_of: Requests, openai_teacher: Teachers, tmp_path: Path
) -> None:
    requests = requests_of(problems, complete=4)
    with faulty_server(references=[one.reference for one in problems]) as server:
        plain = used(ask(openai_teacher(server.base_url), requests))
        server.manners = Manners(thinks=thinks)
        thought = used(ask(openai_teacher(server.base_url, answers=tmp_path / "thought.sqlite"), requests))
    assert thought == plain
    assert sum(len(edits) + len(completions) for edits, completions, _ in plain) > 20


def test_thoughts_without_an_answer_are_counted(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    with faulty_server(manners=Manners(thinks="alone")) as server:
        replies = ask(openai_teacher(server.base_url), requests_of(problems[:1], complete=1))
    assert all(not reply.edits and not reply.completions for reply in replies)
    assert {reason for reply in replies for reason, _ in reply.unusable} == {ONLY_THOUGHTS}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<think>a</think>b", "b"),
        ("a</think>b", "b"),
        ("<think>a", ""),
        ("a</think>b</think>c", "c"),
        ("[THINK]a[/THINK]b", "b"),
        ("◁think▷a◁/think▷b", "b"),
        ("<seed:think>a</seed:think>b", "b"),
        (
            "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>",
            "b",
        ),
        ("<|channel|>analysis<|message|>a", ""),
        ("analysisWe need edits.assistantfinalb", "b"),
        ("text.replace('</think>', '')", "text.replace('</think>', '')"),
        ("easy</think>```python\nb\n```", "```python\nb\n```"),
        ("no thoughts", "no thoughts"),
    ],
)
def test_what_was_thought_is_told_from_what_is_answered(text: str, left: str) -> None:
    assert without_thinking(text) == left


def choice(**message: Any) -> ModelChoice:
    body = {"choices": [{"message": {"role": "assistant", **message}, "finish_reason": "stop"}]}
    return read_body(json.dumps(body), "h").choices[0]


def test_the_fields_of_a_message() -> None:
    assert choice(content=None, reasoning_content="x").finish == ONLY_THOUGHTS
    assert choice(content="a", reasoning="x") == ModelChoice("a")
    call = {"function": {"name": "f", "arguments": '{"edits": []}'}}
    assert choice(content=None, tool_calls=[call]) == ModelChoice('{"edits": []}', TOOL_CALL)
    assert read_continuation("def f():\n", choice(content="", tool_calls=[call])) == ("", TOOL_CALL)
    assert choice(content="", tool_calls=[call, call]) == ModelChoice("")
    encoded = json.dumps("```python\n    return 1\n```")
    assert read_continuation("def f():\n", ModelChoice(encoded)) == ("    return 1\n", None)
    twice = json.dumps(json.dumps({"edits": [{"step": 1, "old": "a", "new": "b", "kind": "k"}]}))
    body = json.dumps({"choices": [{"text": twice, "finish_reason": "stop"}]})
    assert [raw.replacement for raw in read_edits(read_body(body, "h"), "mutate").raw] == ["b"]


def test_a_stream_is_read_as_one_answer_and_one_that_broke_off_is_none() -> None:
    def event(index: int, content: str, finish: str | None = None) -> str:
        part = {"index": index, "delta": {"content": content}, "finish_reason": finish}
        return f"data: {json.dumps({'choices': [part]})}\n\n"

    usage = 'data: {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}\n\n'
    stream = ": hello\n\n" + event(0, "a") + event(1, "x") + event(0, "b", "stop") + event(1, "", "length")
    answer = read_body(stream + usage + "data: [DONE]\n\n", "h")
    assert answer.choices == (ModelChoice("ab"), ModelChoice("x", "length"))
    assert (answer.prompt_tokens, answer.completion_tokens) == (3, 4)
    with pytest.raises(Broken, match="no chat completion"):
        read_body(event(0, "a"), "h")
    good = json.dumps({"choices": [{"message": {"content": "a"}}]})
    assert read_body(f": PROCESSING\n\n: PROCESSING\n\n{good}", "h").choices == (ModelChoice("a"),)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"message": "no", "code": 429}}, Throttled),
        ({"error": {"message": "no", "code": "429"}}, Throttled),
        ({"error": {"message": "Insufficient credits", "code": 402}}, EmptyAccount),
        ({"error": "overloaded"}, Broken),
        ({"object": "error", "message": "no", "code": 40303}, Broken),
        ({"choices": [{"message": {"content": "a"}, "finish_reason": "error", "error": {"code": 429}}]}, Throttled),
        ({"choices": [{"message": {"content": ""}, "finish_reason": "error"}]}, Broken),
    ],
)  # fmt: skip
def test_an_error_with_a_good_status_is_an_error(body: dict[str, Any], kind: type) -> None:
    with pytest.raises(kind) as caught:
        read_body(json.dumps(body), "h")
    assert "malformed" not in getattr(caught.value, "reason", "")


def test_a_server_that_only_streams_is_asked_to(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    refusal = sort_status(
        400, {"error": {"message": "please enable the stream parameter"}}, {}, host="h", model="m"
    )
    assert isinstance(refusal, Unsupported)
    assert refusal.parameter == "stream"
    with faulty_server(manners=Manners(stream_only=True)) as server:
        teacher = openai_teacher(server.base_url)
        assert all(reply.edits for reply in ask(teacher, requests_of(problems)))
        assert server.counts["refused_400"] == 1
    assert teacher.statistics()["prompt_tokens"] > 0


def test_a_limit_that_is_ignored_is_said_in_the_older_way_and_then_reckoned_with(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    with faulty_server(manners=Manners(overlong=40)) as server:
        teacher = openai_teacher(server.base_url)
        assert all(reply.edits for reply in ask(teacher, requests_of(problems)))
    assert teacher.statistics()["overruns"] == 1, (
        "the first request goes alone, and the others say max_tokens"
    )
    deaf = EndpointCapabilities(tokens="max_tokens").overrun_by(100, 5000)
    assert deaf is not None
    assert deaf.overrun == 50
    assert deaf.overrun_by(100, 90) is None
    question = ModelQuestion("", "", 0.5, 100, n=2)
    assert worst_case(question, None, overrun=deaf.overrun)[0] >= 100 * 2 * 50


def test_a_cap_stops_before_the_next_request_of_a_server_that_ignores_limits(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    manners = Manners(overlong=40, refuses=("max_tokens",))
    with faulty_server(manners=manners) as server:
        teacher = openai_teacher(server.base_url, max_tokens=60_000)
        errors = [one for one in ask(teacher, requests_of(problems)) if isinstance(one, BaseException)]
        assert errors
        assert all(isinstance(one, BudgetReached) and "--max-tokens" in str(one) for one in errors)
        answered = server.counts["answers"]
    spent = teacher.statistics()["job"]
    assert spent["prompt_tokens"] + spent["completion_tokens"] < 60_000 + 40 * 2_000, (
        "one answer too many at most"
    )
    assert answered < 6


@pytest.mark.parametrize("dies", [True, False])
def test_a_dead_endpoint_is_one_line_whatever_is_in_flight(
    dies: bool, problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    requests = requests_of(problems * 5, per_step=1)
    with faulty_server() as server:
        ask(openai_teacher(server.base_url), requests[:1] if dies else [])
        url = server.base_url
    found = ask(openai_teacher(url), [replace(one, seed=at + 7) for at, one in enumerate(requests)])
    assert len({str(one) for one in found}) == 1
    assert {type(one) for one in found} == {BudgetReached if dies else UsageError}
    assert "\n" not in str(found[0])


@dataclass(frozen=True)
class Breaking(FaultPlan):
    """The server has an error over every request but a greeting."""

    def transport(self, content: str, nth: int) -> str | None:
        greeting = {"model": "faulty-1", "messages": GREETING, "seed": GREETINGS["chat"].seed, "n": 1}
        return None if content == digest(greeting) else "error_500"


GREETING = [
    {"role": "system", "content": GREETINGS["chat"].system},
    {"role": "user", "content": GREETINGS["chat"].user},
]


def test_a_question_that_breaks_the_server_each_time_is_no_dead_endpoint(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    requests = requests_of(problems)
    with faulty_server() as server:
        ask(openai_teacher(server.base_url), requests[:1])
        server.plan = Breaking()
        (error,) = ask(openai_teacher(server.base_url), requests[1:2])
        server.plan = FaultPlan(1.0, ("error_500",))
        (gone,) = ask(openai_teacher(server.base_url), requests[1:2])
    assert type(error) is TeacherError
    assert type(gone) is BudgetReached
