"""The inputs of a problem with state: sequences of calls, drawn as the given tests call the program."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.input_space import CallSpace, InputSpace
from prmdata.evidence.inputs.generate import MALFORMED
from prmdata.evidence.inputs.sequence_changes import Ingredients, changed
from prmdata.evidence.sequences import (
    RAISED,
    CallKind,
    CallStep,
    Steps,
    answers_of,
    joined,
    kinds_of,
    parse,
    text_of,
    text_of_answers,
)

LONGEST: Final = 60
"""The most steps of a sequence that is made from several tests. The tests run one after the other in one
process."""
TRIES: Final = 8
CALLS: Final = 40
"""How many calls are drawn at a time for each kind of step."""


class SequenceSpace(InputSpace):
    """Sequences of calls, learned from the calls of each given test. A sequence is inside if all of these
    hold: each of its calls is inside the domain of the calls of its kind; each method follows itself, or a
    method that it follows in some test on the same object; and the sequence is not much longer than the given
    ones."""

    def __init__(
        self, given: Sequence[str], programs: Sequence[str], *, is_slow: bool, is_open: bool
    ) -> None:
        """The arguments are those of :class:`CallSpace`."""
        tests = [steps for text in dict.fromkeys(given) if (steps := parse(text))]
        whole = joined(tests)
        self._given = [*tests, whole] if len(tests) > 1 and len(whole) <= LONGEST else tests
        self._most = 2 * max((len(steps) for steps in self._given), default=0) + 4
        self._parsed: dict[str, Steps] = {}
        self._broken: dict[str, frozenset[Feature]] = {}
        self._may_raise: set[CallKind] = set()
        self._follows: set[tuple[CallKind, CallKind]] = set()
        calls: dict[CallKind, list[str]] = {}
        self._examples: dict[CallKind, list[CallStep]] = {}
        for steps in tests:
            kinds = kinds_of(steps)
            self._follows.update(_pairs(steps, kinds))
            for step, kind in zip(steps, kinds, strict=True):
                if step.call is not None:
                    calls.setdefault(kind, []).append(step.call)
                if step.on < 0 or step.name is not None:
                    self._examples.setdefault(() if step.on < 0 else kind[:-1], []).append(step)
        self._spaces = {
            kind: CallSpace(texts, programs, is_slow=is_slow, is_open=is_open)
            for kind, texts in calls.items()
        }
        self._calls = calls

    @property
    def given(self) -> list[str]:
        """The given sequences: that of each test, and all of them one after the other."""
        return [text_of(steps) for steps in self._given]

    def large(self, rng: random.Random) -> list[str]:  # noqa: ARG002 - a fresh start for each is dear
        return []

    def use_programs(self, programs: Sequence[str]) -> None:
        for space in self._spaces.values():
            space.use_programs(programs)

    def draw(
        self, rng: random.Random, wanted: int, seeds: Sequence[str], known: set[str]
    ) -> tuple[list[str], list[str]]:
        bases = [self._steps(text) for text in seeds] or self._given
        inside: list[str] = []
        outside: list[str] = []
        if not bases:
            return inside, outside
        ingredients = Ingredients(self._drawn(rng), self._examples)
        lengths = [len(steps) for steps in bases]  # what is long has more neighbours, and more to tell
        for _ in range(TRIES * wanted):
            (base,) = rng.choices(bases, lengths)
            steps = changed(base, self._given, ingredients, rng)
            text = text_of(steps)
            if text in known or not 0 < len(steps) <= 2 * self._most or not self._asks(steps):
                continue
            known.add(text)
            broken = self.violations(text)
            if not broken:
                inside.append(text)
                if len(inside) >= wanted:
                    break
            elif not any(name in MALFORMED for name, _, _ in broken):
                outside.append(text)
        return inside, outside

    def violations(self, text: str) -> frozenset[Feature]:
        if text not in self._broken:
            steps = self._steps(text)
            self._broken[text] = frozenset() if steps in self._given else frozenset(self._outside(steps))
        return self._broken[text]

    def is_as_small(self, text: str) -> bool:
        steps = self._steps(text)
        return len(steps) <= max(map(len, self._given)) and all(
            step.call is None or self._spaces[kind].is_as_small(step.call)
            for step, kind in zip(steps, kinds_of(steps), strict=True)
        )

    def widen(self, features: Collection[Feature]) -> None:
        for kind, space in self._spaces.items():
            own = [(name, path[1:], where) for name, path, where in features if path[:1] == (_key(kind),)]
            if own:
                space.widen(own)
        self._broken.clear()

    def kept(self, text: str, answer: str) -> tuple[str, str]:
        """The part of a recorded sequence that counts as evidence: up to the first step on which the
        reference raises, unless some step of that kind raises in a given test."""
        steps, answers = self._steps(text), answers_of(answer)
        kinds = kinds_of(steps)
        raising = [place for place, each in enumerate(answers) if each.startswith(RAISED)]
        if steps in self._given:
            self._may_raise.update(kinds[place] for place in raising)
        end = next((place for place in raising if kinds[place] not in self._may_raise), len(steps))
        return (text, answer) if end == len(steps) else (text_of(steps[:end]), text_of_answers(answers[:end]))

    def _asks(self, steps: Steps) -> bool:
        """Whether objects that are made are also used, if tests use them."""
        return any(step.on >= 0 for step in steps) or not self._follows

    def _outside(self, steps: Steps) -> Iterator[Feature]:
        if len(steps) > self._most:
            yield "length", (), ()
        kinds = kinds_of(steps)
        for step, kind in zip(steps, kinds, strict=True):
            if step.call is not None and kind in self._spaces:
                for name, path, where in self._spaces[kind].violations(step.call):
                    yield name, (_key(kind), *path), where
        for pair in _pairs(steps, kinds):
            if pair not in self._follows and pair[0] != pair[1]:
                yield "order", tuple(map(_key, pair)), ()

    def _drawn(self, rng: random.Random) -> dict[CallKind, list[str]]:
        found: dict[CallKind, list[str]] = {}
        for kind, space in self._spaces.items():
            given = list(dict.fromkeys(self._calls[kind]))
            inside, outside = space.draw(rng, CALLS, given, set(given))
            found[kind] = [*given, *inside, *outside[: CALLS // 4]]
        return found

    def _steps(self, text: str) -> Steps:
        if text not in self._parsed:
            self._parsed[text] = parse(text)
        return self._parsed[text]


def _key(kind: CallKind) -> str:
    return ".".join(kind)


def _pairs(steps: Steps, kinds: Sequence[CallKind]) -> Iterator[tuple[CallKind, CallKind]]:
    """For each step on an object, its kind together with the kind of the step before it on the same object.
    For the first step, that is the step that made the object."""
    last: dict[int, CallKind] = {}
    for step, kind in zip(steps, kinds, strict=True):
        if step.on >= 0:
            yield last.get(step.on, kinds[step.on]), kind
        last[step.on] = kind
