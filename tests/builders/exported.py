"""Reads exports back with code that is not prmdata's, and checks what must be in them."""

from __future__ import annotations

import json

from prmdata.datasets.reader import read_traces
from prmdata.records import IGNORE

FAULT = {"label_kind": "fault"}


def rows_of(folder):
    lines = sorted(folder.glob("*.jsonl"))
    if lines:
        return [json.loads(line) for path in lines for line in path.read_text("utf-8").split("\n") if line]
    return [row for _, row in _parquet(folder)]


def _parquet(folder):
    import pyarrow.parquet as pq

    return [
        (p, row) for p in sorted((folder / "data").glob("*.parquet")) for row in pq.read_table(p).to_pylist()
    ]


def by_id(out, kinds=("reference", "fault")):
    return {t.id: t for t in read_traces(out) if t.label_kind in kinds}


def own_labels(trace):
    """(step, label) of every labelled step, up to and with the first error."""
    found = []
    for step, label in enumerate(trace.labels):
        found += [(step, label)] if label != IGNORE else []
        if label == 0:
            break
    return found
