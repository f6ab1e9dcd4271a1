"""Everything that one call shows: the features at each path, and the kinds, letters and words that stand
there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from prmdata.evidence.domain.features import RECORD_LENGTH, Fact, char_class, facts_of, facts_of_ints
from prmdata.evidence.domain.relations import relations_of, relations_of_numbers
from prmdata.evidence.values import Call, Path, kind_of

Feature = tuple[str, Path, tuple[Any, ...]]
"""The name, the path and the parameters."""

PARAMETRIC: Final = frozenset({"length", "pattern", "run", "first", "last", "numbers from"})
"""Features with a parameter. A call that shows another parameter breaks them."""

DEPTH: Final = 5
ELEMENTS: Final = 60
"""How many elements of a longer collection are looked at one by one."""


@dataclass(slots=True)
class Observed:
    """What one call shows. ``facts``: the features that apply, and whether they hold. ``kinds``, ``classes``,
    ``chars`` and ``words``: what stands at a path. ``largest``: the largest magnitude or length at a path."""

    facts: dict[Feature, bool] = field(default_factory=dict)
    kinds: dict[Path, set[str]] = field(default_factory=dict)
    classes: dict[Path, set[str]] = field(default_factory=dict)
    chars: dict[Path, Counter[str]] = field(default_factory=dict)
    words: dict[Path, Counter[str]] = field(default_factory=dict)
    largest: dict[Path, float] = field(default_factory=dict)

    def add(self, path: Path, found: Iterable[tuple[Fact, bool]]) -> None:
        for (name, parameters), holds in found:
            key = name, path, parameters
            self.facts[key] = holds and self.facts.get(key, True)

    def add_relations(self, found: Iterable[tuple[Path, Fact, bool]]) -> None:
        for path, fact, holds in found:
            self.add(path, ((fact, holds),))

    def enlarge(self, path: Path, size: float) -> None:
        self.largest[path] = max(self.largest.get(path, 0), size)


def observe(call: Call) -> Observed:
    """Everything that ``call`` shows."""
    seen = Observed()
    slots = list(call.slots())
    for path, value in slots:
        _walk(seen, path, value, DEPTH)
    seen.add_relations(relations_of(slots))
    return seen


def _walk(seen: Observed, path: Path, value: Any, depth: int) -> None:
    seen.kinds.setdefault(path, set()).add(kind_of(value))
    seen.add(path, facts_of(value))
    if isinstance(value, str):
        seen.classes.setdefault(path, set()).update(map(char_class, value))
        seen.chars.setdefault(path, Counter()).update(value)
        words = value.split(" ")
        seen.words.setdefault(path, Counter()).update(words)
        if len(words) > 1:
            for word in words[:ELEMENTS]:
                seen.add((*path, "word"), facts_of(word))
        seen.enlarge(path, len(value))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        seen.enlarge(path, abs(value))
    elif isinstance(value, dict):
        seen.enlarge(path, len(value))
        for key, item in list(value.items())[:ELEMENTS]:
            _walk(seen, (*path, "k"), key, depth - 1)
            _walk(seen, (*path, "v"), item, depth - 1)
    elif isinstance(value, list | tuple | set | frozenset):
        seen.enlarge(path, len(value))
        _walk_elements(seen, path, value, depth)


def _walk_elements(seen: Observed, path: Path, value: Any, depth: int) -> None:
    if depth <= 0:
        return
    if is_record(value):
        slots = [((*path, place), item) for place, item in enumerate(value)]
        for place, item in slots:
            _walk(seen, place, item, depth - 1)
        seen.add_relations(relations_of(slots))
    elif is_row(path, value):
        seen.add_relations(relations_of_numbers([((*path, place), item) for place, item in enumerate(value)]))
    items = list(value)[:ELEMENTS]
    inner = (*path, "[]")
    if items and are_integers(items):
        _walk_ints(seen, inner, items)
        return
    for item in items:
        _walk(seen, inner, item, depth - 1)


def _walk_ints(seen: Observed, path: Path, items: list[int]) -> None:
    """Does what ``_walk`` does for each of several integers, but for all at once, because most elements are
    integers."""
    seen.kinds.setdefault(path, set()).add("int")
    seen.add(path, facts_of_ints(items))
    seen.enlarge(path, max(map(abs, items)))


def are_integers(items: list[Any]) -> bool:
    """Whether all values are integers, so that they may be looked at together."""
    return set(map(type, items)) == {int}


def is_record(value: Any) -> bool:
    """Whether a sequence is also looked at position by position: short tuples are, and short lists of mixed
    kinds."""
    if not isinstance(value, list | tuple) or not 1 < len(value) <= RECORD_LENGTH:
        return False
    return isinstance(value, tuple) or len({type(item) for item in value}) > 1


def is_row(path: Path, value: Any) -> bool:
    """Whether a value that stands at ``path`` is a row of few integers in a list: its columns are compared with each other
    (an interval starts before it ends)."""
    is_short = isinstance(value, list | tuple) and 1 < len(value) <= RECORD_LENGTH
    return is_short and path[-1] == "[]" and are_integers(list(value))
