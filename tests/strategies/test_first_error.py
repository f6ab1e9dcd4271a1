"""``first-error`` on programs that really run: the cut, the witness, the probes and what they cost."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from prmdata.labels.policies import apply
from prmdata.records import Execution, Problem, Reply, Request, Rollout, Task, Trace, Verdict, Vetted
from prmdata.sandboxes.contract import Worker
from prmdata.strategies.first_error import FirstErrorOptions, expected, run
from prmdata.strategies.prefix_search import FIRST_BATCHES
from prmdata.vetting.vet import vet
from tests.total_by_hand import REFERENCE, TESTS

Driven = Callable[..., Any]
RIGHT = REFERENCE.replace("result", "acc").replace("number > 0", "0 < number")
LATE = REFERENCE.replace("number > 0", "number >= 3")
EARLY = REFERENCE.replace("result = 0", "result = 1").replace("numbers", "values")
RAISES = REFERENCE.replace("result += number", "result += number[0]")
SHORT = REFERENCE.replace("    return result\n", "")
DOCUMENTED = 'def total(numbers):\n    """Sum."""\n    return 1\n'


@pytest.fixture(scope="module")
def vetted(driven: Driven) -> Vetted:
    rollouts = tuple(Rollout(program) for program in (RIGHT, LATE, EARLY, RAISES, LATE, SHORT, DOCUMENTED))
    problem = Problem("p", "Sum the positive numbers.", REFERENCE, TESTS, "total", rollouts=rollouts)
    found = driven(vet(problem))
    assert isinstance(found, Vetted)
    return found


@pytest.fixture(scope="module")
def rows(vetted: Vetted, driven: Driven) -> dict[str, Trace]:
    traces = driven(run(vetted, FirstErrorOptions())).traces
    assert len(traces) == 6  # a program that occurs twice has one row
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
    rows: dict[str, Trace], vetted: Vetted, local_worker: Worker
) -> None:
    for row in rows.values():
        if row.response_class != "correct":
            assert row.witness is not None
            assert row.witness.startswith("".join(row.steps[: row.cut]))
            (answer,) = local_worker.run(vetted.spec, (Task(row.witness),))
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
    rows: dict[str, Trace], vetted: Vetted, driven: Driven
) -> None:
    one = replace(vetted.spec.problem, rollouts=(Rollout(LATE),))
    again = replace(vetted, spec=replace(vetted.spec, problem=one))
    (row,) = driven(run(again, FirstErrorOptions(search="full"))).traces
    assert row.cut == rows[LATE].cut
    assert row.prompt_value is not None
    assert row.prompt_value > 0
    assert [value is None or value > 0 for value in row.values[:3]] == [True] * 3
    assert row.values[3] == 0


class Completer:
    """Completes with the reference's last steps, whatever came before. That is right after the reference's
    own text, and otherwise right only by chance."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        n_lines = request.program.count("\n")
        rest = "".join(REFERENCE.splitlines(keepends=True)[n_lines:])
        if "acc" in request.program:
            rest = rest.replace("result", "acc")
        return Reply(completions=(rest,) * request.n, unusable=(("too long", 1),))


def test_a_model_that_completes_is_asked_by_prefix(vetted: Vetted, driven: Driven) -> None:
    again = _with(vetted, LATE, RAISES)
    model = Completer()
    outcome = driven(run(again, FirstErrorOptions(completer="openai", k=4)), model)
    assert [(row.cut, row.completer, row.k) for row in outcome.traces] == [(3, "openai", 4), (4, "openai", 4)]
    assert all(LATE.startswith(one.program) or RAISES.startswith(one.program) for one in model.asked)
    assert {one.kind for one in model.asked} == {"complete"}
    assert outcome.unusable == {"too long": len(model.asked)}
    late = outcome.traces[0]
    assert late.witness == REFERENCE
    good = [probe for probe in late.probes if probe.passed]
    assert all(probe.k == FIRST_BATCHES[0] for probe in good)  # the first that passes is enough


def test_rollouts_are_sampled_from_what_the_prompt_gives(vetted: Vetted, driven: Driven) -> None:
    again = _with(vetted)
    assert not driven(run(again, FirstErrorOptions())).traces
    outcome = driven(run(again, FirstErrorOptions(rollouts=3)), Completer())
    assert ["".join(row.steps) for row in outcome.traces] == [REFERENCE]  # three equal programs are one row
    assert outcome.unusable == {"too long": 1}


def test_a_rollout_that_cannot_be_judged_is_a_reject(vetted: Vetted, driven: Driven) -> None:
    toss = "    if os.urandom(1)[0] < 33:\n        numbers = numbers\n"  # one of five calls comes here in half of all runs
    tossed = "import os\n" + REFERENCE.replace("    return", f"{toss * 24}    return")
    outcome = driven(run(_with(vetted, tossed), FirstErrorOptions()))
    assert not outcome.traces
    assert [(one.stage, one.reason) for one in outcome.rejects] == [("judge", "unrepeatable")]


def test_what_a_problem_will_ask_is_known_before(vetted: Vetted) -> None:
    problem = _with(vetted, LATE, RAISES).problem
    assert expected(problem, FirstErrorOptions()) == []
    assert [one.n for one in expected(problem, FirstErrorOptions(rollouts=5))] == [5]
    asked = expected(problem, FirstErrorOptions(completer="openai", k=4))
    assert {one.n for one in asked} == {4}
    full = expected(problem, FirstErrorOptions(completer="openai", k=4, search="full"))
    assert len(full) == 2 * 6
    assert len(asked) < len(full)


def _with(vetted: Vetted, *programs: str) -> Vetted:
    problem = replace(vetted.spec.problem, rollouts=tuple(map(Rollout, programs)))
    return replace(vetted, spec=replace(vetted.spec, problem=problem))


def test_a_model_that_says_nothing_usable_labels_nothing_and_one_that_goes_on_is_named_with_its_way(
    vetted: Vetted, driven: Driven
) -> None:
    again = _with(vetted, LATE)

    outcome = driven(run(again, FirstErrorOptions(completer="openai", k=2)), lambda request: Reply())
    assert (outcome.traces, [one.reason for one in outcome.rejects]) == ([], ["no completion"])
    row = driven(run(again, FirstErrorOptions(completer="openai", k=2)), right_before_the_cut).traces[0]
    assert (row.cut, row.completer) == (3, "openai:raw")


def right_before_the_cut(request: Request) -> Reply:
    """Continues with the reference if the prefix begins like it, and otherwise wrongly. After the whole
    program it continues with nothing."""
    rest = (
        REFERENCE.removeprefix(request.program) if REFERENCE.startswith(request.program) else "    return 0\n"
    )
    return Reply(completions=() if request.program == LATE else (rest,) * request.n, form="raw")


def test_where_no_completion_passes_a_timeout_is_confirmed(vetted: Vetted, driven: Driven) -> None:
    """The time of a prefix is the same in all its completions. Near a limit, chance would decide where the
    cut is."""
    takes = "import time\nuntil = time.process_time() + 0.12\nwhile time.process_time() < until:\n    pass\n"
    rollouts = (Rollout(takes + LATE),)
    problem = replace(vetted.problem, rollouts=rollouts)
    slow = replace(vetted, spec=replace(vetted.spec, cpu_s=0.06, problem=problem))
    (row,) = driven(run(slow, FirstErrorOptions())).traces
    assert (row.verdict, row.cut) == (Verdict.WRONG_ANSWER, 7)
