"""``pytest.approx``: numbers, and sequences and mappings of numbers, within a tolerance."""

from __future__ import annotations

import cmath
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


_RELATIVE, _ABSOLUTE = 1e-6, 1e-12


def approx(
    expected: Any, rel: float | None = None, abs: float | None = None, nan_ok: bool = False
) -> Approx:  # pytest's own name
    """Return what compares equal to all that is within ``abs`` of ``expected``, or within ``rel`` of its size."""
    for given in (rel, abs):
        if given is not None and (given < 0 or math.isnan(given)):
            raise ValueError("a tolerance must be positive")
    return Approx(expected, rel, abs, nan_ok)


class Approx:
    """Equal to what is near enough to ``expected``; what is no number compares as usual."""

    __hash__ = None  # type: ignore[assignment]
    __array_priority__ = 100

    def __init__(self, expected: Any, rel: float | None, abs_: float | None, nan_ok: bool) -> None:
        self.expected, self.rel, self.abs, self.nan_ok = expected, rel, abs_, nan_ok

    def __eq__(self, actual: object) -> bool:
        return self._same(actual, self.expected)

    def __ne__(self, actual: object) -> bool:
        return not self == actual

    def __repr__(self) -> str:
        return f"approx({self.expected!r})"

    def __bool__(self) -> bool:
        raise AssertionError("approx() is to be compared with ==")

    def _same(self, actual: Any, expected: Any) -> bool:
        if isinstance(expected, dict):
            return (
                isinstance(actual, dict)
                and actual.keys() == expected.keys()
                and all(self._one(actual[key], value) for key, value in expected.items())
            )
        if isinstance(expected, list | tuple):
            return (
                isinstance(actual, list | tuple)
                and len(actual) == len(expected)
                and all(map(self._one, actual, expected))
            )
        return self._one(actual, expected)

    def _one(self, actual: Any, expected: Any) -> bool:
        if isinstance(expected, list | tuple | dict):
            raise TypeError("approx() takes no nested containers")
        if not _is_number(expected) or not _is_number(actual):
            return bool(actual == expected)
        if actual == expected:
            return True
        if cmath.isnan(expected):
            return self.nan_ok and cmath.isnan(actual)
        if cmath.isinf(expected) or cmath.isnan(actual):
            return False
        return abs(expected - actual) <= self._tolerance(expected)

    def _tolerance(self, expected: Any) -> float:
        absolute = _ABSOLUTE if self.abs is None else self.abs
        if self.rel is None and self.abs is not None:
            return absolute
        return max((_RELATIVE if self.rel is None else self.rel) * abs(expected), absolute)


def _is_number(value: Any) -> bool:
    """Whether a tolerance applies: booleans and what cannot be subtracted are compared as they are."""
    return not isinstance(value, bool) and (
        isinstance(value, int | float | complex) or type(value).__name__ in ("Decimal", "Fraction")
    )
