"""The figures of the report, counted in another way: plain loops over the Parquet files, one figure after the
other."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

NAMES = {1: "correct", 0: "incorrect", -100: "masked"}


def rows_of(root: Path) -> list[dict[str, Any]]:
    return [
        row for path in sorted((root / "data/steps").glob("*")) for row in pq.read_table(path).to_pylist()
    ]


def figures(root: Path) -> Counter[str]:
    """Every figure of the page by its name. Figures that are 0 may be missing."""
    rows = rows_of(root)
    found: Counter[str] = Counter()
    labels = Counter(label for row in rows for label in row["labels"])
    found.update({f"labels.{name}": labels[label] for label, name in NAMES.items()})
    found["labelled"] = labels[1] + labels[0]
    found["rows"] = found["shown_rows"] = len(rows)
    found["steps"] = sum(len(row["steps"]) for row in rows)
    found["problems"] = len({row["problem_id"] for row in rows})
    found["programs"] = len({(row["problem_id"], "".join(row["steps"])) for row in rows})
    found["edits"] = sum(row["edit"] is not None for row in rows)
    found["rollouts"] = sum(row["strategy"] == "first-error" for row in rows)
    splits: Counter[str] = Counter()
    for path in (root / "data/steps").glob("*"):
        splits[f"rows_by_split.{path.name.split('-')[0]}"] += pq.read_metadata(path).num_rows
    found.update(splits if len(splits) > 1 else {})
    for row in rows:
        found.update(_edit(row))
        found.update(_steps(row))
    rejects = root / "rejects.jsonl"
    for line in rejects.open() if rejects.exists() else ():
        reject = json.loads(line)
        found["n_rejects"] += 1
        found[f"rejects.{reject['stage']}.{reject['reason']}"] += 1
    return found


def _edit(row: dict[str, Any]) -> list[str]:
    edit = row["edit"]
    if edit is None:
        return []
    at = edit["step"] + max(edit["n_steps"], 1) - 1
    label = NAMES[row["labels"][at]] if at < len(row["labels"]) else "masked"
    return [
        f"intent.{edit['intent']}.{label}",
        f"operator.{edit['operator']}.{label}",
        f"verdict.{row['verdict']}.{label}",
    ]


def _steps(row: dict[str, Any]) -> list[str]:
    own = max(len(row["steps"]) - row["given_steps"], 1)
    found = []
    for step, (label, reason) in enumerate(zip(row["labels"], row["reasons"], strict=True)):
        if label == -100:
            found.append(f"mask.{reason}.masked")
            continue
        tenth = min(max(step - row["given_steps"], 0) * 10 // own, 9)
        rests = _wrong(row) if label == 0 else _right(row, reason)
        found += [f"position.{tenth}.{NAMES[label]}", f"evidence.{rests}.{NAMES[label]}"]
    return found


def _wrong(row: dict[str, Any]) -> str:
    if row["label_kind"] == "prefix":
        return "no completion passed"
    by_verdict = {"compile_error": "does not compile", "passed": "fails a generated input"}
    return by_verdict.get(row["verdict"], "fails a given test")


def _right(row: dict[str, Any], reason: str) -> str:
    if row["label_kind"] == "reference" or row["stage"] is not None:
        return "reference"
    if reason == "prefix":
        return "before the edit"
    if row["label_kind"] == "prefix" and row["response_class"] != "correct":
        return "a completion passed"
    if not row["evidence"]["differential"]:
        return "given tests only"
    tried = row["evidence"]["inputs_reached" if row["edit"] else "inputs_tried"]
    return f"agrees on {'100+' if tried > 99 else '10–99' if tried > 9 else '1–9' if tried else 'no'} inputs"
