"""The openai teacher against a server that goes wrong in every way it knows."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prmdata.errors import BudgetReached, TeacherError, UsageError
from prmdata.records import Problem, Reply, Request
from prmdata.teachers import make_teacher
from prmdata.testing.chat import Manners
from prmdata.testing.faults import ALL, CONTENT, TRANSPORT, FaultPlan
from prmdata.testing.server import faulty_server

Teachers = Callable[..., Any]
Requests = Callable[..., list[Request]]


def ask(teacher: Any, requests: list[Request], *, close: bool = True) -> list[Reply]:
    async def main() -> list[Reply]:
        try:
            return list(await asyncio.gather(*(teacher.ask(one) for one in requests)))
        finally:
            if close:
                await teacher.close()

    return asyncio.run(main())


def failing(teacher: Any, requests: list[Request]) -> list[BaseException]:
    async def main() -> list[BaseException]:
        found = await asyncio.gather(*(teacher.ask(one) for one in requests), return_exceptions=True)
        await teacher.close()
        return [one for one in found if isinstance(one, BaseException)]

    return asyncio.run(main())


def same(left: list[Reply], right: list[Reply]) -> bool:
    return [(a.edits, a.completions, a.unusable) for a in left] == [
        (b.edits, b.completions, b.unusable) for b in right
    ]


@pytest.mark.parametrize("kind", [kind for kind in CONTENT if kind != "bad_request"])
def test_each_fault_of_content_is_counted_or_repaired(
    kind: str, problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    with faulty_server(FaultPlan(1.0, (kind,))) as server:
        teacher = openai_teacher(server.base_url)
        replies = ask(teacher, requests_of(problems))
    edits = sum(len(reply.edits) for reply in replies)
    reasons = {reason for reply in replies for reason, _ in reply.unusable}
    lost = {
        "malformed_json": {"not JSON"}, "refusal": {"refusal"}, "content_filter": {"content filter"},
        "empty": {"empty"}, "truncated": {"truncated"}, "wrong_types": {"wrong shape"},
        "bad_syntax": {"does not compile"}, "no_op": {"no-op"}, "duplicates": {"duplicate"}, "no_choices": {"empty"},
    }  # fmt: skip
    assert lost.get(kind, set()) <= reasons
    assert (edits > 0) == (kind not in ("malformed_json", "refusal", "content_filter", "empty", "no_choices"))
    assert teacher.statistics()["usable"] == edits
    if kind == "no_usage":
        assert teacher.statistics()["prompt_tokens"] > 100


@pytest.mark.parametrize("kind", TRANSPORT)
def test_each_fault_of_transport_is_retried_and_leaves_no_trace(
    kind: str, problems: list[Problem], requests_of: Requests, openai_teacher: Teachers, tmp_path: Path
) -> None:
    requests = requests_of(problems[:2], complete=2)
    with faulty_server(FaultPlan(0.4, (kind,), seed=1)) as server:
        teacher = openai_teacher(server.base_url)
        replies = ask(teacher, requests)
        assert server.counts[kind] > 0
        if kind != "slow":
            assert sum(teacher.statistics()["retries"].values()) == server.counts[kind]
    with faulty_server(FaultPlan(seed=1)) as calm:
        assert same(
            replies, ask(openai_teacher(calm.base_url, answers=tmp_path / "b" / "a.sqlite"), requests)
        )


def test_everything_at_once_is_repeated_exactly_by_replay(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers, tmp_path: Path
) -> None:
    requests = requests_of(problems, complete=4)
    references = [one.reference for one in problems]
    with faulty_server(FaultPlan(0.6, ALL, seed=2), references=references) as server:
        replies = ask(openai_teacher(server.base_url), requests)
        asked = server.counts["requests"]
        again = ask(openai_teacher(server.base_url), requests)
        assert server.counts["requests"] == asked, "nothing is sent whose answer is on disk"
        assert server.stats()["answered_twice"] == 0
    replayed = ask(make_teacher("replay", answers=tmp_path / "answers.sqlite"), requests)
    assert same(replies, again)
    assert same(replies, replayed)
    assert sum(len(one.edits) for one in replies) > 10
    assert sum(len(one.completions) for one in replies) >= 8


def test_replay_names_what_it_has_not_heard(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers, tmp_path: Path
) -> None:
    with faulty_server() as server:
        ask(openai_teacher(server.base_url), requests_of(problems[:1]))
        ask(openai_teacher(server.base_url, temperature=0.1), requests_of(problems[:1]))
    replay = make_teacher("replay", answers=tmp_path / "answers.sqlite")
    (error, *_) = failing(replay, requests_of(problems[1:2]))
    assert type(error) is TeacherError
    assert "no recorded answer of faulty-1 to request " in str(error)
    with pytest.raises(UsageError, match=r"holds answers of faulty-1 at http.*--model and --base-url"):
        make_teacher("replay", answers=tmp_path / "answers.sqlite", model="other")
    with pytest.raises(UsageError, match="no recorded answers"):
        make_teacher("replay", answers=tmp_path / "none.sqlite")


@pytest.mark.parametrize(
    "manners",
    [
        Manners(structured="json_object"),
        Manners(structured="none"),
        Manners(refuses=("max_completion_tokens",)),
        Manners(refuses=("temperature", "seed")),
        Manners(
            structured="none", refuses=("max_completion_tokens", "max_tokens", "temperature", "seed", "n")
        ),
    ],
    ids=["json_object", "text", "older name", "fixed sampling", "bare"],
)
def test_what_an_endpoint_takes_is_found_out_once(
    manners: Manners, problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    requests = requests_of(problems, complete=2)
    with faulty_server(manners=manners, references=[one.reference for one in problems]) as server:
        replies = ask(openai_teacher(server.base_url), requests)
        refused = server.counts["refused_400"]
        assert 1 <= refused <= 8
        assert all(reply.edits or reply.completions for reply in replies)
        ask(openai_teacher(server.base_url), requests_of(problems, per_step=1))
        assert server.counts["refused_400"] == refused, "a later run remembers"


def test_choices_come_one_by_one_where_the_endpoint_gives_no_more(
    problems: list[Problem], openai_teacher: Teachers, tmp_path: Path
) -> None:
    request = Request("complete", problems[0], problems[0].reference.split("    for")[0], n=5)
    with faulty_server(manners=Manners(most_choices=2), references=[problems[0].reference]) as server:
        (reply,) = ask(openai_teacher(server.base_url), [request])
        assert len(reply.completions) == 5
        assert server.counts["requests"] == 3
    with faulty_server(manners=Manners(most_choices=9), references=[problems[0].reference]) as server:
        (reply,) = ask(openai_teacher(server.base_url, answers=tmp_path / "c.sqlite"), [request])
        assert (len(reply.completions), server.counts["requests"]) == (5, 1)


def test_noise_ends_with_counts_and_nothing_usable(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    with faulty_server(manners=Manners(garbage=True)) as server:
        teacher = openai_teacher(server.base_url)
        replies = ask(teacher, requests_of(problems))
        assert server.counts["requests"] == 3 * len(replies), "asked three times, and no more"
    assert not any(reply.edits for reply in replies)
    assert all(dict(reply.unusable) == {"not JSON": 3} for reply in replies)
    assert teacher.statistics()["unusable"] == {"not JSON": 18}


def test_asking_again_names_only_what_is_missing_and_what_was_wrong(
    problems: list[Problem], openai_teacher: Teachers
) -> None:
    request = Request("mutate", problems[0], problems[0].reference, (2, 3, 4), per_step=1)
    with faulty_server(FaultPlan(1.0, ("bad_syntax",))) as server:
        teacher = openai_teacher(server.base_url)
        asked: list[str] = []
        plain = teacher._source.answer

        async def heard(question: Any) -> Any:
            asked.append(question.user)
            return await plain(question)

        teacher._source.answer = heard
        ask(teacher, [request])
    assert "these steps: 2, 3, 4." in asked[0]
    assert "these steps: 2, 4." in asked[1], "every other edit was spoilt"
    assert "does not compile" in asked[1]
    head = asked[0].index("Look in particular")
    assert asked[0][:head] == asked[1][:head], "what is shared comes first"
    assert asked[0][head:] != asked[1][head:]


@pytest.mark.parametrize(
    ("manners", "said"),
    [
        (Manners(key="sk-right"), "the key is not accepted"),
        (Manners(models=("m",)), "no such model"),
        (Manners(quota=0), "no credit left"),
    ],
)
def test_what_no_retry_can_help_stops_at_once(
    manners: Manners, said: str, problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    with faulty_server(manners=manners) as server:
        errors = failing(openai_teacher(server.base_url), requests_of(problems))
        assert len(errors) == 6
        assert all(isinstance(error, UsageError) for error in errors)
        assert all(said in str(error) and "\n" not in str(error) for error in errors)
        assert server.counts["requests"] == 1, "the others need not find out for themselves"


def test_an_endpoint_that_never_answers_ends_the_run(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    with faulty_server(FaultPlan(1.0, ("error_500",))) as server:
        errors = failing(openai_teacher(server.base_url), requests_of(problems))
        assert all(isinstance(error, UsageError) for error in errors)
        assert "no request was answered" in str(errors[0])
        assert server.counts["requests"] == 8


def test_an_endpoint_that_goes_away_stops_the_run_and_costs_nothing_done(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    requests = requests_of(problems) + requests_of(problems, per_step=1)
    with faulty_server() as server:
        assert ask(openai_teacher(server.base_url), requests[:2])
        server.plan = FaultPlan(1.0, ("error_503",))
        errors = failing(openai_teacher(server.base_url), requests)
        assert {type(error) for error in errors} <= {TeacherError, BudgetReached}
        assert any("answers no more; run the same command again" in str(error) for error in errors)
        server.plan = FaultPlan()
        assert all(reply.edits for reply in ask(openai_teacher(server.base_url), requests))
        assert server.stats()["answered_twice"] == 0


def test_a_first_request_that_is_refused_however_it_is_said_is_its_own_affair(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    requests = requests_of(problems)
    with faulty_server(FaultPlan(0.5, ("bad_request",), seed=7)) as server:
        replies = ask(openai_teacher(server.base_url), requests)
    assert dict(replies[0].unusable).get("refused request")
    assert sum(bool(reply.edits) for reply in replies) >= 3
    with faulty_server(FaultPlan(1.0, ("bad_request",))) as server:
        errors = failing(openai_teacher(server.base_url), requests)
    assert all(isinstance(error, UsageError) for error in errors)
    assert "takes no request of ours; check --base-url" in str(errors[0])


@pytest.mark.parametrize(
    ("kind", "counted"), [("bad_request", "refused request"), ("malformed_body", "malformed body")]
)
def test_a_request_that_is_never_answered_is_counted_and_costs_no_other(
    kind: str, counted: str, problems: list[Problem], requests_of: Requests, openai_teacher: Teachers, tmp_path: Path
) -> None:  # fmt: skip
    requests = requests_of(problems)
    with faulty_server() as server:
        ask(openai_teacher(server.base_url), requests[:1])
        server.plan = FaultPlan(1.0, (kind,))
        replies = ask(openai_teacher(server.base_url), requests[:2])
        asked = server.counts["requests"]
        again = ask(openai_teacher(server.base_url), requests[:2])
        assert server.counts["requests"] == asked, "what was found out is on disk"
        server.plan = FaultPlan()
        assert all(reply.edits for reply in ask(openai_teacher(server.base_url), requests[2:]))
    assert same(replies, again)
    assert replies[0].edits
    assert (replies[1].edits, dict(replies[1].unusable)) == ((), {counted: 3})


def test_an_empty_account_stops_the_run_and_credit_resumes_it(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    requests = requests_of(problems)
    with faulty_server(manners=Manners(quota=3)) as server:
        errors = failing(openai_teacher(server.base_url), requests)
        assert errors
        assert all(isinstance(error, BudgetReached) for error in errors)
        url = server.base_url
        server.manners = Manners()
        replies = ask(openai_teacher(url), requests)
        assert server.stats()["answered_twice"] == 0
    assert all(reply.edits for reply in replies)


def test_nobody_at_the_address(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (error,) = failing(openai_teacher(f"http://127.0.0.1:{port}/v1"), requests_of(problems)[:1])
    assert isinstance(error, UsageError)
    assert "check --base-url" in str(error)


def test_a_cap_on_money_is_kept_and_a_higher_one_goes_on(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers, free_prices: Path
) -> None:
    requests = requests_of(problems, per_step=3, complete=8)
    with faulty_server(FaultPlan(0.2), references=[one.reference for one in problems]) as server:
        low = openai_teacher(server.base_url, prices=free_prices, max_cost=0.02)
        errors = failing(low, requests)
        assert errors
        assert all(
            type(error) is BudgetReached and "--max-cost 0.02 reached" in str(error) for error in errors
        )
        job = low.statistics()["job"]
        assert 0.005 < job["cost_usd"] + job["uncertain_usd"] <= 0.02
        replies = ask(openai_teacher(server.base_url, prices=free_prices, max_cost=1.0), requests)
        assert server.stats()["answered_twice"] == 0, "nothing is lost and nothing is paid for twice"
    assert all(reply.edits or reply.completions for reply in replies)


def test_a_cap_on_money_without_a_price_is_refused(openai_teacher: Teachers, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"--max-cost: the price of faulty-1 at 127\.0\.0\.1 is not known.*--prices"
    ):
        openai_teacher("http://127.0.0.1:9/v1", max_cost=1.0)


def test_an_unknown_price_is_unknown_and_not_zero(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    with faulty_server() as server:
        teacher = openai_teacher(server.base_url)
        (reply,) = ask(teacher, requests_of(problems)[:1])
    assert reply.usage.cost_usd is None
    assert teacher.statistics()["cost_usd"] is None
    assert reply.usage.prompt_tokens > 0


def test_concurrency_gives_way_to_a_busy_server(
    problems: list[Problem], requests_of: Requests, openai_teacher: Teachers
) -> None:
    with faulty_server(capacity=3, latency_s=0.02) as server:
        teacher = openai_teacher(server.base_url, concurrency=16)
        replies = ask(teacher, requests_of(problems * 4, per_step=1))
        assert server.counts["over_capacity"] > 0
        limit = teacher._source._gate.limit
    assert all(reply.edits for reply in replies)
    assert limit < 16


def test_the_same_question_at_the_same_time_is_sent_once(
    problems: list[Problem], openai_teacher: Teachers
) -> None:
    request = Request("mutate", problems[0], problems[0].reference, (2, 3), per_step=2)
    with faulty_server(latency_s=0.05) as server:
        replies = ask(openai_teacher(server.base_url), [request] * 10)
        assert server.counts["requests"] == 1
    assert all(reply == replies[0] for reply in replies)


def test_an_answer_under_way_is_kept_though_nobody_waits(
    problems: list[Problem], openai_teacher: Teachers, tmp_path: Path
) -> None:
    request = Request("mutate", problems[0], problems[0].reference, (2, 3), per_step=2)

    async def given_up(teacher: Any) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(teacher.ask(request), 0.15)
        await teacher.close()

    with faulty_server(latency_s=0.4) as server:
        asyncio.run(given_up(openai_teacher(server.base_url)))
    (reply,) = ask(make_teacher("replay", answers=tmp_path / "answers.sqlite"), [request])
    assert reply.edits
