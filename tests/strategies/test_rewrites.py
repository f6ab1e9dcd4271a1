"""Rewrites: the end of a reference written anew, natural bugs with their place and natural positives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from prmdata.datasets.figures import row_kind
from prmdata.datasets.schema import to_row
from prmdata.labels.policies import apply
from prmdata.labels.prefixes import check_prefixes, settle
from prmdata.records import Edit, Problem, Reply, Request, Trace, Vetted
from prmdata.steps import split_steps
from prmdata.strategies import first_error, mutate_refactor
from prmdata.strategies.first_error import FirstErrorOptions
from prmdata.strategies.mutate_refactor import EditOptions
from prmdata.strategies.prefix_search import SearchOptions
from prmdata.strategies.rewrites import FROM_ONE_PLACE, requests
from prmdata.vetting.vet import vet
from tests.total_by_hand import REFERENCE, TESTS

Driven = Callable[..., Any]
PROBLEM = Problem("p", "Sum the positive numbers.", REFERENCE, TESTS, "total")
HEADER = "def total(numbers):\n"
RIGHT = HEADER + "    acc = 0\n    for each in numbers:\n        acc += max(each, 0)\n    return acc\n"
LATE = HEADER + (
    "    result = 0\n    for value in numbers:\n        if value > 1:\n            result += value\n    return result\n"
)
"""The loop's header differs too, but from there it can still be completed."""
SHORT = HEADER + "    result = 0\n"


@pytest.fixture(scope="module")
def vetted(driven: Driven) -> Vetted:
    found = driven(vet(PROBLEM))
    assert isinstance(found, Vetted)
    return found


class Writer:
    """A teacher that rewrites to these whole programs, completes as it is told, and proposes no edits else."""

    def __init__(self, *programs: str, rest: str = "", edits: tuple[Edit, ...] = ()) -> None:
        self.programs, self.rest, self.edits = programs, rest, edits
        self.asked: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        self.asked.append(request)
        if request.kind == "complete":
            return Reply(completions=(self.rest,) * request.n, form="raw")
        if request.kind != "rewrite":
            return Reply(tuple(one for one in self.edits if one.intent == request.kind))
        steps = split_steps(request.program)
        first = request.steps[0]
        shared = len("".join(step.text for step in steps[:first]))
        ends = [program[shared:] for program in self.programs if program[:shared] == REFERENCE[:shared]]
        return Reply(tuple(Edit(first, len(steps), end, "rewrite", "rewrite", "model") for end in ends))


def rewriting(n: int = 4, **search: Any) -> EditOptions:
    return EditOptions(rewrites=n, search=SearchOptions(**search))


def labelled(traces: list[Trace], policy: str = "strict", **how: Any) -> dict[str, Trace]:
    return {"".join(trace.steps): apply(policy, trace, **how) for trace in settle(traces)}


@pytest.fixture(scope="module")
def rows(vetted: Vetted, driven: Driven) -> list[Trace]:
    found: list[Trace] = driven(mutate_refactor.run(vetted, rewriting(40)), Writer(LATE)).traces
    return found


def test_what_passes_is_a_right_program_from_where_it_differs(vetted: Vetted, driven: Driven) -> None:
    row = labelled(driven(mutate_refactor.run(vetted, rewriting(40)), Writer(RIGHT)).traces)[RIGHT]
    assert row.edit is not None
    assert (row.edit.intent, row.edit.step, row.edit.n_steps, row.edit.author) == ("rewrite", 1, 4, "model")
    assert (row.label_kind, row.strategy, row.response_class) == ("prefix", "mutate-refactor", "correct")
    assert (row.labels, row.reasons) == ((-100, 1, 1, 1, 1), ("prefix", *["passed"] * 4))
    assert row_kind(to_row(row)) == "rewrite"


def test_what_fails_has_its_place(rows: list[Trace]) -> None:
    row = labelled(rows)[LATE]
    assert row.edit is not None
    assert row.edit.step == 2  # the first step that differs
    assert row.cut == 3  # the first that differs and cannot be completed from
    assert row.labels == (-100, -100, 1, 0, -100, -100)
    assert row.reasons[2:4] == ("recovered", "not_recovered")
    assert row.completer == "reference"
    assert min(probe.step for probe in row.probes) >= 2  # what stands before is the reference's: nobody asks
    assert row.witness is not None


