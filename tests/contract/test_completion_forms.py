"""Raw, prefill (in each of its variants) and chat keep one contract. The text that comes back follows the
prefix, there are as many texts as were asked for, and a replay gives the same texts. A probe finds out which
form an endpoint accepts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from prmdata.errors import UsageError
from prmdata.records import Problem, Reply, Request, Test
from prmdata.strategies.prefix_search import FIRST_BATCHES
from prmdata.teachers import Teacher, make_teacher
from prmdata.testing.chat import Manners
from prmdata.testing.faults import TRANSPORT, FaultPlan
from prmdata.testing.server import FaultyServer, faulty_server

PREFIX = "def total(items):\n    result = 0\n"
TOTAL = (
    PREFIX + "    for item in items:\n        if item > 0:\n            result += item\n    return result\n"
)
HELPED_PREFIX = "def area(side):\n"
HELPED = HELPED_PREFIX + "    return square(side)\n\n\ndef square(side):\n    return side * side\n"
REFERENCES = (TOTAL, HELPED)
FORMS: list[tuple[str, Manners]] = [
    ("chat", Manners(prefill="none", completions=False)),
    ("raw", Manners(prefill="none")),
    ("prefill", Manners(prefill="continue")),
    ("prefill", Manners(prefill="trailing", echoes=True)),
    ("prefill", Manners(prefill="prefix", completions=False)),
    ("raw", Manners(prefill="none", most_choices=1, refuses=("n",))),
    ("prefill", Manners(stream_only=True)),
    ("raw", Manners(prefill="none", stream_only=True)),
]
NAMES = [f"{form}-{at}" for at, (form, _) in enumerate(FORMS)]


def problem(name: str, reference: str) -> Problem:
    return Problem(name, f"Write {name}.", reference, (Test("assert", "assert True"),), name)


def asking(n: int = 4, prefix: str = PREFIX, reference: str = TOTAL) -> Request:
    name = reference.split("(", maxsplit=1)[0].removeprefix("def ")
    return Request("complete", problem(name, reference), prefix, n=n)


def teacher(server: FaultyServer, folder: Path, form: str, **more: Any) -> Teacher:
    settings = {"model": "faulty-1", "base_url": server.base_url, "backoff_s": 0.005, **more}
    return make_teacher("openai", answers=folder / "answers.sqlite", complete_by=form, **settings)


def said(one: Teacher, *requests: Request) -> list[Reply]:
    async def main() -> list[Reply]:
        try:
            return list(await asyncio.gather(*(one.ask(request) for request in requests)))
        finally:
            await one.close()

    return asyncio.run(main())


@pytest.fixture(params=FORMS, ids=NAMES)
def spoken(request: pytest.FixtureRequest) -> tuple[str, Manners]:
    form: tuple[str, Manners] = request.param
    return form


def skilled(manners: Manners, skill: float) -> Manners:
    return Manners(
        **{name: getattr(manners, name) for name in manners.__dataclass_fields__} | {"skill": skill}
    )


def test_a_rewrite_is_a_continuation_too_and_comes_back_as_edits(
    spoken: tuple[str, Manners], tmp_path: Path
) -> None:
    form, manners = spoken
    request = Request("rewrite", problem("total", TOTAL), TOTAL, (2, 3, 4, 5), n=6)
    with faulty_server(manners=skilled(manners, 0.0), references=REFERENCES) as server:
        (reply,) = said(teacher(server, tmp_path, form), request)
    programs = [PREFIX + edit.text for edit in reply.edits]
    assert len(programs) == len({*programs, TOTAL}) - 1 > 0
    assert {(edit.start, edit.stop, edit.intent, edit.author) for edit in reply.edits} == {
        (2, 6, "rewrite", "faulty-1")
    }
    assert all(count == "duplicate" for count, _ in reply.unusable)
    assert (len(programs) + sum(n for _, n in reply.unusable), reply.form) == (6, form)


def test_what_comes_back_follows_the_prefix(spoken: tuple[str, Manners], tmp_path: Path) -> None:
    form, manners = spoken
    with faulty_server(manners=skilled(manners, 1.0), references=REFERENCES) as server:
        reply, helped = said(teacher(server, tmp_path, form), asking(), asking(2, HELPED_PREFIX, HELPED))
    assert [PREFIX + text for text in reply.completions] == [TOTAL] * 4
    assert [HELPED_PREFIX + text for text in helped.completions] == [HELPED] * 2, (
        "a stop is not the model's end"
    )
    assert (reply.form, reply.unusable, helped.unusable) == (form, (), ())


def test_what_is_wrong_comes_back_wrong_and_replays_the_same(
    spoken: tuple[str, Manners], tmp_path: Path
) -> None:
    form, manners = spoken
    manners = skilled(manners, 0.5)
    with faulty_server(manners=manners, references=REFERENCES) as server:
        said(teacher(server, tmp_path, form), asking(1))
        server.plan = FaultPlan(0.3, TRANSPORT)
        replies = said(teacher(server, tmp_path, form), asking(12), asking(12, HELPED_PREFIX, HELPED))
    programs = [PREFIX + text for text in replies[0].completions]
    assert len(programs) == 12
    assert 0 < programs.count(TOTAL) < 12
    replayed = make_teacher("replay", answers=tmp_path / "answers.sqlite", complete_by=form)
    again = said(replayed, asking(12), asking(12, HELPED_PREFIX, HELPED))
    assert [(one.completions, one.unusable, one.form) for one in again] == [
        (one.completions, one.unusable, one.form) for one in replies
    ]


def test_what_the_limit_of_tokens_cut_off_is_counted(spoken: tuple[str, Manners], tmp_path: Path) -> None:
    form, manners = spoken
    if form == "chat":
        pytest.skip("this server's chats know no limit")
    with faulty_server(manners=skilled(manners, 1.0), references=REFERENCES) as server:
        (reply,) = said(teacher(server, tmp_path, form, max_output_tokens=3), asking(2))
    assert reply.completions == ()
    assert dict(reply.unusable) == {"truncated": 4}, "asked again once, for twice as much"


def test_a_probe_finds_the_form(spoken: tuple[str, Manners], tmp_path: Path) -> None:
    form, manners = spoken
    if manners.stream_only:
        pytest.skip("a probe that is refused means that the form is not supported")
    with faulty_server(manners=skilled(manners, 1.0), references=REFERENCES) as server:
        (reply,) = said(teacher(server, tmp_path, "auto"), asking(1))
        probes = server.counts["requests"]
        (again,) = said(teacher(server, tmp_path, "auto"), asking(2))
        assert server.counts["requests"] <= probes + 3, "what was found out is on disk"
    assert (reply.form, again.form) == (form, form)
    (replayed,) = said(
        make_teacher("replay", answers=tmp_path / "answers.sqlite", complete_by="auto"), asking(1)
    )
    assert (replayed.form, replayed.completions) == (form, reply.completions)


@pytest.mark.parametrize("kind", ["reset", "error_500", "malformed_body", "bad_request", "throttled"])
def test_a_probe_that_fails_means_not_supported_and_is_not_repeated(kind: str, tmp_path: Path) -> None:
    with faulty_server(FaultPlan(1.0, (kind,)), references=REFERENCES) as server:
        one = teacher(server, tmp_path, "auto")
        assert asyncio.run(one._source.form()) == "chat"  # type: ignore[attr-defined]
        assert server.counts["requests"] == 4, "three variants of prefill and raw, once each"


@pytest.mark.parametrize("form", ["raw", "prefill"])
def test_a_form_that_is_not_there_is_one_line(form: str, tmp_path: Path) -> None:
    with (
        faulty_server(manners=Manners(prefill="none", completions=False), references=REFERENCES) as server,
        pytest.raises(UsageError, match="--complete-by") as caught,
    ):
        said(teacher(server, tmp_path, form), asking(3))
    assert "\n" not in str(caught.value)


def test_a_prefix_is_sent_once_for_all_its_continuations(tmp_path: Path) -> None:
    with faulty_server(manners=Manners(prefill="none"), references=REFERENCES) as server:
        said(teacher(server, tmp_path, "raw"), asking(20))
        assert server.counts["requests"] == 1


K = 20
MANY = 164
"""The problems of HumanEval."""


@pytest.mark.parametrize(
    ("takes_n", "most"), [(True, len(FIRST_BATCHES) + 1), (False, K)], ids=["n", "one at a time"]
)
def test_k_completions_of_many_prefixes_send_each_text_no_more_often_than_needed(
    takes_n: bool, most: int, tmp_path: Path
) -> None:
    """A bad prefix is asked about in the portions of a search. Two programs that begin alike share its answers."""
    count = MANY if takes_n else 8
    prefixes = [f"{PREFIX}    # problem {number}\n" for number in range(count)]
    portions = (*FIRST_BATCHES, K - sum(FIRST_BATCHES))
    starts = (0, *accumulate(portions[:-1]))
    requests = [
        replace(asking(n, prefix), attempt=attempt)
        for prefix in prefixes
        for n, attempt in zip(portions, starts, strict=True)
    ]
    refuses = () if takes_n else ("n",)
    manners = Manners(prefill="none", refuses=refuses, most_choices=128 if takes_n else 1)
    with faulty_server(manners=manners, references=REFERENCES) as server:
        replies = said(teacher(server, tmp_path, "raw"), *requests, *requests)
        sent = server.counts["answers"]
    assert sum(len(reply.completions) for reply in replies) == 2 * K * count
    assert sent == most * count
