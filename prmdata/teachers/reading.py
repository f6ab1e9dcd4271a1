"""A model's answer to ``mutate`` and ``refactor``, read as far as it can be read.

Reading says what the model wrote, not whether it is any good: quotes are matched, indentation is repaired
and programs are compiled where edits are anchored (:func:`prmdata.edits.anchor.anchor`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from prmdata.edits.anchor import RawEdit
from prmdata.records import Intent
from prmdata.teachers.answer_body import ONLY_THOUGHTS
from prmdata.teachers.model_request import ModelAnswer, ModelChoice
from prmdata.teachers.thinking import without_thinking
from prmdata.teachers.tolerant_json import values

_STEP: Final = ("step", "line", "step_number", "line_number", "index", "number", "id")
_OLD: Final = (
    "old", "quote", "original", "before", "old_code", "original_code", "old_line", "original_line", "search", "find",
    "from",
)  # fmt: skip
_NEW: Final = (
    "new", "replacement", "after", "new_code", "mutated", "refactored", "modified", "new_line", "mutated_line",
    "modified_line", "mutated_code", "modified_code", "refactored_code", "replace", "code", "to",
)  # fmt: skip
_KIND: Final = ("kind", "type", "bug", "operator", "name")
_LISTS: Final = ("edits", "mutations", "refactorings", "changes", "items", "results", "answer")
_SORRY: Final = re.compile(
    r"\b(I'm sorry|I am sorry|I can(?:'|’|no)t (?:help|assist|do|comply|fulfil)|I cannot (?:help|assist|comply|fulfil)"
    r"|unable to (?:help|assist|comply))",
    re.IGNORECASE,
)


@dataclass(slots=True)
class ReadEdits:
    """What an answer held: raw edits in its order, the steps it says allow none, and a count of what
    could not be read, by reason (``refusal``, ``content filter``, ``truncated``, ``empty``, ``only thoughts``,
    ``not JSON``, ``wrong shape``)."""

    raw: list[RawEdit] = field(default_factory=list)
    skip: set[int] = field(default_factory=set)
    unusable: Counter[str] = field(default_factory=Counter)
    is_cut_short: bool = False
    """Whether the answer, or a part of it, was lost as a whole."""


def read_edits(answer: ModelAnswer, intent: Intent) -> ReadEdits:
    """The edits of all choices of ``answer``; a truncated one gives those that are complete."""
    read = ReadEdits()
    if answer.problem or not answer.choices:
        read.unusable[answer.problem or "empty"] += 1
        read.is_cut_short = True
    for choice in answer.choices:
        lost = lost_because(choice)
        is_understood = False
        if lost in (None, "truncated"):
            for value in values(choice.text):
                inner = values(value) if isinstance(value, str) else (value,)  # some servers encode twice
                for one in inner:
                    is_understood |= _take(one, intent, read)
        if lost is None and not is_understood:
            lost = "not JSON"
        if lost is not None:
            read.unusable[lost] += 1
            read.is_cut_short = True
    return read


def lost_because(choice: ModelChoice) -> str | None:
    """Why a choice cannot be whole, where the endpoint or the text says so; else None."""
    if choice.refused:
        return "refusal"
    if choice.finish == ONLY_THOUGHTS:
        return ONLY_THOUGHTS
    finish = choice.finish.lower()
    if finish in ("content_filter", "safety"):
        return "content filter"
    if finish in ("length", "max_tokens", "max_output_tokens"):
        return "truncated"
    text = without_thinking(choice.text).strip()
    if not text:
        return ONLY_THOUGHTS if choice.text.strip() else "empty"
    if len(text) < 400 and _SORRY.search(text) and "{" not in text and "```" not in text:
        return "refusal"
    return None


def is_text(value: Any) -> bool:
    """Whether ``value`` is a string that can be written as UTF-8 (no half characters, no NUL)."""
    if not isinstance(value, str) or "\0" in value:
        return False
    return not any("\ud800" <= char <= "\udfff" for char in value)


def _take(value: Any, intent: Intent, read: ReadEdits) -> bool:
    """Add what ``value`` holds; whether it has the shape of an answer, be it an empty one."""
    is_understood = value == [] or (
        isinstance(value, dict) and any(name in value for name in (*_LISTS, "skip"))
    )
    if isinstance(value, dict):
        skip = value.get("skip")
        for entry in skip if isinstance(skip, list) else ():
            number = _number(entry)
            if number is not None:
                read.skip.add(number)
    for entry in _entries(value):
        is_understood = True
        raw = _raw_edit(entry, intent)
        if raw is None:
            read.unusable["wrong shape"] += 1
        else:
            read.raw.append(raw)
    return is_understood


def _entries(value: Any) -> Iterator[Any]:
    """The things in ``value`` that are meant as edits, whatever stands around them."""
    if isinstance(value, list):
        yield from value
        return
    if not isinstance(value, dict):
        return
    if _first(value, _NEW) is not None:
        yield value
        return
    lists = [value[key] for key in _LISTS if key in value]
    for found in lists:
        yield from found if isinstance(found, list) else _entries(found)
    if not lists:
        yield from _keyed_by_step(value)


def _keyed_by_step(value: dict[str, Any]) -> Iterator[Any]:
    """``{"3": {...}, "5": [{...}]}``, a shape that models like."""
    for key, inner in value.items():
        number = _number(key)
        if number is None:
            continue
        for one in inner if isinstance(inner, list) else [inner]:
            yield {"step": number, **one} if isinstance(one, dict) else {"step": number, "new": one}


def _raw_edit(entry: Any, intent: Intent) -> RawEdit | None:
    if not isinstance(entry, dict):
        return None
    new, old, kind = _text(_first(entry, _NEW)), _text(_first(entry, _OLD)), _first(entry, _KIND)
    number = _number(_first(entry, _STEP))
    if new is None or not is_text(new) or (number is None and not old):
        return None
    quote = old if old is not None and old.strip() and is_text(old) else ""
    return RawEdit(-1 if number is None else number, quote, new, intent, _slug(kind))


def _first(entry: dict[str, Any], names: Iterable[str]) -> Any:
    return next((entry[name] for name in names if entry.get(name) is not None), None)


def _text(value: Any) -> str | None:
    if isinstance(value, list) and value and all(isinstance(line, str) for line in value):
        return "\n".join(line.rstrip("\n") for line in value)
    return value if isinstance(value, str) else None


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        match = re.fullmatch(r"[\W_]*(?:step|line)?[\W_]*(\d{1,6})\W*", value.strip(), re.IGNORECASE)
        return int(match[1]) if match else None
    return value if isinstance(value, int) else None


def _slug(kind: Any) -> str:
    """A model's name for its idea as a short word that can be counted."""
    words = re.findall(r"[a-z0-9]+", kind.lower()) if isinstance(kind, str) else []
    return "-".join(words)[:40].strip("-") or "unnamed"
