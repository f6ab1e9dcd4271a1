"""What tests notice, and new tests that notice more, with programs that really run."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.errors import QuarantineError
from prmdata.evidence.values import Call, encode
from prmdata.problems import read_problems
from prmdata.records import Compare, Execution, Problem, Reject, Reply, Request, Run, Test, Verdict, Vetted
from prmdata.resources import guest_module
from prmdata.sandboxes.contract import Worker
from prmdata.testing.trampoline import run_to_end as drive
from prmdata.vetting.generation import write_generated
from prmdata.vetting.inspection import Inspection, distinct, inspect
from prmdata.vetting.kills import count_kills, measure_kills, mutants_of
from prmdata.vetting.test_writer import write_test
from prmdata.vetting.testgen import SHOWN, Generated, cover, generate_tests
from prmdata.vetting.vet import vet
from prmdata.vetting.vet_report import write_vetting

Driven = Callable[[Any], Any]
CLAMP = "def clamp(x, low, high):\n    if x < low:\n        return low\n    if x > high:\n        return high\n    return x\n"


def problem(*tests: str, reference: str = CLAMP, entry: str = "clamp", **more: Any) -> Problem:
    forms = tuple(Test("check" if "def check" in code else "assert", code=code) for code in tests)
    return Problem("p", "Clamp.", reference, forms, entry_point=entry, **more)


WEAK_TESTS = ("assert clamp(5, 1, 9) == 5", "assert clamp(7, 2, 8) == 7", "assert clamp(0, 1, 3) == 1")
WEAK = problem(*WEAK_TESTS)


def vetted(driven: Driven, given: Problem) -> Vetted:
    found = driven(vet(given))
    assert isinstance(found, Vetted), found
    return found


def execution(*outcomes: Verdict | None) -> Execution:
    failed = [outcome for outcome in outcomes if outcome not in (None, Verdict.PASSED)]
    return Execution(failed[0] if failed else Verdict.PASSED, outcomes)


def test_kills_are_counted_by_test_and_by_step() -> None:
    first, second, third, *_ = mutants_of(WEAK)
    passed, wrong = Verdict.PASSED, Verdict.WRONG_ANSWER
    found = count_kills(
        2,
        [
            (first, execution(wrong, passed)),
            (second, execution(Verdict.TIMEOUT, None)),
            (third, QuarantineError("killed two workers")),
        ],
    )
    assert (found.mutants, found.killed, found.by_test) == (2, 2, (2, 0))
    assert found.idle_tests == (1,)
    assert sum(mutants for _, mutants, _ in found.by_step) == 2
    assert found.unwatched_steps == ()
    assert count_kills(2, [(first, execution(passed, passed))]).unwatched_steps == (first.edit.start,)
    assert count_kills(3, []).idle_tests == ()


def test_kills_of_weak_tests(driven: Driven) -> None:
    found, survivors = driven(measure_kills(vetted(driven, WEAK), mutants_of(WEAK)))
    assert 0 < found.killed < found.mutants
    assert len(survivors) == found.mutants - found.killed
    assert 4 in found.unwatched_steps  # no given test runs `return high`


def test_generated_tests_kill_more_and_the_reference_passes_them(driven: Driven) -> None:
    before = vetted(driven, WEAK)
    made = driven(generate_tests(before, seed=0))
    assert isinstance(made, Generated)
    assert made.problem.tests[:3] == WEAK.tests
    assert made.from_inputs == len(made.problem.tests) - 3 > 0
    assert made.killed > made.given.killed
    after = vetted(driven, made.problem)
    kills, _ = driven(measure_kills(after, mutants_of(made.problem)))
    assert kills.killed == made.killed
    assert kills.idle_tests == ()
    assert driven(generate_tests(before, seed=0)) == made


@pytest.mark.parametrize(
    ("reference", "entry", "tests"),
    [
        ("class S:\n    def g(self, x):\n        return x + 1 if x > 3 else x\n", "S().g", ["def check(candidate):\n    assert candidate(1) == 1\n    assert candidate(30) == 31\n"]),
        (CLAMP, "clamp", ["def check(candidate):\n    assert candidate(x=5, low=1, high=9) == 5\n    assert candidate(7, 2, 8) == 7\n"]),
        ("def h(x):\n    return x / 2 if x > 3 else x\n", "h", ["assert h(1.0) == 1.0", "assert h(2.5) == 2.5", "assert h(0.5) == .5"]),
    ],
)  # fmt: skip
def test_new_tests_take_the_form_of_the_given_ones(
    driven: Driven, reference: str, entry: str, tests: list[str]
) -> None:
    given = problem(*tests, reference=reference, entry=entry)
    made = driven(generate_tests(vetted(driven, given), seed=0))
    assert made.from_inputs > 0
    assert {test.form for test in made.problem.tests} == {given.tests[0].form}
    vetted(driven, made.problem)


def test_a_teachers_tests_are_kept_where_they_are_right_and_tell_something(local_worker: Worker) -> None:
    lines = (
        "9, 1, 3) == 3\nassert clamp(9, 1, 3) == 4\nassert clamp(5, 1, 9) == 5\nassert clamp(0, 1, 3 ==\nprint(1)\n"
        "assert clamp(3, 1, 3) == 3\nassert 1 == 1\n"
    )
    asked: list[Request] = []

    def answer(question: Run | Request) -> Any:
        if isinstance(question, Run):
            return local_worker.run(question.spec, question.tasks)
        asked.append(question)
        return Reply(completions=(lines, lines))

    def both() -> Generator[Any, Any, Generated]:
        found = yield from vet(WEAK)
        assert isinstance(found, Vetted)
        return (yield from generate_tests(found, proposals=2))

    made = drive(both(), answer)
    assert made.from_teacher == 1
    assert made.problem.tests[3].code == "assert clamp(9, 1, 3) == 3"
    assert asked[0].program.startswith(CLAMP)
    assert asked[0].n == 2


def test_the_teacher_is_shown_the_wrong_versions_that_live_and_that_inputs_caught(
    local_worker: Worker,
) -> None:
    asked: list[Request] = []

    def answer(question: Any) -> Any:
        if isinstance(question, Run):
            return local_worker.run(question.spec, question.tasks)
        asked.append(question)
        return Reply()

    def shown(*tests: str) -> Generator[Any, Any, list[str]]:
        found = yield from vet(problem(*tests))
        assert isinstance(found, Vetted)
        _, survivors = yield from measure_kills(found, mutants_of(found.problem))
        yield from generate_tests(found, proposals=2)
        said = [line[4:] for line in asked[-1].program.split("\n") if line.startswith("#   ")]
        lived = [f"{_line(one.before)}  ->  {_line(one.edit.text)}" for one in survivors]
        assert set(said) <= set(lived)
        return said

    weak = drive(shown(*WEAK_TESTS), answer)
    strong = drive(shown(*WEAK_TESTS, "assert clamp(9, 1, 3) == 3", "assert clamp(4, 1, 3) == 3"), answer)
    assert 0 < len(weak) <= SHOWN
    assert any("high" in line for line in weak)  # nothing given goes over the upper bound
    assert not any(line.startswith("return high  ->") for line in strong)
    assert "x < low  ->  if x <= low" not in " ".join(weak)  # the same function: no input can catch it


def _line(text: str) -> str:
    return " ".join(text.split()) or "(nothing)"


@given(st.lists(st.frozensets(st.integers(0, 12)), max_size=8), st.integers(1, 8))
def test_cover_takes_only_what_adds(kills: list[frozenset[int]], most: int) -> None:
    taken = cover(kills, [1] * len(kills), most)
    assert len(taken) == len(set(taken)) <= most
    dead: set[int] = set()
    for index in taken:
        assert kills[index] - dead
        dead |= kills[index]
    if len(taken) < most:
        assert dead == set().union(*kills)


def test_cover_prefers_the_smaller_input() -> None:
    assert cover([frozenset({1}), frozenset({1})], [9, 2], 5) == [1]


@pytest.mark.parametrize(
    ("compare", "answer", "claim"),
    [
        (Compare(), 4, "assert f(1, k=[2]) == 4"),
        (Compare(), None, "assert f(1, k=[2]) is None"),
        (Compare(), {"a": (1, {2})}, "assert f(1, k=[2]) == {'a': (1, {2})}"),
        (Compare("any-order"), [2, 1], "assert sorted(f(1, k=[2]), key=repr) == sorted([2, 1], key=repr)"),
        (Compare("float", 1e-6), 0.5, "assert abs(f(1, k=[2]) - 0.5) <= 1e-06 * max(1.0, abs(0.5))"),
        (Compare("float", 1e-6), [0.5], None),
        (Compare("float", 1e-6), [5], "assert f(1, k=[2]) == [5]"),
        (Compare("checker", checker="def ok(i, e, g): return True"), 4, None),
        (Compare(), float("nan"), None),
        (Compare(), float("inf"), None),
        (Compare(), set(), "assert f(1, k=[2]) == set()"),
        (Compare(), 1j, "assert f(1, k=[2]) == 1j"),
        (Compare(), "x" * 3000, None),
    ],
)
def test_only_what_can_be_written_with_literals_is_written(
    compare: Compare, answer: object, claim: str | None
) -> None:
    given = encode(Call((1, [2]), ("k",)))
    found = write_test(
        problem("assert f(1)", entry="f"), compare, given, guest_module("codec").encode(answer)
    )
    assert found == (None if claim is None else Test("assert", code=claim))


def test_a_stdio_test_is_its_input_and_output() -> None:
    fed = Problem("p", "", "print(1)\n", (Test("stdio", input="1", output="1"),))
    assert write_test(fed, Compare(), "2\n", "1\n") == Test("stdio", input="2\n", output="1\n")


def test_many_problems_are_inspected_and_written(driven: Driven, tmp_path: Path) -> None:
    items: list[Problem | Reject] = [
        WEAK,
        Reject("r", "read", "no tests"),
        problem("assert clamp(5, 1, 9) == 6").__class__(**{**fields(WEAK), "id": "again"}),
        Problem(
            "bad", "Other.", CLAMP, (Test("assert", code="assert clamp(5, 1, 9) == 6"),), entry_point="clamp"
        ),
        Problem("near", "Clamp!", CLAMP.replace("low", "least"), WEAK.tests, entry_point="clamp"),
    ]
    found = [
        Inspection(item) if isinstance(item, Reject) else driven(inspect(item)) for item in distinct(items)
    ]
    assert [type(one.result).__name__ for one in found] == ["Vetted", "Reject", "Reject", "Reject", "Vetted"]
    report = write_vetting(found, tmp_path / "out")
    assert report.near == [["p", "near"]]
    assert report.rejects == {"no tests": 1, "duplicate": 1, "the reference fails its tests": 1}
    assert [item.id for item in read_problems(tmp_path / "out" / "vetted.jsonl")] == ["p", "near"]  # type: ignore[union-attr]
    rejects = [json.loads(line) for line in (tmp_path / "out" / "rejects.jsonl").read_text().splitlines()]
    assert [(row["problem_id"], row["reason"]) for row in rejects][1] == ("again", "duplicate")
    facts = json.loads((tmp_path / "out" / "problems.jsonl").read_text().splitlines()[0])
    assert facts["kills"]["mutants"] == report.mutants / 2
    figures = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (figures["vetted"], figures["problems"]) == (2, 5)
    assert "2 of 5 problems vetted" in report.text()


def fields(one: Problem) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def test_a_benchmark_problem_is_left_out() -> None:
    found = list(distinct([WEAK], overlap=lambda _: "bench: 3"))
    assert found == [Reject("p", "vet", "contaminated", "overlaps with bench: 3")]


def test_inspection_without_kills_asks_less(driven: Driven) -> None:
    found = driven(inspect(WEAK, kills=False))
    assert isinstance(found.result, Vetted)
    assert found.kills is None


def test_a_file_of_generated_tests_is_whole_or_not_there(tmp_path: Path) -> None:
    out = tmp_path / "tests.jsonl"

    def torn() -> Any:
        yield Reject("r", "vet", "no tests")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_generated(torn(), out)
    assert not out.exists()
    report = write_generated([Generated(WEAK, count_kills(3, []), 0), Reject("r", "vet", "no tests")], out)
    assert (report.problems, report.vetted, report.tests_given) == (2, 1, 3)
    assert [item.id for item in read_problems(out)] == ["p"]  # type: ignore[union-attr]
