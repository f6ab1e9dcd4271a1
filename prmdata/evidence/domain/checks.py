"""A hull prepared for many questions: at each path it holds only the tests of the features that the hull has
there.

``observe`` computes everything that a call shows, while a hull knows only a tenth of that. Asked through
``observe``, the inputs of a build took half of the time of prmdata itself. Both ways give the same answer (a
test compares them).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from prmdata.evidence.domain.features import TESTS, TESTS_OF_INTS, Fact, FeatureTest, char_class, shown_by
from prmdata.evidence.domain.observe import (
    DEPTH,
    ELEMENTS,
    PARAMETRIC,
    Feature,
    are_integers,
    is_record,
    is_row,
)
from prmdata.evidence.domain.relations import Relation, is_relation, relation
from prmdata.evidence.values import Call, Path

Pair = tuple[int, int, Feature, Relation]
"""The places of two values, and the relation that must hold between them."""


SPREAD: Final = 10
"""The problem takes numbers up to this multiple of the largest given number, and lengths up to twice the
longest given one plus ``SPREAD``."""


REACH_OF_ONE: Final = 200
"""So far go the numbers where a whole number is the only argument, however small the given ones are."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a hull allows at each path. (Nothing in this class refers back to the hull or to the objects above
    it. The checks of a problem must be freed when the problem is done, and a build hardly ever looks for
    cycles.)"""

    features: Mapping[Path, Sequence[Feature]]
    kinds: Mapping[Path, frozenset[str]]
    classes: Mapping[Path, frozenset[str]]
    chars: Mapping[Path, frozenset[str]]
    words: Mapping[Path, frozenset[str]]
    largest: Mapping[Path, float]
    spread: int
    reach: int

    def cap(self, path: Path) -> float:
        """The largest number, or the greatest length, that a value at ``path`` may have."""
        largest = self.largest.get(path, 0.0)
        if self.kinds.get(path, frozenset()) & {"int", "float"}:
            return max(self.spread * largest, self.reach)
        return largest + 2 if self.spread == 1 else 2 * largest + SPREAD

    def between(self, paths: Sequence[Path]) -> tuple[Pair, ...]:
        """The relations between values that stand at ``paths``."""
        order = {path: place for place, path in enumerate(paths)}
        return tuple(
            (place, order[feature[2][0]], feature, relation(feature[0], feature[2]))
            for place, path in enumerate(paths)
            for feature in self.features.get(path, ())
            if is_relation(feature[0]) and order.get(feature[2][0], -1) > place
        )


@dataclass(slots=True)
class CheckedValue:
    """The features by which one call is outside, and the features with a parameter that it shows."""

    broken: set[Feature] = field(default_factory=set)
    shown: dict[Place, set[Fact]] = field(default_factory=dict)


class Checks:
    """All checks of a hull."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._places: dict[Path, Place] = {}
        self._pairs: dict[tuple[Path, ...], tuple[Pair, ...]] = {}

    def broken_by(self, call: Call) -> set[Feature]:
        """The features by which ``call`` is outside."""
        paths, found = call.paths, CheckedValue()
        for path, value in zip(paths, call.values, strict=True):
            if path not in self._places:
                self._places[path] = Place(path, self._bounds)
            self._places[path].ask(value, DEPTH, found)
        if paths not in self._pairs:
            self._pairs[paths] = self._bounds.between(paths)
        _ask_pairs(self._pairs[paths], call.values, found.broken)
        for place, shown in found.shown.items():
            names = {name for name, _ in shown}
            for feature in place.parametric:
                if feature[0] in names and (feature[0], feature[2]) not in shown:
                    found.broken.add(feature)
        return found.broken


