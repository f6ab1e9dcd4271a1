"""The inputs of a problem as texts of the wire: what is inside the hull, and how to draw more.

Two kinds behind one face: calls of a function, and what a program reads from its standard input.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import Protocol

from prmdata.labels.hull import learn
from prmdata.labels.hull.observe import Feature
from prmdata.labels.inputs.generate import draw
from prmdata.labels.inputs.literals import literals_of
from prmdata.labels.inputs.stock import Stock
from prmdata.labels.values import Call, decode, encode


class Domain(Protocol):
    """Where a problem's inputs live."""

    def draw(
        self, rng: random.Random, wanted: int, seeds: Sequence[str], known: set[str]
    ) -> tuple[list[str], list[str]]:
        """About ``wanted`` texts inside, and some outside, none of them in ``known`` (they are added)."""

    def violations(self, text: str) -> frozenset[Feature]:
        """What of an input is outside; empty: it is inside."""

    def widen(self, features: Collection[Feature]) -> None:
        """Take in what ``features`` forbid."""

    def use_programs(self, programs: Sequence[str]) -> None:
        """Offer the literals of ``programs`` as ingredients from now on."""


class CallDomain:
    """Calls of a function, learned from the recorded ones."""

    def __init__(self, given: Sequence[str], programs: Sequence[str]) -> None:
        self._calls: dict[str, Call] = {}
        for text in given:
            try:
                self._calls[text] = decode(text)
            except ValueError:
                continue  # not plain data: nothing can be learned from it
        self._given = tuple(dict.fromkeys(self._calls))
        self._hull = learn([self._calls[text] for text in self._given])
        self.use_programs(programs)

    def use_programs(self, programs: Sequence[str]) -> None:
        self._stock = Stock([self._calls[text] for text in self._given], literals_of(programs))

    def draw(
        self, rng: random.Random, wanted: int, seeds: Sequence[str], known: set[str]
    ) -> tuple[list[str], list[str]]:
        calls = [self._call(text) for text in seeds]
        inside, outside = draw(self._hull, self._stock, rng, wanted, calls, known)
        return [self._text(call) for call in inside], [self._text(call) for call in outside]

    def violations(self, text: str) -> frozenset[Feature]:
        return self._hull.violations(self._call(text))

    def widen(self, features: Collection[Feature]) -> None:
        self._hull = self._hull.without(features)

    def _call(self, text: str) -> Call:
        if text not in self._calls:
            self._calls[text] = decode(text)
        return self._calls[text]

    def _text(self, call: Call) -> str:
        text = encode(call)
        self._calls.setdefault(text, call)
        return text
