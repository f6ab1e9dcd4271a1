"""What a statement guarantees of points and segments in the plane: that they do not meet, or that no three lie on one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from prmdata.evidence.inputs.grammar.input_grammar import Document, Field, GrammarItem, InputGrammar, Line

Point = tuple[float, float]
Segment = tuple[Point, Point]
PlaneRule = Callable[[Sequence[Point], Sequence[Segment]], bool]

_NOT: Final = r"(?:\bnot?\b|n['’]t\b|\bnone\b|\bnever\b|\bneither\b)"
_INTRODUCTION: Final = re.compile(r"^.*?guaranteed?,?(?: that)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlaneRules:
    """``rules`` hold of the points and segments of each input."""

    items: tuple[GrammarItem, ...] = ()
    rules: tuple[PlaneRule, ...] = ()

    def hold(self, document: Document) -> bool:
        if not self.rules:
            return True
        points, segments = _shapes(self.items, document)
        return all(rule(points, segments) for rule in self.rules)


def plane_rules(
    sentence: str, items: Sequence[GrammarItem], given: Sequence[Document]
) -> tuple[PlaneRule, ...]:
    """The rules of a guarantee, clause by clause; none where a clause says anything else, or a given input breaks one or has
    nothing that it could speak of."""
    clauses = re.split(r",\s*(?:and\s+)?(?:that\s+)?", _INTRODUCTION.sub("", sentence).strip(" ,"))
    found = [
        next((rule for pattern, rule in _RULES if pattern.search(clause)), None)
        for clause in clauses
        if clause.strip()
    ]
    rules = tuple(rule for rule in found if rule is not None)
    if not rules or len(rules) < len(found):
        return ()
    shapes = [_shapes(items, document) for document in given]
    return rules if all(_is_shown(rule, shapes) for rule in rules) else ()


def _is_shown(rule: PlaneRule, shapes: Sequence[tuple[list[Point], list[Segment]]]) -> bool:
    """Whether all given inputs keep a rule, and one has what it speaks of."""
    least_points, least_segments = _LEAST[rule]
    return all(rule(*each) for each in shapes) and any(
        len(points) >= least_points and len(segments) >= least_segments for points, segments in shapes
    )


def _shapes(items: Sequence[GrammarItem], document: Document) -> tuple[list[Point], list[Segment]]:
    """The points (lines of two numbers) and segments (lines of four) of an input."""
    points: list[Point] = []
    segments: list[Segment] = []
    counted = InputGrammar(tuple(items)).counts()
    for numbers in _lines(items, document, frozenset(counted)):
        if len(numbers) == 2:
            points.append((numbers[0], numbers[1]))
        elif len(numbers) == 4:
            segments.append(((numbers[0], numbers[1]), (numbers[2], numbers[3])))
    return points, segments


def _lines(
    items: Sequence[GrammarItem], document: Document, counted: frozenset[str]
) -> Iterator[list[float]]:
    """The numbers of each line that has nothing else, and no number that counts something."""
    for item in items:
        if not isinstance(item, Line):
            for row in document[item.name]:
                yield from _lines(item.items, row, counted)
        elif all(isinstance(part, Field) and part.name not in counted for part in item.parts):
            numbers = [document[part.name] for part in item.parts]
            if all(isinstance(each, int | float) for each in numbers):
                yield numbers


def _turn(a: Point, b: Point, c: Point) -> float:
    """Positive where the way from ``a`` over ``b`` to ``c`` turns left, zero where it goes straight on or back."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _is_on(point: Point, segment: Segment) -> bool:
    (x1, y1), (x2, y2) = segment
    is_within = min(x1, x2) <= point[0] <= max(x1, x2) and min(y1, y2) <= point[1] <= max(y1, y2)
    return is_within and _turn(*segment, point) == 0


def _meet(one: Segment, other: Segment) -> bool:
    if any(_is_on(end, one) for end in other) or any(_is_on(end, other) for end in one):
        return True
    parts = (_turn(*one, other[0]) > 0) != (_turn(*one, other[1]) > 0)
    return parts and (_turn(*other, one[0]) > 0) != (_turn(*other, one[1]) > 0)


def _are_long(_: Sequence[Point], segments: Sequence[Segment]) -> bool:
    return all(start != end for start, end in segments)


def _are_disjoint(_: Sequence[Point], segments: Sequence[Segment]) -> bool:
    return not any(_meet(one, other) for one, other in combinations(segments, 2))


def _are_off(points: Sequence[Point], segments: Sequence[Segment]) -> bool:
    return not any(_is_on(point, segment) for point in points for segment in segments)


def _are_different(points: Sequence[Point], _: Sequence[Segment]) -> bool:
    return len(set(points)) == len(points)


def _are_in_no_line(points: Sequence[Point], _: Sequence[Segment]) -> bool:
    return not any(_turn(*three) == 0 for three in combinations(points[:200], 3))


_LEAST: Final[dict[PlaneRule, tuple[int, int]]] = {
    _are_long: (0, 1), _are_disjoint: (0, 2), _are_off: (1, 1), _are_different: (2, 0), _are_in_no_line: (3, 0),
}  # fmt: skip
"""How many points and segments a given input has at least that shows a rule."""
_MEET: Final = r"\b(?:common points?|intersect|touch|cross|meet)"
_RULES: Final[tuple[tuple[re.Pattern[str], PlaneRule], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), rule)
    for pattern, rule in (
        (rf"\bsegments?\b.*{_NOT}.*\bdegenerate|\bsegments?\b.*\b(?:non-?zero|positive) length", _are_long),
        (rf"{_NOT}.*\bon\b.*\bsegments?\b", _are_off),
        (rf"\bsegments?\b.*{_NOT}.*{_MEET}|\bno (?:two )?segments\b.*{_MEET}", _are_disjoint),
        (r"\bno three\b.*\b(?:collinear|(?:same|one|single|straight|a) line)\b", _are_in_no_line),
        (
            rf"\bcoordinates\b.*{_NOT}.*\bthe same\b|\bno two points\b.*\b(?:coincide|the same)",
            _are_different,
        ),
        (rf"\bpoints\b.*(?:{_NOT}.*\bcoincide|\b(?:distinct|different)\b)", _are_different),
    )
)
"""What a clause says, and the rule that it is."""