class Place:
    """The checks of values at one path. The checks for the elements of such a value are made when the first
    one is seen there."""

    def __init__(self, path: Path, bounds: Bounds) -> None:
        self._path = path
        self._bounds = bounds
        features = bounds.features.get(path, ())
        self._names = {feature[0]: feature for feature in features if feature[2] == ()}
        self.parametric = tuple(feature for feature in features if feature[0] in PARAMETRIC)
        self._kinds = bounds.kinds.get(path)
        self._cap = bounds.cap(path)
        self._classes = bounds.classes.get(path)
        self._chars = bounds.chars.get(path)
        self._words = bounds.words.get(path)
        self._kind, self._size, self._letters, self._word = (
            (name, path, ()) for name in ("kind", "size", "letters", "word")
        )
        self._tests = {kind: self._asked(tests) for kind, tests in TESTS.items()}
        self._tests_of_ints = self._asked(TESTS_OF_INTS)
        self._inner: dict[str | int, Place] = {}
        self._records: dict[int, tuple[Pair, ...]] = {}

    def ask(self, value: Any, depth: int, found: CheckedValue) -> None:
        """Note the features by which ``value`` is outside."""
        kind = type(value)
        broken = found.broken
        if self._kinds is not None and kind.__name__ not in self._kinds:
            broken.add(self._kind)
        for feature, test in self._tests.get(kind, ()):
            if test(value) is False:
                broken.add(feature)
        if self.parametric:
            self._show(value, found)
        if kind is int or kind is float:
            if abs(value) > self._cap:
                broken.add(self._size)
        elif kind is str:
            if len(value) > self._cap:
                broken.add(self._size)
            self._ask_text(value, found)
        elif kind in _HOLDERS:
            if len(value) > self._cap:
                broken.add(self._size)
            if kind is dict:
                self._ask_dict(value, depth, found)
            elif depth > 0:
                self._ask_elements(value, depth, found)

    def ask_ints(self, values: list[int], found: CheckedValue) -> None:
        """Does what ``ask`` does for several integers at once, because most elements are integers."""
        if self._kinds is not None and "int" not in self._kinds:
            found.broken.add(self._kind)
        for feature, test in self._tests_of_ints:
            if test(values) is False:
                found.broken.add(feature)
        if max(values) > self._cap or -min(values) > self._cap:
            found.broken.add(self._size)

    def _asked(self, tests: Mapping[str, FeatureTest]) -> tuple[tuple[Feature, FeatureTest], ...]:
        return tuple((self._names[name], test) for name, test in tests.items() if name in self._names)

    def _show(self, value: Any, found: CheckedValue) -> None:
        shown: Iterable[Fact] = shown_by(value)
        if shown:
            found.shown.setdefault(self, set()).update(shown)

    def _ask_text(self, value: str, found: CheckedValue) -> None:
        if self._classes is not None and not self._classes.issuperset(map(char_class, set(value))):
            found.broken.add(self._letters)
        if self._chars is not None and not self._chars.issuperset(value):
            found.broken.add(self._letters)
        words = value.split(" ")
        if self._words is not None and not self._words.issuperset(words):
            found.broken.add(self._word)
        if len(words) > 1:
            self._at("word").ask_words(words[:ELEMENTS], found)

    def ask_words(self, words: list[str], found: CheckedValue) -> None:
        """What a word shows by itself. Its letters and its length are noted for the whole text."""
        tests = self._tests[str]
        for word in words:
            for feature, test in tests:
                if test(word) is False:
                    found.broken.add(feature)
            if self.parametric:
                self._show(word, found)

    def _ask_dict(self, value: dict[Any, Any], depth: int, found: CheckedValue) -> None:
        keys, items = self._at("k"), self._at("v")
        for key, item in islice(value.items(), ELEMENTS):
            keys.ask(key, depth - 1, found)
            items.ask(item, depth - 1, found)

    def _ask_elements(self, value: Any, depth: int, found: CheckedValue) -> None:
        if is_record(value):
            for place, item in enumerate(value):
                self._at(place).ask(item, depth - 1, found)
            _ask_pairs(self._record(len(value)), value, found.broken)
        elif is_row(self._path, value):
            _ask_pairs(self._record(len(value)), value, found.broken)
        items = list(islice(value, ELEMENTS))
        if not items:
            return
        inner = self._at("[]")
        if are_integers(items):
            inner.ask_ints(items, found)
            return
        for item in items:
            inner.ask(item, depth - 1, found)

    def _at(self, step: str | int) -> Place:
        if step not in self._inner:
            self._inner[step] = Place((*self._path, step), self._bounds)
        return self._inner[step]

    def _record(self, size: int) -> tuple[Pair, ...]:
        if size not in self._records:
            self._records[size] = self._bounds.between([(*self._path, place) for place in range(size)])
        return self._records[size]


def _ask_pairs(pairs: Iterable[Pair], values: Sequence[Any], broken: set[Feature]) -> None:
    for first, second, feature, test in pairs:
        if test(values[first], values[second]) is False:
            broken.add(feature)


_HOLDERS: Final = frozenset({list, tuple, set, frozenset, dict})
