"""CCCS: the canonical solution split at its conditional statements, from near-complete to empty."""

from __future__ import annotations

from prmdata.records import Execution, Problem, Spec, Test, Verdict, Vetted
from prmdata.steps import split_steps
from prmdata.strategies.curriculum import run, splits

PROGRAM = 'def f(x):\n    """Doc."""\n    form = 0\n    for i in x:\n        if i:\n            form += 1\n    while form > 3:\n        form -= 1\n    return form\n'


def vetted(prompt: str) -> Vetted:
    problem = Problem("p", prompt, PROGRAM, (Test("assert", "assert f([1]) == 1"),), "f")
    return Vetted(Spec(problem), Execution(Verdict.PASSED, (Verdict.PASSED,), lines=(1, 3, 4, 5, 6, 7, 9)))


def test_stages_move_the_split_back_from_conditional_to_conditional() -> None:
    assert splits(split_steps(PROGRAM), 2) == [6, 4, 3, 2]
    assert splits(split_steps("x = 1\n"), 0) == [0]


def test_rows_are_the_canonical_program_with_stage_and_split() -> None:
    generator = run(vetted('def f(x):\n    """Doc."""\n'))
    try:
        next(generator)
    except StopIteration as end:
        rows = end.value.traces
    assert [(row.stage, row.cut) for row in rows] == [(0, 6), (1, 4), (2, 3), (3, 2)]
    assert {"".join(row.steps) for row in rows} == {PROGRAM}
    assert len({row.id for row in rows}) == len(rows)
    assert rows[0].executed[7] is False
