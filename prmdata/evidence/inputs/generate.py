"""Draws calls to try, inside the hull and just outside it, in one seeded stream."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from itertools import islice, permutations
from typing import Any, Final

from prmdata.evidence.domain import InputDomain
from prmdata.evidence.domain.observe import Feature
from prmdata.evidence.inputs.mutate import mutate_call
from prmdata.evidence.inputs.repair import Repairer
from prmdata.evidence.inputs.sample import sample
from prmdata.evidence.inputs.small_values import small_calls
from prmdata.evidence.inputs.value_pool import ValuePool
from prmdata.evidence.values import Call, encode

TRIES: Final = 6
"""The most calls that are drawn for each call that is wanted."""
SMALL: Final = 160
"""How many calls of the small scopes are looked at."""

MALFORMED: Final = frozenset(
    {
        "kind",
        "arity",
        "size",
        "count",
        "pattern",
        "run",
        "number",
        "balanced",
        "no leading zero",
        "first",
        "last",
    }
)
"""The features that make a call no input of the problem at all: other kinds or sizes, impossible counts,
texts of another form. What a program does with such a call says nothing about its steps."""


def draw(
    domain: InputDomain,
    pool: ValuePool,
    rng: random.Random,
    wanted: int,
    seeds: Sequence[Call],
    known: set[str],
) -> tuple[list[Call], list[Call]]:
    """About ``wanted`` calls inside the hull, and the calls outside it that were drawn on the way and are not
    ``MALFORMED`` (those that the statement excludes are among them). Texts in ``known`` are skipped, and every call that is returned is added to it."""
    inside: list[Call] = []
    outside: list[Call] = []
    for call in islice(_stream(domain, pool, rng, seeds), TRIES * wanted + SMALL):
        try:
            text = encode(call)
        except ValueError:
            continue
        if text in known:
            continue
        known.add(text)
        broken = domain.violations(call)
        if not broken:
            inside.append(call)
            if len(inside) >= wanted:
                break
        elif not any(name in MALFORMED for name, _, _ in broken):
            outside.append(call)
    return inside, outside


def is_excluded(broken: Collection[Feature]) -> bool:
    """Whether the statement excludes a call that is outside by ``broken``."""
    return any(name == "stated" for name, _, _ in broken)


def _stream(
    domain: InputDomain, pool: ValuePool, rng: random.Random, seeds: Sequence[Call]
) -> Iterator[Call]:
    """Small calls, neighbours of the seeds, and fresh calls, in turn and without end."""
    small = small_calls(pool, SMALL)
    repairer = Repairer(domain, rng)
    seeds = seeds or pool.given
    for call in seeds:
        yield from permuted(call)
    while seeds:
        for _ in range(2):
            tiny = next(small, None)
            if tiny is not None:
                yield tiny
        for _ in range(3):
            call = mutate_call(rng.choice(seeds), pool, rng, strength=rng.choice((1, 1, 2, 3)))
            yield call
            if (repaired := repairer.repair(call)) is not None:
                yield repaired
        base = rng.choice(seeds)
        call = Call(tuple(sample(pool, path, rng) for path in base.paths), base.names)
        yield call
        if (repaired := repairer.repair(call)) is not None:
            yield repaired


def permuted(call: Call) -> Iterator[Call]:
    """The orders of the like-typed arguments of ``call``, if they are few."""
    if 2 <= len(call.values) <= 4:
        kinds = [type(value) for value in call.values]
        for order in permutations(range(len(call.values))):
            if [kinds[place] for place in order] == kinds:
                yield Call(tuple(call.values[place] for place in order), call.names)


LARGE: Final = (10_007, 999_999, 1_000_000_000, 1_000_003, 1_000_000_007, int("97" * 20), 49_999_991)
"""Primes, numbers with only small factors, and one number with many large digits. They are the worst cases
for counting, for recorded division from either end, and for floats. The last one is a prime whose root is within the
work of a quick reference, and to divide by all numbers up to a half of it takes too long."""


def large_calls(domain: InputDomain, given: Sequence[Call], rng: random.Random) -> list[Call]:
    """Given calls in which one whole number (an argument, or an element of a list) is replaced by a ``LARGE``
    one, in the order of ``LARGE``. Only calls are returned that break nothing but sizes and what depends on a
    size."""
    found: list[Call] = []
    for number in LARGE:
        call = rng.choice(given) if given else Call(())
        for place, value in enumerate(call.values):
            larger = _enlarged(value, number, rng)
            if larger is None:
                continue
            changed = call.with_value(place, larger)
            names = {name for name, _, _ in domain.violations(changed)}
            if names and names <= _DECIDED_BY_SIZE:
                found.append(changed)
    return found


def _enlarged(value: Any, number: int, rng: random.Random) -> Any:
    """``value``, with itself or one of its numbers replaced by ``number``; None if no number became larger."""
    if type(value) is int:
        return None if abs(value) >= number else number if value >= 0 else -number
    if not isinstance(value, list | tuple) or not value:
        return None
    place = rng.randrange(len(value))
    larger = _enlarged(value[place], number, rng) if type(value[place]) is int else None
    return None if larger is None else type(value)((*value[:place], larger, *value[place + 1 :]))


def fractional_calls(given: Sequence[Call], rng: random.Random) -> list[Call]:
    """Given calls in which some whole numbers (arguments, or elements of a list) have a fraction. They are of another kind
    than every given input, so that they can only dispute."""
    calls = [
        Call(tuple(_with_fractions(value, rng) for value in call.values), call.names)
        for call in given[:FRACTIONAL]
    ]
    return [call for call, whole in zip(calls, given, strict=False) if call != whole]


FRACTIONAL: Final = 6


def _with_fractions(value: Any, rng: random.Random) -> Any:
    if type(value) is int:
        return value + rng.choice((0.0, 0.5, 0.5, 0.25))
    if isinstance(value, list | tuple):
        return type(value)(_with_fractions(item, rng) for item in value)
    return value


_DECIDED_BY_SIZE: Final = frozenset({"size", "prime", "composite", "<=", ">=", "divides", "divided by"})
