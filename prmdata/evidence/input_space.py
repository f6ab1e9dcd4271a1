"""The inputs of a problem as texts of the wire: what is inside the hull, and how to draw more.

Two kinds behind one face: calls of a function, and what a program reads from its standard input.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import Any, Protocol

from prmdata.evidence.domain import learn
from prmdata.evidence.domain.checks import SPREAD
from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.inputs.generate import draw, large_calls
from prmdata.evidence.inputs.literals import literals_of
from prmdata.evidence.inputs.stdin_layout import learn_layout
from prmdata.evidence.inputs.value_pool import ValuePool
from prmdata.evidence.values import Call, decode, encode


class InputSpace(Protocol):
    """Where a problem's inputs live."""

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


class StdinSpace(InputSpace):
    """What programs read from their standard input: laid out as values, then like calls.

    Where no layout is found there are no further inputs. Where numbers name other things of the same
    input (edges of a tree by its nodes), what must hold among them cannot be learned from outside: then
    only inputs that rearrange nothing but order count as inside, and the rest can at most dispute.
    """

    def __init__(self, given: Sequence[str], programs: Sequence[str], *, is_slow: bool = False) -> None:
        self._layout = learn_layout(given)
        self._calls: dict[str, Call] = {}
        self._texts: dict[str, str] = {}
        parsed: list[str] = []
        for text in given:
            call = None if self._layout is None else self._layout.parse(text)
            if call is not None:
                self._calls[text] = call
                parsed.append(encode(call))
        self._inner = CallSpace(parsed, programs, is_slow=is_slow)
        self._is_tangled = self._layout is not None and (
            self._layout.is_loose or are_tangled(self._calls.values())
        )

    def large(self, rng: random.Random) -> list[str]:  # noqa: ARG002 - a fresh start for each is dear
        return []

    def use_programs(self, programs: Sequence[str]) -> None:
        self._inner.use_programs(programs)

    def draw(
        self, rng: random.Random, wanted: int, seeds: Sequence[str], known: set[str]
    ) -> tuple[list[str], list[str]]:
        if self._layout is None or not self._calls:
            return [], []
        starts = [encode(self._calls[text]) for text in seeds if text in self._calls]
        drawn = self._inner.draw(rng, wanted, starts, {encode(call) for call in self._calls.values()})
        inside, outside = ([text for text in map(self._text, of) if text is not None] for of in drawn)
        fresh = [[text for text in texts if text not in known] for texts in (inside, outside)]
        known.update(*fresh)
        if self._is_tangled:
            return [], fresh[0] + fresh[1]
        return fresh[0], fresh[1]

    def violations(self, text: str) -> frozenset[Feature]:
        call = self._calls.get(text)
        if call is None:
            return frozenset({("layout", (), ())})
        broken = self._inner.violations(encode(call))
        if self._is_tangled and text in self._texts:
            broken |= {("tangled", (), ())}
        return broken

    def is_as_small(self, text: str) -> bool:
        call = self._calls.get(text)
        return call is not None and self._inner.is_as_small(encode(call))

    def widen(self, features: Collection[Feature]) -> None:
        self._inner.widen(features)

    def _text(self, wire: str) -> str | None:
        """The input that values are written as; None where they cannot be or would be read as others."""
        assert self._layout is not None
        call = decode(wire)
        text = self._layout.render(call)
        if text is None or self._layout.parse(text) != call:
            return None
        if text not in self._calls:
            self._calls[text] = call
            self._texts[text] = wire
        return text


def are_tangled(calls: Collection[Call]) -> bool:
    """Whether rows (or a list) look like names of other things of the same input: edges, parents. In
    every input some value holds nothing but small numbers, no larger than it is long, and they are not
    always consecutive numbers, each once: that would be an order."""
    small = [[flat for value in call.values if (flat := _small_numbers(value))] for call in calls]
    return len(small) > 0 and all(small) and any(not _is_order(flat) for found in small for flat in found)


def _small_numbers(value: Any) -> list[int]:
    """The numbers of a list (of rows: of their first two places) where they could be places in it."""
    if not isinstance(value, list):
        return []
    flat = [item for row in value for item in (row[:2] if isinstance(row, tuple | list) else (row,))]
    if any(type(item) is not int for item in flat) or not flat:
        return []
    return flat if min(flat) >= -1 and max(flat) <= len(value) + 1 else []


def _is_order(flat: list[int]) -> bool:
    return len(set(flat)) == len(flat) and max(flat) - min(flat) == len(flat) - 1
