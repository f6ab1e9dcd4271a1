"""What holds in every row of every dataset, checked on the Parquet alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Row = dict[str, Any]


def rows_of(out: Path) -> list[Row]:
    rows: list[Row] = []
    for path in sorted((out / "data" / "steps").glob("*.parquet")):
        rows += pq.read_table(path).to_pylist()
    assert rows
    return rows


def check(rows: list[Row]) -> None:
    """Raise AssertionError, naming the row, where a promise of design and columns does not hold."""
    assert len({row["id"] for row in rows}) == len(rows)
    programs: Counter[tuple[str, str, str]] = Counter()
    prefixes: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for row in rows:
        check_row(row)
        program = "".join(row["steps"])
        if row["strategy"] != "curriculum":
            programs[row["problem_id"], row["label_kind"].replace("reference", "fault"), program] += 1
        kinds = ("fault", "prefix") if row["label_kind"] == "reference" else (row["label_kind"],)
        text = ""
        for step, label in zip(row["steps"], row["labels"], strict=True):
            text += step
            if label != -100:
                for kind in kinds:
                    prefixes[row["problem_id"], kind, text].add(label)
    assert max(programs.values()) == 1, programs.most_common(1)
    assert all(len(labels) == 1 for labels in prefixes.values())


def check_row(row: Row) -> None:
    where = row["id"]
    lengths = {len(row[name]) for name in ("steps", "labels", "reasons", "executed", "step_kinds")}
    assert len(lengths) == 1, where
    assert set(row["labels"]) <= {1, 0, -100}, where
    assert all(row["reasons"]), where
    edit = row["edit"]
    if edit is not None:
        last = edit["step"] + max(edit["n_steps"], 1)
        assert all(label == -100 for label in row["labels"][last:]), where
        new = "".join(row["steps"][edit["step"] : edit["step"] + edit["n_steps"]])
        assert new == edit["after"] or not edit["n_steps"], where
    if row["label_kind"] == "fault":
        labels = [label for label in row["labels"] if label != -100]
        assert labels == [1] * len(labels) or labels == [0] or row["policy"] == "paper", where
    assert row["tests_total"] == len(row["outcomes"]), where
    assert (row["verdict"] == "passed") == (row["tests_passed"] == row["tests_total"]), where
