"""Batches: half the price, line by line, and none is paid for twice when its process dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prmdata.errors import BudgetReached, TeacherError, UsageError
from prmdata.records import Reply, Request
from prmdata.teachers import make_teacher
from prmdata.teachers.batch import BatchTerms
from prmdata.teachers.openai import OpenAITeacher, Settings
from prmdata.testing.chat import Manners
from prmdata.testing.server import FaultyServer, faulty_server

Requests = Callable[..., list[Request]]


def batched(base_url: str, folder: Path, prices: Path | None = None, **more: Any) -> OpenAITeacher:
    terms = BatchTerms(linger_s=0.1, poll_s=0.05, **more)
    return OpenAITeacher(
        Settings(
            "faulty-1", folder / "answers.sqlite", base_url, prices=prices, batch=True, batch_terms=terms
        )
    )


def ask(teacher: Any, requests: list[Request]) -> list[Any]:
    async def main() -> list[Any]:
        try:
            return list(await asyncio.gather(*(teacher.ask(one) for one in requests), return_exceptions=True))
        finally:
            await teacher.close()

    return asyncio.run(main())


def edits(replies: list[Any]) -> list[Any]:
    return [reply.edits for reply in replies if isinstance(reply, Reply)]


def plain(server: FaultyServer, folder: Path, requests: list[Request]) -> list[Any]:
    teacher = make_teacher(
        "openai", model="faulty-1", base_url=server.base_url, answers=folder / "plain.sqlite"
    )
    return ask(teacher, requests)


@pytest.mark.parametrize("outcome", ["completed", "partial", "expired", "cancelled", "failed", "errors_only"])
def test_a_batch_that_ends_badly_is_taken_line_by_line(
    outcome: Any, problems: list[Any], requests_of: Requests, tmp_path: Path
) -> None:
    requests = requests_of(problems)
    with faulty_server(batch_outcomes=(outcome, "completed")) as server:
        replies = ask(batched(server.base_url, tmp_path), requests)
        assert len(edits(replies)) == len(requests)
        assert server.stats()["answered_twice"] == 0
        assert server.counts["batches"] == (1 if outcome == "completed" else 2)
        assert edits(replies) == edits(plain(server, tmp_path, requests))


def test_lines_that_never_come_are_given_up_one_by_one(
    problems: list[Any], requests_of: Requests, tmp_path: Path
) -> None:
    with faulty_server(batch_outcomes=("errors_only",)) as server:
        replies = ask(batched(server.base_url, tmp_path), requests_of(problems))
        assert server.counts["batches"] == 4
    assert sum(isinstance(reply, Reply) for reply in replies) == 1, "the first was asked directly"
    assert {type(reply) for reply in replies if not isinstance(reply, Reply)} == {TeacherError}


def test_a_batch_costs_its_share_and_keeps_the_cap(
    problems: list[Any], requests_of: Requests, tmp_path: Path, free_prices: Path
) -> None:
    requests = requests_of(problems)
    with faulty_server() as server:
        teacher = batched(server.base_url, tmp_path, free_prices)
        ask(teacher, requests)
        full = make_teacher(
            "openai",
            model="faulty-1",
            base_url=server.base_url,
            answers=tmp_path / "f" / "a.sqlite",
            prices=free_prices,
        )
        ask(full, requests)
        assert teacher.statistics()["cost_usd"] < 0.65 * full.statistics()["cost_usd"]
        low = make_teacher(
            "openai", model="faulty-1", base_url=server.base_url, answers=tmp_path / "l" / "a.sqlite",
            prices=free_prices, max_cost=0.004, batch=True,
        )  # fmt: skip
        low._source._terms = BatchTerms(0.1, 0.05)  # type: ignore[attr-defined]
        replies = ask(low, requests)
    assert BudgetReached in {type(reply) for reply in replies}
    job = low.statistics()["job"]
    assert job["cost_usd"] + job["uncertain_usd"] <= 0.004


def test_many_questions_are_divided_into_batches_that_fit(
    problems: list[Any], requests_of: Requests, tmp_path: Path
) -> None:
    with faulty_server() as server:
        replies = ask(batched(server.base_url, tmp_path, most_lines=2), requests_of(problems))
        assert server.counts["batches"] == 3
    assert all(isinstance(reply, Reply) for reply in replies)


CHILD = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import conftest
from prmdata.records import Request
from prmdata.steps import split_steps
from prmdata.teachers.batch import BatchTerms
from prmdata.teachers.openai import OpenAITeacher, Settings

requests = [
    Request(kind, one, one.reference, tuple(range(1, len(split_steps(one.reference)))), per_step=2)
    for one in conftest.PROBLEMS for kind in ("mutate", "refactor")
]

async def main():
    teacher = OpenAITeacher(Settings(
        "faulty-1", Path({answers!r}), {url!r}, batch=True, batch_terms=BatchTerms(0.1, 0.05)))
    replies = await asyncio.gather(*(teacher.ask(one) for one in requests))
    await teacher.close()
    print(sum(len(one.edits) for one in replies))

asyncio.run(main())
"""


