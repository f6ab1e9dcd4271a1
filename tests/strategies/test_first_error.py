"""``first-error`` on programs that really run: the cut, the witness, the probes and what they cost."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from prmdata.labels.policies import apply
from prmdata.problems.vetting import vet
from prmdata.records import Execution, Problem, Rollout, Task, Test, Trace, Verdict, Vetted
from prmdata.sandboxes.contract import Worker
from prmdata.sandboxes.local import LocalSandbox
from prmdata.strategies.first_error import Options, run

REFERENCE = """\
def total(numbers):
    result = 0
    for number in numbers:
        if number > 0:
            result += number
    return result
"""
RIGHT = REFERENCE.replace("result", "acc").replace("number > 0", "0 < number")
LATE = REFERENCE.replace("number > 0", "number >= 3")
EARLY = REFERENCE.replace("result = 0", "result = 1").replace("numbers", "values")
RAISES = REFERENCE.replace("result += number", "result += number[0]")
SHORT = REFERENCE.replace("    return result\n", "")
DOCUMENTED = 'def total(numbers):\n    """Sum."""\n    return 1\n'
TESTS = tuple(
    Test("assert", f"assert total({numbers}) == {total}")
    for numbers, total in (([1, 2, 3], 6), ([], 0), ([-1, 5], 5), ([2, -2], 2), ([-3], 0))
)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with LocalSandbox().start() as started:
        yield started


def drive(generator: Generator[Any, Any, Any], worker: Worker) -> Any:
    answer = None
    try:
        while True:
            question = generator.send(answer)
            answer = worker.run(question.spec, question.tasks)
    except StopIteration as end:
        return end.value


@pytest.fixture(scope="module")
def vetted(worker: Worker) -> Vetted:
    rollouts = tuple(Rollout(program) for program in (RIGHT, LATE, EARLY, RAISES, LATE, SHORT, DOCUMENTED))
    problem = Problem("p", "Sum the positive numbers.", REFERENCE, TESTS, "total", rollouts=rollouts)
    found = drive(vet(problem), worker)
    assert isinstance(found, Vetted)
    return found


@pytest.fixture(scope="module")
def rows(vetted: Vetted, worker: Worker) -> dict[str, Trace]:
    traces = drive(run(vetted, Options()), worker).traces
    assert len(traces) == 6  # a program that is there twice has one row
    return {"".join(trace.steps): apply("strict", trace) for trace in traces}


@pytest.mark.parametrize(
    ("program", "response_class", "cut"),
    [
        (RIGHT, "correct", None),
        (LATE, "revised", 3),
        (EARLY, "revised", 1),
        (RAISES, "revised", 4),
        (SHORT, "revised", None),
        (DOCUMENTED, "revised", 2),
    ],
)
def test_the_cut_is_the_faulty_step(
    rows: dict[str, Trace], program: str, response_class: str, cut: int | None
) -> None:
    row = rows[program]
    assert (row.response_class, row.cut) == (response_class, cut)
    if cut is not None:
        kinds = row.step_kinds[:cut]
        assert row.labels[:cut] == tuple(-100 if kind == "docstring" else 1 for kind in kinds)
        assert row.labels[cut] == 0
        assert set(row.labels[cut + 1 :]) <= {-100}
        assert row.completer == "reference"


def test_the_witness_begins_with_the_prefix_before_the_cut_and_passes(
    rows: dict[str, Trace], vetted: Vetted, worker: Worker
) -> None:
    for row in rows.values():
        if row.response_class != "correct":
            assert row.witness is not None
            assert row.witness.startswith("".join(row.steps[: row.cut]))
            (answer,) = worker.run(vetted.spec, (Task(row.witness),))
            assert isinstance(answer, Execution)
            assert answer.verdict == Verdict.PASSED


def test_probes_are_few_and_kept(rows: dict[str, Trace]) -> None:
    for row in rows.values():
        if row.cut is not None:
            assert 0 < len(row.probes) <= math.ceil(math.log2(len(row.steps))) + 2
            assert all(0 <= probe.passed <= probe.k for probe in row.probes)


def test_a_wrong_answer_gets_its_step_from_the_search_and_an_error_from_its_line(
    rows: dict[str, Trace],
) -> None:
    assert (rows[LATE].verdict, rows[LATE].error_step) == (Verdict.WRONG_ANSWER, 3)
    assert (rows[RAISES].verdict, rows[RAISES].error_type, rows[RAISES].error_step) == (
        Verdict.RUNTIME_ERROR,
        "TypeError",
        4,
    )


def test_full_search_values_every_prefix_and_finds_the_same_cut(
    rows: dict[str, Trace], vetted: Vetted, worker: Worker
) -> None:
    one = replace(vetted.spec.problem, rollouts=(Rollout(LATE),))
    again = replace(vetted, spec=replace(vetted.spec, problem=one))
    (row,) = drive(run(again, Options(search="full")), worker).traces
    assert row.cut == rows[LATE].cut
    assert row.prompt_value is not None
    assert row.prompt_value > 0
    assert [value is None or value > 0 for value in row.values[:3]] == [True] * 3
    assert row.values[3] == 0
