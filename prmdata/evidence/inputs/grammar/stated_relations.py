"""Relations between the numbers of an input that a statement writes as formulas: "x_i ≠ y_i", "w + b ≥ n"."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.stated_bounds import NAME, plain_name, spelled

ROW: Final = "i"
"""The name of the place of a row among the rows that repeat, counted from 1."""
_SIGNS: Final[dict[str, Callable[[int, int], bool]]] = {
    "≠": operator.ne,
    "≥": operator.ge,
    ">": operator.gt,
    "≤": operator.le,
    "<": operator.lt,
}
_TERM: Final = rf"(?:\d+\s*\*?\s*)?{NAME}(?![A-Za-z])|\d+"
_SUM: Final = rf"(?:{_TERM})(?:\s*[-+]\s*(?:{_TERM}))*"
_RELATION: Final = re.compile(rf"(?<![\w+*^<≤,-])({_SUM})\s*([≠≥>≤<])\s*({_SUM})(?!\s*[\w+*^<≤≠≥>(-])")
_TERM_PARTS: Final = re.compile(rf"([-+]?)\s*(?:(\d+)\s*\*?\s*)?({NAME})?")
_FILLING: Final = re.compile(
    r"\b(it|is|it's|also|always|guaranteed|that|and|for|each|every|all|any|holds?)\b|[\W_]+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class StatedRelation:
    """The sum ``left`` stands in the relation ``sign`` to the sum ``right``, over names of a statement or of fields."""

    left: tuple[Count, ...]
    sign: str
    right: tuple[Count, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of both sides."""
        return frozenset(each.name for each in (*self.left, *self.right) if each.name is not None)

    def renamed(self, to_field: Mapping[str, str]) -> StatedRelation | None:
        """The relation between fields; None where a name is no field."""
        names = {**to_field, ROW: ROW}
        if not self.names <= names.keys():
            return None
        left, right = (
            tuple(Count(each.name and names[each.name], each.plus, each.scale) for each in side)
            for side in (self.left, self.right)
        )
        return StatedRelation(left, self.sign, right)

    def holds(self, known: Mapping[str, Any]) -> bool | None:
        """Whether the values of ``known`` are so related; None where one of them is missing or no number."""
        left, right = (
            [found for each in side if (found := each.of(known)) is not None]
            for side in (self.left, self.right)
        )
        if len(left) < len(self.left) or len(right) < len(self.right):
            return None
        return _SIGNS[self.sign](sum(left), sum(right))


def stated_relations(text: str) -> list[StatedRelation]:
    """The relations of ``text`` that no chain of bounds says: that two names differ, and those of sums of several."""
    found = []
    for match in _RELATION.finditer(spelled(text)):
        left, right = _sum(match[1]), _sum(match[3])
        relation = StatedRelation(left, match[2], right)
        several = max(sum(each.name is not None for each in side) for side in (left, right)) > 1
        if relation.names - {ROW} and (match[2] == "≠" or several):
            found.append(relation)
    return found


def says_only_relations(
    sentence: str, known: Collection[StatedRelation], to_field: Mapping[str, str]
) -> bool:
    """Whether ``sentence`` says nothing but relations, each of which is among the ``known`` ones of fields."""
    said = stated_relations(sentence)
    rest = _FILLING.sub("", _RELATION.sub("", spelled(sentence)))
    return bool(said) and not rest and all(each.renamed(to_field) in known for each in said)


def _sum(text: str) -> tuple[Count, ...]:
    terms = []
    for match in _TERM_PARTS.finditer(text):
        if not match[2] and not match[3]:
            continue
        sign = -1 if match[1] == "-" else 1
        size = sign * int(match[2] or 1)
        terms.append(Count(plain_name(match[3]), 0, size) if match[3] else Count(None, size))
    return tuple(terms)
