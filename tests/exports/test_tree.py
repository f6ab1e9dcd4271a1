"""The tree of a problem's rows: shared parts stand once, every label is there, and the rows can be made
again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.datasets.reader import read_traces
from prmdata.exports.answer_text import labelled
from prmdata.exports.export import export
from prmdata.exports.format import ExportCounts, ExportOptions, Group, RefusedError
from prmdata.exports.tree import FORMAT, flat_rows
from prmdata.records import IGNORE
from tests.builders.exported import FAULT, rows_of
from tests.builders.traces import edit_trace, reference_trace, write_split


class Pieces:
    """A tokenizer whose tokens have three characters."""

    def ids(self, text):
        return [hash(text[at : at + 3]) % 1000 for at in range(0, len(text), 3)]


def flat(traces, problem="made/0"):
    """The rows that the other formats write."""
    group = Group(problem, "train", tuple(traces))
    return {
        trace.id: {
            "id": trace.id,
            "prompt": part.question,
            "steps": list(part.steps),
            "labels": list(part.labels),
        }
        for trace, part in labelled(group, ExportOptions("tree"), ExportCounts())
    }


def tree_of(traces, tokens=None):
    group = Group("made/0", "train", tuple(traces))
    return next(FORMAT.render(group, ExportOptions("tree", tokens=tokens), ExportCounts()), None)


LABELS = st.sampled_from([1, 0, IGNORE])
PROGRAMS = st.lists(st.tuples(st.sampled_from("abc"), LABELS), min_size=1, max_size=5)


@given(programs=st.lists(PROGRAMS, min_size=1, max_size=8))
def test_any_rows_come_back_from_their_tree(programs):
    base = reference_trace(0)
    traces = [
        replace(
            base,
            id=f"row{at}",
            prompt="say abc",
            given_steps=0,
            steps=tuple(f"{letter}\n" for letter, _ in program),
            labels=tuple(label for _, label in program),
            reasons=("",) * len(program),
        )
        for at, program in enumerate(programs)
    ]
    tree, rows = tree_of(traces, Pieces()), flat(traces)
    if tree is None:
        assert not rows
        return
    assert {row["id"]: row for row in flat_rows(tree)} == rows
    counted = Counter(label for row in rows.values() for label in row["labels"] if label != IGNORE)
    weighted: Counter[Any] = Counter()
    for label, weight in zip(tree["label"], tree["weight"], strict=True):
        weighted[label] += weight
    weighted.pop(IGNORE, None)
    assert weighted == counted
    nodes = list(zip(tree["parent"], tree["text"], tree["label"], strict=True))
    assert all(parent < at for at, (parent, *_) in enumerate(nodes))
    texts = list(zip(tree["parent"], tree["text"], strict=True))
    twins = {at for at in range(len(texts) - 1) if texts[at] == texts[at + 1]}
    assert len(twins) == len(texts) - len(set(texts)), (
        "a text stands once after one prefix, or twice in a row"
    )
    assert all(tree["label"][at : at + 2] == [0, 1] for at in twins)
    assert not twins & set(tree["parent"])
    assert len(set(nodes)) == len(nodes)


def test_the_rows_of_a_build_come_back(out, tmp_path):
    result = export(out, "tree", tmp_path / "x", **FAULT)
    export(out, "trl", tmp_path / "y", **FAULT)
    back = {row["id"]: row for tree in rows_of(tmp_path / "x") for row in flat_rows(tree)}
    rows = rows_of(tmp_path / "y")
    assert {row["id"] for row in rows} == set(back)
    for row in rows:
        found = back[row["id"]]
        assert (row["prompt"], row["labels"]) == (found["prompt"], found["labels"])
        assert row["completions"] == [step.removesuffix("\n") for step in found["steps"]]
    assert result.n_rows == 8
    once = sum(len(text) for tree in rows_of(tmp_path / "x") for text in tree["text"])
    each = sum(len(row["prompt"] + "".join(row["completions"])) for row in rows)
    assert once * 5 < each


def test_a_label_that_two_rows_earn_weighs_two_and_one_that_they_dispute_stands_twice():
    reference, passing = reference_trace(0), edit_trace(0, 3, 1)
    agreed = tree_of([reference, passing, replace(passing, id="twin")])
    at = agreed["row_ids"].index([passing.id, "twin"])
    assert (agreed["label"][at], agreed["weight"][at]) == (1, 2)
    wrong = replace(passing, id="wrong", labels=tuple(0 if label == 1 else label for label in passing.labels))
    disputed = tree_of([reference, passing, wrong])
    at = disputed["row_ids"].index(["wrong"])
    assert disputed["row_ids"][at + 1] == [passing.id]
    for name in ("text", "parent", "depth", "weight"):
        assert disputed[name][at] == disputed[name][at + 1]
    assert disputed["label"][at : at + 2] == [0, 1]


def test_after_a_deletion_the_label_stands_on_the_step_that_follows():
    reference = reference_trace(0)
    at = reference.given_steps + 1
    names = ("steps", "step_kinds", "executed", "reasons")
    without: dict[str, Any] = {
        name: (*getattr(reference, name)[:at], *getattr(reference, name)[at + 1 :]) for name in names
    }
    labels = (*(IGNORE,) * at, 0, *(IGNORE,) * (len(reference.steps) - at - 2))
    tree = tree_of([reference, replace(edit_trace(0, 1), id="deletion", labels=labels, **without)])
    node = tree["row_ids"].index(["deletion"])
    assert tree["text"][node] == reference.steps[at + 1]
    assert tree["text"][tree["parent"][node]] == reference.steps[at - 1]


def test_tokens_follow_their_nodes(out, tmp_path):
    export(out, "tree", tmp_path / "x", tokenizer=Pieces(), max_length=100, **FAULT)
    for tree in rows_of(tmp_path / "x"):
        ids, parents, depths = (tree[name] for name in ("input_ids", "parent_positions", "position_ids"))
        assert len(ids) == len(parents) == len(depths) == sum(len(Pieces().ids(t)) for t in tree["text"])
        assert depths == [0 if parent < 0 else depths[parent] + 1 for parent in parents]
        for node, end in enumerate(tree["ends"]):
            path: list[str] = []
            at = node
            while at >= 0:
                path.insert(0, tree["text"][at])
                at = tree["parent"][at]
            seen: list[int] = []
            while end >= 0:
                seen.insert(0, ids[end])
                end = parents[end]
            assert seen == [id_ for text in path for id_ in Pieces().ids(text)]


def test_without_a_tokenizer_there_are_no_tokens_and_with_one_trees_too_long_are_counted(out, tmp_path):
    export(out, "tree", tmp_path / "x", **FAULT)
    assert "input_ids" not in rows_of(tmp_path / "x")[0]
    result = export(out, "tree", tmp_path / "y", tokenizer=Pieces(), max_length=100, **FAULT)
    lengths = [len(tree["input_ids"]) for tree in rows_of(tmp_path / "y")]
    assert result.counts.longer == sum(length > 100 for length in lengths) > 0
    assert result.counts.longest == max(lengths)
    assert "collator splits them" in result.text()


def test_a_labelled_step_without_a_token_is_refused(made, tmp_path):
    class Deaf(Pieces):
        def ids(self, text):
            return super().ids(text.strip()) if "best" not in text else []

    write_split([made.reference_trace(0)], tmp_path / "OUT/data/steps", "train")
    with pytest.raises(RefusedError, match="makes no token of"):
        export(tmp_path / "OUT", "tree", tmp_path / "x", tokenizer=Deaf())


def test_both_kinds_of_rows_make_one_tree_where_they_are_mixed(out, tmp_path):
    export(out, "tree", tmp_path / "x", mix=True)
    back = {row["id"] for tree in rows_of(tmp_path / "x") for row in flat_rows(tree)}
    assert back == {trace.id for trace in read_traces(out) if set(trace.labels) & {0, 1}}
