"""The inputs of a problem as texts of the wire: which of them are inside the hull, and how more of them are
drawn.

There are two kinds with one interface: calls of a function, and what a program reads from its standard input
(:mod:`prmdata.evidence.stdin_space`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Sequence
from typing import Final, Protocol

from prmdata.evidence.domain import learn
from prmdata.evidence.domain.checks import SPREAD
from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.domain.stated import parameters_of
from prmdata.evidence.inputs.generate import draw, fractional_calls, is_excluded, large_calls
from prmdata.evidence.inputs.literals import literals_of
from prmdata.evidence.inputs.value_pool import ValuePool
from prmdata.evidence.values import Call, decode, encode
from prmdata.records import Problem

_CONVERSION: Final = re.compile(r"\bfloat\(")
"""A reference that makes floats of its numbers takes floats, be all given numbers whole."""
EXCLUDED: Final = 60
"""So many excluded inputs of one round are kept."""


class InputSpace(Protocol):
    """The set of all inputs that a problem may get."""

    reads_text: bool = False
    """Whether an input is a text on standard input, so that a program starts afresh for it."""
    only_disputes: bool = False
    """Whether no drawn input is inside."""
    stated_bounds: tuple[str, ...] = ()
    """The sentences of the statement that exclude inputs."""

    def draw(
        self, rng: random.Random, wanted: int, seeds: Sequence[str], known: set[str]
    ) -> tuple[list[str], list[str]]:
        """About ``wanted`` texts inside, and some outside. None of them is in ``known``, and all are added to
        it."""

    def violations(self, text: str) -> frozenset[Feature]:
        """The features by which an input is outside; empty if it is inside."""

    def is_as_small(self, text: str) -> bool:
        """Whether no part of an input is larger than in the given inputs."""

    def widen(self, features: Collection[Feature]) -> None:
        """Widen the hull by dropping ``features``."""

    def large(self, rng: random.Random) -> list[str]:
        """A few inputs with numbers that are far larger than the given ones, or of another kind."""

    def use_programs(self, programs: Sequence[str]) -> None:
        """From now on, use the literals of ``programs`` as ingredients."""

    def excluded_inputs(self) -> Sequence[str]:
        """Inputs that the statement excludes."""
        return ()

    def kept(self, text: str, answer: str) -> tuple[str, str]:
        """The part of a recorded input and its answer that counts as evidence."""
        return text, answer


class CallSpace(InputSpace):
    """Calls of a function, learned from the recorded ones."""

    def __init__(
        self,
        given: Sequence[str],
        programs: Sequence[str],
        *,
        is_slow: bool = False,
        is_open: bool = False,
        problem: Problem | None = None,
    ) -> None:
        """``problem``: its statement bounds the parameters of its function. ``is_slow``: numbers stay as small as the
        given ones, because the reference already takes long.
        ``is_open``: the tests accept several answers. An answer that differs from the reference's can then
        only make a label disputed, so no input is inside."""
        self._open = frozenset({("several answers", (), ())} if is_open else ())
        self._calls: dict[str, Call] = {}
        for text in given:
            try:
                self._calls[text] = decode(text)
            except ValueError:
                continue  # not plain data: nothing can be learned from it
        self._given = tuple(dict.fromkeys(self._calls))
        domain = learn([self._calls[text] for text in self._given], spread=1 if is_slow else SPREAD)
        if problem is not None:
            names = parameters_of(problem.reference, problem.entry_point or "")
            domain = domain.stated_by(problem.prompt, names)
        self._domain = domain
        self.stated_bounds = self._domain.stated.sentences
        self._excluded: list[str] = []
        self._takes_floats = any(_CONVERSION.search(program) for program in programs)
        self.use_programs(programs)

    def large(self, rng: random.Random) -> list[str]:
        calls = [self._calls[text] for text in self._given]
        found = large_calls(self._domain, calls, rng)
        if self._takes_floats:
            found += fractional_calls(calls, rng)
        return [self._text(call) for call in found]

    def use_programs(self, programs: Sequence[str]) -> None:
        self._pool = ValuePool([self._calls[text] for text in self._given], literals_of(programs))

    def draw(
        self, rng: random.Random, wanted: int, seeds: Sequence[str], known: set[str]
    ) -> tuple[list[str], list[str]]:
        calls = [call for text in seeds if (call := self._call(text)) is not None]
        inside, outside = draw(self._domain, self._pool, rng, wanted, calls, known)
        texts = {self._text(call): is_excluded(self._domain.violations(call)) for call in outside}
        self._excluded += [text for text, excluded in texts.items() if excluded][:EXCLUDED]
        return [self._text(call) for call in inside], [text for text in texts if not texts[text]]

    def excluded_inputs(self) -> Sequence[str]:
        return self._excluded

    def violations(self, text: str) -> frozenset[Feature]:
        call = self._call(text)
        return frozenset({("opaque", (), ())}) if call is None else self._domain.violations(call) | self._open

    def is_as_small(self, text: str) -> bool:
        call = self._call(text)
        return call is not None and self._domain.is_as_small(call)

    def widen(self, features: Collection[Feature]) -> None:
        self._domain = self._domain.without(features)

    def _call(self, text: str) -> Call | None:
        """The call; None if it passes anything but plain data (a function as a key)."""
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
