"""Labels derived again from rows as they are stored."""

from __future__ import annotations

import pytest

from prmdata.errors import UsageError
from prmdata.labels.relabel import relabel
from prmdata.records import Verdict
from tests.rows_by_hand import PROGRAM, edited, reference, rollout

WRONG = Verdict.WRONG_ANSWER


def test_from_strict_to_paper_and_back_gives_the_same_rows() -> None:
    stored = [
        reference(id="reference"),
        edited(id="right"),
        edited(id="caught", evidence={"inputs_disagreed_inside": 1}),
        edited(PROGRAM.replace("x + 1", "x"), id="wrong", verdict=WRONG),
        rollout(id="cut", verdict=WRONG, cut=2),
    ]
    strict = list(relabel(stored, "strict"))
    paper = list(relabel(strict, "paper"))
    assert paper != strict
    assert list(relabel(paper, "strict")) == strict
    assert [row.id for row in paper] == [row.id for row in stored]


def test_lacking_evidence_is_named_with_its_row() -> None:
    blind = edited(id="blind", evidence={"differential": False})
    with pytest.raises(UsageError, match=r"row blind of p: --policy strict needs evidence\.differential"):
        list(relabel([blind], "strict"))
    assert len(list(relabel([blind], "paper"))) == 1


def test_an_unknown_policy_is_refused_before_any_row() -> None:
    with pytest.raises(UsageError, match="no such policy; choose strict or paper"):
        list(relabel([], "lenient"))
