"""Fresh values of the kinds seen at a path."""

from __future__ import annotations

import random
from typing import Any, Final

from prmdata.evidence.domain.features import is_number
from prmdata.evidence.inputs.value_pool import Slot, ValuePool
from prmdata.evidence.values import Path, kind_of

_SMALL: Final = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, -1, -2, -3)


LONG: Final = 24
LONG_SHARE: Final = 0.12
"""The share of new texts and collections that are longer than every given one, and how long they are at most: what a step
does may show in larger ones only (the lower part of a heap of ten)."""


def sample(pool: ValuePool, path: Path, rng: random.Random, like: Any = None) -> Any:
    """A value for ``path``. ``like`` gives the kind if nothing was ever seen there."""
    slot = pool.slot(path)
    kinds = slot.kinds or [kind_of(like)]
    kind = rng.choice(kinds)
    if kind == "int":
        return sample_int(slot, pool, rng)
    if kind == "float":
        return sample_float(slot, pool, rng)
    if kind == "str":
        return sample_text(slot, pool, path, rng)
    if kind == "bool":
        return rng.random() < 0.5
    if kind in ("list", "tuple", "set", "frozenset"):
        return _sample_collection(kind, slot, pool, path, rng)
    if kind == "dict":
        keys = [sample(pool, (*path, "k"), rng) for _ in range(_length(slot, rng))]
        return {key: sample(pool, (*path, "v"), rng) for key in keys if _hashable(key)}
    return rng.choice(slot.values[kind]) if slot.values.get(kind) else like


def sample_int(slot: Slot, pool: ValuePool, rng: random.Random) -> int:
    """Small numbers, numbers that were seen and their neighbours, literals, any number in the range that was
    seen, and a few that are several times larger."""
    seen: list[int] = slot.values.get("int", [])
    way = rng.random()
    if way < 0.3 or not seen:
        return rng.choice(_SMALL)
    if way < 0.5 and pool.literals.integers:
        return rng.choice(pool.literals.integers)
    if way < 0.7:
        return rng.choice(seen) + rng.choice((-1, 0, 0, 1, 2))
    low, high = min(seen), max(seen)
    if way > 1 - LONG_SHARE:
        return rng.randint(low, 8 * max(high, 0) + 60)
    span = max((high - low) // 2, 4)
    return rng.randint(low - span, high + span)


def sample_float(slot: Slot, pool: ValuePool, rng: random.Random) -> float:
    """Numbers that were seen and numbers near them, halves, whole numbers, literals, and any number in the
    range that was seen."""
    seen: list[float] = slot.values.get("float", [])
    way = rng.random()
    if way < 0.2 or not seen:
        return rng.choice(_SMALL) + rng.choice((0.0, 0.5, 0.25))
    if way < 0.35 and pool.literals.floats:
        return rng.choice(pool.literals.floats)
    if way < 0.6:
        return rng.choice(seen) + rng.choice((0.0, 0.1, -0.1, 1.0, 0.5))
    low, high = min(seen), max(seen)
    return round(rng.uniform(low - 1, high + 1), rng.choice((0, 1, 2, 3)))


def sample_text(slot: Slot, pool: ValuePool, path: Path, rng: random.Random) -> str:
    """Texts that were seen, literals, words in new combinations, and letters drawn from those that were seen."""
    seen: list[str] = slot.values.get("str", [])
    way = rng.random()
    if way < 0.15 and seen:
        return rng.choice(seen)
    if way < 0.3 and pool.literals.texts:
        return rng.choice(pool.literals.texts)
    if way < 0.55 and len(slot.words) > 1 and any(" " in text for text in seen):
        return " ".join(rng.choice(slot.words) for _ in range(rng.randint(1, 6)))
    if seen and all(map(is_number, seen)):
        return number_text(rng.choice(seen), pool, rng)
    letters = slot.letters if slot.letters and rng.random() < 0.5 else pool.letters(path)
    if rng.random() < 0.6:
        letters = [rng.choice(letters) for _ in range(rng.randint(1, 3))]
    return "".join(rng.choice(letters) for _ in range(_length(slot, rng)))


def number_text(text: str, pool: ValuePool, rng: random.Random) -> str:
    """A number written in the way of ``text``: its neighbours, halves, literals, or the other sign."""
    value = float(text)
    way = rng.randrange(6)
    if way == 0 and pool.literals.integers:
        value = float(rng.choice(pool.literals.integers))
    elif way == 1:
        value = -value
    elif way == 2:
        value = float(rng.choice(_SMALL))
    elif way == 3:
        value += rng.choice((1, -1))
    if "." in text and rng.random() < 0.8:
        value = int(value) + rng.choice((0.5, -0.5, 0.1, 0.9, 0.49, 0.51, 0.0))
    whole = "." not in text and rng.random() < 0.7
    return str(int(value)) if whole or value == int(value) else f"{value:.10g}"


def _sample_collection(
    kind: str, slot: Slot, pool: ValuePool, path: Path, rng: random.Random, n: int | None = None
) -> Any:
    """``n`` is the length, if it is to be a certain one."""
    inner = (*path, "[]")
    if kind == "tuple" and len(set(slot.lengths)) == 1 and (*path, 0) in pool.slots:
        return tuple(sample(pool, (*path, place), rng) for place in range(slot.lengths[0]))
    size = _length(slot, rng) if n is None else n
    row = pool.slot(inner)
    if row.kinds == ["list"] and rng.random() < 0.5:
        # Rows of one length. The shortest of many rows is short, so rows that are cut to it make small matrices only.
        length = _length(row, rng)
        items = [_sample_collection("list", row, pool, inner, rng, length) for _ in range(size)]
    elif rng.random() < 0.4:
        # Few different values: ties and duplicates.
        palette = [sample(pool, inner, rng) for _ in range(rng.randint(1, 3))]
        items = [rng.choice(palette) for _ in range(size)]
    else:
        items = [sample(pool, inner, rng) for _ in range(size)]
    if rng.random() < 0.15:
        items = _sorted(items, rng)
    if kind in ("set", "frozenset"):
        items = [item for item in items if _hashable(item)]
    made: Any = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind](items)
    return made


def _length(slot: Slot, rng: random.Random) -> int:
    longest = max(slot.lengths, default=4)
    if rng.random() < LONG_SHARE:
        return rng.randint(longest, max(longest, min(2 * longest + 4, LONG)))
    if slot.lengths and rng.random() < 0.4:
        return max(rng.choice(slot.lengths) + rng.choice((-1, 0, 0, 1)), 0)
    return rng.randint(0, min(longest + 2, 12))


def _sorted(items: list[Any], rng: random.Random) -> list[Any]:
    try:
        return sorted(items, reverse=rng.random() < 0.3)
    except TypeError:
        return items


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
