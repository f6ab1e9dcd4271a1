"""A declarative grammar of standard input: lines of fields, and items that repeat as often as a field says.

    n k
    n x [a]          a line of n numbers
    repeat n:
        u v

A text becomes a :data:`Document`, values by the names of the fields, and a document becomes the same tokens again. A
field that counts something stays a field of the document; what it counts must have that size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from prmdata.evidence.inputs.grammar.count import Count
from prmdata.evidence.inputs.grammar.lines_and_tokens import lines_of, value_of
from prmdata.evidence.values import Call

Kind = Literal["int", "float", "word", "line"]
"""The type of a value. A field is a ``word`` where its token is not a number in at least one of the inputs. A ``line`` is the
text of a whole line, with its spaces."""
Document = dict[str, Any]
"""Values by field name: a number or a text, a list for :class:`Many`, a list of documents for :class:`Repeat`."""


@dataclass(frozen=True, slots=True)
class Field:
    """One token (or one line). ``length``: how many characters it has, where a field says so."""

    name: str
    kind: Kind
    length: Count | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """The tokens of the rest of a line; ``count`` None: any number of them."""

    name: str
    kind: Kind
    count: Count | None = None
    commands: tuple[tuple[Any, int], ...] = ()
    """The first tokens that there are, each with how many tokens such a line has."""


@dataclass(frozen=True, slots=True)
class Line:
    """The parts of one line; a :class:`Many` can only be the last."""

    parts: tuple[Field | Many, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """``items``, so many times; ``count`` None: until the end of the input."""

    name: str
    count: Count | None
    items: tuple[GrammarItem, ...]


GrammarItem = Line | Repeat


@dataclass(frozen=True, slots=True)
class InputGrammar:
    """The form of all inputs of one problem."""

    items: tuple[GrammarItem, ...]

    def parse(self, text: str) -> Document | None:
        """The document of ``text``; None where it has another form."""
        lines = lines_of(text)
        found = parse_items(self.items, lines, 0, {})
        return None if found is None or found[1] != len(lines) else found[0]

    def render(self, document: Document) -> str | None:
        """The text of ``document``; None where it cannot be written in this form."""
        lines: list[str] = []
        return "\n".join(lines) + "\n" if _write(self.items, document, {}, lines) else None

    @property
    def cases(self) -> tuple[Field, Repeat] | None:
        """The field and the repetition of an input that is nothing but several test cases; else None."""
        if len(self.items) != 2:
            return None
        line, repeat = self.items
        if not isinstance(line, Line) or not isinstance(repeat, Repeat) or len(line.parts) != 1:
            return None
        head = line.parts[0]
        is_head = isinstance(head, Field) and repeat.count == Count(head.name)
        return (head, repeat) if is_head and isinstance(head, Field) else None

    def counts(self) -> dict[str, list[Count]]:
        """The counts that each field is used in."""
        found: dict[str, list[Count]] = {}
        for count in _counts(self.items):
            if count.name is not None:
                found.setdefault(count.name, []).append(count)
        return found

    def renamed(self, names: Mapping[str, str]) -> InputGrammar:
        """The same grammar with other names for some fields."""
        return InputGrammar(tuple(_renamed(item, names) for item in self.items))

    def __str__(self) -> str:
        return "\n".join(_shown(self.items, ""))


def call_of(items: Sequence[GrammarItem], document: Document) -> Call:
    """The values of a document as a call: an argument for each field, rows as tuples."""
    return Call(tuple(_values(items, document)))


def parse_items(
    items: Sequence[GrammarItem], lines: Sequence[str], at: int, outer: Mapping[str, Any]
) -> tuple[Document, int] | None:
    """The document of ``items`` from line ``at`` on, and the line after them."""
    document: Document = {}
    known = dict(outer)
    for item in items:
        if isinstance(item, Line):
            if at >= len(lines) or not _parse_line(item, lines[at], known, document):
                return None
            at += 1
            known |= document
            continue
        rows: list[Document] = []
        most = None if item.count is None else item.count.of(known)
        if item.count is not None and (most is None or not 0 <= most <= len(lines) - at):
            return None  # a row is a line at least
        while len(rows) < most if most is not None else at < len(lines):
            found = parse_items(item.items, lines, at, known)
            if found is None or found[1] == at:
                return None
            row, at = found
            rows.append(row)
        document[item.name] = rows
    return document, at


def parse_line(line: Line, text: str, known: Mapping[str, Any]) -> Document | None:
    """The values of one line."""
    document: Document = {}
    return document if _parse_line(line, text, dict(known), document) else None


def _parse_line(line: Line, text: str, known: Mapping[str, Any], document: Document) -> bool:
    first = line.parts[0] if line.parts else None
    if isinstance(first, Field) and first.kind == "line":
        document[first.name] = text
        return _has_length(first, text, known)
    tokens = text.split()
    here = dict(known)
    for place, part in enumerate(line.parts):
        if isinstance(part, Many):
            rest = [_typed(part.kind, token) for token in tokens[place:]]
            wanted = None if part.count is None else part.count.of(here)
            document[part.name] = rest
            if part.commands:
                if not rest or (rest[0], len(rest)) not in part.commands:
                    return False
                document[part.name] = [rest[0], *map(value_of, tokens[place + 1 :])]
            return None not in rest and (part.count is None or wanted == len(rest))
        if place >= len(tokens):
            return False
        value = here[part.name] = document[part.name] = _typed(part.kind, tokens[place])
        if value is None or not _has_length(part, tokens[place], here):
            return False
    return len(tokens) == len(line.parts)


def _typed(kind: Kind, token: str) -> Any:
    """The value of a token of ``kind``; None where it is of another."""
    if kind == "word":
        return token
    value = value_of(token)
    if kind == "float" and type(value) is int:
        return value
    return value if type(value).__name__ == kind else None


def _has_length(field: Field, text: str, known: Mapping[str, Any]) -> bool:
    return field.length is None or field.length.of(known) == len(text)


def _write(
    items: Sequence[GrammarItem], document: Document, outer: Mapping[str, Any], lines: list[str]
) -> bool:
    known = {**outer, **document}
    for item in items:
        if isinstance(item, Repeat):
            rows = document[item.name]
            if item.count is not None and item.count.of(known) != len(rows):
                return False
            if not all(_write(item.items, row, known, lines) for row in rows):
                return False
            continue
        text = _line_text(item, document, known)
        if text is None:
            return False
        lines.append(text)
    return True


def _line_text(line: Line, document: Document, known: Mapping[str, Any]) -> str | None:
    tokens: list[str] = []
    for part in line.parts:
        value = document[part.name]
        if isinstance(part, Many):
            if part.count is not None and part.count.of(known) != len(value):
                return None
            tokens += map(_token, value)
            continue
        token = _token(value)
        if not _has_length(part, token, known):
            return None
        if part.kind == "line":
            return token if "\n" not in token and token == token.strip() else None
        tokens.append(token)
    return None if any(token.split() != [token] for token in tokens) else " ".join(tokens)


def _token(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _values(items: Sequence[GrammarItem], document: Document) -> Iterator[Any]:
    for item in items:
        if isinstance(item, Line):
            yield from (document[part.name] for part in item.parts)
            continue
        rows = [tuple(_values(item.items, row)) for row in document[item.name]]
        yield [row[0] for row in rows] if rows and len(rows[0]) == 1 else rows


def _counts(items: Sequence[GrammarItem]) -> Iterator[Count]:
    for item in items:
        if isinstance(item, Line):
            for part in item.parts:
                count = part.count if isinstance(part, Many) else part.length
                if count is not None:
                    yield count
        else:
            if item.count is not None:
                yield item.count
            yield from _counts(item.items)


def _renamed(item: GrammarItem, names: Mapping[str, str]) -> GrammarItem:
    def count(of: Count | None) -> Count | None:
        return of if of is None or of.name is None else replace(of, name=names.get(of.name, of.name))

    if isinstance(item, Repeat):
        inner = tuple(_renamed(each, names) for each in item.items)
        return Repeat(names.get(item.name, item.name), count(item.count), inner)
    parts: list[Field | Many] = []
    for part in item.parts:
        name = names.get(part.name, part.name)
        if isinstance(part, Many):
            parts.append(Many(name, part.kind, count(part.count), part.commands))
        else:
            parts.append(Field(name, part.kind, count(part.length)))
    return Line(tuple(parts))


def _shown(items: Sequence[GrammarItem], indent: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, Line):
            yield indent + " ".join(map(_shown_part, item.parts))
        else:
            how_often = "until the end" if item.count is None else f"{item.count} times"
            yield f"{indent}{how_often}:"
            yield from _shown(item.items, indent + "    ")


def _shown_part(part: Field | Many) -> str:
    if isinstance(part, Many):
        if part.commands:
            ways = " | ".join(f"{first} and {size - 1} more" for first, size in part.commands)
            return f"{part.name}: {ways}"
        return f"{part.name}[{'*' if part.count is None else part.count}]:{part.kind}"
    return f"{part.name}:{part.kind}" + (f"[{part.length}]" if part.length else "")
