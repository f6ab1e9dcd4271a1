"""Vetting runs programs: which problems hold, what is repaired, what is rejected and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from prmdata.problems.soundness import examine
from prmdata.records import Execution, Isolation, Limits, Problem, Reject, Rollout, Run, Test, Vetted
from prmdata.sandboxes.contract import Worker
from prmdata.testing.trampoline import run_to_end as drive
from prmdata.vetting.limits import cpu_limit
from prmdata.vetting.sabotage import adversarial, sabotages
from prmdata.vetting.vet import MOST_REPEATS, vet

Driven = Callable[[Any], Any]
TOSSES = (
    "import os\ndef f(x):\n"
    + "    if os.urandom(1)[0] & 1:\n        x += 1\n"
    * 24  # the chance that two runs take the same lines is 1 in 2**24
    + "    return x\n"
)
TWICE = "def f(x):\n    return 2 * x\n"


def called(reference: str, *tests: str, **more: Any) -> Problem:
    forms = tuple(Test("check" if "def check" in code else "assert", code=code) for code in tests)
    found = examine(Problem("p", "Prompt.", reference, forms, **more))
    assert isinstance(found, Problem), found
    return found


def fed(reference: str, *pairs: tuple[str, str], **more: Any) -> Problem:
    return Problem(
        "p", "Prompt.", reference, tuple(Test("stdio", input=i, output=o) for i, o in pairs), **more
    )


def test_a_problem_that_holds(driven: Driven) -> None:
    found = driven(vet(called(TWICE, "assert f(2) == 4", "assert f(0) == 0")))
    assert isinstance(found, Vetted)
    assert found.spec.isolation == Isolation.TWO_PROCESSES
    assert found.spec.cpu_s < 10
    assert found.reference.lines == (1, 2)
    assert len(found.recorded_inputs) == 2
    assert found.notes == ()


def test_a_stdio_problem_records_its_inputs(driven: Driven) -> None:
    found = driven(vet(fed("print(2 * int(input()))\n", ("1\n", "2"), ("3\n", "6\n"))))
    assert isinstance(found, Vetted)
    assert found.recorded_inputs == ("1\n", "3\n")


def test_what_cannot_pass_in_two_processes_runs_with_its_judge(driven: Driven) -> None:
    found = driven(
        vet(called("class A:\n    pass\ndef f():\n    return A\n", "assert isinstance(f()(), f())"))
    )
    assert isinstance(found, Vetted)
    assert found.spec.isolation == Isolation.ONE_PROCESS


def test_limits_of_the_problem_win(driven: Driven) -> None:
    found = driven(vet(called(TWICE, "assert f(2) == 4", limits=Limits(cpu_s=3.5, memory_mb=200))))
    assert isinstance(found, Vetted)
    assert (found.spec.cpu_s, found.spec.memory_mb) == (3.5, 200)


@pytest.mark.parametrize(
    ("problem", "reason", "detail"),
    [
        (
            called(TWICE, "assert f(2) == 4", "assert f(2) == 5"),
            "the reference fails its tests",
            "test 1 of 2",
        ),
        (
            called("def f(x):\n    return x[0]\n", "assert f([]) == 1"),
            "the reference fails its tests",
            "IndexError",
        ),
        (
            called("import no_such_module\n" + TWICE, "assert f(2) == 4"),
            "a module is missing in the sandbox",
            "no_such",
        ),
        (
            called(
                "def f(x):\n    while x:\n        pass\n", "assert f(1) is None", limits=Limits(cpu_s=0.05)
            ),
            "the reference runs out of CPU time",
            "limit 0.05 s",
        ),
        (
            called("def f(x):\n    return x > 0\n", "assert f(2) == True", "assert f(9)"),
            "tests do not notice a sabotaged reference",
            "always answers True",
        ),
        (called(TWICE, "assert f(2) or True"), "tests do not notice a sabotaged reference", "returns None"),
        (
            called(TWICE, "try:\n    f(2)\nexcept Exception:\n    pass\nassert 1 + 1 == 2"),
            "tests do not notice a sabotaged reference",
            "one that",
        ),
        (
            called(TWICE, "assert callable(f)", entry_point="f"),
            "tests do not notice a sabotaged reference",
            "one that",
        ),
        (
            called(TOSSES, "assert f(1) < 13"),
            "the reference is flaky",
            "",
        ),
        (fed("pass\n", ("1\n", "")), "tests do not notice a sabotaged reference", "prints nothing"),
        (fed("print(1)\n", ("1\n", "2")), "the reference fails its tests", "wrong_answer"),
        (fed("print(input(), input())\n", ("1\n", "1")), "the reference fails its tests", "EOFError"),
    ],
)
def test_what_does_not_hold(driven: Driven, problem: Problem, reason: str, detail: str) -> None:
    found = driven(vet(problem))
    assert isinstance(found, Reject), found
    assert (found.problem_id, found.stage, found.reason) == ("p", "vet", reason)
    assert detail in found.detail


def test_flaky_by_hash_seed(driven: Driven) -> None:
    found = driven(vet(called("def f(x):\n    return list({'a', 'b', 'c', 'd'})[0]\n", "assert f(1) == 'a'")))
    assert isinstance(found, Reject)


def test_another_solution_takes_the_place_of_a_broken_one(driven: Driven) -> None:
    broken, right = "print(0)\n", "print(2 * int(input()))\n"
    found = driven(vet(fed(broken, ("1\n", "2"), ("2\n", "4"), references=("import no\n", right))))
    assert isinstance(found, Vetted)
    assert found.problem.reference == right
    assert set(found.problem.references) == {broken, "import no\n"}
    assert found.notes[0].startswith("reference replaced")


def test_a_passing_rollout_serves_where_there_is_no_reference(driven: Driven) -> None:
    problem = called(
        "",
        "assert f(2) == 4",
        entry_point="f",
        rollouts=(Rollout("def f(x):\n    return x\n"), Rollout(TWICE)),
    )
    found = driven(vet(problem))
    assert isinstance(found, Vetted)
    assert found.problem.reference == TWICE
    hopeless = called(
        "", "assert f(2) == 4", entry_point="f", rollouts=(Rollout("def f(x):\n    return x\n"),)
    )
    assert driven(vet(hopeless)) == Reject("p", "vet", "no reference", "no rollout passes every test")


def test_solutions_that_agree_against_a_test_have_it_dropped(driven: Driven) -> None:
    pairs = [("1\n", "2"), ("2\n", "5"), ("3\n", "6")]
    other = "x = int(input())\nprint(x + x)\n"
    found = driven(vet(fed("print(2 * int(input()))\n", *pairs, references=(other,))))
    assert isinstance(found, Vetted)
    assert [test.input for test in found.problem.tests] == ["1\n", "3\n"]
    assert found.notes[0] == "tests dropped: 2 solutions agree on other answers than 1 (from 0) expect"


def test_agreement_works_for_calls_too(driven: Driven) -> None:
    tests = [
        f"def check(candidate):\n    assert candidate({x}) == {y}\n" for x, y in ((1, 2), (2, 5), (3, 6))
    ]
    found = driven(vet(called(TWICE, *tests, references=("def f(x):\n    return x + x\n",))))
    assert isinstance(found, Vetted)
    assert len(found.problem.tests) == 2


@pytest.mark.parametrize(
    "other",
    ["print(7)\n", "x = int(input())\nprint(x + x if x != 2 else 9)\n", "import no\n"],
    ids=["fails elsewhere", "answers otherwise", "does not run"],
)
def test_solutions_that_disagree_repair_nothing(driven: Driven, other: str) -> None:
    pairs = [("1\n", "2"), ("2\n", "5"), ("3\n", "6")]
    found = driven(vet(fed("print(2 * int(input()))\n", *pairs, references=(other,))))
    assert isinstance(found, Reject)
    assert found.reason == "the reference fails its tests"


def test_too_many_wrong_tests_repair_nothing(driven: Driven) -> None:
    pairs = [("1\n", "3"), ("2\n", "5"), ("3\n", "6")]
    other = "x = int(input())\nprint(x + x)\n"
    assert isinstance(driven(vet(fed("print(2 * int(input()))\n", *pairs, references=(other,)))), Reject)


def test_idle_tests_are_noted(driven: Driven) -> None:
    found = driven(vet(called(TWICE, "assert f(1) == 2", "assert f or True", "assert f(2) == 4")))
    assert isinstance(found, Vetted)
    assert found.notes == ("idle tests: 1 pass though the program raises at once",)


def test_sabotage_reaches_methods() -> None:
    reference = "class Solution:\n    def g(self, x):\n        return x\n"
    problem = called(reference, "assert Solution().g(1) == 1")
    for program in sabotages(problem).values():
        space: dict[str, Any] = {}
        exec(program, space)
        try:
            answer = space["Solution"]().g(1)
        except RuntimeError:
            answer = "raised"
        assert (type(answer), answer) != (int, 1) or "return 1" in program


@pytest.mark.parametrize(
    ("reference_s", "n_stdio", "limit"),
    [
        (0.0, 0, 0.06),
        (0.0149, 0, 0.06),
        (0.0151, 0, 0.18),
        (0.04, 0, 0.18),
        (0.18, 0, 0.5),
        (1.5, 0, 4.0),
        (9.9, 0, 12.0),
        (0.02, 10, 0.06),
        (0.04, 10, 0.18),
        (0.15, 1, 0.5),
        (9.0, 3, 12.0),
    ],
)
def test_there_are_few_limits(reference_s: float, n_stdio: int, limit: float) -> None:
    problem = fed("", *[("", "")] * n_stdio) if n_stdio else called(TWICE, "assert f(1) == 2")
    assert cpu_limit(problem, reference_s) == limit


@pytest.mark.parametrize(
    ("times", "limit", "n_runs"),
    [
        ([0.002] * 20, 0.06, 3),
        ([0.017, 0.017, 0.017, 0.016, 0.0148, *[0.017] * 20], 0.06, 5),  # only the smallest time counts
        ([0.016] * 60, 0.18, MOST_REPEATS),
        ([0.03] * 20, 0.18, 3),
        ([9.0] * 20, 12.0, 3),
    ],
)
def test_a_reference_near_a_change_of_limits_runs_again(
    local_worker: Worker, times: list[float], limit: float, n_runs: int
) -> None:
    taken = iter(times)
    n_reference = 0

    def answer(question: Run) -> Any:
        nonlocal n_reference
        answers = local_worker.run(question.spec, question.tasks)
        if [(task.program, task.surroundings) for task in question.tasks] != [(TWICE, None)]:
            return answers
        n_reference += 1
        return tuple(
            dataclasses.replace(one, cpu_s=next(taken)) for one in answers if isinstance(one, Execution)
        )

    found = drive(vet(called(TWICE, "assert f(1) == 2", "assert f(3) == 6")), answer)
    assert isinstance(found, Vetted)
    assert (found.spec.cpu_s, n_reference) == (limit, n_runs)


@pytest.mark.parametrize(
    ("reference", "tests", "name"),
    [
        (TWICE, ("assert not abs(f(2) - 4) > 1e-6", "assert not abs(f(1) - 2) > 1e-6"), "returns NaN"),
        (
            "def f(xs):\n    return sorted(xs)\n",
            ("xs = [2, 1]\nassert f(xs) == sorted(xs)", "xs = [3]\nys = f(xs)\nassert len(ys) == len(xs)"),
            "clears its argument",
        ),
    ],
)
def test_tests_that_trust_what_they_are_given_are_noted(
    driven: Driven, reference: str, tests: tuple[str, ...], name: str
) -> None:
    found = driven(vet(called(reference, *tests)))
    assert isinstance(found, Vetted), found
    (note,) = [note for note in found.notes if note.startswith("weak tests: ")]
    assert name in note


def test_every_adversarial_sabotage_is_a_program_that_fails_tests_that_look(driven: Driven) -> None:
    problem = called(TWICE, "assert f(2) == 4", "assert f(5) == 10")
    programs = adversarial(problem)
    assert len(set(programs.values())) == len(programs) >= 9
    for program in programs.values():
        compile(program, "sabotage", "exec")
    found = driven(vet(problem))
    assert isinstance(found, Vetted)
    assert found.notes == ()
    assert adversarial(fed("print(input())\n", ("1\n", "1\n"))) == {}
