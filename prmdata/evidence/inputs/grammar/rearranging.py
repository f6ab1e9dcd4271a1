"""Lists made longer, shorter or plainer, and the parts of rows that a sampler looks at."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.input_grammar import Document, Field, GrammarItem, Line, Many, Repeat
from prmdata.evidence.inputs.grammar.list_forms import ListForm, list_form


def argument_name(part: Many, command: Any, place: int) -> str:
    """The name of what follows a command."""
    return f"{part.name} {command} {place}"


def column_of(repeat: Repeat) -> str | None:
    """The field of rows of one number each: a list that is written down the page."""
    if len(repeat.items) != 1 or not isinstance(repeat.items[0], Line) or len(repeat.items[0].parts) != 1:
        return None
    part = repeat.items[0].parts[0]
    return None if isinstance(part, Many) or part.kind != "int" else part.name


def columns_of(repeat: Repeat) -> tuple[str, ...]:
    """The fields of rows of one line that are numbers: each is a list that is written down the page, with others beside it."""
    if len(repeat.items) != 1 or not isinstance(repeat.items[0], Line):
        return ()
    return tuple(
        part.name for part in repeat.items[0].parts if isinstance(part, Field) and part.kind == "int"
    )


def lists_in(items: Sequence[GrammarItem], document: Document) -> Iterator[tuple[str, list[Any]]]:
    """The lists of a document, by their fields: those of one line, and those down the page."""
    for item in items:
        if isinstance(item, Line):
            yield from ((part.name, document[part.name]) for part in item.parts if isinstance(part, Many))
            continue
        rows: list[Document] = document[item.name]
        for column in columns_of(item):
            yield column, [row[column] for row in rows]
        for row in rows:
            yield from lists_in(item.items, row)


def ends_of(repeat: Repeat) -> tuple[str, str] | None:
    """The fields that would be the two ends of an edge: the first two numbers of rows of one line."""
    if len(repeat.items) != 1 or not isinstance(repeat.items[0], Line):
        return None
    parts = repeat.items[0].parts
    if not 2 <= len(parts) <= 3 or any(isinstance(part, Many) or part.kind != "int" for part in parts):
        return None
    return parts[0].name, parts[1].name


def graphs_in(
    repeat: str, nodes: Count, items: Sequence[GrammarItem], document: Document, outer: Mapping[str, Any]
) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """The number of nodes (``nodes``) and the edges of each graph whose edges are the rows ``repeat``."""
    known = {**outer, **document}
    for item in items:
        if not isinstance(item, Repeat):
            continue
        rows = document[item.name]
        columns = ends_of(item)
        if item.name == repeat and columns is not None:
            yield nodes.of(known) or 0, [(row[columns[0]], row[columns[1]]) for row in rows]
        for row in rows:
            yield from graphs_in(repeat, nodes, item.items, row, known)


def rows_by_count(items: Sequence[GrammarItem]) -> dict[str, str]:
    """The rows that repeat, by the field that says how often."""
    rows = [item for item in items if isinstance(item, Repeat) and item.count is not None]
    found = {item.count.name: item.name for item in rows if item.count is not None and item.count.name}
    for item in rows:
        found |= rows_by_count(item.items)
    return found


def resized(old: Sequence[Any], size: int, rng: random.Random, more: Sequence[Any] = ()) -> list[Any]:
    """``old`` with elements taken out or doubled (or ``more`` put in) at random places."""
    items = list(old)
    while len(items) > size:
        del items[rng.randrange(len(items))]
    while len(items) < size:
        source = more or items
        items.insert(rng.randint(0, len(items)), rng.choice(source) if source else None)
    return items


def of_length(text: str, size: int, letters: Sequence[str], rng: random.Random) -> str:
    """``text`` with characters taken out, or doubled or others of few ``letters`` put in, until it has ``size``."""
    few = rng.sample(letters, min(len(letters), rng.choice((1, 2, 2, 3, 8))))
    return "".join(resized(list(text), size, rng, few))


def has_form(form: ListForm, items: Sequence[Any]) -> bool:
    lists = [list(items)] * 3 if len(items) > 2 else []
    found = list_form(lists)
    if form.base is not None or form.ahead is not None:
        return found.base == form.base and (form.ahead is None or (found.ahead or 9) <= form.ahead)
    return all(
        getattr(found, name)
        for name in ("is_distinct", "is_ascending", "is_descending")
        if getattr(form, name)
    )


def styled(items: list[Any], rng: random.Random) -> list[Any]:
    """``items`` as they are, or with few different values, all alike, or in order."""
    way = rng.randrange(10)
    if way < 3 and items:
        few = rng.sample(items, min(len(items), rng.choice((1, 2, 2, 3))))
        return [rng.choice(few) for _ in items]
    if way < 5:
        return sorted(items, key=lambda item: (str(type(item)), item), reverse=way == 4)
    return items
