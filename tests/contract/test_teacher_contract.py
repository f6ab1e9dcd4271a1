"""Every teacher that ships keeps the promises of ``Teacher``: rules, openai (against a server a third of whose
answers are faulty) and replay (of what that server said)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from prmdata.edits.source import Source
from prmdata.edits.splice import apply, splice
from prmdata.records import Problem, Reply, Request, Test
from prmdata.steps import split_steps
from prmdata.steps.split import given_count
from prmdata.teachers import Teacher, make_teacher, teacher_names
from prmdata.testing.faults import FaultPlan
from prmdata.testing.server import FaultyServer, faulty_server

PROGRAMS = {
    "between": "def between(low, x, high):\n    # both ends count\n    if x < low:\n        return False\n"
    "    return x <= high\n",
    "total": "def total(items):\n    result = 0\n    for item in items:\n        if item > 0:\n"
    "            result += item\n    return result\n",
    "first": "def first(words, letter):\n\n    for word in words:\n        if word.startswith(letter):\n"
    "            return word\n    return None",
}
PROMPT = 'def longest(words):\n    """The longest word."""\n'
PROMPTED = (
    PROMPT
    + '    best = ""\n    for word in words:\n        if len(word) > len(best):\n            best = word\n    return best\n'
)


def _problems() -> list[Problem]:
    made = [
        Problem(name, f"Write {name}.", program, (Test("assert", "assert True"),), name)
        for name, program in PROGRAMS.items()
    ]
    return [*made, Problem("longest", PROMPT, PROMPTED, (Test("assert", "assert True"),), "longest")]


def _requests() -> list[Request]:
    found: list[Request] = []
    for problem in _problems():
        steps = split_steps(problem.reference)
        given = given_count(problem.prompt, steps)
        for kind in ("mutate", "refactor"):
            for per_step in (0, 2):
                steps_asked = tuple(range(given, len(steps)))
                found += [Request(kind, problem, problem.reference, steps_asked, per_step=per_step)]
        found.append(Request("mutate", problem, problem.reference, (len(steps) - 1,), per_step=2, seed=5))
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[FaultyServer]:
    with faulty_server(FaultPlan(0.33, seed=3)) as running:
        yield running


@pytest.fixture(scope="module")
def recorded(server: FaultyServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "answers.sqlite"
    teacher = make_teacher(
        "openai", model="faulty-1", base_url=server.base_url, answers=path, backoff_s=0.005
    )
    _ask(teacher, _requests())
    return path


@pytest.fixture(params=["rules", "openai", "replay"])
def teacher(request: pytest.FixtureRequest, server: FaultyServer, recorded: Path, tmp_path: Path) -> Teacher:
    if request.param == "openai":
        path = tmp_path / "answers.sqlite"
        return make_teacher(
            "openai", model="faulty-1", base_url=server.base_url, answers=path, backoff_s=0.005
        )
    return make_teacher(request.param, answers=recorded)


def _ask(teacher: Teacher, requests: list[Request], at_once: bool = True) -> list[Reply]:
    async def main() -> list[Reply]:
        try:
            if at_once:
                return list(await asyncio.gather(*(teacher.ask(one) for one in requests)))
            return [await teacher.ask(one) for one in requests]
        finally:
            await teacher.close()
            await teacher.close()

    return asyncio.run(main())


def test_all_teachers_of_the_house_are_in_this_suite() -> None:
    assert set(teacher_names()) >= {"rules", "openai", "replay"}


def test_every_edit_applies_where_it_was_asked_for(teacher: Teacher) -> None:
    requests = _requests()
    replies = _ask(teacher, requests)
    assert sum(len(reply.edits) for reply in replies) > 50
    for request, reply in zip(requests, replies, strict=True):
        steps = split_steps(request.program)
        source = Source(request.program, given_count(request.problem.prompt, steps), steps)
        for edit in reply.edits:
            assert edit.start in request.steps
            assert edit.intent == request.kind
            assert edit.author == teacher.name
            splice(source, edit)
        if request.per_step:
            starts = [edit.start for edit in reply.edits]
            assert max(map(starts.count, starts), default=0) <= request.per_step
        programs = [apply(source, edit) for edit in reply.edits]
        assert len(set(programs)) == len(programs)
        assert request.program not in programs
        assert not reply.completions


def test_replies_depend_on_the_requests_alone(teacher: Teacher, server: FaultyServer, tmp_path: Path) -> None:
    requests = _requests()
    at_once = _ask(teacher, requests)
    again = _another(teacher, server, tmp_path / "again.sqlite")
    one_by_one = _ask(again, requests[::-1], at_once=False)[::-1]
    assert [(one.edits, one.unusable) for one in at_once] == [(one.edits, one.unusable) for one in one_by_one]


def _another(teacher: Teacher, server: FaultyServer, path: Path) -> Teacher:
    said = teacher.provenance()["teacher"]
    if said == "openai":
        return make_teacher(
            "openai", model="faulty-1", base_url=server.base_url, answers=path, backoff_s=0.005
        )
    if said == "replay":
        return make_teacher("replay", answers=teacher._source._answers.path)  # type: ignore[attr-defined]
    return make_teacher(said)


def test_provenance_and_statistics_are_plain_data_and_outlive_close(teacher: Teacher) -> None:
    _ask(teacher, _requests()[:2])
    for facts in (teacher.provenance(), teacher.statistics()):
        assert json.loads(json.dumps(facts)) == facts
    assert teacher.provenance()["teacher"] in teacher_names()
    assert teacher.name
    assert isinstance(teacher.remote, bool)


def test_steps_of_the_prompt_are_never_edited(teacher: Teacher) -> None:
    problem = _problems()[-1]
    steps = tuple(range(len(split_steps(problem.reference))))
    requests = [Request("mutate", problem, problem.reference, steps, per_step=1)]
    if teacher.provenance()["teacher"] == "replay":
        pytest.skip("nobody was recorded being asked for given steps")
    (reply,) = _ask(teacher, requests)
    assert all(edit.start >= 2 for edit in reply.edits)
