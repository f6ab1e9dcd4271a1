"""Where no edit of a step was told apart, one more that a given test fails shows that the tests watch the step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from prmdata.labels.policies import apply
from prmdata.labels.prefixes import settle
from prmdata.records import IGNORE, Edit, Problem, Reply, Request, Trace, Vetted
from prmdata.strategies.mutate_refactor import EditOptions, run
from prmdata.strategies.probes import MOST_PROBES
from prmdata.vetting.vet import vet
from tests.total_by_hand import REFERENCE, TESTS

Driven = Callable[..., Any]
SAME = "        if number >= 0:\n"
"""An edit of step 3 that changes nothing."""


@pytest.fixture(scope="module")
def vetted(driven: Driven) -> Vetted:
    found = driven(vet(Problem("p", "Sum the positive numbers.", REFERENCE, TESTS, "total")))
    assert isinstance(found, Vetted)
    return found


def saying(
    first: tuple[str, ...], more: tuple[str, ...], author: str = "rules"
) -> tuple[list[Request], Callable[[Request], Reply]]:
    """The mutations that were asked for, and a teacher that gives ``first``, and ``more`` too where it is asked for more."""
    asked: list[Request] = []

    def reply(request: Request) -> Reply:
        if request.kind != "mutate":
            return Reply()
        asked.append(request)
        said = (*first, *more) if len(asked) > 1 else first
        return Reply(edits=tuple(Edit(3, 4, text, "mutate", "by hand", author) for text in said))

    return asked, reply


def labelled(traces: list[Trace]) -> dict[str, int]:
    """The label of the edited step, by its text."""
    rows = [apply("strict", trace) for trace in settle(traces)]
    return {row.steps[3]: row.labels[3] for row in rows}


def test_the_first_probe_that_a_given_test_fails_becomes_a_row_and_labels_its_siblings(
    driven: Driven, vetted: Vetted
) -> None:
    probes = ("        if number + 0 > 0:\n", "        if number > > 0:\n", "        if number > 1:\n")
    asked, teacher = saying((SAME,), (*probes, "        if number < 0:\n"))
    outcome = driven(run(vetted, EditOptions(per_step=2)), teacher)
    assert [(one.steps, one.per_step) for one in asked[1:]] == [((3,), 2 + MOST_PROBES)]
    assert labelled(outcome.traces) == {SAME: 1, "        if number > 1:\n": 0}
    assert not outcome.unusable  # what was asked for a second time is no duplicate


def test_where_every_probe_passes_the_step_stays_untestable(driven: Driven, vetted: Vetted) -> None:
    asked, teacher = saying((SAME,), ("        if number + 0 > 0:\n", "        if number > > 0:\n"))
    assert labelled(driven(run(vetted, EditOptions()), teacher).traces) == {SAME: IGNORE}
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("first", "author"),
    [
        ((SAME, "        if number > 1:\n"), "rules"),
        (("        if number > 1:\n",), "rules"),
        ((SAME,), "a model"),
    ],
    ids=["told apart already", "fails itself", "a model is not asked again"],
)
def test_no_more_is_asked_where_it_would_label_nothing(
    driven: Driven, vetted: Vetted, first: tuple[str, ...], author: str
) -> None:
    asked, teacher = saying(first, ("        if number < 0:\n",), author)
    assert len(driven(run(vetted, EditOptions()), teacher).traces) == len(first)
    assert len(asked) == 1


def test_what_is_proved_needs_no_probe(driven: Driven) -> None:
    program = REFERENCE.replace("        if", "        seen = 1\n        if")
    found = driven(vet(Problem("p", "Sum the positive numbers.", program, TESTS, "total")))
    asked, teacher = saying(("        seen = 2\n",), ("        number = 7\n",))
    traces = driven(run(found, EditOptions()), teacher).traces
    assert [trace.evidence.proof for trace in traces] == ["dead store"]
    assert len(asked) == 1
