"""The sizes of generated inputs: what a slow reference could not do in its time, it cannot do for a larger input either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .plainjson import load

if TYPE_CHECKING:
    from typing import Any


_MOST = 10**18


def sizes(text: str) -> tuple[int, ...]:
    """Return the size of each argument of a call, or the whole size of a sequence of calls: numbers count by their value,
    texts and containers by their length and what is in them. A text for standard input has no sizes."""
    try:
        parts = load(text)
    except ValueError:  # no JSON, or an integer of over 4,300 digits
        return ()
    if type(parts) is not dict:
        return ()
    args = parts.get("a")
    return tuple(map(_size, args)) if type(args) is list else (_size(parts),)


def is_nowhere_smaller(text: str, other: str) -> bool:
    """Whether an input has the sizes of another one, or larger ones."""
    mine, theirs = sizes(text), sizes(other)
    return 0 < len(mine) == len(theirs) and all(map(int.__ge__, mine, theirs))


def _size(value: Any) -> int:
    if isinstance(value, (int, float)):
        return int(min(abs(value), _MOST)) if value == value else 0  # NaN has no size
    if isinstance(value, dict):
        return len(value) + sum(map(_size, value.values()))
    if isinstance(value, list):
        return len(value) + sum(map(_size, value))
    return len(value) if isinstance(value, str) else 0
