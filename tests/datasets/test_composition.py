"""Composing a dataset keeps its limits and counts the rows that were left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from prmdata.datasets.compose import Composition, cap_rows, choose, note
from prmdata.errors import UsageError
from prmdata.records import Verdict


@pytest.fixture
def rows(made):
    found = list(made.build(12))
    broken = [
        replace(made.edit_trace(i, p, 0, 50 + v), verdict=Verdict.COMPILE_ERROR)
        for i in range(12)
        for p in range(6)
        for v in range(3)
    ]
    return found + broken


def chosen(rows, **wanted):
    choice = choose(map(note, rows), Composition(**wanted))
    kept = [note(row) for row in rows if row.id in choice.ids]
    assert len(kept) + sum(choice.left_out.values()) == len(rows)
    return kept, choice


def test_nothing_asked_leaves_everything(rows):
    kept, choice = chosen(rows)
    assert len(kept) == len(rows)
    assert not choice.left_out
    assert Composition().keeps_everything


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_trivial_negatives_stay_within_their_share(rows, share):
    kept, _ = chosen(rows, max_trivial=share)
    negatives = [found for found in kept if found.label == 0]
    trivial = sum(found.trivial for found in negatives)
    assert trivial <= share * len(negatives) + 1e-9
    if 0 < share < 0.5:
        assert trivial + 1 > share * (len(negatives) + 1) - 1


def test_balance_evens_the_classes(rows):
    kept, _ = chosen(rows, balance="class")
    classes = Counter(found.label for found in kept)
    assert classes[0] == classes[1] > 0
    kept, choice = chosen(rows, balance="position")
    cells = Counter((found.position, found.label) for found in kept if found.label is not None)
    assert all(cells[(quarter, 0)] == cells[(quarter, 1)] for quarter in range(4))
    assert choice.left_out["balance_position"]


def test_balanced_operators_tell_nothing(rows):
    some = [row for row in rows if row.edit is None or row.label_kind != "fault" or row.id[-1] not in "012"]
    kept, choice = chosen(some, balance="operator")
    cells = Counter(
        (found.operator, found.step_kind, found.label) for found in kept if found.label is not None
    )
    assert cells
    assert all(cells[(operator, kind, 1 - label)] == n for (operator, kind, label), n in cells.items())
    assert {found.id for found in kept if found.label is None} == {
        n.id for n in map(note, some) if n.label is None
    }
    assert not any(found.kind == "reference" for found in kept)
    assert choice.left_out["balance_operator"] == len(some) - len(kept)
    before, after = choice.told_by_operator
    assert after == 0.5 < before
    assert chosen(some, balance="class")[1].told_by_operator is None


def test_a_problem_keeps_its_reference_and_a_spread_of_edits(rows):
    kept, _ = chosen(rows, max_per_problem=8)
    per_problem = Counter(found.problem_id for found in kept)
    assert set(per_problem.values()) == {8}
    assert sum(found.kind == "reference" for found in kept) == 12
    assert len({(f.label, f.operator, f.position) for f in kept if f.problem_id == "made/0"}) == 8


def test_capping_rows_keeps_their_order(made):
    rows = list(made.build(3))
    kept = cap_rows(rows, 5)
    assert len(kept) == 15
    assert [row.id for row in rows if row in kept] == [row.id for row in kept]


def test_rows_that_differ_in_literals_only_are_near_duplicates(made):
    first, second, other = (made.edit_trace(0, 1, 0, v) for v in (1, 2, 3))
    elsewhere = made.edit_trace(0, 2, 0, 1)
    renamed = replace(other, id="renamed", steps=tuple(s.replace("best", "top") for s in other.steps))
    kept, choice = chosen([first, second, elsewhere, renamed], near_duplicates=False)
    assert [found.id for found in kept] == [first.id, elsewhere.id, "renamed"]
    assert choice.left_out == {"near_duplicate": 1}


def test_the_choice_does_not_depend_on_anything_but_ids_and_seed(rows):
    wanted = {"max_per_problem": 5, "balance": "class", "max_trivial": 0.1}
    assert chosen(rows, **wanted)[1].ids == chosen(list(rows), **wanted)[1].ids
    assert chosen(rows, **wanted)[1].ids != chosen(rows, seed=1, **wanted)[1].ids


@pytest.mark.parametrize("wanted", [{"max_per_problem": 0}, {"max_trivial": 1.5}, {"balance": "steps"}])
def test_limits_that_make_no_sense_are_refused(wanted):
    with pytest.raises(UsageError):
        choose([], Composition(**wanted))
