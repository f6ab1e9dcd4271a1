"""Makes a small change to a value, within its kind, so that a given input becomes its neighbour."""

from __future__ import annotations

import random
from typing import Any, Final

from prmdata.evidence.domain.features import is_number
from prmdata.evidence.inputs.sample import number_text, sample
from prmdata.evidence.inputs.value_pool import ValuePool
from prmdata.evidence.values import Call, Path

BRACKETS: Final = (("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"))


def mutate_call(call: Call, pool: ValuePool, rng: random.Random, strength: int = 1) -> Call:
    """``call`` with ``strength`` small changes. Sometimes two like-typed arguments change places, or an
    argument comes from another given input."""
    for _ in range(strength):
        if not call.values:
            return call
        way = rng.random()
        index = rng.randrange(len(call.values))
        path = call.paths[index]
        if way < 0.08 and len(call.values) > 1:
            other = rng.randrange(len(call.values))
            if type(call.values[other]) is type(call.values[index]):
                mine, theirs = call.values[index], call.values[other]
                call = call.with_value(index, theirs).with_value(other, mine)
                continue
        if way < 0.2 and pool.given:
            donor = rng.choice(pool.given)
            if len(donor.values) == len(call.values) and donor.names == call.names:
                call = call.with_value(index, donor.values[index])
                continue
        if way < 0.26:
            call = call.with_value(index, _from_elsewhere(call, index, rng))
            continue
        call = call.with_value(index, mutate(call.values[index], pool, path, rng))
    return call


