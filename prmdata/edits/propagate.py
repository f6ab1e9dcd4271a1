"""Propagates a rename if a refactoring renamed what its step binds, and later steps still use the old name.

Without this, such an edit fails and would be a false negative. The new name goes to every later use,
recursive calls included, and the changed steps are declared in ``Edit.also``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from prmdata.edits.operators import Splice
from prmdata.edits.program_text import Span
from prmdata.edits.scopes import Occurrence, Scope
from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.errors import EditRefused
from prmdata.records import Candidate

_BINDING = ("write", "parameter", "define", "import")


def propagate_rename(
    candidate: Candidate, source: Source, entry_point: str | None = None
) -> Candidate | None:
    """``candidate`` with its renames propagated to the steps after the edit; None if there is nothing to
    propagate or if it cannot be done with certainty.

    Some renames are refused: names in the bodies of classes (attributes are not followed), names that are
    also used before the edit (the prefix stays as it is), the entry point itself (tests call it by its name),
    parameters that are passed by keyword, and names whose place in the text is not certain.
    """
    names = rename_map(candidate, source)
    if not names or candidate.edit.also:
        return None
    splices: list[Splice] = []
    start, stop = _bounds(source, candidate)
    for (scope, old), new in names.items():
        if scope.is_class or old == entry_point or _is_passed_by_keyword(source, scope, old):
            return None
        for place in scope.names[old]:
            if place.span is None or place.span[0] < start:
                return None
            if place.span[0] >= stop:
                splices.append((*place.span, new))
    if not splices:
        return None
    also = _also(source, splices)
    try:
        return splice(source, replace(candidate.edit, also=also))
    except EditRefused:
        return None


def rename_map(candidate: Candidate, source: Source) -> dict[tuple[Scope, str], str]:
    """What ``candidate``'s edit renames, as a map from (scope and old name in ``source``) to the new name.

    Old names are those that the edited steps bound and no longer bind, and that other steps still use. New
    names occur nowhere in the old program. The two are paired in the order of the text. If their numbers
    differ, nothing is certain, and the map is empty.
    """
    after = Source(candidate.program, steps=candidate.steps)
    if source.tree is None or after.tree is None:
        return {}
    start, stop = _bounds(source, candidate)
    new_stop = start + len(candidate.edit.text)
    kept = {place.name for _, place in _bound(after, start, new_stop)}
    lost: list[tuple[Span, Scope, str]] = []
    for scope, place in _bound(source, start, stop):
        outside = [each for each in scope.names[place.name] if not _within(each, start, stop)]
        if place.span is not None and place.name not in kept and outside:
            lost.append((place.span, scope, place.name))
    words = set(re.findall(r"\w+", source.program))
    fresh = sorted(
        (place.span, place.name)
        for _, place in _bound(after, start, new_stop)
        if place.span is not None and place.name not in words
    )
    olds = dict.fromkeys((scope, name) for _, scope, name in sorted(lost, key=lambda entry: entry[0]))
    news = list(dict.fromkeys(name for _, name in fresh))
    return dict(zip(olds, news, strict=True)) if len(olds) == len(news) else {}


def _bounds(source: Source, candidate: Candidate) -> Span:
    return source.step_starts[candidate.edit.start], source.step_starts[candidate.edit.stop]


def _within(place: Occurrence, start: int, stop: int) -> bool:
    return place.span is not None and start <= place.span[0] < stop


def _bound(source: Source, start: int, stop: int) -> Iterator[tuple[Scope, Occurrence]]:
    """Names that are bound between two offsets, in scopes that later steps can see."""
    for scope in source.scopes:
        for places in scope.names.values():
            for place in places:
                if place.role in _BINDING and _within(place, start, stop):
                    yield scope, place


def _is_passed_by_keyword(source: Source, scope: Scope, name: str) -> bool:
    parameter = any(place.role == "parameter" for place in scope.names[name])
    return parameter and re.search(rf"\b{re.escape(name)}\s*=[^=]", source.program) is not None


def _also(source: Source, splices: list[Splice]) -> tuple[tuple[int, str], ...]:
    by_step: dict[int, list[Splice]] = {}
    for each in splices:
        by_step.setdefault(source.step_at(each[0]), []).append(each)
    also: list[tuple[int, str]] = []
    for step, changes in sorted(by_step.items()):
        base, text = source.step_starts[step], source.steps[step].text
        for begin, end, new in sorted(changes, reverse=True):
            text = text[: begin - base] + new + text[end - base :]
        also.append((step, text))
    return tuple(also)
