"""What a status means, what an endpoint understands, how many requests may be under way, what they cost."""

from __future__ import annotations

import asyncio
import json
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from prmdata.errors import BudgetReached, InputError, UsageError
from prmdata.teachers.answer_body import read_body
from prmdata.teachers.capabilities import EndpointCapabilities
from prmdata.teachers.error_classification import (
    Broken,
    EmptyAccount,
    Throttled,
    Unsupported,
    retry_after_s,
    sort_status,
)
from prmdata.teachers.model_request import ModelAnswer, ModelQuestion
from prmdata.teachers.pace import Gate
from prmdata.teachers.prices import Price, find_price
from prmdata.teachers.reading import lost_because

SECRET = "sk-verysecretkey and the whole prompt"


def sorted_(status: int, code: str | None = None, headers: dict[str, str] | None = None, **more: Any) -> Any:
    body = {"error": {"message": SECRET, "code": code, **{k: v for k, v in more.items() if k != "is_proven"}}}
    return sort_status(
        status, body, headers or {}, host="h", model="m", is_proven=more.get("is_proven", False)
    )


@pytest.mark.parametrize(
    ("status", "code", "kind", "said"),
    [
        (401, "invalid_api_key", UsageError, "OPENAI_API_KEY"),
        (403, None, UsageError, "key"),
        (404, "model_not_found", UsageError, "--model m"),
        (404, None, UsageError, "--base-url"),
        (429, "insufficient_quota", EmptyAccount, "no credit"),
        (402, None, EmptyAccount, "no credit"),
        (429, "rate_limit_exceeded", Throttled, "429"),
        (500, None, Broken, "500"),
        (503, "server_error", Broken, "server_error"),
        (529, None, Broken, "529"),
        (408, None, Broken, "408"),
        (400, "unsupported_parameter", Unsupported, "400"),
        (422, None, Unsupported, "422"),
    ],
)
def test_each_status_says_what_to_do(status: int, code: str | None, kind: type, said: str) -> None:
    found = sorted_(status, code)
    assert isinstance(found, kind)
    assert said in str(found)
    assert "\n" not in str(found)
    assert "secret" not in str(found), "a provider's text may quote the key or the prompt"


def test_a_refusal_without_a_reason_is_the_requests_own_once_others_were_taken() -> None:
    found = sorted_(400, is_proven=True)
    assert (type(found), found.lasting) == (Broken, "refused request")
    assert type(sorted_(400, param="seed", is_proven=True)) is Unsupported
    assert isinstance(sorted_(400, param="model"), UsageError)


def test_what_can_never_be_answered_is_an_answer() -> None:
    assert sorted_(400, "context_length_exceeded") == ModelAnswer((), problem="context length")
    assert sorted_(400, "content_filter") == ModelAnswer((), problem="content filter")
    assert sorted_(413) == ModelAnswer((), problem="context length")


def refused_parameter(status: int, body: Any) -> str:
    found: Any = sort_status(status, body, {}, host="h", model="m")
    return str(found.parameter)


def test_the_refused_parameter_is_found_in_param_or_text() -> None:
    assert sorted_(400, param="response_format").parameter == "response_format"
    body = {"detail": [{"msg": "Unexpected keys in the request: {'seed'}"}]}
    assert refused_parameter(422, body) == "seed"
    assert refused_parameter(400, "n is not supported") == "n"
    assert refused_parameter(400, None) == ""


def test_retry_after_in_every_spelling() -> None:
    assert retry_after_s({}) is None
    assert retry_after_s({"retry-after": "7"}) == 7
    assert retry_after_s({"retry-after": "1", "retry-after-ms": "250"}) == 0.25
    assert retry_after_s({"retry-after": "soon"}) is None
    assert retry_after_s({"retry-after": "nan"}) is None
    assert retry_after_s({"retry-after": "-3"}) == 0
    assert 25 < (retry_after_s({"retry-after": formatdate(time.time() + 30, usegmt=True)}) or 0) <= 30
    assert sorted_(429, headers={"retry-after": "9"}).wait_s == 9
    assert isinstance(sorted_(429, headers={"retry-after": "86400"}), BudgetReached)


EDITS = ModelQuestion("s", "u", 0.5, 100, structured=True)
TEXT = ModelQuestion("s", "u", 0.5, 100, n=3, structured=False)


def test_capabilities_are_given_up_one_at_a_time() -> None:
    capabilities: EndpointCapabilities | None = EndpointCapabilities()
    seen: list[set[str]] = []
    while capabilities is not None:
        sent = capabilities.parameters(EDITS)
        seen.append(set(sent))
        capabilities = capabilities.without("", EDITS)
    assert seen[0] == {"max_completion_tokens", "temperature", "seed", "response_format"}
    assert seen[-1] == set()
    assert len(seen) == 7  # schema, object, text; seed; the newer name of max_tokens; temperature; max_tokens


