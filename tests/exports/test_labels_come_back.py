"""Labels read back from an export equal those in ``steps``."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from prmdata.exports.export import export
from prmdata.records import IGNORE
from tests.builders.exported import FAULT, by_id, own_labels, rows_of
from tests.builders.traces import write_split


def test_trl_gives_back_the_labels_and_the_text(out, tmp_path):
    export(out, "trl", tmp_path / "x", **FAULT)
    traces, rows = by_id(out), rows_of(tmp_path / "x")
    assert {row["id"] for row in rows} == {t.id for t in traces.values() if set(t.labels) & {0, 1}}
    for row in rows:
        trace = traces[row["id"]]
        first = trace.given_steps
        back = [(first + i, label) for i, label in enumerate(row["labels"]) if label != IGNORE]
        assert back == own_labels(trace)
        said = row["prompt"] + "".join(step + "\n" for step in row["completions"])
        assert "".join(trace.steps).startswith(said)
        assert not any(step.endswith("\n") for step in row["completions"])
        assert row["labels"].count(0) <= 1
        assert 0 not in row["labels"][:-1]


def test_trl_labels_are_int64(out, tmp_path):
    export(out, "trl", tmp_path / "x", **FAULT)
    import pyarrow.parquet as pq

    schema = pq.read_schema(next((tmp_path / "x/data").glob("*.parquet")))
    assert str(schema.field("labels").type.value_type) == "int64"


def test_token_classification_spans_are_the_steps(out, tmp_path):
    export(out, "token-classification", tmp_path / "x", **FAULT)
    traces = by_id(out)
    for row in rows_of(tmp_path / "x"):
        trace = traces[row["id"]]
        assert "".join(trace.steps).startswith(row["text"])
        spans = [row["text"][a:b] for a, b in zip(row["starts"], row["ends"], strict=True)]
        first = trace.given_steps
        assert spans == [step.rstrip("\n") for step in trace.steps[first : first + len(spans)]]
        assert [(first + i, n) for i, n in enumerate(row["labels"]) if n != IGNORE] == own_labels(trace)


def test_prm800k_gives_back_every_label_of_every_edit(out, tmp_path):
    export(out, "prm800k", tmp_path / "x", **FAULT)
    lines, traces = rows_of(tmp_path / "x"), by_id(out)
    assert len(lines) == 8, "all edits of a problem stand in its reference's line"
    back: Counter[Any] = Counter()
    for line in lines:
        prefix = line["question"]["problem"]
        for step in line["label"]["steps"]:
            for said in step["completions"]:
                back[(said["id"], prefix + said["text"], {1: 1, -1: 0, None: IGNORE}[said["rating"]])] += 1
            prefix += step["completions"][step["chosen_completion"]]["text"]
    for trace in traces.values():
        wanted = range(trace.given_steps, len(trace.steps)) if trace.edit is None else [trace.edit.step]
        for at in wanted:
            assert back[(trace.id, "".join(trace.steps[: at + 1]), trace.labels[at])] == 1
    assert sum(back.values()) == sum(
        len(t.steps) - t.given_steps if t.edit is None else 1 for t in traces.values()
    )


def test_prm800k_keeps_edits_of_edited_programs_as_lines_of_their_own(made, tmp_path):
    base, deep = made.reference_trace(0), made.edit_trace(0, 3)
    deep = replace(deep, id="deep", steps=(*deep.steps[:2], "    found = list()\n", *deep.steps[3:]))
    write_split([base, deep], tmp_path / "OUT/data/steps", "train")
    export(tmp_path / "OUT", "prm800k", tmp_path / "x")
    lines = rows_of(tmp_path / "x")
    assert len(lines) == 2
    last = lines[1]["label"]["steps"][-1]["completions"]
    assert [(said["id"], said["rating"]) for said in last] == [("deep", -1)]


def test_prm800k_keeps_the_rating_of_each_new_step(made, tmp_path):
    base, edit = made.reference_trace(0), made.edit_trace(0, 3, 1)
    at = edit.edit.step
    steps = (*base.steps[:at], "        new = best + n\n", "        best = new\n", *base.steps[at + 1 :])
    labels = (*base.labels[:at], 1, 1, *(-100,) * (len(base.steps) - at - 1))
    more = {
        name: (*getattr(edit, name), getattr(edit, name)[-1])
        for name in ("reasons", "executed", "step_kinds")
    }
    two = replace(edit, id="two", steps=steps, labels=labels, edit=replace(edit.edit, n_steps=2), **more)
    write_split([base, two], tmp_path / "OUT/data/steps", "train")
    counts = export(tmp_path / "OUT", "prm800k", tmp_path / "x").counts
    assert counts.labels == {"correct": 6 + 2}
    (line,) = rows_of(tmp_path / "x")
    own, beside = line["label"]["steps"][3]["completions"]
    assert own["parts"] is None
    assert (beside["id"], beside["text"], beside["rating"]) == ("two", "".join(steps[at : at + 2]), 1)
    assert [(part["text"], part["rating"]) for part in beside["parts"]] == [
        (steps[at], 1),
        (steps[at + 1], 1),
    ]


@pytest.mark.parametrize("name", ["openrlhf", "math-shepherd"])
def test_placeholders_stand_after_labelled_steps_only(out, tmp_path, name):
    export(out, name, tmp_path / "x", **FAULT)
    traces = by_id(out)
    for row in rows_of(tmp_path / "x"):
        pieces = row["input"].split("ки")
        if name == "openrlhf":
            signs = row["label"]
        else:
            signs, at = [], 0
            for piece in pieces[:-1]:
                at += len(piece)
                signs.append(row["label"][at])
                at += 1
        assert len(signs) == len(pieces) - 1
        back = [
            (piece.strip("\n").split("\n")[-1].rstrip(), sign)
            for piece, sign in zip(pieces, signs, strict=False)
        ]
        trace = traces[row["id"]]
        assert back == [(trace.steps[i].rstrip(), "+-"[1 - n]) for i, n in own_labels(trace)]
