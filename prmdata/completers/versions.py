"""Tells versions of one step from steps of two ways of doing the same."""

from __future__ import annotations

from typing import Final

from prmdata.completers.align import SIMILAR, similarity, words
from prmdata.records import Step

_SAME_LOOP: Final = 0.65
"""A loop beside a less similar one belongs to another way: ``for i, c in enumerate(s)`` beside ``for c in s`` has 0.6,
and ``while True`` beside ``while queue``, a known defect, 0.67."""
_LOOPS: Final = frozenset({"for", "while"})
_EMPTY: Final = frozenset({("[", "]"), ("{", "}")})


def is_version(step: Step, other: Step) -> bool:
    """Whether two aligned steps, with the same names, are versions of one step, one of which may be wrong; otherwise they
    belong to two ways of doing it: an ``if`` beside a ``while``, two loops over different things, start values of
    different kinds (an empty list, a zero)."""
    if step.kind in ("header", "clause"):
        keyword, theirs = (words(one.text).texts[0].removeprefix("el") for one in (step, other))
        return keyword == theirs and similarity(step, other) >= (_SAME_LOOP if keyword in _LOOPS else SIMILAR)
    mine, others = _start_value(step), _start_value(other)
    if mine and others and mine != others:
        return False
    return similarity(step, other) >= SIMILAR


def _start_value(step: Step) -> str:
    """The kind of the number, text or empty container that a step binds to a name; empty for other steps."""
    texts = words(step.text).texts
    if len(texts) < 3 or texts[1] != "=":
        return ""
    value = texts[2:]
    if value in _EMPTY:
        return value[0]
    first = value[0][:1]
    return "" if len(value) > 1 else "0" if first.isdigit() else "'" if value[0][-1] in "\"'" else ""
