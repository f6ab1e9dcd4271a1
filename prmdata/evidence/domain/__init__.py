"""The hull of the given inputs: the features that all of them have in common. It describes the inputs that
the problem takes.

The hull is learned, not declared. A feature counts if it holds for every given input to which it applies, and
if it applies to at least two inputs. Kinds, letters and words are treated in another way: only those that
were seen are inside. The hull is narrow on purpose, because an invalid input that is taken for a valid one
makes a right program look wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from prmdata.evidence.domain.checks import REACH_OF_ONE, SPREAD, Bounds, Checks
from prmdata.evidence.domain.observe import PARAMETRIC, Feature, Observed, observe
from prmdata.evidence.domain.relations import measures
from prmdata.evidence.domain.stated import NOTHING, Stated, read
from prmdata.evidence.values import Call, Path, encode

SUPPORT: Final = 2
CHANCE_SUPPORT: Final = 3
"""How many inputs a feature must apply to. The number is larger for features that two inputs often share by
chance."""

_CHANCY: Final = frozenset(
    {"length", "even length", "odd length", "pattern", "run", "first", "last", "palindrome", "ascending"}
    | {
        "beyond one",
        "prime",
        "composite",
        "one sign",
        "distinct throughout",
        "run of numbers",
        "run of numbers throughout",
    }
    | {"descending", "distinct", "!=", "unequal", "divides", "divided by", "unit", "integral", "square"}
)
_ALMOST: Final = frozenset(
    {
        "distinct throughout",
        "run of numbers",
        "run of numbers throughout",
        "rectangular",
        "square",
        "balanced",
        "tree",
        "tree from one",
    }
)
"""Features that are unlikely to be an accident. They also count if all given inputs but one have them, and
there are at least ``ALMOST_SUPPORT`` inputs (a test may hold a typing error, such as a grid of 1..16 in which
4 stands twice)."""
ALMOST_SUPPORT: Final = 6
_WORDS_CLOSED: Final = 12
_CHARS_CLOSED: Final = 4


@dataclass(frozen=True)
class InputDomain:
    """What every given input has. ``features`` must hold wherever they apply. At each path, only the kinds
    and the classes of letters that were seen may stand; if the letters or words that were seen form a closed
    set, only those may stand there."""

    arity: Counter[tuple[int, tuple[str, ...]]]
    features: frozenset[Feature]
    kinds: dict[Path, frozenset[str]]
    classes: dict[Path, frozenset[str]]
    chars: dict[Path, frozenset[str]]
    words: dict[Path, frozenset[str]]
    largest: dict[Path, float]
    spread: int = SPREAD
    stated: Stated = NOTHING
    given: tuple[Call, ...] = field(default=(), repr=False)
    _known: dict[str, frozenset[Feature]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The results of ``violations``, by the text of the call on the wire, because each call is asked about
    several times."""

    def contains(self, call: Call) -> bool:
        """Whether ``call`` is inside the hull."""
        return not self.violations(call)

    def violations(self, call: Call) -> frozenset[Feature]:
        """The features by which ``call`` is outside: those that fail, and those named ``kind``, ``letters``,
        ``word``, ``size``, ``count`` or ``arity`` for values that were never seen, and the one named ``stated`` for
        what the statement excludes."""
        try:
            text = encode(call)
        except ValueError:
            return self._violations(call)
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._violations(call)
        return known

    def _violations(self, call: Call) -> frozenset[Feature]:
        if (len(call.values), call.names) not in self.arity:
            return frozenset({("arity", (), ())})
        broken = self._checks.broken_by(call)
        broken.update(("count", path, ()) for path in self._false_counts(call))
        if self.stated.is_broken_by(call, broken):
            broken.add(("stated", (), ()))
        return frozenset(broken)

    def is_as_small(self, call: Call) -> bool:
        """Whether no number in ``call`` is larger, and no collection longer, than in the given inputs."""
        return all(size <= self.largest.get(path, size) for path, size in observe(call).largest.items())

    @cached_property
    def counts(self) -> dict[Path, tuple[Path, str]]:
        """The numbers that state a size in every given input, each with the value whose size it states, and
        which size that is (``length``, ``width``, or ``length plus one``)."""
        found: dict[Path, tuple[Path, str]] = {}
        for name, first, where in sorted(self.features, key=repr):
            if name != "<=" or (">=", first, where) not in self.features:
                continue
            second, mine, theirs = where
            if mine == "value" and theirs in _SIZES:
                found.setdefault(first, (second, theirs))
            elif theirs == "value" and mine in _SIZES:
                found.setdefault(second, (first, mine))
        return found

    def _false_counts(self, call: Call) -> Iterator[Path]:
        """The numbers that should state a size and cannot in this call: they are below zero or larger than
        the size."""
        if not self.counts:
            return
        slots = dict(call.slots())
        for path, (holder, size) in self.counts.items():
            number, sizes = slots.get(path), dict(measures(slots.get(holder)))
            if isinstance(number, int) and size in sizes and not 0 <= number <= sizes[size]:
                yield path

    def stated_by(self, statement: str, names: Sequence[str]) -> InputDomain:
        """The hull with what ``statement`` says of the arguments of a function with the parameters ``names``."""
        told = self.features.union(("letters", path, ()) for path in self.classes.keys() - self.chars.keys())
        stated = read(statement, names, self.given, told, self.kinds)
        return replace(self.without(stated.allows()), stated=stated)

    def without(self, features: Collection[Feature]) -> InputDomain:
        """The hull without the features in ``features``."""
        drop = frozenset(features)
        paths = {name: {path for n, path, _ in drop if n == name} for name in ("letters", "word", "size")}
        return replace(
            self,
            features=self.features - drop,
            classes={p: v for p, v in self.classes.items() if p not in paths["letters"]},
            chars={p: v for p, v in self.chars.items() if p not in paths["letters"]},
            words={p: v for p, v in self.words.items() if p not in paths["word"]},
        )

    def cap(self, path: Path) -> float:
        """The largest number, or the greatest length, that a value at ``path`` may have."""
        return self._bounds.cap(path)

    @cached_property
    def _checks(self) -> Checks:
        return Checks(self._bounds)

    @cached_property
    def _bounds(self) -> Bounds:
        features: dict[Path, list[Feature]] = {}
        for feature in self.features:
            features.setdefault(feature[1], []).append(feature)
        is_one_number = self.kinds.keys() == {(0,)} and self.kinds[0,] == {"int"} and self.spread > 1
        reach = REACH_OF_ONE if is_one_number else SPREAD
        return Bounds(
            features, self.kinds, self.classes, self.chars, self.words, self.largest, self.spread, reach
        )


