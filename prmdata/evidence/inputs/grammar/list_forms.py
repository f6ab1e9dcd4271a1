"""What a list of an input is as a whole: an order, a permutation, parents that come before their children.

Learned from the given inputs, and built as such.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

SUPPORT: Final = 2
"""Lists of two or more that must show it."""


@dataclass(frozen=True, slots=True)
class ListForm:
    """What all given lists of one field are. ``base``: a permutation of the numbers from ``base`` on. ``ahead``: each
    element is at most its place plus ``ahead`` (parents that come before their children)."""

    is_distinct: bool = False
    is_ascending: bool = False
    is_descending: bool = False
    base: int | None = None
    ahead: int | None = None


def list_form(lists: Sequence[Sequence[Any]], *, is_said: bool = False) -> ListForm:
    """The form of all ``lists``; nothing where too few of them could show it. ``is_said``: the statement says that numbers are
    sorted, so two lists show it as well as three."""
    telling = [each for each in lists if len(each) > 1]
    if len(telling) < SUPPORT or not all(isinstance(item, int | float) for each in telling for item in each):
        return ListForm()
    pairs = [list(pairwise(each)) for each in telling]
    is_integer = all(type(item) is int for each in telling for item in each)
    base = min(telling[0]) if is_integer else None
    if base not in (0, 1) or any(sorted(each) != list(range(base, base + len(each))) for each in telling):
        base = None
    ahead = None
    if is_integer and base is None and sum(len(each) > 2 for each in telling) >= SUPPORT:
        most = max(item - place for each in telling for place, item in enumerate(each))
        is_near = min(item for each in telling for item in each) >= 0 and most <= 1
        ahead = most if is_near else None
    are_enough = is_said or len(telling) > SUPPORT
    return ListForm(
        are_enough and all(len(set(each)) == len(each) for each in telling),
        are_enough and all(one <= other for each in pairs for one, other in each),
        are_enough and all(one >= other for each in pairs for one, other in each),
        base,
        ahead,
    )


def draw_list(form: ListForm, drawn: Sequence[Any], rng: random.Random) -> list[Any] | None:
    """A list of ``form`` as long as ``drawn``, made of its elements where the form leaves a choice."""
    size = len(drawn)
    if form.base is not None:
        return rng.sample(range(form.base, form.base + size), size)
    if form.ahead is not None:
        least = min((item for item in drawn if type(item) is int), default=0)
        return [rng.randint(min(least, place + form.ahead), place + form.ahead) for place in range(size)]
    items = list(drawn)
    if form.is_distinct and len(set(items)) < size:
        if not all(type(item) is int for item in items):
            return None
        items = rng.sample(range(min(items), min(items) + 2 * size + 1), size)
    if form.is_ascending or form.is_descending:
        items.sort(reverse=form.is_descending)
    return items
