"""``mutate-refactor`` on programs that really run: which edits become rows, which are only counted, and which
renames are propagated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from prmdata.edits.splice import NOT_WHOLE_LINES
from prmdata.labels.policies import apply
from prmdata.labels.prefixes import settle
from prmdata.records import Edit, Intent, Problem, Reply, Request, Trace, Verdict, Vetted
from prmdata.strategies.mutate_refactor import BASES_PER_DEPTH, MOST_MORE, EditOptions, expected, run
from prmdata.vetting.vet import vet
from tests.total_by_hand import REFERENCE, TESTS

Driven = Callable[..., Any]


@pytest.fixture(scope="module")
def vetted(driven: Driven) -> Vetted:
    found = driven(vet(Problem("p", "Sum the positive numbers.", REFERENCE, TESTS, "total")))
    assert isinstance(found, Vetted)
    return found


def edit(step: int, text: str, intent: Intent = "mutate") -> Edit:
    return Edit(step, step + 1, text, intent, "by hand", "test")


def saying(*edits: Edit, unusable: tuple[tuple[str, int], ...] = ()) -> Callable[[Request], Reply]:
    """A teacher that gives these edits for the reference, and none for any other program."""

    def reply(request: Request) -> Reply:
        mine = tuple(one for one in edits if one.intent == request.kind and request.program == REFERENCE)
        return Reply(edits=mine, unusable=unusable if request.kind == "mutate" else ())

    return reply


def by_program(traces: list[Trace]) -> dict[str, Trace]:
    return {"".join(trace.steps): apply("strict", trace) for trace in settle(traces)}


def test_edits_become_rows_with_what_execution_said(driven: Driven, vetted: Vetted) -> None:
    wrong, same = edit(1, "    result = 1\n"), edit(3, "        if 0 < number:\n", "refactor")
    other = edit(3, "        if number > 2:\n")  # without it, nothing would show that the step is testable
    outcome = driven(run(vetted, EditOptions()), saying(wrong, same, other))
    rows = by_program(outcome.traces)
    assert len(rows) == 3
    assert rows[REFERENCE.replace("= 0", "= 1")].labels == (-100, 0, *[-100] * 4)
    passed = rows[REFERENCE.replace("number > 0", "0 < number")]
    assert (passed.verdict, passed.labels) == (Verdict.PASSED, (-100, -100, -100, 1, -100, -100))
    assert passed.edit is not None
    assert passed.edit.intent == "refactor"
    assert not outcome.unusable


def test_what_is_refused_or_there_already_is_counted(driven: Driven, vetted: Vetted) -> None:
    once, again = edit(1, "    result = 1\n"), edit(1, "    result = 1  # the same\n")
    nothing, half = edit(1, "    result  =  0\n"), edit(1, "    result = 1")
    outcome = driven(
        run(vetted, EditOptions()), saying(once, again, nothing, half, unusable=(("malformed", 3),))
    )
    assert len(outcome.traces) == 1
    assert outcome.unusable == {"duplicate": 2, NOT_WHOLE_LINES: 1, "malformed": 3}


def test_of_a_program_that_does_not_compile_the_prefix_is_tried_too(driven: Driven, vetted: Vetted) -> None:
    broken = edit(4, "            result += = number\n")
    left_open = edit(3, "        if number > 0 and (number,\n")
    rows = driven(run(vetted, EditOptions()), saying(broken, left_open)).traces
    assert [row.verdict for row in rows] == [Verdict.COMPILE_ERROR] * 2
    assert rows[0].evidence.prefix_compiles is False


def test_a_rename_is_propagated_where_later_steps_use_the_old_name(driven: Driven, vetted: Vetted) -> None:
    renamed = edit(1, "    acc = 0\n", "refactor")
    (row,) = driven(run(vetted, EditOptions()), saying(renamed)).traces
    assert "".join(row.steps) == REFERENCE.replace("result", "acc")
    assert row.verdict == Verdict.PASSED


def test_what_cannot_be_judged_is_a_reject_and_no_row(driven: Driven, vetted: Vetted) -> None:
    toss = "    if os.urandom(1)[0] < 33:\n        numbers = numbers\n"  # one of five calls comes here in half of all runs
    tossed = edit(
        1, f"    import os\n{toss * 24}    result = 0\n"
    )  # the chance that two runs take the same lines is 1 in 2**24
    outcome = driven(run(vetted, EditOptions()), saying(tossed))
    assert not outcome.traces
    assert [(one.problem_id, one.stage, one.reason) for one in outcome.rejects] == [
        ("p", "judge", "unrepeatable")
    ]


def test_depth_starts_from_refactors_that_hold(driven: Driven, vetted: Vetted) -> None:
    flat = driven(run(vetted, EditOptions(per_step=2))).traces
    deep = driven(run(vetted, EditOptions(per_step=2, depth=1))).traces
    assert [row.id for row in deep[: len(flat)]] == [row.id for row in flat]
    assert len(deep) > len(flat)
    programs = ["".join(row.steps) for row in deep]
    assert len(set(programs)) == len(programs)


def test_rows_are_the_same_for_a_seed_and_others_for_another(driven: Driven, vetted: Vetted) -> None:
    first, second, other = (driven(run(vetted, EditOptions(seed, 1))).traces for seed in (0, 0, 1))
    assert first == second
    assert {row.id for row in first} != {row.id for row in other}


def test_auto_asks_once_for_all_and_then_where_an_edit_earned_a_label(driven: Driven, vetted: Vetted) -> None:
    first = {
        "mutate": [
            edit(1, "    result = 1\n"),
            edit(3, "        if number >= 0:\n"),
            edit(4, "            result +=\n"),
        ],
        "refactor": [edit(5, "    return result + 0\n", "refactor"), edit(1, "    result = 2\n", "refactor")],
    }
    more = [edit(1, "    result = 3\n"), edit(1, "    result = -1\n")]
    asked: list[Request] = []

    def reply(request: Request) -> Reply:
        asked.append(request)
        said = more if request.attempt and request.kind == "mutate" else first[request.kind]
        return Reply(edits=tuple(one for one in said if one.start in request.steps))

    traces = driven(run(vetted, EditOptions(per_step="auto")), reply).traces
    every = tuple(range(6))
    assert [(one.kind, one.steps, one.per_step, one.attempt) for one in asked] == [
        ("mutate", every, 1, 0),
        ("refactor", every, 1, 0),
        (
            "mutate",
            (1,),
            MOST_MORE,
            1,
        ),  # nothing tells step 3 from the reference, and step 4 does not compile
        ("refactor", (5,), MOST_MORE, 1),
    ]
    programs = ["".join(row.steps) for row in traces]
    assert len(programs) == len(set(programs)) == 7
    assert REFERENCE.replace("= 0", "= 3") in programs
    twice = expected(vetted.problem, EditOptions(per_step="auto"))
    assert [(one.per_step, one.attempt) for one in twice] == [(1, 0), (1, 0), (1, 1), (1, 1)]


def test_what_a_problem_will_ask_is_known_before(vetted: Vetted) -> None:
    flat, deep = (expected(vetted.problem, EditOptions(depth=depth)) for depth in (0, 1))
    assert [one.kind for one in flat] == ["mutate", "refactor"]
    assert len(deep) == len(flat) * (1 + BASES_PER_DEPTH)
    assert flat[0].steps == tuple(range(6))


@pytest.mark.parametrize(("author", "n_rows"), [("rules", 3), ("a model", 4)])
def test_an_edit_of_the_rules_that_no_run_of_the_reference_reaches_is_not_judged(
    driven: Driven, author: str, n_rows: int
) -> None:
    program = REFERENCE.replace(
        "    result = 0\n", "    result = 0\n    if len(str(result)) > 9:\n        result = 7\n"
    )
    assert program != REFERENCE
    found = driven(vet(Problem("p", "Sum the positive numbers.", program, TESTS, "total")))
    never, header, before, inside = (
        edit(3, "        result = 8\n"),
        edit(2, "    if len(str(result)) > 0:\n"),
        Edit(1, 1, "    numbers = numbers[1:]\n", "mutate", "by hand", "test"),
        Edit(3, 3, "        numbers = []\n", "mutate", "by hand", "test"),
    )

    def reply(request: Request) -> Reply:
        edits = (replace(one, author=author) for one in (never, header, before, inside))
        return Reply(edits=tuple(edits) if request.kind == "mutate" else ())

    outcome = driven(run(found, EditOptions()), reply)
    rows = [trace for trace in outcome.traces if trace.edit is not None]
    assert len(rows) == n_rows
    assert {trace.edit.step for trace in rows if trace.edit is not None} == {1, 2, 3}
    assert outcome.unusable == ({"no run reaches the step": 1} if n_rows == 3 else {})
