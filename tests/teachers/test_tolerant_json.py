"""JSON as models write it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.teachers.thinking import without_thinking
from prmdata.teachers.tolerant_json import fenced_blocks, objects, values

ITEM = {"step": 3, "old": "a = 1", "new": "a = 2", "kind": "x"}
GOOD = json.dumps({"edits": [ITEM], "skip": []})


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"~~~\n{GOOD}\n~~~",
        f"Of course!\n```json\n{GOOD}\n```\nAnything else?",
        f"Here you are: {GOOD} I hope it helps.",
        f'<think>What about {{"edits": []}}?</think>{GOOD}',
        f"\ufeff  {GOOD}\n\n",
        str({"edits": [ITEM], "skip": []}),
        '{edits: [{step: 3, old: "a = 1", new: "a = 2", kind: "x",},], skip: [],}',
        '{"edits": [{"step": 3, "old": "a = 1", "new": "a = 2", "kind": "x"}] // one\n, "skip": []}',
        '{"edits": [{"step": 3 "old": "a = 1" "new": "a = 2" "kind": "x"}] "skip": []}',
        '{"edits" = [{"step" = 3, "old": `a = 1`, "new": """a = 2""", "kind": \'x\'}], "skip": []}',
        GOOD.replace('"', "\u201d").replace("\u201dedits", "\u201cedits"),
        GOOD.replace(" ", "\r\n").replace("a\r\n=\r\n", "a = "),
    ],
    ids=range(14),
)
def test_one_object_is_read_however_it_is_dressed(text: str) -> None:
    assert list(values(text)) == [{"edits": [ITEM], "skip": []}]


def test_what_is_cut_off_gives_what_is_whole() -> None:
    two = json.dumps({"edits": [ITEM, {**ITEM, "step": 4}, {**ITEM, "step": 5}]})
    cut_off = two[: two.rindex("kind")]
    assert [one["step"] for one in values(cut_off)] == [3, 4]
    assert list(values('{"edits": [{"step": 1, "new": "x')) == []


def test_raw_line_breaks_and_odd_escapes_in_strings() -> None:
    (value,) = values('{"new": "if a:\n    b", "old": "re.match(\'\\d+\', x)",}')
    assert value == {"new": "if a:\n    b", "old": r"re.match('\d+', x)"}
    (value,) = objects(r'{"new": "\u0041\ud83d\ude00",}')
    assert value == {"new": "A😀"}


def test_noise_has_no_values() -> None:
    for text in ("", "no", "[1, 2, 3]" * 3, "{{{{{{", "}{", "{a:{a:{a:", "[" * 500, '{"a": "' * 300):
        assert not any(isinstance(one, dict) for one in values(text))


def test_fences_and_thoughts() -> None:
    assert fenced_blocks("a\n```python\nx = 1\n```\nb\n```\ny") == [("python", "x = 1\n"), ("", "y")]
    assert without_thinking("<think>never closed") == ""
    assert without_thinking("a<Thinking>b</Thinking>c") == "ac"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
        max_leaves=8,
    )
)
def test_strict_json_is_read_as_json(value: object) -> None:
    assert list(values(json.dumps(value))) == [value]


@given(st.text(alphabet="{}[]\"':,\\ \nab1`#/*", max_size=120))
def test_any_text_is_survived(text: str) -> None:
    list(values(text))


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text() | st.integers(), min_size=1))
def test_pythons_own_notation_is_read(value: dict[str, object]) -> None:
    plain = {key: one for key, one in value.items() if not isinstance(one, str) or one.isprintable()}
    if plain:
        assert list(objects(f"answer: {plain!r}")) == [plain]
