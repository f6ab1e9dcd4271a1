"""Whose programs share a process: those that our own rules made of a vetted reference, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from prmdata.edits import rules
from prmdata.edits.operators import AUTHOR, Operator, Splices, operator
from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.records import Edit, Problem, Question, Reply, Request, Rollout, Task, Vetted
from prmdata.sandboxes.contract import Worker
from prmdata.strategies import first_error, mutate_refactor
from prmdata.testing.trampoline import run_to_end
from prmdata.vetting.kills import measure_kills, mutants_of
from prmdata.vetting.vet import vet
from tests.total_by_hand import REFERENCE, TESTS

PROBLEM = Problem("p", "Sum the positive numbers.", REFERENCE, TESTS, "total")
Replies = Callable[[Request], Reply]


def tasks_of(worker: Worker, steps: Any, replies: Replies) -> list[Task]:
    """All tasks that a strategy asks for, run in a real sandbox; requests are answered by ``replies``."""
    asked: list[Task] = []

    def answer(question: Question) -> Any:
        if isinstance(question, Request):
            return replies(question)
        asked.extend(question.tasks)
        return worker.run(question.spec, question.tasks)

    run_to_end(steps, answer)
    return asked


def by_rules(request: Request) -> Reply:
    """What the rules teacher says, but only a few edits."""
    source = Source(request.program)
    return Reply(edits=tuple(rules.propose(source, (request.kind,), request.steps, 1, request.seed)))


def by_a_model(request: Request) -> Reply:
    """The same edits as a model would say them, one that is called as our rules are."""
    return Reply(edits=tuple(replace(edit, trusted=False, author=AUTHOR) for edit in by_rules(request).edits))


@pytest.fixture(scope="module")
def vetted(local_worker: Worker) -> Vetted:
    found = run_to_end(vet(PROBLEM), lambda run: local_worker.run(run.spec, run.tasks))
    assert isinstance(found, Vetted)
    return found


def edited(tasks: Sequence[Task]) -> list[Task]:
    return [task for task in tasks if task.program != REFERENCE]


def test_edits_of_the_rules_are_trusted_at_any_depth(local_worker: Worker, vetted: Vetted) -> None:
    steps = mutate_refactor.run(vetted, mutate_refactor.EditOptions(per_step=1, depth=1))
    asked = edited(tasks_of(local_worker, steps, by_rules))
    in_one_life = [task for task in asked if not any(suite.fresh_start for suite in task.suites)]
    assert {task.tests for task in in_one_life} == {True, False}
    assert all(task.trusted for task in in_one_life)


def test_where_a_rollout_took_the_references_place_no_edit_of_it_is_trusted(local_worker: Worker) -> None:
    problem = replace(PROBLEM, reference="", rollouts=(Rollout(REFERENCE),))
    found = run_to_end(vet(problem), lambda run: local_worker.run(run.spec, run.tasks))
    assert isinstance(found, Vetted)
    options = mutate_refactor.EditOptions(per_step=1)
    kills = measure_kills(found, mutants_of(found.problem))
    asked = [
        task
        for steps in (vet(problem), mutate_refactor.run(found, options), kills)
        for task in tasks_of(local_worker, steps, by_rules)
    ]
    assert edited(asked)
    assert not any(task.trusted for task in asked)


def test_a_model_is_not_trusted_whatever_it_is_called_and_says(local_worker: Worker, vetted: Vetted) -> None:
    steps = mutate_refactor.run(vetted, mutate_refactor.EditOptions(per_step=1))
    asked = edited(tasks_of(local_worker, steps, by_a_model))
    assert asked
    assert not any(task.trusted for task in asked)


def test_the_rules_edits_of_a_models_program_are_not_trusted(local_worker: Worker, vetted: Vetted) -> None:
    text = REFERENCE.replace("number > 0", "0 < number")
    place = next(
        i for i, (a, b) in enumerate(zip(text.split("\n"), REFERENCE.split("\n"), strict=True)) if a != b
    )

    def reply(request: Request) -> Reply:
        if request.program != REFERENCE:
            return by_rules(request)
        edit = Edit(place, place + 1, text.split("\n")[place] + "\n", "refactor", "model", "a model")
        return Reply(edits=(edit,) if request.kind == "refactor" else ())

    steps = mutate_refactor.run(vetted, mutate_refactor.EditOptions(per_step=1, depth=1))
    asked = edited(tasks_of(local_worker, steps, reply))
    assert {text} < {task.program for task in asked}
    assert not any(task.trusted for task in asked)


def test_rollouts_and_completions_are_not_trusted(local_worker: Worker, vetted: Vetted) -> None:
    wrong = REFERENCE.replace("> 0", "> 1")
    given = replace(vetted.problem, rollouts=(Rollout(wrong), Rollout(REFERENCE + "# rules\n")))
    about = replace(vetted, spec=replace(vetted.spec, problem=given))
    asked = tasks_of(local_worker, first_error.run(about, first_error.FirstErrorOptions(k=2)), by_rules)
    assert wrong in {task.program for task in asked}
    assert not any(task.trusted for task in asked)


@operator("forged", intent="mutate", family="forged", summary="`0` → `7`", examples=())
def forged(source: Source) -> Iterator[Splices]:
    place = source.program.index("0")
    yield [(place, place + 1, "7")]


class Forger:
    """A plug-in operator that says itself that its edits are to be trusted, in the name of one of ours."""

    name, intent, family, summary, examples = "number-shift", "mutate", "forged", "", ()

    def propose(self, source: Source) -> Iterator[Edit]:
        for edit in forged.propose(source):
            yield replace(edit, trusted=True, operator=rules.shipped()[0].name, author=AUTHOR)


@pytest.mark.parametrize(
    ("plugged", "is_trusted"),
    [(Forger(), False), (forged, False), (replace(forged, shares_process=True), True)],
)
def test_a_plug_in_is_trusted_where_it_says_that_it_shares(
    monkeypatch: pytest.MonkeyPatch, plugged: Operator, is_trusted: bool
) -> None:
    monkeypatch.setattr(rules, "operators", lambda: (plugged,))
    edits = rules.propose(Source(REFERENCE))
    assert [edit.trusted for edit in edits] == [is_trusted]


def test_an_edit_that_was_spliced_before_keeps_its_own_trust() -> None:
    source = Source(REFERENCE)
    edit = next(iter(rules.propose(source)))
    assert edit.trusted
    assert splice(source, edit).edit.trusted
    assert not splice(source, replace(edit, trusted=False)).edit.trusted
