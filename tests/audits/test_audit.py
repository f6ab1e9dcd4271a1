"""Audits: labels against larger tests, in a real sandbox; figures and their intervals."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from prmdata.audits.audit import Audit, AuditedProgram, audit, by_problem
from prmdata.audits.figures import report, text
from prmdata.datasets.intervals import wilson
from prmdata.errors import QuarantineError
from prmdata.records import Counterexample, Execution, Problem, Run, Trace, Verdict
from prmdata.testing.trampoline import run_to_end as drive
from tests.programs_by_hand import asserting
from tests.rows_by_hand import edited, reference, rollout

Driven = Callable[..., Any]
DOUBLE = "def f(n):\n    m = n * 2\n    return m\n"
TRUTH = asserting(DOUBLE, "f(1) == 2", "f(2) == 4", "f(-3) == -6", "f(50) == 100")


def rows() -> list[Trace]:
    """Four edits and what a build knows about them: the first is wrong and was not noticed, the second is
    right, the third was caught by an input though the truth passes it, the fourth is right and masked. The
    fifth fails its tests."""
    slipped = edited("def f(n):\n    m = n + abs(n)\n    return m\n", step=1, id="slipped")
    right = edited("def f(n):\n    m = n + n\n    return m\n", step=1, id="right", intent="refactor")
    caught = edited(
        "def f(n):\n    m = 2 * n if n != 77 else 0\n    return m\n",
        step=1,
        id="caught",
        evidence={"inputs_disagreed_inside": 1, "counterexample": Counterexample("77", "154", "0")},
    )
    masked = edited(
        "def f(n):\n    m = n << 1\n    return m\n",
        step=1,
        id="masked",
        evidence={"inputs_disagreed_outside": 1},
    )
    failing = edited(
        "def f(n):\n    m = n\n    return m\n", step=1, id="failing", verdict=Verdict.WRONG_ANSWER
    )
    return [reference(DOUBLE), slipped, right, caught, masked, failing]


def audited(driven: Driven, traces: list[Trace], truths: dict[str, Problem]) -> Audit:
    """Every problem of ``traces`` audited, as ``measure.audit`` does it."""
    found = Audit()
    for group in by_problem(traces):
        found.add(driven(audit(group, lambda problem_id, _: truths.get(problem_id))))
    return found


@pytest.fixture(scope="module")
def found(driven: Driven) -> Audit:
    stranger = reference(DOUBLE, problem_id="stranger")
    unsound = [
        reference("def f(n):\n    return 2\n", problem_id="unsound"),
        edited(DOUBLE, step=1, problem_id="unsound"),
    ]
    alone = [edited(DOUBLE, step=1, problem_id="alone", id="alone", verdict=Verdict.TIMEOUT)]
    truths = {name: replace(TRUTH, id=name) for name in ("p", "unsound", "alone")}
    return audited(driven, [*rows(), stranger, *unsound, *alone], truths)


def test_what_the_larger_tests_say(found: Audit) -> None:
    assert {one.trace.id: one.is_right for one in found.judged} == {
        "slipped": False,
        "right": True,
        "caught": True,
        "masked": True,
    }
    assert found.reference_fails_truth.keys() == {"unsound"}
    assert found.reference_fails_truth["unsound"].startswith("wrong_answer")
    assert found.without_truth == ["stranger"]


def test_figures_by_policy_and_intent(found: Audit) -> None:
    figures = report(found)
    strict, paper = figures["strict"]["mutate"], figures["paper"]["mutate"]
    assert (strict["labelled_1"], strict["false_correct"], strict["yield"]) == (1, 1.0, 0.0)
    assert (paper["labelled_1"], paper["false_correct"], paper["yield"]) == (3, 1 / 3, 1.0)
    assert strict["interval"] == list(wilson(1, 1))
    assert (strict["passing"], strict["right"], strict["caught"], strict["masked"]) == (
        3,
        2,
        1,
        {"disputed": 1},
    )
    assert figures["strict"]["refactor"]["false_correct"] == 0.0
    assert figures["strict"]["by_operator"]["arithmetic"]["passing"] == 3
    assert figures["strict"]["by_position"]["first third"]["passing"] == 3
    assert figures["reference_fails_truth"] == ["unsound"]
    assert json.loads(json.dumps(figures)) == figures


def test_disagreements_come_with_programs_and_inputs(found: Audit) -> None:
    listed = {one["id"]: one for one in report(found)["strict"]["disagreements"]}
    assert set(listed) == {"slipped", "caught"}
    assert listed["caught"]["counterexample"] == {"input": "77", "expected": "154", "got": "0"}
    assert "abs(n)" in listed["slipped"]["program"]
    printed = text(report(found))
    assert "on 77: expected 154, got 0" in printed
    assert "1 reference fails the truth:\n    unsound: wrong_answer" in printed
    assert "1 problem without truth" in printed


def test_nothing_to_measure_is_said_and_not_guessed() -> None:
    figures = report(Audit())
    assert figures["strict"]["mutate"]["false_correct"] is None
    assert figures["strict"]["mutate"]["yield"] is None
    assert "wrong -;" in text(figures)


def test_rollouts_and_completions_are_figures_of_their_own(driven: Driven) -> None:
    wrong = rollout("def f(n):\n    return n + abs(n)\n", id="r")
    completed = edited(DOUBLE, step=1, id="c", intent="complete")
    removed = edited(DOUBLE, step=3, n_steps=0, id="d")
    figures = report(audited(driven, [wrong, completed, removed], {"p": TRUTH}))
    assert figures["strict"]["rollout"]["false_correct"] == 1.0
    assert figures["strict"]["complete"]["labelled_1"] == 1
    assert figures["strict"]["mutate"]["masked"] == {"no step": 1}
    blind = report(audited(driven, [edited(DOUBLE, step=1, evidence={"differential": False})], {"p": TRUTH}))
    assert blind["strict"]["lacking_evidence"] == 1
    assert blind["paper"]["mutate"]["labelled_1"] == 1


def test_a_program_that_cannot_be_judged_is_listed() -> None:
    questions = audit(rows()[:2], lambda *_: TRUTH)
    next(questions)
    questions.send((Execution(Verdict.PASSED, (Verdict.PASSED,)),))
    with pytest.raises(StopIteration) as stop:
        questions.send((QuarantineError("unrepeatable"),))
    assert stop.value.value.not_judged == ["slipped"]
    assert "1 row not judged" in text(report(stop.value.value))


def test_only_rows_that_pass_their_tests_are_judged_and_the_reference_comes_first() -> None:
    groups = list(by_problem([*rows()[1:], reference(DOUBLE)]))
    assert [one.id for one in groups[0]][1:] == ["slipped", "right", "caught", "masked"]
    assert groups[0][0].label_kind == "reference"
    assert list(by_problem([edited(DOUBLE, step=1, verdict=Verdict.TIMEOUT)])) == []


def limits(reference_cpu_s: float) -> list[float]:
    """The CPU limits that an audit asks for, when the reference took this long."""
    asked: list[float] = []

    def answered(run: Run) -> tuple[Execution, ...]:
        asked.append(run.spec.cpu_s)
        return tuple(Execution(Verdict.PASSED, (Verdict.PASSED,), cpu_s=reference_cpu_s) for _ in run.tasks)

    drive(audit(rows()[:2], lambda *_: TRUTH), answered)
    return asked


def test_a_program_gets_twice_the_references_own_time() -> None:
    assert limits(0.01) == [10.0, 1.0]
    assert limits(5.0) == [10.0, 10.0]


def test_a_reference_that_cannot_pass_in_two_processes_is_judged_in_one(driven: Driven) -> None:
    closure = "def f(n):\n    return lambda m: n + m\n"
    truth = asserting(closure, "f(1)(2) == 3", "f(5)(-5) == 0")
    wrong = edited(closure.replace("n + m", "n + abs(m)"), step=1)
    alike = edited(closure.replace("n + m", "m + n"), step=1)
    found = audited(driven, [reference(closure), wrong, alike], {"p": truth})
    assert [one.is_right for one in found.judged] == [False, True]


def test_taking_far_too_long_is_counted_by_itself() -> None:
    judged = [AuditedProgram(one, Verdict.TIMEOUT) for one in rows()[1:2]]
    assert report(Audit(judged))["strict"]["mutate"]["timeouts"] == 1
