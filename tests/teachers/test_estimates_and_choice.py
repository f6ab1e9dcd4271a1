"""What a build will take, said before; and how teachers are chosen by name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from prmdata.errors import InputError, UsageError
from prmdata.records import Problem, Reply, Request, Test
from prmdata.steps import split_steps
from prmdata.teachers import Teacher, choose, make_teacher, teacher_names
from prmdata.teachers.estimate import Estimate, EstimateSettings, Estimator
from prmdata.teachers.prompt_builder import MOST_EDITS, PromptBuilder, Round, Sampling, numbered
from prmdata.teachers.prompts import PromptSet
from prmdata.teachers.tokens import count_tokens, estimate_tokens
from prmdata.testing.faults import FaultPlan
from prmdata.testing.server import faulty_server

Requests = Callable[..., list[Request]]


def paid(teacher: Any, requests: list[Request]) -> dict[str, Any]:
    async def main() -> None:
        await asyncio.gather(*(teacher.ask(one) for one in requests))
        await teacher.close()

    asyncio.run(main())
    return dict(teacher.statistics())


@pytest.mark.parametrize("rate", [0.0, 0.2])
def test_an_estimate_is_within_15_percent(
    rate: float, requests_of: Requests, openai_teacher: Callable[..., Any], free_prices: Path
) -> None:
    from prmdata.problems import read_problems

    problems = [one for one in read_problems("sample", limit=10) if isinstance(one, Problem)]
    requests = requests_of(problems, per_step=0)
    with faulty_server(FaultPlan(rate, seed=4)) as server:
        estimator = Estimator("faulty-1", server.base_url, EstimateSettings(prices=free_prices))
        total = sum((estimator.of(one) for one in requests), estimator.nothing)
        took = paid(openai_teacher(server.base_url, prices=free_prices), requests)
    assert total.cost_usd is not None
    pairs = [
        (total.requests, took["answered"]), (total.prompt_tokens, took["prompt_tokens"]),
        (total.completion_tokens, took["completion_tokens"]), (total.cost_usd, took["cost_usd"]),
    ]  # fmt: skip
    assert all(0.85 < guess / real < 1.15 for guess, real in pairs), pairs


def test_an_estimate_learns_from_what_was_seen_and_counts_what_is_on_disk(
    problems: list[Problem], requests_of: Requests, openai_teacher: Callable[..., Any], tmp_path: Path
) -> None:
    many = [
        Request("mutate", one, one.reference, (2, 3), per_step=4, seed=seed)
        for one in problems
        for seed in range(8)
    ]
    with faulty_server() as server:
        took = paid(openai_teacher(server.base_url), many)
        store = tmp_path / "answers.sqlite"
        again = Estimator("faulty-1", server.base_url, EstimateSettings(answers=store))
        known = sum((again.of(one) for one in many), again.nothing)
        assert known == Estimate(0, 0, 0, None, len(many))
        fresh = [Request("mutate", one.problem, one.program, (2, 3), per_step=4, seed=99) for one in many]
        total = sum((again.of(one) for one in fresh), again.nothing)
        again.close()
    assert total.cost_usd is None
    assert total.completion_tokens == pytest.approx(took["completion_tokens"], rel=0.05)


def test_an_estimate_needs_no_key_and_sends_nothing(problems: list[Problem], requests_of: Requests) -> None:
    estimator = Estimator("gpt-4.1-mini")
    total = sum((estimator.of(one) for one in requests_of(problems, complete=3)), estimator.nothing)
    assert total.requests == 9
    assert total.cost_usd is not None
    assert 0 < total.cost_usd < 0.1


def test_one_request_covers_many_steps_at_a_fifth_of_the_prompt(
    problems: list[Problem], requests_of: Requests
) -> None:
    estimator = Estimator("m", "http://127.0.0.1/v1")
    together = sum((estimator.of(one) for one in requests_of(problems, per_step=1)), estimator.nothing)
    single = estimator.nothing
    for one in requests_of(problems, per_step=1):
        for step in one.steps:
            single += estimator.of(Request(one.kind, one.problem, one.program, (step,), per_step=1))
    assert single.prompt_tokens >= 5 * together.prompt_tokens


def test_long_programs_are_asked_about_in_portions() -> None:
    program = "def f():\n" + "".join(f"    x{n} = {n}\n" for n in range(60))
    request = Request("mutate", Problem("p", "P", program, (Test("assert", ""),)), program)
    prompt_builder = PromptBuilder(PromptSet(), Sampling())
    questions = prompt_builder.edits(request, dict.fromkeys(range(1, 61), 2), Round())
    assert len(questions) == 120 / MOST_EDITS + 0.25
    assert len({one.seed for one in questions}) == len(questions)
    assert len({one.system for one in questions}) == 1
    heads = {one.user[: one.user.index("Give 2")] for one in questions}
    assert len(heads) == 1, "they share all but the last line"


def test_a_program_is_shown_with_its_steps_numbered() -> None:
    program = "# top\nx = [\n    1,\n]\n\nif x:\n    y = 1"
    assert (
        numbered(split_steps(program))
        == "    # top\n[0] x = [\n        1,\n    ]\n\n[1] if x:\n[2]     y = 1"
    )


def test_kinds_of_bug_change_from_round_to_round() -> None:
    program = "def f(x):\n    return x\n"
    request = Request("mutate", Problem("p", "P", program, (Test("assert", ""),)), program, (1,))
    prompt_builder = PromptBuilder(PromptSet(), Sampling(temperature=0.5))
    rounds = [
        prompt_builder.edits(request, {1: 2}, Round(at, tried=((1, "return y"),)))[0] for at in range(3)
    ]
    named = [
        {line for line in one.user.split("\n") if line.startswith("Look in particular")} for one in rounds
    ]
    assert len(set(map(str, named))) == 3
    assert [one.temperature for one in rounds] == [0.5, 0.65, 0.8]
    assert "[1] return y" in rounds[0].user


def test_tokens_are_estimated_sanely() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("def add(a, b):\n    return a + b\n") == pytest.approx(14, abs=4)
    assert count_tokens("hello world", "no-such-model") in (2, 3)


class Plugged(Teacher):
    name, remote = "plugged", False

    def __init__(self, **settings: Any) -> None:
        self.settings = settings

    async def ask(self, request: Request) -> Reply:
        return Reply()

    def provenance(self) -> dict[str, Any]:
        return {"teacher": "plugged"}


def test_an_unknown_teacher_is_told_who_there_is() -> None:
    with pytest.raises(
        UsageError, match="--teacher nobody: no such teacher; there are rules, openai, replay"
    ):
        make_teacher("nobody")


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("openai", {}, "give --model"),
        ("openai", {"model": "m"}, "answers"),
        ("openai", {"model": "m", "answers": "a"}, "OPENAI_API_KEY is not set"),
        ("openai", {"model": "m", "answers": "a", "base_url": "localhost:8000"}, "not an address"),
        ("openai", {"model": "m", "answers": "a", "base_url": "http://me:pw@h/v1"}, "without user, password"),
        ("replay", {}, "answers"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_once(
    name: str, settings: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=said):
        make_teacher(name, **settings)


def test_a_folder_of_prompts_is_taken(openai_teacher: Callable[..., Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        openai_teacher("http://127.0.0.1:9/v1", prompts=tmp_path / "none")


def test_teachers_come_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("plugged", f"{__name__}:Plugged", choose.GROUP),
        EntryPoint("broken", "gone:x", choose.GROUP),
    ]
    monkeypatch.setattr(
        EntryPoint, "load", lambda self: Plugged if self.name == "plugged" else __import__("gone")
    )
    monkeypatch.setattr(choose, "entry_points", lambda group: points if group == choose.GROUP else [])
    assert teacher_names() == ("rules", "openai", "replay", "broken", "plugged")
    teacher = make_teacher("plugged", model="m", base_url=None)
    assert isinstance(teacher, Plugged)
    assert teacher.settings == {"model": "m"}
    with pytest.raises(UsageError, match=r"prmdata.teachers: the plug-in broken \(gone:x\) cannot be loaded"):
        make_teacher("broken")
