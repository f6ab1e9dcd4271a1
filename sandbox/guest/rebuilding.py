"""Makes values of the rarer kinds from decoded parts, without work that hostile text could choose.

A fraction is not reduced (a chosen common divisor takes minutes), and no table is filled with keys of one hash.
"""

from __future__ import annotations

import collections
import functools
from typing import TYPE_CHECKING

from .kinds import DecodeError

if TYPE_CHECKING:
    from typing import Any

    from .decoder import Decoder


_MAX_FIELDS = 100
_MAX_DIGITS = 100_000
_FLOOD = 1000
"""So many keys that share hashes are no accident: a table of n of them takes n² steps (60,000 took a judge 20 s)."""


def distinct(items: list[Any]) -> list[Any]:
    """Refuse keys that were chosen to meet in one place of a table."""
    if len(items) > _FLOOD and len(set(map(hash, items))) < len(items) - _FLOOD:
        raise DecodeError("keys of one hash")
    return items


@functools.lru_cache(maxsize=64)
def namedtuple_class(name: str, fields: tuple[Any, ...]) -> type[Any] | None:
    """Return a namedtuple's class for names that can be some; else None."""
    if len(fields) > _MAX_FIELDS or len(set(fields)) < len(fields) or not _is_name(name):
        return None
    if not all(_is_name(field) and field[0] != "_" for field in fields):
        return None
    try:
        return collections.namedtuple(name, fields)
    except ValueError:  # a keyword
        return None


def _is_name(text: object) -> bool:
    return type(text) is str and len(text) <= _MAX_FIELDS and text.isidentifier()


def _fraction(numerator: Any, denominator: Any) -> Any:
    """Return a fraction without reducing it: a candidate could choose numbers whose common divisor takes minutes."""
    if type(numerator) is not int or type(denominator) is not int or denominator <= 0:
        raise DecodeError("no fraction")
    made = object.__new__(__import__("fractions").Fraction)
    made._numerator, made._denominator = numerator, denominator
    return made


def rare(self: Decoder, body: Any, depth: int) -> Any:
    """Return the value of a ``u`` node."""
    name, *given = body
    given = self.items(given, depth)
    if name == "Decimal" and type(given[0]) is str and len(given[0]) <= _MAX_DIGITS:
        return __import__("decimal").Decimal(given[0])
    if name == "Fraction":
        return _fraction(*given)
    if name in ("timedelta", "timezone"):
        return getattr(__import__("datetime"), name)(*given)
    raise DecodeError("unknown kind")


def moment(self: Decoder, body: Any, depth: int) -> Any:
    """Return the value of a ``T`` node: a date, a time or both."""
    name, fields, *zone = body
    if name not in ("date", "time", "datetime"):
        raise DecodeError("unknown kind")
    more = {"tzinfo": self.build(zone[0], depth), "fold": zone[1]} if zone else {}
    return getattr(__import__("datetime"), name)(*fields, **more)
