"""Continuations: what a model meant to follow the prefix."""

from __future__ import annotations

import pytest

from prmdata.teachers.continuation import compiles, read_continuation
from prmdata.teachers.model_request import ModelChoice

PREFIX = "def total(items):\n    result = 0\n    for item in items:\n"
REST = "        result += item\n    return result\n"
FENCED = f"```python\n{REST}```"


@pytest.mark.parametrize(
    "text",
    [
        REST,
        FENCED,
        f"Here is the rest:\n\n{FENCED}\n\nIt adds the items.",
        f"```python\n{PREFIX}{REST}```",
        PREFIX + REST,
        f"```py\n    for item in items:\n{REST}```",
        "```\nresult += item\n    return result\n```",
        "result += item\n    return result",
        f"<think>easy</think>\n{FENCED}",
        f"```python\n\n{REST}\n```",
        FENCED.removesuffix("```"),
        "```python\ndef total(items):\n\n    result = 0\n    for item in items:\n" + REST + "```",
        REST.replace("\n", "\r\n"),
        f"```text\nidea\n```\n{FENCED}",
    ],
    ids=range(14),
)
def test_the_rest_is_found(text: str) -> None:
    rest, lost = read_continuation(PREFIX, ModelChoice(text))
    assert lost is None
    assert [line for line in rest.split("\n") if line] == [line for line in REST.split("\n") if line]


def test_a_block_moved_to_the_margin_is_moved_back() -> None:
    rest, _ = read_continuation("def f(x):\n", ModelChoice("```python\nif x:\n    return 1\nreturn 2\n```"))
    assert rest == "    if x:\n        return 1\n    return 2\n"


def test_an_open_else_keeps_its_place() -> None:
    prefix = "def f(x):\n    if x:\n        return 1\n"
    rest, _ = read_continuation(prefix, ModelChoice("```python\n    else:\n        return 2\n```"))
    assert rest == "    else:\n        return 2\n"


def test_without_a_prefix_the_whole_program_is_meant() -> None:
    rest, lost = read_continuation("", ModelChoice(f"```python\n{PREFIX}{REST}```"))
    assert (rest, lost) == (PREFIX + REST, None)


def test_a_prefix_without_line_end_gets_one() -> None:
    rest, _ = read_continuation(PREFIX.rstrip("\n"), ModelChoice(FENCED))
    assert rest == "\n" + REST
    assert compiles(PREFIX.rstrip("\n") + rest)


def test_a_repeated_line_that_belongs_to_the_rest_stays() -> None:
    prefix = "x = []\nx.append(1)\n"
    rest, _ = read_continuation(prefix, ModelChoice("```python\nprint(x)\nx.append(1)\n```"))
    assert rest == "print(x)\nx.append(1)\n"


def test_broken_code_is_kept_since_the_completer_failed() -> None:
    rest, lost = read_continuation(PREFIX, ModelChoice("```python\n        result += = item\n```"))
    assert lost is None
    assert "+= =" in rest


@pytest.mark.parametrize(
    ("choice", "reason"),
    [
        (ModelChoice(""), "empty"),
        (ModelChoice("```python\n```"), "empty"),
        (ModelChoice("x", "length"), "truncated"),
        (ModelChoice("x", "content_filter"), "content filter"),
        (ModelChoice("", refused=True), "refusal"),
        (ModelChoice("x = '\ud800'"), "not text"),
    ],
)
def test_what_is_no_continuation(choice: ModelChoice, reason: str) -> None:
    assert read_continuation(PREFIX, choice) == ("", reason)
