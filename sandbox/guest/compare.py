"""Whether an answer is the expected one. Runs in the judge, on decoded plain data only."""

from __future__ import annotations

import math
import re
from collections import deque
from typing import TYPE_CHECKING

from . import program
from .decoder import Decoder
from .kinds import MAX_ITERATED, CodecError, Instance, Mutated, Opaque, Raised, Thing

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


_MAX_COMPARISONS = 4_000_000
_OTHER_ITERABLES: tuple[type[Any], ...] = (
    dict,
    range,
    bytes,
    bytearray,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)
_NUMBER = re.compile(
    r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf(inity)?)", re.ASCII | re.IGNORECASE
)
_CONTEST_TOLERANCE = 1e-6
"""Where nothing else is said, an expected number of an output that has a point or an exponent is met within this,
relative or absolute, as contest judges have it; everything else is met exactly."""
_EXACT = 1 << 53
"""Below this a float holds every whole number."""


class Comparison:
    """One rule: ``default``/``exact``, ``float`` (within a tolerance), ``any-order``, ``checker``."""

    def __init__(self, rule: str, tolerance: float = 0.0, checker: str = "") -> None:
        self.rule = rule
        self.tolerance = tolerance
        self._checker: Any = None
        if rule == "checker":
            names = {"__name__": "checker"}
            exec(program.compiled(checker, "<checker>"), names)
            self._checker = names["ok"]

    def answers(
        self, given: Any, expected: str, got: str, classes: dict[str, type[Any]], by_truth: bool = False
    ) -> bool:
        """Whether the texts of two answers to the input ``given`` (a text) agree. ``by_truth``: where a truth value is
        expected, ``None`` is as good as ``False``."""
        if got == expected and self._checker is None:
            return True
        try:
            wanted, found = Decoder(classes).value(expected), Decoder(classes).value(got)
            if isinstance(wanted, Mutated) != isinstance(found, Mutated):
                wanted, found = _both_mutated(wanted, given), _both_mutated(found, given)
            if isinstance(wanted, Raised) or isinstance(found, Raised):
                return False
            if self._checker is not None:
                args, kwargs = Decoder(classes).call(given)
                # A checker reads an answer as often as it likes: an iterator would be empty the second time.
                given = [*args, *kwargs.values()]
                return bool(self._checker(given, _readable(wanted), _readable(found)))
            if by_truth and type(wanted) is bool and found is None:
                return not wanted
            return self.values(wanted, found)
        except (CodecError, RecursionError):
            return False

    def values(self, wanted: Any, found: Any) -> bool:
        """Whether two plain values agree. The program has passed the tests: where it returns another kind of
        iterable than the reference, tests read it item by item, and so does this."""
        if _is_sequence(wanted) and _is_other_iterable(found):
            found = type(wanted)(_items_of(found)) if type(wanted) in (list, tuple) else found
        elif _is_iterator(wanted) and (_is_sequence(found) or _is_other_iterable(found)):
            wanted, found = list(wanted), list(_items_of(found))
        if self.rule == "any-order" and _is_sequence(wanted) and _is_sequence(found):
            return self._in_any_order(list(wanted), list(found))
        return Same(self.tolerance if self.rule == "float" else None).same(wanted, found)

    def _in_any_order(self, wanted: list[Any], found: list[Any]) -> bool:
        if len(wanted) != len(found):
            return False
        for item in wanted:
            at = next((i for i, other in enumerate(found) if Same(None).same(item, other)), None)
            if at is None:
                return False
            del found[at]
        return True

    def outputs(self, given: str, expected: str, got: str) -> bool:
        """Whether a program's output is the expected one."""
        if self.rule == "exact":
            return got == expected
        if self._checker is not None:
            return bool(self._checker(given, expected, got))
        if self.rule == "any-order":
            return _in_any_order(_words_of_lines(expected), _words_of_lines(got))
        wanted, found = expected.split(), got.split()
        if wanted == found or len(wanted) != len(found):
            return wanted == found
        if self.rule == "float":
            return all(map(Same(self.tolerance).tokens, wanted, found))
        same = Same(_CONTEST_TOLERANCE)
        return all(
            a == b or (_has_point(a) and same.tokens(a, b)) for a, b in zip(wanted, found, strict=True)
        )


