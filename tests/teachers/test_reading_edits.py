"""What a model said, as raw edits and as counts of what is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prmdata.edits.anchor import RawEdit
from prmdata.teachers.model_request import ModelAnswer, ModelChoice
from prmdata.teachers.reading import read_edits

RAW = RawEdit(3, "a = 1", "a = 2", "mutate", "wrong-start")


def said(value: Any, finish: str = "stop") -> ModelAnswer:
    return ModelAnswer((ModelChoice(value if isinstance(value, str) else json.dumps(value), finish),))


@pytest.mark.parametrize(
    "value",
    [
        {"edits": [{"step": 3, "old": "a = 1", "new": "a = 2", "kind": "Wrong start!"}]},
        [{"step": 3, "old": "a = 1", "new": "a = 2", "kind": "wrong_start"}],
        {"step": 3, "old": "a = 1", "new": "a = 2", "kind": "wrong start"},
        {"mutations": [{"line": "[3]", "original": "a = 1", "replacement": "a = 2", "type": "wrong-start"}]},
        {"edits": {"step_number": "step 3", "before": "a = 1", "after": ["a = 2"], "bug": "wrong start"}},
        {"3": {"old": "a = 1", "new": "a = 2", "kind": "wrong-start"}},
        {"3": [{"old": "a = 1", "new": "a = 2", "kind": "wrong-start"}]},
        {"step_3": {"original_line": "a = 1", "mutated_line": "a = 2", "kind": "wrong-start"}},
        {"mutations": {"step 3": {"old": "a = 1", "new": "a = 2", "kind": "wrong-start"}}},
        {"edits": [{"step": 3.0, "old": "a = 1", "new": "a = 2\n".strip(), "kind": "wrong-start"}]},
    ],
)
def test_shapes_that_models_like(value: Any) -> None:
    read = read_edits(said(value), "mutate")
    assert read.raw == [RAW]
    assert not read.unusable
    assert not read.is_cut_short


def test_a_quote_is_enough_where_the_number_is_missing() -> None:
    (raw,) = read_edits(said({"edits": [{"old": "a = 1", "new": "a = 2"}]}), "refactor").raw
    assert raw == RawEdit(-1, "a = 1", "a = 2", "refactor", "unnamed")


@pytest.mark.parametrize(
    "entry",
    [
        {"step": 3, "old": "a"},
        {"step": 3, "old": "a", "new": 7},
        {"step": True, "new": "b"},
        {"new": "b"},
        "a = 2",
        None,
        {"step": 3, "new": "a = '\ud800'"},
        {"step": 3, "new": "a = '\x00'"},
    ],
)
def test_entries_that_say_nothing_are_counted(entry: Any) -> None:
    good = {"step": 3, "old": "a = 1", "new": "a = 2", "kind": "wrong start"}
    read = read_edits(said({"edits": [entry, good]}), "mutate")
    assert read.raw == [RAW]
    assert read.unusable == {"wrong shape": 1}
    assert not read.is_cut_short


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (ModelAnswer(()), "empty"),
        (ModelAnswer((), problem="context length"), "context length"),
        (said(""), "empty"),
        (said("  <think>hm</think> "), "only thoughts"),
        (said("I am a poem."), "not JSON"),
        (said('{"edits": [[[}'), "not JSON"),
        (said("I'm sorry, but I can't help with that."), "refusal"),
        (ModelAnswer((ModelChoice("", "stop", True),)), "refusal"),
        (said("", "content_filter"), "content filter"),
        (said('{"edits": [{"step": 3', "length"), "truncated"),
    ],
)
def test_lost_answers_are_counted_by_reason(answer: ModelAnswer, reason: str) -> None:
    read = read_edits(answer, "mutate")
    assert not read.raw
    assert read.unusable == {reason: 1}
    assert read.is_cut_short


def test_skip_is_kept_and_is_an_answer() -> None:
    read = read_edits(said({"edits": [], "skip": [1, "2", None, [3]]}), "mutate")
    assert read.skip == {1, 2}
    assert not read.unusable


def test_a_truncated_answer_gives_what_is_whole_and_is_counted() -> None:
    text = json.dumps({"edits": [{"step": 3, "old": "a = 1", "new": "a = 2", "kind": "wrong start"}] * 2})
    read = read_edits(said(text[:-20], "length"), "mutate")
    assert read.raw == [RAW]
    assert read.unusable == {"truncated": 1}
