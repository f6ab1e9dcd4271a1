"""Values that are nearly plain data, and the plain data that a test would see in them.

A right program may return an ``IntEnum`` member, a numpy number or a list of its own class: ``f(x) == 3`` is true of
each in plain Python. Of 35 right programs 20 failed because only exact types travelled. So a candidate's answers are
converted: a subclass becomes the plain type beneath it, a number or an array of numpy becomes Python's own, and an
object that is only looked at becomes its truth and its items (:class:`~.kinds.Thing`). Only what is converted
travels: code of the candidate's classes runs in the candidate's process, and never compares there.
"""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING

from .kinds import MAX_ITERATED

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .encoder import Encoder


_MAX_THINGS = 1000
_LEAVES: dict[type[Any], Callable[[Any], Any]] = {
    int: int.__pos__,
    float: float.__pos__,
    complex: complex.__pos__,
    str: str.__str__,
}
"""Each builtin's own method, which gives the exact type whatever the subclass overrides."""


def converted(
    encoder: Encoder,
    value: Any,
    kind: type[Any],
    depth: int,
    encoders: dict[type[Any], Callable[[Encoder, Any, int], Any]],
) -> Any:
    """Return the node of a value of type ``kind``, which is not plain, or None where nothing plain stands for it.

    ``encoders`` are those of the exact types: they read a subclass as they read the type itself.
    """
    for base in kind.__mro__:
        leaf = _LEAVES.get(base)
        if leaf is not None:
            return encoder.node(leaf(value), depth)
        own = encoders.get(base)
        if own is not None:
            return own(encoder, value, depth)
        taken = _taken(base)
        if taken is not None:
            return encoder.node(taken(value), depth)
    return None


def _taken(base: type[Any]) -> Callable[[Any], Any] | None:
    """Return the function that takes the plain data out of instances of ``base``, or None."""
    found = _BY_NAME.get((base.__module__, base.__name__))
    if found is None:
        return None
    module, name, take = found
    # The name alone proves nothing: a program may name its own class so.
    return take if getattr(sys.modules.get(module), name, None) is base else None


def _of_memory(view: memoryview) -> Any:
    return view.tobytes() if view.format == "B" and view.ndim == 1 else view.tolist()


def _data(value: Any) -> Any:
    return value.data


_BY_NAME: dict[tuple[str, str], tuple[str, str, Callable[[Any], Any]]] = {
    ("builtins", "memoryview"): ("builtins", "memoryview", _of_memory),
    ("builtins", "mappingproxy"): ("types", "MappingProxyType", dict),
    ("array", "array"): ("array", "array", lambda value: value.tolist()),
    ("collections", "UserString"): ("collections", "UserString", _data),
    ("collections", "UserList"): ("collections", "UserList", _data),
    ("collections", "UserDict"): ("collections", "UserDict", _data),
    ("collections", "ChainMap"): ("collections", "ChainMap", dict),
    ("fractions", "Fraction"): (
        "fractions",
        "Fraction",
        lambda value: sys.modules["fractions"].Fraction(value.numerator, value.denominator),
    ),
    ("decimal", "Decimal"): ("decimal", "Decimal", lambda value: sys.modules["decimal"].Decimal(str(value))),
    ("numpy", "generic"): ("numpy", "generic", lambda value: value.item()),
    ("numpy", "ndarray"): ("numpy", "ndarray", lambda value: value.tolist()),
}
"""Module and name by which a type calls itself, where it is found, and how its plain data is taken."""


def thing(encoder: Encoder, value: Any, depth: int) -> dict[str, Any] | None:
    """Return the node of an object as far as a test may look at it: its truth, and its items where it has some.

    Both are read now, so no later question of the judge shows the candidate what the test expects.
    """
    encoder.things += 1
    if encoder.things > _MAX_THINGS:
        return None
    kind = type(value)
    try:
        truth = bool(value)
    except Exception:
        truth = None
    items = None
    if hasattr(kind, "__iter__") or (hasattr(kind, "__getitem__") and hasattr(kind, "__len__")):
        try:
            found = list(islice(iter(value), MAX_ITERATED + 1))
        except Exception:
            found = None
        if found is not None and len(found) <= MAX_ITERATED:
            items = encoder.nodes(found, depth)
    return {"w": [str(kind.__name__)[:100], truth, items]}
