"""JSON as language models write it.

Read strictly where it is strict; else by a small parser that also takes single quotes, unquoted keys,
trailing and missing commas, comments, ``True``/``None``, and raw line breaks inside strings. What ends
in the middle is not made up: :func:`objects` gives the objects that are complete.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from prmdata.teachers.thinking import without_thinking

_FENCED: Final = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+.-]*)[^\n]*\n(.*?)(?:^[ \t]*\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
_WORD: Final = re.compile(r"[A-Za-z_$][\w$-]*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_BLANK: Final = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/|#[^\n]*)*", re.DOTALL)
_WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None, "none": None}
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": ""}
_QUOTES: Final = "\"'`\u201c\u201d"
_DEPTH: Final = 50


class UnreadableJson(ValueError):
    """The text at this place is no value, or ends before the value does."""


def fenced_blocks(text: str) -> list[tuple[str, str]]:
    """(language, content) of each fenced block; one that is not closed runs to the end."""
    return [(match[2].lower(), match[3]) for match in _FENCED.finditer(text)]


def values(text: str) -> Iterator[Any]:
    """Each value that stands in ``text`` by itself: all of it, a fenced block, or what lies between the
    prose. Nothing where none is complete."""
    said = without_thinking(text).strip().lstrip("\ufeff")
    for whole in (text, said, *(content for _, content in fenced_blocks(said))):
        try:
            yield json.loads(whole, strict=False)
            return
        except (ValueError, RecursionError):
            continue
    yield from objects(said)


def objects(text: str) -> Iterator[Any]:
    """The outermost complete objects and lists of objects in ``text``. Where one is cut off, the
    complete ones inside it."""
    at = 0
    while (found := _next_bracket(text, at)) is not None:
        try:
            value, at = _value(text, found, 0)
        except (UnreadableJson, RecursionError):
            at = found + 1
            continue
        if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(x, dict) for x in value)):
            yield value


def _next_bracket(text: str, at: int) -> int | None:
    places = [place for place in (text.find("{", at), text.find("[", at)) if place >= 0]
    return min(places, default=None)


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    at = _skip(text, at)
    char = text[at : at + 1]
    if depth > _DEPTH or not char:
        raise UnreadableJson
    if char == "{":
        return _object(text, at + 1, depth + 1)
    if char == "[":
        return _list(text, at + 1, depth + 1)
    if char in _QUOTES:
        return _string(text, at)
    word = _WORD.match(text, at)
    if word is None:
        raise UnreadableJson
    if word[0].lower() in _WORDS:
        return _WORDS[word[0].lower()], word.end()
    try:
        return json.loads(word[0]), word.end()
    except ValueError:
        raise UnreadableJson from None


def _object(text: str, at: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while True:
        at = _skip(text, at)
        char = text[at : at + 1]
        if char == "}":
            return found, at + 1
        if char == ",":
            at += 1
            continue
        if char and char in _QUOTES:
            key, at = _string(text, at)
        else:
            word = _WORD.match(text, at)
            if word is None:
                raise UnreadableJson
            key, at = word[0], word.end()
        at = _skip(text, at)
        if text[at : at + 1] not in (":", "="):
            raise UnreadableJson
        found[key], at = _value(text, at + 1, depth)


def _list(text: str, at: int, depth: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    while True:
        at = _skip(text, at)
        char = text[at : at + 1]
        if char == "]":
            return found, at + 1
        if char == ",":
            at += 1
            continue
        value, at = _value(text, at, depth)
        found.append(value)


def _string(text: str, at: int) -> tuple[str, int]:
    quote = text[at]
    ends = "\u201c\u201d" if quote in "\u201c\u201d" else quote
    if text.startswith(quote * 3, at) and quote in "\"'":
        end = text.find(quote * 3, at + 3)
        if end < 0:
            raise UnreadableJson
        return text[at + 3 : end], end + 3
    parts: list[str] = []
    at += 1
    while at < len(text):
        char = text[at]
        if char in ends:
            return _paired("".join(parts)), at + 1
        if char == "\\":
            taken, at = _escape(text, at + 1)
            parts.append(taken)
            continue
        parts.append(char)
        at += 1
    raise UnreadableJson


def _paired(text: str) -> str:
    """Two ``\\u`` escapes that are halves of one character, as that character."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escape(text: str, at: int) -> tuple[str, int]:
    char = text[at : at + 1]
    if char == "u" and re.fullmatch(r"[0-9a-fA-F]{4}", text[at + 1 : at + 5]):
        return chr(int(text[at + 1 : at + 5], 16)), at + 5
    if char in ('"', "'", "\\", "/", "`"):
        return char, at + 1
    if char in _ESCAPES:
        return _ESCAPES[char], at + 1
    return "\\" + char, at + 1  # `\d` in a regular expression that was not escaped twice
