"""``--keep`` keeps a share of each class, spread over the rows, and the same rows for the same seed."""

from __future__ import annotations

from collections import Counter

import pytest

from prmdata.datasets.compose import note
from prmdata.errors import UsageError
from prmdata.exports.pruning import Pruned, prune, pruning_entry

pytest.importorskip("sklearn")


def pruned(rows, share: float, seed: int = 0) -> Pruned:
    return prune([pruning_entry(row, note(row)) for row in rows], share, seed=seed)


@pytest.fixture(scope="module")
def rows(made):
    return list(made.build(20))


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_a_share_of_each_class_stays(rows, share):
    kept = pruned(rows, share)
    before = Counter(note(row).label for row in rows)
    after = Counter(note(row).label for row in rows if row.id in kept.ids)
    assert all(abs(after[label] - share * before[label]) <= 2 for label in before)
    assert len(kept.ids) + kept.n_left_out == len(rows)


def test_copies_go_before_what_is_alone_of_its_kind(made, rows):
    from dataclasses import replace

    copies = [replace(made.edit_trace(0, 0), id=f"copy{i}") for i in range(60)]
    others = [row for row in rows if row.label_kind == "fault" and 0 in row.labels][:60]
    kept = pruned([*copies, *others], 0.5)
    assert sum(row.id in kept.ids for row in copies) < sum(row.id in kept.ids for row in others)


def test_the_same_seed_keeps_the_same_rows(rows):
    assert pruned(rows, 0.3, seed=5).ids == pruned(rows, 0.3, seed=5).ids


def test_coverage_is_told_before_and_after(rows):
    kept = pruned(rows, 0.3)
    assert sum(before for before, _ in kept.coverage["verdict"].values()) == len(rows)
    assert sum(after for _, after in kept.coverage["verdict"].values()) == len(kept.ids)
    assert all(after for _, after in kept.coverage["operator"].values())
    assert "still covered" in kept.text()


@pytest.mark.parametrize("share", [0, -1, 1.5])
def test_a_share_that_is_none_is_refused(rows, share):
    with pytest.raises(UsageError, match="keep"):
        pruned(rows, share)
