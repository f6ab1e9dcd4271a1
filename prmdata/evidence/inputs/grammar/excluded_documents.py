"""Documents with a number just outside of what the statement allows.

What programs do with them says nothing about their labels. It may show that a guard is not the same as no guard.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.field_bounds import FieldBounds
from prmdata.evidence.inputs.grammar.input_grammar import Document, GrammarItem
from prmdata.evidence.inputs.grammar.sampler import Sampler
from prmdata.evidence.inputs.grammar.stated_bounds import StatedBound
from prmdata.evidence.inputs.grammar.structures import SaidOfStructures

_DRAWN: Final = 3
"""How many documents are drawn for each number outside."""
_GREATEST: Final = 200
"""Greater numbers are not exceeded: a reference may take long for them, or fill tables that large."""


def excluded_documents(
    items: Sequence[GrammarItem], given: Sequence[Document], bounds: FieldBounds, said: SaidOfStructures
) -> Iterator[Document]:
    """Documents of ``items`` that the ``bounds`` exclude, each by one field. All else in them is drawn as usual."""
    rng = random.Random(0)
    for name, bound in bounds.bounds.items():
        for value in _outside(bound):
            only = (Count(None, value),)
            others = {**bounds.bounds, name: StatedBound(name, only, only)}
            sampler = Sampler(items, given, replace(bounds, bounds=others, relations=()), said)
            drawn = [sampler.draw(rng) for _ in range(_DRAWN)]
            yield from (each for each in drawn if each is not None and not bounds.hold(items, each))


def _outside(bound: StatedBound) -> list[int]:
    """The two numbers below the constants of a bound, and the one above them."""
    lows = [each.plus for each in bound.lows if each.name is None]
    highs = [each.plus for each in bound.highs if each.name is None]
    found = [max(lows) - 1, max(lows) - 2] if lows else []
    return found + ([min(highs) + 1] if highs and min(highs) < _GREATEST else [])
