"""Recorded inputs, and the suites of them that programs are judged on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Any, Final, TypeVar

from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.sequences import is_sequence
from prmdata.records import Compare, Suite

ChosenT = TypeVar("ChosenT")
_NONE: Any = object()
"""Fills up the shorter groups."""


@dataclass(frozen=True, slots=True)
class RecordedInput:
    """An input to which the reference gave the same plain answer each time, so evidence can rest on it."""

    text: str
    answer: str
    lines: frozenset[int]
    broken: frozenset[Feature]
    is_large: bool = False
    """Whether it was made to be far larger than the given inputs."""

    @property
    def inside(self) -> bool:
        return not self.broken


def suites_of(
    recordings: Sequence[RecordedInput], most: tuple[int, int]
) -> tuple[list[RecordedInput], list[RecordedInput]]:
    """The recorded inputs for candidates, inside and outside, with a limit for each. The most telling inputs
    come first: one from each kind of way through the reference in turn, and different answers before equal
    ones. Inputs with far larger numbers, or numbers of another kind, come last; a quarter of those inside may be
    such, the largest."""
    grown = [recorded for recorded in recordings if recorded.inside and recorded.is_large]
    grown = grown[-max(1, most[0] // 4) :]
    usual = [recorded for recorded in recordings if recorded.inside and not recorded.is_large]
    inside = [*_telling(usual, max(0, most[0] - len(grown))), *grown]
    large = [recorded for recorded in recordings if any(name in _OTHERS for name, _, _ in recorded.broken)]
    beside = [recorded for recorded in recordings if not recorded.inside and recorded not in large]
    outside = [*_telling(beside, max(0, most[1] - len(large))), *large]
    return inside, outside


_OTHERS: Final = frozenset({"size", "kind"})


def as_suite(recordings: Sequence[RecordedInput], compare: Compare) -> Suite:
    """A suite that compares with the reference's answers. If none of the answers holds a float, they are
    compared exactly (from 2**53 on, a product that a program keeps as a float is another number)."""
    if compare.rule == "float" and not any("." in t.answer or "e" in t.answer for t in recordings):
        compare = Compare()
    texts = tuple(t.text for t in recordings)
    fresh_start = bool(texts) and is_sequence(texts[0])
    return Suite(texts, tuple(t.answer for t in recordings), compare, fresh_start)


def _telling(recordings: Sequence[RecordedInput], most: int) -> list[RecordedInput]:
    groups: dict[tuple[object, ...], list[RecordedInput]] = {}
    answers: dict[str, int] = {}
    for recorded in recordings:
        rank = answers.get(recorded.answer, 0)
        answers[recorded.answer] = rank + 1
        groups.setdefault((tuple(sorted(recorded.lines)), min(rank, 4)), []).append(recorded)
    order = sorted(groups, key=lambda key: key[1])  # type: ignore[arg-type, return-value]
    return in_turn([groups[key] for key in order], most)


def in_turn(groups: Sequence[Sequence[ChosenT]], most: int) -> list[ChosenT]:
    """Up to ``most`` members: the first of each group, then the second of each, and so on."""
    rounds = chain.from_iterable(zip_longest(*groups, fillvalue=_NONE))
    return list(islice((one for one in rounds if one is not _NONE), most))
