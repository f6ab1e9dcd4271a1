"""The inputs of a problem as texts of the wire: what is inside the hull, and how to draw more.

Two kinds behind one face: calls of a function, and what a program reads from its standard input
(:mod:`prmdata.evidence.stdin_space`).
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import Protocol

from prmdata.evidence.domain import learn
from prmdata.evidence.domain.checks import SPREAD
from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.inputs.generate import draw, large_calls
from prmdata.evidence.inputs.literals import literals_of
from prmdata.evidence.inputs.value_pool import ValuePool
from prmdata.evidence.values import Call, decode, encode


class InputSpace(Protocol):
    """Where a problem's inputs live."""

    reads_text: bool = False
    """Whether an input is a text on standard input, for which a program starts afresh."""
    only_disputes: bool = False
    """Whether no drawn input is inside."""

    def draw(
        self, rng: random.Random, wanted: int, seeds: Sequence[str], known: set[str]
    ) -> tuple[list[str], list[str]]:
        """About ``wanted`` texts inside, and some outside, none of them in ``known`` (they are added)."""

    def violations(self, text: str) -> frozenset[Feature]:
        """What of an input is outside; empty: it is inside."""

    def is_as_small(self, text: str) -> bool:
        """Whether an input is in no way larger than the given ones."""

    def widen(self, features: Collection[Feature]) -> None:
        """Take in what ``features`` forbid."""

    def large(self, rng: random.Random) -> list[str]:
        """A few inputs with far larger numbers than any given."""

    def use_programs(self, programs: Sequence[str]) -> None:
        """Offer the literals of ``programs`` as ingredients from now on."""

    def kept(self, text: str, answer: str) -> tuple[str, str]:
        """What of a recorded input and its answer is evidence."""
        return text, answer


class CallSpace(InputSpace):
    """Calls of a function, learned from the recorded ones."""

    def __init__(
        self, given: Sequence[str], programs: Sequence[str], *, is_slow: bool = False, is_open: bool = False
    ) -> None:
        """``is_slow``: numbers stay as small as the given ones, since the reference already takes long. ``is_open``:
        the tests accept several answers, so another one than the reference's can only dispute: nothing is inside."""
        self._open = frozenset({("several answers", (), ())} if is_open else ())
        self._calls: dict[str, Call] = {}
        for text in given:
            try:
                self._calls[text] = decode(text)
            except ValueError:
                continue  # not plain data: nothing can be learned from it
        self._given = tuple(dict.fromkeys(self._calls))
        self._domain = learn([self._calls[text] for text in self._given], spread=1 if is_slow else SPREAD)
        self.use_programs(programs)

    def large(self, rng: random.Random) -> list[str]:
        calls = [self._calls[text] for text in self._given]
        return [self._text(call) for call in large_calls(self._domain, calls, rng)]

    def use_programs(self, programs: Sequence[str]) -> None:
        self._pool = ValuePool([self._calls[text] for text in self._given], literals_of(programs))

    def draw(
        self, rng: random.Random, wanted: int, seeds: Sequence[str], known: set[str]
    ) -> tuple[list[str], list[str]]:
        calls = [call for text in seeds if (call := self._call(text)) is not None]
        inside, outside = draw(self._domain, self._pool, rng, wanted, calls, known)
        return [self._text(call) for call in inside], [self._text(call) for call in outside]

    def violations(self, text: str) -> frozenset[Feature]:
        call = self._call(text)
        return frozenset({("opaque", (), ())}) if call is None else self._domain.violations(call) | self._open

    def is_as_small(self, text: str) -> bool:
        call = self._call(text)
        return call is not None and self._domain.is_as_small(call)

    def widen(self, features: Collection[Feature]) -> None:
        self._domain = self._domain.without(features)

    def _call(self, text: str) -> Call | None:
        """The call; None where it passes more than plain data (a function as a key)."""
        if text not in self._calls:
            try:
                self._calls[text] = decode(text)
            except ValueError:
                return None
        return self._calls[text]

    def _text(self, call: Call) -> str:
        text = encode(call)
        self._calls.setdefault(text, call)
        return text
