"""The smallest inputs of a problem whose input is a few numbers, all of them in turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Final

from prmdata.evidence.inputs.grammar.field_bounds import FieldBounds
from prmdata.evidence.inputs.grammar.input_grammar import Document, Field, GrammarItem, Line
from prmdata.evidence.inputs.grammar.numbers import SeenValues

_MOST: Final = 150
_FIELDS: Final = 3
_LEAST: Final = -5
"""Where a number may be less than this, its small values are those around zero, which drawing finds."""


def small_documents(
    items: Sequence[GrammarItem], bounds: FieldBounds, seen: Mapping[str, SeenValues]
) -> Iterator[Document]:
    """Up to 150 documents, the least sums first; none where ``items`` are not one line of at most three integers. Where the
    statement gives no bound, the least number is the least one seen."""
    (line,) = items if len(items) == 1 else (None,)
    if not isinstance(line, Line) or not 1 <= len(line.parts) <= _FIELDS:
        return
    if not all(isinstance(part, Field) and part.kind == "int" for part in line.parts):
        return
    names = [part.name for part in line.parts]
    lows = []
    for name in names:
        low, _ = bounds.range_of(name, {})
        least = low if low is not None else min(seen[name].values, default=0)
        if least < _LEAST:
            return
        lows.append(least)
    yield from islice(_growing(names, lows), _MOST)


def _growing(names: Sequence[str], lows: Sequence[int]) -> Iterator[Document]:
    for total in range(_MOST):
        for more in product(range(total + 1), repeat=len(names) - 1):
            if sum(more) <= total:
                values = (low + add for low, add in zip(lows, (*more, total - sum(more)), strict=True))
                yield dict(zip(names, values, strict=True))