def test_a_named_parameter_goes_first() -> None:
    capabilities = EndpointCapabilities().without("temperature", EDITS)
    assert capabilities is not None
    assert set(capabilities.parameters(EDITS)) == {"max_completion_tokens", "seed", "response_format"}
    capabilities = EndpointCapabilities().without("max_completion_tokens", EDITS)
    assert capabilities is not None
    assert "max_tokens" in capabilities.parameters(EDITS)


def test_text_needs_no_format_and_n_only_where_it_says_something() -> None:
    assert "response_format" not in EndpointCapabilities().parameters(TEXT)
    assert EndpointCapabilities().parameters(TEXT)["n"] == 3
    assert "n" not in EndpointCapabilities().parameters(EDITS)
    assert EndpointCapabilities(**EndpointCapabilities(seed=False).to_plain()) == EndpointCapabilities(
        seed=False
    )


def test_the_gate_halves_once_a_round_and_grows_back() -> None:
    async def main() -> None:
        gate = Gate(8)
        numbers = [await gate.enter() for _ in range(8)]
        late = asyncio.create_task(gate.enter())
        await asyncio.sleep(0)
        assert not late.done()
        for number in numbers:
            gate.throttled(number)
        assert gate.limit == 4, "eight refusals of one round count once"
        for _ in numbers:
            gate.leave()
        assert await late == 9
        gate.throttled(9)
        assert gate.limit == 2
        gate.leave()
        for _ in range(40):
            gate.answered()
        assert gate.limit == 8
        assert gate.under_way == 0

    asyncio.run(main())


def test_whoever_gives_up_waiting_frees_the_place() -> None:
    async def main() -> None:
        gate = Gate(1)
        await gate.enter()
        waiting = [asyncio.create_task(gate.enter()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)
        gate.leave()
        waiting[1].cancel()  # just admitted, and cancelled before it could run
        await asyncio.gather(*waiting[:2], return_exceptions=True)
        assert await asyncio.wait_for(waiting[2], 5) is not None

    asyncio.run(main())


def test_prices_are_by_host_and_the_users_win(tmp_path: Path) -> None:
    ours = find_price("gpt-4.1-mini", "api.openai.com")
    assert ours == Price(0.40, 1.60, 0.5)
    assert find_price("gpt-4.1-mini-2025-04-14", "api.openai.com") == ours
    assert find_price("gpt-4o-2024-05-13", "api.openai.com") != find_price("gpt-4o", "api.openai.com")
    assert find_price("gpt-4.1-mini", "somebody.example") is None
    assert find_price("gpt-99", "api.openai.com") is None
    table = tmp_path / "p.toml"
    table.write_text('[[price]]\nhost = "*"\nmodel = "gpt-4.1-*"\ninput = 3\noutput = 4\n')
    assert find_price("gpt-4.1-mini", "api.openai.com", table) == Price(3, 4, 1.0)
    assert Price(0.15, 0.60).nano_usd(1_000_000, 0) == 150_000_000
    assert Price(0.15, 0.60).nano_usd(1, 0) == 150
    assert Price(0.0001, 0).nano_usd(1, 0) == 1, "rounded up, never to nothing"
    assert Price(1, 1, 0.5).nano_usd(1000, 1000, is_batch=True) == 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "price = 3",
        "[[price]]\nhost='h'\nmodel='m'\ninput=-1\noutput=1",
        "[[price]]\ninput=1\noutput=1",
        "{",
    ],
)
def test_a_table_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    table = tmp_path / "p.toml"
    table.write_text(text)
    with pytest.raises(InputError, match=r"p\.toml"):
        find_price("m", "h", table)


def test_an_error_in_a_good_envelope_is_an_error() -> None:
    body = {"error": {"code": 429, "message": SECRET}}
    with pytest.raises(Throttled):
        read_body(json.dumps(body), "h")
    with pytest.raises(BudgetReached):
        read_body('{"error": {"code": "insufficient_quota"}}', "h")
    for broken in ("[]", "{}", "<html>", '{"choices": [{}]}', '{"choices": null}', b"\xff"):
        with pytest.raises(Broken, match="no chat completion"):
            read_body(broken, "h")


def test_bodies_in_the_spellings_of_many_servers() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]
    body: dict[str, Any] = {
        "choices": [{"message": {"content": parts}, "finish_reason": None}, {"message": {"refusal": "no"}}]
    }
    answer = read_body(json.dumps(body), "h")
    assert [(one.text, one.finish, one.refused) for one in answer.choices] == [
        ("ab", "stop", False),
        ("", "stop", True),
    ]
    for finish in ("length", "max_tokens", "MAX_TOKENS"):
        choice = read_body(
            json.dumps({"choices": [{"message": {"content": "a"}, "finish_reason": finish}]}), "h"
        ).choices[0]
        assert lost_because(choice) == "truncated"
    assert not answer.is_counted
    body["usage"] = {"prompt_tokens": 3}
    assert read_body(json.dumps(body), "h").prompt_tokens == 3
    body["usage"] = {"prompt_tokens": -3, "completion_tokens": "x"}
    assert not read_body(json.dumps(body), "h").is_counted