def test_a_restart_waits_for_the_batch_that_is_open(
    problems: list[Any], requests_of: Requests, tmp_path: Path
) -> None:
    with faulty_server(batch_polls=10**9) as server:
        script = CHILD.format(
            tests=str(Path(__file__).parent), answers=str(tmp_path / "answers.sqlite"), url=server.base_url
        )
        child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)])
        while not server.batches.looks or max(server.batches.looks.values()) < 2:
            assert child.poll() is None
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        server.batches.polls = 0
        replies = ask(batched(server.base_url, tmp_path), requests_of(problems))
        assert server.counts["batches"] == 1
        assert server.stats()["answered_twice"] == 0
        assert len(edits(replies)) == 6


def test_a_restart_finds_a_batch_whose_number_was_never_heard(
    problems: list[Any], requests_of: Requests, tmp_path: Path
) -> None:
    requests = requests_of(problems)
    with faulty_server(batch_polls=10**9) as server:
        first = batched(server.base_url, tmp_path)

        async def until_created() -> None:
            tasks = [asyncio.create_task(first.ask(one)) for one in requests]
            while not server.batches.batches:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with first._source._state._database.writing() as connection:  # type: ignore[attr-defined]
                connection.execute("UPDATE batches SET id = NULL")  # as if killed before the answer came
            await first.close()

        asyncio.run(until_created())
        server.batches.polls = 0
        replies = ask(batched(server.base_url, tmp_path), requests)
        assert server.counts["batches"] == 1
    assert len(edits(replies)) == 6


def test_a_batch_that_the_provider_forgot_is_asked_for_again(
    problems: list[Any], requests_of: Requests, tmp_path: Path
) -> None:
    requests = requests_of(problems)
    with faulty_server(batch_polls=10**9) as server:

        async def until_followed(teacher: OpenAITeacher) -> None:
            tasks = [asyncio.create_task(teacher.ask(one)) for one in requests]
            while not server.batches.looks or max(server.batches.looks.values()) < 2:
                await asyncio.sleep(0.01)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await teacher.close()

        asyncio.run(until_followed(batched(server.base_url, tmp_path)))
        server.batches.batches.clear()
        server.batches.polls = 0
        replies = ask(batched(server.base_url, tmp_path), requests)
        assert server.counts["batches"] == 2
    assert len(edits(replies)) == 6


def test_an_endpoint_without_batches_is_named(
    problems: list[Any], requests_of: Requests, tmp_path: Path
) -> None:
    with faulty_server(manners=Manners(batches=False)) as server:
        replies = ask(batched(server.base_url, tmp_path), requests_of(problems))
    failed = [one for one in replies if not isinstance(one, Reply)]
    assert {type(one) for one in failed} == {UsageError}
    assert "--batch needs its files and batches; run without it" in str(failed[0])


def test_lines_that_are_no_answers_are_asked_again(
    problems: list[Any], requests_of: Requests, tmp_path: Path
) -> None:
    with faulty_server() as server:
        server.batches.files = TornOnce()
        replies = ask(batched(server.base_url, tmp_path), requests_of(problems))
        assert server.counts["batches"] == 2
    assert len(edits(replies)) == 6


class TornOnce(dict[str, bytes]):
    """Files of which the first answers come back with a torn line and a stranger's."""

    def __getitem__(self, name: str) -> bytes:
        content = super().__getitem__(name)
        if b'"response"' not in content or "torn" in self:
            return content
        self["torn"] = b""
        stranger = json.dumps({"custom_id": "stranger", "response": None}).encode()
        return b"\n".join([b"{torn", stranger, b"[]", b"", *content.split(b"\n")[1:]])
