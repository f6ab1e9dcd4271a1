"""Makes a small change to a sequence of calls, so that a given sequence becomes its neighbour."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from prmdata.evidence.sequences import (
    CallKind,
    CallStep,
    Steps,
    inserted,
    joined,
    kinds_of,
    without,
)
from prmdata.evidence.values import Call, decode, encode

_STRENGTHS: Final = (1, 1, 2, 2, 3, 4)
ENTRY_OR_ROOT: Final = -9
FIRST: Final = 8
FEW: Final = 4
"""How many calls of each kind supply the values of a sequence that is drawn anew."""


@dataclass(frozen=True, slots=True)
class Ingredients:
    """The material for sequences: calls of each kind of step, and the steps that tests take on each kind of
    object."""

    calls: Mapping[CallKind, Sequence[str]]
    steps: Mapping[CallKind, Sequence[CallStep]]


def changed(base: Steps, given: Sequence[Steps], ingredients: Ingredients, rng: random.Random) -> Steps:
    """``base`` with a few changes: other arguments, steps that are repeated, added, removed or swapped, a
    shorter end, or another sequence after it. In half of the cases a sequence is drawn anew instead."""
    if rng.random() < 1 / 2:
        return _anew(base, max(map(len, given)), ingredients, rng)
    steps = base
    for _ in range(rng.choice(_STRENGTHS)):
        if not steps:
            return base
        way = rng.randrange(14)
        place = rng.randrange(len(steps))
        if way < 4:
            steps = _with_call(steps, place, ingredients, rng)
        elif way < 6:
            steps = _with_value_from_beside(steps, place, rng)
        elif way < 8:
            steps = inserted(steps, place + 1, steps[place])
        elif way < 10:
            steps = _with_step(steps, ingredients, rng)
        elif way == 10:
            steps = without(steps, [place])
        elif way == 11:
            steps = steps[: place + 1]
        elif way == 12:
            steps = _swapped(steps, place)
        else:
            steps = joined([steps, rng.choice(given)])
    return steps


def _anew(base: Steps, longest: int, ingredients: Ingredients, rng: random.Random) -> Steps:
    """The steps of ``base`` that make objects, and then other steps at random. All steps take their arguments
    from a few values, so that one step finds what another one stored."""
    makes = [kind in ingredients.steps for kind in kinds_of(base)]
    steps = without(base, [place for place in range(len(base)) if not makes[place] or base[place].on >= 0])
    if rng.random() < 1 / 2:
        steps = steps[:1]
    run = tuple(_run(steps, longest, ingredients, rng)) if rng.random() < 1 / 2 else ()
    values: dict[type, list[Any]] = {}
    for some in (decode(step.call or "") for step in run) if run else _few(ingredients, rng):
        for value in some.values:
            values.setdefault(type(value), []).append(value)
    steps = (*steps, *run)
    for _ in range(rng.randint(2, longest + 4 - len(run))):
        fitting = _fitting(steps, ingredients)
        if not fitting:
            return steps or base
        on, _, step = rng.choice(fitting)
        call = None if step.call is None else _of_values(step.call, values, rng)
        steps = (*steps, replace(step, on=step.on if on == ENTRY_OR_ROOT else on, call=call))
    return steps


def _run(steps: Steps, longest: int, ingredients: Ingredients, rng: random.Random) -> Iterator[CallStep]:
    """One kind of step several times, its whole numbers going up or down by one from step to step: clocks that go on,
    chains that grow at either end, queues that are filled."""
    fitting = [
        (on, step, values)
        for on, _, step in _fitting(steps, ingredients)
        if step.call is not None and (values := _whole_numbers(step.call))
    ]
    if not fitting:
        return
    on, step, at = rng.choice(fitting)
    call, length = decode(step.call or ""), rng.randint(2, max(2, longest))
    lowest = min(call.values[index] for index in at)
    shift = rng.choice((0, 1, lowest)) - lowest
    for turn in range(length) if rng.random() < 1 / 2 else reversed(range(length)):
        found = call
        for index in at:
            found = found.with_value(index, call.values[index] + shift + turn)
        yield replace(step, on=step.on if on == ENTRY_OR_ROOT else on, call=encode(found))


def _whole_numbers(text: str) -> list[int]:
    """The places of a call's whole numbers; none where it cannot be read."""
    try:
        values = decode(text).values
    except ValueError:
        return []
    return [place for place, value in enumerate(values) if type(value) is int]


