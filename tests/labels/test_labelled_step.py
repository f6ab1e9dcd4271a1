"""Which step carries the label, and which step a row is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prmdata.labels.labelled_step import labelled_step, subject_step
from prmdata.records import IGNORE
from prmdata.records.edits import step_of_label
from tests.programs_by_hand import change, delete
from tests.rows_by_hand import PROGRAM, edited, rollout


@pytest.mark.parametrize(
    ("first", "n_new", "n_steps", "step"),
    [(1, 1, 4, 1), (1, 3, 4, 3), (1, 0, 4, 1), (3, 0, 4, 3), (4, 0, 4, None), (0, 0, 0, None)],
    ids=["one", "several", "deletion", "deletion before the last", "deletion at the end", "nothing left"],
)
def test_the_last_new_step_or_the_one_that_follows_a_deletion(
    first: int, n_new: int, n_steps: int, step: int | None
) -> None:
    assert step_of_label(first, n_new, n_steps) == step


def test_candidates_and_their_rows_agree() -> None:
    for candidate in (change(PROGRAM, "y * 2", "y * 3"), delete(PROGRAM, "z = "), delete(PROGRAM, "return")):
        n_new = candidate.new_stop - candidate.new_start
        row = edited(candidate.program, step=candidate.new_start, n_steps=n_new)
        assert candidate.labelled_step == labelled_step(row) == subject_step(row)


def test_a_row_without_an_edit_is_about_its_first_error_or_its_last_label() -> None:
    failing = replace(rollout(), labels=(IGNORE, 1, 0, 0))
    assert labelled_step(failing) is None
    assert subject_step(failing) == 2
    assert subject_step(replace(failing, labels=(1, 1, IGNORE, IGNORE))) == 1
    assert subject_step(replace(failing, labels=(IGNORE,) * 4)) is None
