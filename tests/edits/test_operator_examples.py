"""The examples of every operator are its tests: ``after`` is among the candidates of ``before``."""

from __future__ import annotations

import pytest

from prmdata.edits.operators import Operator
from prmdata.edits.rules import operators
from prmdata.edits.source import Source
from prmdata.edits.splice import splice

EXAMPLES = [
    pytest.param(operator, before, after, id=f"{operator.name}-{number}")
    for operator in operators()
    for number, (before, after) in enumerate(operator.examples)
]


@pytest.mark.parametrize(("operator", "before", "after"), EXAMPLES)
def test_the_example_is_among_the_candidates(operator: Operator, before: str, after: str) -> None:
    source = Source(before)
    programs = [splice(source, edit).program for edit in operator.propose(source)]
    assert after in programs


@pytest.mark.parametrize("operator", operators(), ids=lambda operator: operator.name)
def test_every_operator_is_documented_and_labelled(operator: Operator) -> None:
    assert len(operator.examples) >= 2
    assert operator.intent in ("mutate", "refactor")
    assert operator.family
    assert operator.summary
    assert "\n" not in operator.summary