def test_steps_before_are_labelled_once_or_always_as_asked(rows: list[Trace]) -> None:
    always = labelled(rows, prefix_labels="always")
    assert always[LATE].labels == (1, 1, 1, 0, -100, -100)
    assert labelled(rows, "paper")[LATE].labels == (1, 1, 1, 0, 0, 0)


def test_the_model_itself_completes_where_it_is_the_completer(vetted: Vetted, driven: Driven) -> None:
    writer = Writer(LATE, rest="        result += value * (value > 0)\n    return result\n")
    options = rewriting(40, completer="openai", k=2)
    (row,) = driven(mutate_refactor.run(vetted, options), writer).traces
    assert (row.completer, row.k, row.cut) == ("openai:raw", 2, 3)
    assert {one.kind for one in writer.asked} == {"mutate", "refactor", "rewrite", "complete"}


def test_what_shows_nothing_is_counted(vetted: Vetted, driven: Driven) -> None:
    planted = REFERENCE.replace("= 0", "= 1")
    edit = Edit(1, 2, "    result = 1\n", "mutate", "by hand", "test")
    outcome = driven(
        mutate_refactor.run(vetted, rewriting(40)), Writer(REFERENCE, SHORT, planted, edits=(edit,))
    )
    assert ["".join(row.steps) for row in outcome.traces] == [planted]
    assert outcome.unusable["ends early"] >= 1
    assert outcome.unusable["duplicate"] >= 2  # the reference itself, and what an edit made already


def test_a_failing_rewrite_does_not_show_that_other_edits_can_be_seen(vetted: Vetted, driven: Driven) -> None:
    same = Edit(5, 6, "    return result + 0\n", "refactor", "by hand", "test")
    writer = Writer(LATE, edits=(same,))
    traces = settle(driven(mutate_refactor.run(vetted, rewriting(40)), writer).traces)
    intents = {trace.edit.intent: trace for trace in traces if trace.edit is not None}
    assert (
        intents["rewrite"].verdict != "passed"
    )  # it has other steps for all of the loop, and for what follows
    assert intents["refactor"].evidence.step_told_apart == 0


def test_no_prefix_gets_two_labels_beside_edits_and_rollouts(vetted: Vetted, driven: Driven) -> None:
    edits = tuple(
        Edit(at, at + 1, text, "mutate", "by hand", "test")
        for at, text in ((1, "    result = 1\n"), (3, "        if number > 2:\n"), (5, "    return 0\n"))
    )
    writer = Writer(RIGHT, LATE, LATE.replace("value", "number"), edits=edits)
    traces = driven(mutate_refactor.run(vetted, rewriting(40)), writer).traces
    for policy in ("once", "always"):
        assert not check_prefixes(labelled(traces, prefix_labels=policy).values())
    assert len({row.id for row in traces}) == len(traces) == 6


def test_first_error_searches_rewrites_as_rollouts(vetted: Vetted, driven: Driven) -> None:
    options = FirstErrorOptions(rewrites=40, search="full")
    (row,) = labelled(driven(first_error.run(vetted, options), Writer(LATE)).traces).values()
    assert (row.strategy, row.cut, row.prompt_value) == ("first-error", 3, None)
    assert row.values[3] == 0.0
    assert all(probe.step >= 1 for probe in row.probes)


def test_requests_share_prompts_and_the_longest_beginning_goes_first() -> None:
    one, many = requests(PROBLEM, FROM_ONE_PLACE, 0), requests(PROBLEM, 3 * FROM_ONE_PLACE - 1, 0)
    assert [request.n for request in one] == [FROM_ONE_PLACE]
    assert [request.n for request in many] == [4, 4, 3]
    starts = [request.steps[0] for request in many]
    assert starts == sorted(starts, reverse=True)
    assert all(request.steps[-1] == len(split_steps(REFERENCE)) - 1 for request in many)
    assert requests(PROBLEM, 0, 0) == []
    assert requests(PROBLEM, 4, 0) == requests(PROBLEM, 4, 0)