class Same:
    """Equality as Python has it, but for NaN (equal to itself) and, with a tolerance, numbers."""

    def __init__(self, tolerance: float | None) -> None:
        self._tolerance = tolerance
        self._left = _MAX_COMPARISONS
        self._open: set[tuple[int, int]] = set()

    def same(self, a: Any, b: Any) -> bool:
        self._left -= 1
        if self._left < 0:
            raise RecursionError("too much to compare")
        if isinstance(a, Opaque) or isinstance(b, Opaque):
            return type(a) is bool and isinstance(b, Thing) and a is b.truth
        if isinstance(a, Mutated) and isinstance(b, Mutated):
            return self.same(a.args, b.args)
        if isinstance(a, float | complex) or isinstance(b, float | complex):
            return self._numbers(a, b)
        if isinstance(a, list | tuple | deque) and isinstance(b, list | tuple | deque):
            kinds = (list, tuple, deque)
            alike = next(k for k in kinds if isinstance(a, k)) is next(k for k in kinds if isinstance(b, k))
            return alike and len(a) == len(b) and self._entering(a, b, lambda: all(map(self.same, a, b)))
        if isinstance(a, dict) and isinstance(b, dict):
            return self._entering(a, b, lambda: self._dicts(a, b))
        if isinstance(a, Instance) and isinstance(b, Instance):
            return a.name == b.name and self._entering(a, b, lambda: self._dicts(a.attrs, b.attrs))
        if _is_iterator(a) and _is_iterator(b):
            return self.same(list(a), list(b))
        own = getattr(a, "__dict__", None)
        if type(own) is dict and type(a) is type(b) and type(a).__eq__ is object.__eq__:  # type: ignore[comparison-overlap]
            return self._entering(a, b, lambda: self._dicts(own, b.__dict__))  # type: ignore[unreachable]
        return bool(a == b)

    def tokens(self, a: str, b: str) -> bool:
        """Whether two words of output agree: as text or as numbers. Only an expected number with a point or an exponent
        has a tolerance; a whole number may be written otherwise (5.0) but not be another one."""
        if a == b:
            return True
        if not _NUMBER.fullmatch(a) or not _NUMBER.fullmatch(b):
            return False
        if a.lstrip("+-").isdigit():
            return float(a) == float(b) and abs(float(a)) < _EXACT
        return self._numbers(float(a), float(b))

    def _numbers(self, a: Any, b: Any) -> bool:
        try:
            if a == b or (a != a and b != b):
                return True
            if self._tolerance is None or isinstance(a, complex) or isinstance(b, complex):
                return False
            return math.isclose(a, b, rel_tol=self._tolerance, abs_tol=self._tolerance)
        except (TypeError, OverflowError):
            return False

    def _dicts(self, a: dict[Any, Any], b: dict[Any, Any]) -> bool:
        return len(a) == len(b) and all(key in b and self.same(found, b[key]) for key, found in a.items())

    def _entering(self, a: object, b: object, compare: Callable[[], bool]) -> bool:
        """Compare two containers; a pair met again inside itself agrees as far as the rest does."""
        pair = (id(a), id(b))
        if pair in self._open:
            return True
        self._open.add(pair)
        try:
            return compare()
        finally:
            self._open.discard(pair)


def _has_point(token: str) -> bool:
    return any(mark in token for mark in ".eE") and _NUMBER.fullmatch(token) is not None


def _words_of_lines(text: str) -> list[list[str]]:
    return [words for words in map(str.split, text.split("\n")) if words]


def _in_any_order(wanted: list[list[str]], found: list[list[str]]) -> bool:
    """Whether two outputs hold the same lines in any order, or line by line the same words in any order. A word
    never moves to another line: rows and columns of a table would be the same."""
    return sorted(wanted) == sorted(found) or list(map(sorted, wanted)) == list(map(sorted, found))


def _is_other_iterable(value: Any) -> bool:
    return isinstance(value, _OTHER_ITERABLES) or _is_iterator(value) or isinstance(value, Thing)


def _items_of(value: Any) -> list[Any]:
    if isinstance(value, Thing):
        if value.items is None:
            raise CodecError("an object without items")
        return value.items
    if len(value) > MAX_ITERATED if hasattr(value, "__len__") else False:
        raise CodecError("too many items")
    return list(value)


def _readable(value: Any) -> Any:
    """Return an answer that can be read more than once."""
    if isinstance(value, Thing) and value.items is not None:
        return [_readable(item) for item in value.items]
    if _is_iterator(value):
        return [_readable(item) for item in value]
    if type(value) in (list, tuple):
        return type(value)(map(_readable, value))
    return {key: _readable(found) for key, found in value.items()} if type(value) is dict else value


def _is_sequence(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _is_iterator(value: Any) -> bool:
    return hasattr(type(value), "__next__")


def _both_mutated(answer: Any, given: str) -> Any:
    """None with nothing changed, seen beside an answer that changed something: the arguments as given."""
    return Mutated(Decoder().call(given)[0]) if answer is None else answer
