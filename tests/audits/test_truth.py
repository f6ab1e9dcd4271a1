"""The larger tests are found although the other file uses other ids."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prmdata.audits.truth import Truths
from prmdata.records import Problem, Test

PROGRAM = "def double(x):\n    return x * 2\n"
TRUTH = Problem(
    "Mbpp/2", "Double.", PROGRAM, (Test("assert", "assert double(2) == 4"),), entry_point="double"
)


@pytest.mark.parametrize(
    ("theirs", "ours", "joins"),
    [
        ("Mbpp/2", "Mbpp/2", True),
        ("Mbpp/2", "2", True),
        ("2", "MBPP/2", True),
        ("mbpp_002", "Mbpp/2", True),
        ("Mbpp/2", "HumanEval/2", False),
        ("Mbpp/2", "12", False),
        ("Mbpp/2", "two", False),
        ("two", "two", True),
    ],
)
def test_ids_join_where_at_most_one_names_its_family(theirs: str, ours: str, joins: bool) -> None:
    truths = Truths([replace(TRUTH, id=theirs)])
    assert (truths.of(ours, PROGRAM) is not None) == joins


def test_a_number_alone_joins_nothing_that_lacks_the_function() -> None:
    truths = Truths([TRUTH])
    assert truths.of("2", "def triple(x):\n    return x * 3\n") is None
    assert truths.of("2", "def triple(x:\n") is None
    assert len(truths) == 1
    assert truths.some_ids() == ["Mbpp/2"]