def _few(ingredients: Ingredients, rng: random.Random) -> Iterator[Call]:
    """A few calls of each kind. In three cases out of four they are among the first ones, which are the given
    calls and then the small ones, because a sequence ends at a step that raises."""
    for every in ingredients.calls.values():
        calls = every[:FIRST] if rng.random() < 3 / 4 else every
        for text in rng.sample(calls, min(FEW, len(calls))):
            try:
                yield decode(text)
            except ValueError:
                continue


def _of_values(text: str, values: Mapping[type, Sequence[Any]], rng: random.Random) -> str:
    """A call in which each argument is one of ``values`` of its type, if there is one."""
    try:
        call = decode(text)
    except ValueError:
        return text
    chosen = (rng.choice(values.get(type(value)) or [value]) for value in call.values)
    return encode(Call(tuple(chosen), call.names))


def _with_call(steps: Steps, place: int, ingredients: Ingredients, rng: random.Random) -> Steps:
    """Other arguments for one step, and sometimes for all steps."""
    kinds = kinds_of(steps)
    places = range(len(steps)) if rng.random() < 0.25 else (place,)
    found = list(steps)
    for each in places:
        calls = ingredients.calls.get(kinds[each])
        if calls and found[each].call is not None:
            found[each] = replace(found[each], call=rng.choice(calls))
    return tuple(found)


def _with_value_from_beside(steps: Steps, place: int, rng: random.Random) -> Steps:
    """Replaces one argument of one step by an argument of another step, so that a stored key is looked up."""
    mine, other = steps[place].call, rng.choice(steps).call
    if mine is None or other is None:
        return steps
    try:
        call, donor = decode(mine), decode(other)
    except ValueError:
        return steps
    fitting = [
        (index, value)
        for index, own in enumerate(call.values)
        for value in donor.values
        if type(value) is type(own) and value != own
    ]
    if not fitting:
        return steps
    index, value = rng.choice(fitting)
    fresh = replace(steps[place], call=encode(call.with_value(index, value)))
    return (*steps[:place], fresh, *steps[place + 1 :])


def _with_step(steps: Steps, ingredients: Ingredients, rng: random.Random) -> Steps:
    """Adds one step on the entry point, on the root, or on an object of the sequence."""
    fitting = _fitting(steps, ingredients)
    if rng.random() < 0.1:
        fitting = [(ENTRY_OR_ROOT, 0, step) for step in ingredients.steps.get((), ())]
    if not fitting:
        return steps
    on, first, step = rng.choice(fitting)
    fresh = step if on == ENTRY_OR_ROOT else replace(step, on=on)
    place = rng.randint(first, len(steps))
    longer = inserted(steps, place, fresh)
    return _with_call(longer, place, ingredients, rng) if rng.random() < 0.5 else longer


def _fitting(steps: Steps, ingredients: Ingredients) -> list[tuple[int, int, CallStep]]:
    """The steps that could be added, each with the object it is taken on and the first place where that
    object exists. If there are no objects, the steps are taken on the entry point or the root."""
    on_objects = [
        (made, made + 1, step)
        for made, kind in enumerate(kinds_of(steps))
        for step in ingredients.steps.get(kind, ())
    ]
    return on_objects or [(ENTRY_OR_ROOT, 0, step) for step in ingredients.steps.get((), ())]


def _swapped(steps: Steps, place: int) -> Steps:
    """Swaps a step with the one after it, if neither of the two needs the first one's result."""
    if place + 1 >= len(steps) or any(step.on in (place, place + 1) for step in steps):
        return steps
    return (*steps[:place], steps[place + 1], steps[place], *steps[place + 2 :])
