"""How far what made an edit gives its label away: a model that can tell the operator need not find the fault.

Two guesses are counted. The first sees the operator alone and says that operator's commoner label; it is counted on
the rows that it was made from, so nothing that sees the operator alone does better on them. The second sees the text
of the edited step alone: naive Bayes over runs of tokens, cross-validated, so that no problem is in both halves.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from prmdata.datasets.ngrams import NgramOdds

MOST_TEXTS: Final = 10_000
"""Texts beyond this number are not guessed (10,000 take about two seconds); those with the smallest hash stay."""
FOLDS: Final = 5
_TOKEN: Final = re.compile(r"\w+|\S")


class EditText(NamedTuple):
    """One edit with a label of 0 or 1: ``text`` is its step, without the program around it."""

    key: int
    problem_id: str
    text: str
    label: int


class GiveawayCount:
    """Takes the labelled edits of a dataset, one at a time and in any order, and counts the right guesses."""

    def __init__(self) -> None:
        self._by_operator: dict[str, Counter[int]] = defaultdict(Counter)
        self._texts: list[EditText] = []

    def add(self, row_id: str, problem_id: str, operator: str, text: str, label: int) -> None:
        """Take one edit. ``label`` is 0 or 1."""
        self._by_operator[operator][label] += 1
        digest = hashlib.sha256(row_id.encode("utf-8", "surrogatepass")).digest()
        # A heap gives its smallest entry away, so the hash is negated: the largest goes.
        edit = EditText(-int.from_bytes(digest[:8], "big"), problem_id, text, label)
        push = heapq.heappush if len(self._texts) < MOST_TEXTS else heapq.heappushpop
        push(self._texts, edit)

    def figures(self) -> dict[str, int]:
        """Counts of edits and of right guesses.

        ``edits``, and of these ``by_class`` (guessing the commoner label of all) and ``by_operator``; ``texts``, and of
        these ``by_text``. ``texts`` is 0 with fewer than two problems: nothing can be held out then.
        """
        labels = sum(self._by_operator.values(), Counter[int]())
        texts = sorted(self._texts)
        is_enough = len({edit.problem_id for edit in texts}) > 1
        return {
            "edits": labels.total(),
            "by_class": max(labels.values(), default=0),
            "by_operator": operator_hits(self._by_operator),
            "texts": len(texts) if is_enough else 0,
            "by_text": _text_hits(texts) if is_enough else 0,
        }


def operator_hits(labels: Mapping[str, Mapping[int, int]]) -> int:
    """How many labels are the commoner one of their operator. ``labels``: counts by operator and label."""
    return sum(max(by.values(), default=0) for by in labels.values())


def _text_hits(edits: Sequence[EditText]) -> int:
    """How many labels naive Bayes guesses from the texts of the other problems."""
    problems = sorted({edit.problem_id for edit in edits}, key=_hash)
    fold_of = {problem: place % FOLDS for place, problem in enumerate(problems)}
    tokens = [_TOKEN.findall(edit.text) for edit in edits]
    hits = 0
    for fold in range(min(FOLDS, len(problems))):
        odds = NgramOdds()
        for edit, found in zip(edits, tokens, strict=True):
            if fold_of[edit.problem_id] != fold:
                odds.learn(found, edit.label)
        hits += sum(
            odds.guess(found) == edit.label
            for edit, found in zip(edits, tokens, strict=True)
            if fold_of[edit.problem_id] == fold
        )
    return hits


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