_SIZES: Final = frozenset({"length", "width", "length plus one"})


def learn(calls: Sequence[Call], spread: int = SPREAD) -> InputDomain:
    """The hull of the given calls. Numbers may be ``spread`` times as large as the largest given one. If
    there is only one call, every feature counts: with nothing to compare it to, only inputs that are much
    like it are taken for valid."""
    observed = [observe(call) for call in calls]
    need = min(len(calls), SUPPORT), min(len(calls), CHANCE_SUPPORT)
    applies: Counter[Feature] = Counter()
    failing: Counter[Feature] = Counter()
    for seen in observed:
        applies.update(seen.facts)
        failing.update(key for key, holds in seen.facts.items() if not holds)
    fails = {
        key
        for key, count in failing.items()
        if count > 1 or key[0] not in _ALMOST or applies[key] < ALMOST_SUPPORT
    }
    fails |= _several_parameters(observed)
    features = frozenset(
        key
        for key, count in applies.items()
        if key not in fails and count >= (need[1] if key[0] in _CHANCY else need[0])
    )
    chars = _counted(seen.chars for seen in observed)
    words = _counted(seen.words for seen in observed)
    return InputDomain(
        arity=Counter((len(call.values), call.names) for call in calls),
        features=features,
        kinds=_union(seen.kinds for seen in observed),
        classes=_union(seen.classes for seen in observed),
        chars={p: frozenset(c) for p, c in chars.items() if _is_closed(c, _CHARS_CLOSED, 4)},
        words={p: frozenset(c) for p, c in words.items() if _is_closed(c, _WORDS_CLOSED, 2)},
        largest=_largest(observed),
        spread=spread,
        given=tuple(calls),
    )


def _several_parameters(observed: Sequence[Observed]) -> set[Feature]:
    """The features with a parameter that are not shown by some call to which their name applies."""
    bearing: Counter[tuple[str, Path]] = Counter()
    showing: Counter[Feature] = Counter()
    for seen in observed:
        keys = [key for key in seen.facts if key[0] in PARAMETRIC]
        bearing.update({(key[0], key[1]) for key in keys})
        showing.update(keys)
        # Elements of one collection that show two parameters share neither.
        by_name = Counter((key[0], key[1], key[2][:1] if key[0] == "run" else ()) for key in keys)
        showing.subtract({k: 1 for k in keys if by_name[k[0], k[1], k[2][:1] if k[0] == "run" else ()] > 1})
    return {key for key, count in showing.items() if count < bearing[key[0], key[1]]}


def _is_closed(counts: Counter[str], most: int, repeats: int) -> bool:
    """Whether the values that were seen look like a closed set: few different values, each seen again and
    again."""
    return 0 < len(counts) <= most and counts.total() >= max(repeats * len(counts), 6)


def _union(found: Iterable[dict[Path, set[str]]]) -> dict[Path, frozenset[str]]:
    union: dict[Path, set[str]] = {}
    for one in found:
        for path, values in one.items():
            union.setdefault(path, set()).update(values)
    return {path: frozenset(values) for path, values in union.items()}


def _counted(found: Iterable[dict[Path, Counter[str]]]) -> dict[Path, Counter[str]]:
    counted: dict[Path, Counter[str]] = {}
    for one in found:
        for path, values in one.items():
            counted.setdefault(path, Counter()).update(values)
    return counted


def _largest(observed: Iterable[Observed]) -> dict[Path, float]:
    largest: dict[Path, float] = {}
    for seen in observed:
        for path, size in seen.largest.items():
            largest[path] = max(largest.get(path, 0.0), size)
    return largest
