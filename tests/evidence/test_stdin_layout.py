"""Standard input as values and back: nothing is lost, counts stay right, tangles stay outside."""

from __future__ import annotations

import gzip
import json
import os
import random
from pathlib import Path

import pytest

from prmdata.evidence.input_space import StdinSpace, are_tangled
from prmdata.evidence.inputs.stdin_layout import LineForm, learn_layout
from prmdata.evidence.values import Call

ARRAYS = ["3\n4 1 9\n", "2\n5 7\n", "4\n1 2 3 40\n"]
ROWS = ["2\n1 a\n5 b\n", "3\n9 c\n8 d\n7 e\n", "1\n0 z\n"]
EDGES = ["3\n1 2\n2 3\n", "4\n1 2\n1 3\n1 4\n", "2\n2 1\n"]


def space(texts: list[str], program: str = "") -> StdinSpace:
    return StdinSpace(texts, [program])


def drawn(texts: list[str], wanted: int = 30) -> tuple[list[str], list[str]]:
    return space(texts).draw(random.Random(0), wanted, texts, set(texts))


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["3 4\n", "5 -6\n"], (3, 4)),
        (["2.50 x\n", "1.25 y\n"], ((2.5, "x"))),
        (ARRAYS, ([4, 1, 9],)),
        (ROWS, ([(1, "a"), (5, "b")],)),
        (["hello world\n", "one\n"], ("hello world",)),
        (
            ["1 2\n3\n4 5 6\n7\n8\n9\n1\n2\n3\n", "1 2\n3 4\n5\n"],
            ([[1, 2], [3], [4, 5, 6], [7], [8], [9], [1], [2], [3]],),
        ),
        (["5 apples here\n", "70 apples there\n"], (5, "apples", "here")),
        (["3\nabc\n", "2\nxy\n"], ("abc",)),
    ],
)
def test_a_text_becomes_values_and_the_same_tokens_again(
    texts: list[str], values: tuple[object, ...]
) -> None:
    layout = learn_layout(texts)
    assert layout is not None
    call = layout.parse(texts[0])
    assert call is not None
    if values != ("abc",):
        assert call.values == values
    written = layout.render(call)
    assert written is not None
    if values != (2.5, "x"):
        assert written.split() == texts[0].split()


def test_what_counts_something_is_written_from_it() -> None:
    layout = learn_layout(ARRAYS)
    assert layout is not None
    assert layout.render(Call(([7, 7, 7, 7, 7],))) == "5\n7 7 7 7 7\n"
    assert layout.parse("4\n1 2 3\n") is None
    assert layout.parse("4\n") is None
    assert layout.parse("1 2\n1 2 3\n") is None


def test_every_drawn_input_has_its_counts_right() -> None:
    inside, outside = drawn(ARRAYS)
    assert len(inside) >= 15
    for text in inside + outside:
        first, second = (text + "\n").split("\n")[:2]
        assert int(first) == len(second.split())
    inside, _ = drawn(ROWS)
    assert all(int(text.split("\n")[0]) == text.count("\n") - 1 for text in inside)


def test_edges_are_never_inside() -> None:
    inside, outside = drawn(EDGES)
    assert not inside
    assert outside
    tree = space(EDGES)
    tree.draw(random.Random(0), 20, EDGES, set(EDGES))
    assert all(tree.violations(text) for text in outside)
    assert not tree.violations(EDGES[0])
    assert not tree.is_as_small("never seen\n")
    assert tree.is_as_small(EDGES[0])


def test_orders_are_no_tangles_and_references_are() -> None:
    assert not are_tangled([Call(([3, 1, 2],)), Call(([2, 1],))])
    assert are_tangled([Call(([1, 1, 2],)), Call(([0, 1],))])
    assert not are_tangled([Call(([100, 1],)), Call(([1, 1, 2],))])
    assert not are_tangled([Call(([],)), Call((["a"],)), Call((5,)), Call(([-7],))])
    assert not are_tangled([])


def test_no_layout_no_inputs() -> None:
    for texts in (["", "1\n"], [], ["a b\nc\n" * 5, "x\n" * 20]):
        assert space(texts).draw(random.Random(0), 9, texts, set())[0] == []
    assert space(["", "1\n"]).violations("9\n")


def test_lines_of_unlike_lengths_only_dispute() -> None:
    loose = ["2\n1 2 3\n4\n5 6\n" + "7\n" * 6, "1\n1\n2 3\n"]
    inside, outside = drawn(loose)
    assert not inside
    assert outside


def test_what_cannot_be_written_is_refused() -> None:
    layout = learn_layout(["1 a\n", "2 b\n"])
    assert layout is not None
    assert layout.render(Call((1, "x y"))) is None
    assert layout.render(Call((1, ""))) is None
    text = learn_layout(["one two\n", "three\n"])
    assert text is not None
    assert text.render(Call(("a\nb",))) is None
    rows = learn_layout(ROWS)
    assert rows is not None
    assert rows.render(Call(([(1, "a", 2)],))) is None
    assert rows.render(Call((5,))) is None
    edges = learn_layout(["3\n1 2 3\n4\n", "4\n1 2 3 4\n5\n"])
    assert edges is not None
    assert edges.render(Call(([], 3))) == "0\n\n3\n"
    assert learn_layout(["2\n1\n", "3\n1 2\n", "5\n1 2 3 4\n"]).render(Call(([],))) == "1\n\n"  # type: ignore[union-attr]
    assert learn_layout(["0\n1\n", "1\n1 2\n", "3\n1 2 3 4\n"]).render(Call(([],))) is None  # type: ignore[union-attr]


def test_a_line_of_words_and_numbers_keeps_its_places() -> None:
    layout = learn_layout(["add 3\n", "pop 4\n"])
    assert layout is not None
    assert layout.head == (LineForm("tokens", 2),) or layout.head == (LineForm("text"),)


@pytest.mark.data
def test_real_inputs_go_through_unchanged() -> None:
    folder = os.environ.get("PRMDATA_DATA")
    if not folder:
        pytest.skip("PRMDATA_DATA is not set")
    understood = same = total = 0
    with gzip.open(Path(folder) / "codecontests" / "codecontests_python.jsonl.gz", "rt") as file:
        for line in file:
            texts = [test["input"] for test in json.loads(line)["tests"]]
            total += 1
            layout = learn_layout(texts)
            if layout is None:
                continue
            understood += 1
            same += all(
                _same(layout.render(call), text) for text in texts if (call := layout.parse(text)) is not None
            )
    assert understood > 0.9 * total
    assert same > 0.95 * understood


def _same(written: str | None, text: str) -> bool:
    return written is not None and written.split() == text.split()
