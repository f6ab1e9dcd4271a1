"""How far the operator, and the text of the edited step, give the labels of edits away."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmdata.datasets import giveaway
from prmdata.datasets.giveaway import GiveawayCount
from prmdata.datasets.ngrams import NgramOdds

EDITS = st.lists(
    st.tuples(st.sampled_from("pqrs"), st.sampled_from(["drop", "swap", "turn"]), st.text("ab ", max_size=4), st.integers(0, 1)),
    max_size=30,
)  # fmt: skip


def figures(edits) -> dict[str, int]:
    """``edits``: problem, operator, text and label of each."""
    count = GiveawayCount()
    for place, (problem, operator, text, label) in edits:
        count.add(f"row-{place}", problem, operator, text, label)
    return count.figures()


@given(EDITS, st.randoms())
def test_the_figures_are_those_of_plain_counting_in_any_order(edits, draw) -> None:
    numbered = list(enumerate(edits))
    found = figures(numbered)
    assert found["edits"] == len(edits)
    assert found["by_class"] == max(Counter(label for *_, label in edits).values(), default=0)
    by_operator = {
        name: [label for _, operator, _, label in edits if operator == name] for _, name, *_ in edits
    }
    assert found["by_operator"] == sum(
        max(labels.count(0), labels.count(1)) for labels in by_operator.values()
    )
    assert found["by_class"] <= found["by_operator"] <= found["edits"]
    assert found["texts"] == (len(edits) if len({problem for problem, *_ in edits}) > 1 else 0)
    draw.shuffle(numbered)
    assert figures(numbered) == found


def test_a_text_that_tells_the_label_is_found_on_problems_that_were_held_out() -> None:
    told = [
        (f"p{i % 12}", "any", f"x{i} = {'None' if i % 3 == 0 else 'best'}\n", int(i % 3 != 0))
        for i in range(120)
    ]
    found = figures(enumerate(told))
    assert found["by_text"] == found["texts"] == 120
    assert found["by_operator"] == found["by_class"] == 80


def test_what_is_told_by_the_problem_alone_is_not_guessed() -> None:
    """Each problem has a word and a label of its own: who had seen the problem would be right every time."""
    labels = [random.Random(3).getrandbits(30) >> place & 1 for place in range(30)]
    rows = [(f"p{place}", "any", f"w{place}", label) for place, label in enumerate(labels) for _ in range(4)]
    found = figures(enumerate(rows))
    assert found["by_text"] <= found["by_class"]


def test_of_many_texts_those_with_the_smallest_hash_are_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = list(enumerate((f"p{i}", "any", f"t{i}", i % 2) for i in range(50)))
    monkeypatch.setattr(giveaway, "MOST_TEXTS", 20)
    found = figures(rows)
    assert (found["edits"], found["texts"]) == (50, 20)
    assert figures(reversed(rows)) == found


def test_odds_lean_to_the_label_whose_texts_are_like_it() -> None:
    odds = NgramOdds()
    assert odds.guess(["a"]) == 1
    odds.learn(["a", "b"], 0)
    assert not odds.is_trained
    assert odds.guess(["zzz"]) == 0
    odds.learn(["c", "d"], 1)
    assert odds.is_trained
    assert odds.mean(["a", "b"]) < 0 < odds.mean(["c", "d"])
    assert odds.mean([]) == 0
    odds.learn(["e"], 1)
    assert odds.guess(["new"]) == 1