def mutate(value: Any, pool: ValuePool, path: Path, rng: random.Random) -> Any:
    """A neighbour of ``value``, of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return _mutate_int(value, pool, path, rng)
    if isinstance(value, float):
        return _mutate_float(value, pool, path, rng)
    if isinstance(value, str):
        return _mutate_text(value, pool, path, rng)
    if isinstance(value, list):
        return _mutate_items(value, pool, path, rng)
    if isinstance(value, tuple):
        return _mutate_tuple(value, pool, path, rng)
    if isinstance(value, set | frozenset):
        items = _mutate_items(sorted(value, key=repr), pool, path, rng)
        return type(value)(item for item in items if _is_atom(item))
    if isinstance(value, dict):
        return _mutate_dict(value, pool, path, rng)
    return value if value is not None else sample(pool, path, rng)


def _mutate_int(value: int, pool: ValuePool, path: Path, rng: random.Random) -> int:
    way = rng.randrange(10)
    if way < 4:
        return value + (1, -1, 2, -2)[way]
    if way == 4:
        return value * 2
    if way == 5:
        return value // 2
    if way == 6:
        return -value
    if way == 7:
        return _mutate_digits(value, rng)
    fresh = sample(pool, path, rng, like=value)
    return fresh if isinstance(fresh, int) else value


def _mutate_digits(value: int, rng: random.Random) -> int:
    digits = list(str(abs(value)))
    place = rng.randrange(len(digits))
    digits[place] = rng.choice("0123456789")
    changed = int("".join(digits))
    return changed if value >= 0 else -changed


def _mutate_float(value: float, pool: ValuePool, path: Path, rng: random.Random) -> float:
    way = rng.randrange(8)
    if way < 4:
        return value + (1.0, -1.0, 0.5, -0.1)[way]
    if way == 4:
        return -value
    if way == 5:
        return float(round(value)) if abs(value) < 1e15 else value
    if way == 6:
        return value / 2
    fresh = sample(pool, path, rng, like=value)
    return fresh if isinstance(fresh, float) else value


def _mutate_text(value: str, pool: ValuePool, path: Path, rng: random.Random) -> str:
    if is_number(value) and rng.random() < 0.5:
        return number_text(value, pool, rng)
    letters = pool.letters(path)
    if rng.random() < 0.3 and (pairs := [pair for pair in BRACKETS if set(pair) <= set(letters)]):
        opening, closing = rng.choice(pairs)
        start, stop = sorted((rng.randrange(len(value) + 1), rng.randrange(len(value) + 1)))
        return value[:start] + opening + value[start:stop] + closing + value[stop:]
    way = rng.randrange(14)
    place = rng.randrange(len(value) + 1)
    if way == 0 or not value:
        return value[:place] + rng.choice(letters) + value[place:]
    place = min(place, len(value) - 1)
    if way == 1:
        return value[:place] + value[place + 1 :]
    if way in (2, 3):
        return value[:place] + rng.choice(letters) + value[place + 1 :]
    if way == 4:
        return value[:place] + value[place] + value[place:]
    if way == 5:
        other = rng.randrange(len(value))
        low, high = sorted((place, other))
        return (
            value[:low] + value[high] + value[low + 1 : high] + value[low] + value[high + 1 :]
            if low < high
            else value
        )
    if way == 6:
        return value[::-1]
    if way == 7:
        return value[: place + 1]
    if way == 8:
        return value[place:]
    if way == 9:
        return value[:place] + value[place].swapcase() + value[place + 1 :]
    if way == 10 and pool.literals.texts:
        return value[:place] + rng.choice(pool.literals.texts) + value[place + rng.randrange(2) :]
    if way == 13:
        return _grafted(value, pool.slot(path).values.get("str") or [value], rng)
    if way == 11:
        words = value.split(" ")
        rng.shuffle(words)
        return " ".join(words)
    return value + (value[::-1] if rng.random() < 0.5 else value[:place])


def _grafted(value: str, seen: list[str], rng: random.Random) -> str:
    """A word, or a letter where there are no words, is replaced by a whole text that was seen: an expression in place of
    an operand, say."""
    by = " " if " " in value else ""
    parts = value.split(by) if by else list(value)
    parts[rng.randrange(len(parts))] = rng.choice(seen)
    return by.join(parts)


def _mutate_items(value: list[Any], pool: ValuePool, path: Path, rng: random.Random) -> list[Any]:
    inner = (*path, "[]")
    is_of_texts = bool(value) and all(type(item) is str for item in value)
    way = rng.randrange(14 if is_of_texts else 12)
    if way in (0, 1) or not value:
        place = rng.randrange(len(value) + 1)
        return [*value[:place], sample(pool, inner, rng, like=0), *value[place:]]
    place, other = rng.randrange(len(value)), rng.randrange(len(value))
    if way in (2, 3):
        return value[:place] + value[place + 1 :]
    if way in (4, 5):
        return [*value[:place], mutate(value[place], pool, inner, rng), *value[place + 1 :]]
    if way == 6:
        return [*value[:place], value[other], *value[place:]]
    if way == 7:
        return [*value[:place], value[other], *value[place + 1 :]]
    if way == 8:
        changed = list(value)
        changed[place], changed[other] = changed[other], changed[place]
        return changed
    if way == 9:
        return value[::-1] if rng.random() < 0.5 else [*value, *rng.sample(value, len(value))]
    if way == 10:
        return value[: place + 1] if rng.random() < 0.5 else value[place:]
    if way > 11:
        return [*value[:place], _related_text(value[place], value[other], rng), *value[place + 1 :]]
    return rng.sample(value, len(value))


def _related_text(text: str, other: str, rng: random.Random) -> str:
    """A beginning or an end of another text, or one that begins or ends with both: some steps look for prefixes."""
    at = rng.randint(0, len(other))
    return rng.choice((other[:at], other[at:], other + text, text + other, other[:at] + text))


def _mutate_tuple(value: tuple[Any, ...], pool: ValuePool, path: Path, rng: random.Random) -> tuple[Any, ...]:
    lengths = set(pool.slot(path).lengths)
    if len(lengths) > 1 or not value:
        return tuple(_mutate_items(list(value), pool, path, rng))
    place = rng.randrange(len(value))
    at = (*path, place) if (*path, place) in pool.slots else (*path, "[]")
    return (*value[:place], mutate(value[place], pool, at, rng), *value[place + 1 :])


def _mutate_dict(value: dict[Any, Any], pool: ValuePool, path: Path, rng: random.Random) -> dict[Any, Any]:
    changed = dict(value)
    way = rng.randrange(4)
    if way == 0 or not changed:
        key = sample(pool, (*path, "k"), rng)
        if _is_atom(key) and key is not None:
            changed[key] = sample(pool, (*path, "v"), rng)
        return changed
    key = rng.choice(list(changed))
    if way == 1:
        del changed[key]
    elif way == 2:
        changed[key] = mutate(changed[key], pool, (*path, "v"), rng)
    else:
        item = changed.pop(key)
        fresh = mutate(key, pool, (*path, "k"), rng)
        changed[fresh if _is_atom(fresh) else key] = item
    return changed


def _from_elsewhere(call: Call, index: int, rng: random.Random) -> Any:
    """A value for one argument that is taken from the other arguments: an element, a length, or an end of a
    text."""
    mine = call.values[index]
    found = [mine]
    for place, other in enumerate(call.values):
        if place == index:
            continue
        if isinstance(mine, int) and not isinstance(mine, bool) and isinstance(other, str | list | tuple):
            found += [len(other), len(other) - 1, len(other) + 1]
        if isinstance(other, list | tuple):
            found += [item for item in other if type(item) is type(mine)]
        if isinstance(mine, str) and isinstance(other, str):
            found += [other, other[:1], other[-1:], other[: len(other) // 2]]
        elif type(mine) is type(other):
            found.append(other)
    return rng.choice(found)


def _is_atom(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
