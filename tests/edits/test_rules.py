"""Which proposals are taken: they compile, differ from each other, are spread, and are the same every time."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections import Counter

import pytest

from prmdata.edits.fingerprint import fingerprint, is_compiled
from prmdata.edits.rules import TARGET_EDITS, all_proposals, default_per_step, operators, propose
from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.errors import UsageError
from prmdata.records import Edit, Intent, Problem, Request
from prmdata.steps import split_steps
from prmdata.teachers.rules import RulesTeacher

MUTATE: tuple[Intent, ...] = ("mutate",)
PROGRAM = """def count(words, least=2):
    found = {}
    for word in words:
        word = word.strip().lower()
        if len(word) < least:
            continue
        found[word] = found.get(word, 0) + 1
    return sorted(found.items(), key=lambda pair: pair[1])
"""
FAMILIES = {operator.name: operator.family for operator in operators()}


def test_every_edit_compiles_and_no_two_are_alike() -> None:
    source = Source(PROGRAM)
    prints = [fingerprint(splice(source, edit).program) for edit in propose(source)]
    assert all(map(is_compiled, prints))
    assert len({*prints, fingerprint(PROGRAM)}) == len(prints) + 1


def test_a_short_function_gets_its_dozens() -> None:
    edits = propose(Source(PROGRAM))
    intents = Counter(edit.intent for edit in edits)
    assert intents["mutate"] >= 20
    assert {edit.start for edit in edits if edit.intent == "mutate"} == set(range(8))


def test_edits_come_in_the_order_of_the_steps() -> None:
    starts = [edit.start for edit in propose(Source(PROGRAM))]
    assert starts == sorted(starts)


def test_families_take_turns() -> None:
    edits = propose(Source(PROGRAM), MUTATE, steps=[6], per_step=5)
    assert len({FAMILIES[edit.operator] for edit in edits}) == 5


@pytest.mark.parametrize("per_step", [0, 1, 3])
def test_a_step_gets_at_most_its_share(per_step: int) -> None:
    found = Counter(edit.start for edit in propose(Source(PROGRAM), MUTATE, per_step=per_step))
    assert all(count <= per_step for count in found.values())
    assert len(found) == (8 if per_step else 0)


def test_the_seed_decides_and_nothing_else() -> None:
    def chosen(seed: int, steps: list[int] | None = None) -> list[Edit]:
        return propose(Source(PROGRAM), MUTATE, steps, 2, seed)

    assert chosen(1) == chosen(1)
    assert chosen(1) != chosen(2)
    assert chosen(1, [4]) == [edit for edit in chosen(1) if edit.start == 4]


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_hash_seed_decides_nothing(hash_seed: str) -> None:
    code = f"from prmdata.edits.rules import *; print(propose(Source({PROGRAM!r})))"
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == repr(propose(Source(PROGRAM)))


def test_given_steps_are_left_alone() -> None:
    edits = propose(Source(PROGRAM, given=3))
    assert edits
    assert all(edit.start >= 3 and all(step >= 3 for step, _ in edit.also) for edit in edits)


@pytest.mark.parametrize("program", ["", "x = (\n", "return 1\n"])
def test_a_program_that_does_not_compile_has_no_edits(program: str) -> None:
    assert propose(Source(program)) == []


@pytest.mark.parametrize(("n_steps", "expected"), [(0, 12), (1, 12), (2, 12), (4, 6), (8, 3), (100, 3)])
def test_short_functions_get_more_a_step(n_steps: int, expected: int) -> None:
    assert default_per_step(n_steps) == expected
    assert TARGET_EDITS == 24


def test_everything_that_is_proposed() -> None:
    source = Source(PROGRAM)
    everything = all_proposals(source)
    assert len(everything) > len(propose(source))
    assert all_proposals(source, lambda operator: operator.name == "number-shift")


def ask(
    kind: str, program: str = PROGRAM, prompt: str = "Count the words.", per_step: int = 2
) -> tuple[Edit, ...]:
    problem = Problem("p", prompt, program, ())
    steps = tuple(range(len(split_steps(program))))
    request = Request(kind, problem, program, steps, per_step, seed=3)  # type: ignore[arg-type]
    return asyncio.run(RulesTeacher().ask(request)).edits


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("f(x)", {"statement-double", "early-return", "nesting-in"}),
        ("exit()", set()),
        ("quit()", set()),
        ("sys.exit(0)", set()),
        ("os._exit(0)", set()),
        ("break", set()),
        ("if x:\n        break\n    else:\n        exit()", set()),
        (
            "if x:\n        f(x)\n    elif y:\n        return\n    else:\n        raise SystemExit",
            {"statement-double", "early-return", "nesting-in"},
        ),
        ("if x:\n        exit()", {"early-return", "nesting-in"}),
    ],
)
def test_nothing_is_put_where_it_never_runs(last: str, expected: set[str]) -> None:
    program = f"def g(y):\n  for x in y:\n    {last}\n  n = 0\n"
    names = {"statement-double", "early-return", "nesting-in"}
    found = all_proposals(Source(program), lambda operator: operator.name in names)
    assert {edit.operator for edit in found} == expected


def test_the_teacher_answers_with_what_the_rules_choose() -> None:
    assert ask("mutate") == tuple(propose(Source(PROGRAM), MUTATE, None, 2, 3))
    assert {edit.intent for edit in ask("refactor")} == {"refactor"}


def test_no_share_named_is_the_teachers_own_measure() -> None:
    assert len(ask("mutate", per_step=0)) == len(propose(Source(PROGRAM), MUTATE, seed=3))


def test_the_teacher_leaves_the_prompts_steps_alone() -> None:
    edits = ask("mutate", prompt="def count(words, least=2):\n    found = {}\n")
    assert edits
    assert min(edit.start for edit in edits) >= 2


def test_the_teacher_completes_nothing() -> None:
    with pytest.raises(UsageError, match="--completer"):
        ask("complete")


def test_the_teacher_says_where_its_edits_come_from() -> None:
    teacher = RulesTeacher()
    assert (teacher.name, teacher.remote) == ("rules", False)
    assert "number-shift" in teacher.provenance()["operators"]
    asyncio.run(teacher.close())
