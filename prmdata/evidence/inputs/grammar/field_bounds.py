"""The stated bounds of an input's numbers, by the fields of its grammar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.input_grammar import (
    Document,
    Field,
    GrammarItem,
    InputGrammar,
    Line,
    Many,
    Repeat,
)
from prmdata.evidence.inputs.grammar.stated_bounds import StatedBound, stated_bounds

_NUMBERS: Final = ("int", "float")


@dataclass(frozen=True, slots=True)
class FieldBounds:
    """``bounds``: what the statement says of the fields that it names. It says something of every number of the input,
    or else nothing is taken from it: which name is which field is told by their order alone."""

    bounds: Mapping[str, StatedBound] = field(default_factory=dict)

    def range_of(self, name: str, known: Mapping[str, Any]) -> tuple[int | None, int | None]:
        """The least and the greatest value of a field, as far as it is said, given the values of other fields."""
        found = self.bounds.get(name)
        if found is None:
            return None, None
        lows = [low for each in found.lows if (low := each.of(known)) is not None]
        highs = [high for each in found.highs if (high := each.of(known)) is not None]
        return max(lows, default=None), min(highs, default=None)

    def hold(
        self, items: Sequence[GrammarItem], document: Document, outer: Mapping[str, Any] | None = None
    ) -> bool:
        """Whether every number of ``document`` is within its bounds."""
        known = {**(outer or {}), **document}
        for item in items:
            if isinstance(item, Repeat):
                if not all(self.hold(item.items, row, known) for row in document[item.name]):
                    return False
                continue
            for part in item.parts:
                value = document[part.name]
                low, high = self.range_of(part.name, known)
                for each in value if isinstance(part, Many) else [value]:
                    is_number = isinstance(each, int | float)
                    if is_number and ((low is not None and each < low) or (high is not None and each > high)):
                        return False
        return True


def field_bounds(grammar: InputGrammar, statement: str, given: Sequence[Document]) -> FieldBounds:
    """The bounds that ``statement`` gives the numbers of ``grammar``. Nothing where it bounds more or fewer names than
    there are numbers, or where a ``given`` input breaks them: then the names are others."""
    said = stated_bounds(statement)
    names = list(_number_names(grammar.items))
    if len(said) != len(names):
        return FieldBounds()
    to_field = {each.name: name for each, name in zip(said, names, strict=True)}
    found = FieldBounds(
        {
            to_field[each.name]: StatedBound(
                to_field[each.name], _in_fields(each.lows, to_field), _in_fields(each.highs, to_field)
            )
            for each in said
        }
    )
    return found if all(found.hold(grammar.items, document) for document in given) else FieldBounds()


def _in_fields(counts: Sequence[Count], to_field: Mapping[str, str]) -> tuple[Count, ...]:
    """``counts`` in terms of fields; what names no field is left out."""
    return tuple(
        Count(None if each.name is None else to_field[each.name], each.plus, each.scale)
        for each in counts
        if each.name is None or each.name in to_field
    )


def _number_names(items: Sequence[GrammarItem]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Line):
            yield from (part.name for part in item.parts if _is_numeric(part))
        else:
            yield from _number_names(item.items)


def _is_numeric(part: Field | Many) -> bool:
    return part.kind in _NUMBERS and not (isinstance(part, Many) and part.commands)
