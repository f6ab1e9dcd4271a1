"""How a source is read: which column holds which part of a problem, and the defaults for parts that a row
lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prmdata.errors import UsageError
from prmdata.problems.layouts.native import compare_of
from prmdata.problems.plain import loads, opened
from prmdata.problems.rows import Row, RowError
from prmdata.records import Compare

ROLES = (
    "id", "prompt", "reference", "tests", "entry_point", "setup", "rollouts", "references", "source", "license",
)  # fmt: skip
"""The parts that a column can play."""


@dataclass(frozen=True, slots=True)
class Reading:
    """``columns``: the column (a dotted path into nested ones) of each part that is named otherwise than in the native
    layout. ``source``, ``license``, ``compare`` and ``entry_point`` stand for what a row lacks. ``strict``: what is wrong
    in one row ends the reading."""

    columns: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    license: str = ""
    compare: Compare = field(default_factory=Compare)
    entry_point: str = ""
    strict: bool = False


def parse_columns(text: str) -> dict[str, str]:
    """``prompt=question,tests=info.cases`` as a mapping. Raises ValueError for a part that is not known and for a
    piece that is no pair."""
    found: dict[str, str] = {}
    for piece in filter(None, (part.strip() for part in text.split(","))):
        role, equals, path = (part.strip() for part in piece.partition("="))
        if not equals or not path:
            raise ValueError(f"{piece!r}: give part=column pairs, such as prompt=question,tests=cases")
        found[role] = path
    return check_columns(found)


def check_columns(columns: Mapping[str, str | list[str]]) -> dict[str, str]:
    """``columns``, a path that is a list of its steps joined by dots; raises ValueError where a part is not known."""
    odd = next((role for role in columns if role not in ROLES), None)
    if odd is not None:
        raise ValueError(f"no part is called {odd!r}; parts: {', '.join(ROLES)}")
    return {
        role: path if isinstance(path, str) else ".".join(map(str, path)) for role, path in columns.items()
    }


def parse_compare(text: str) -> Compare:
    """``exact``, ``any-order``, ``float:1e-6``, or the JSON that a row's ``compare`` may be. Raises UsageError."""
    value: Any = text
    rule, colon, given = text.partition(":")
    try:
        if colon and rule == "float":
            value = {"float": float(given)}
        elif text.lstrip().startswith("{"):
            value = loads(text)
        return compare_of(Row({"compare": value}, "--compare"))
    except (RowError, ValueError):
        raise UsageError(
            f"--compare {text}: give exact, any-order, float:1e-6 or a checker as JSON, "
            '{"checker": "def ok(input, expected, got): ..."}'
        ) from None


def at(values: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; a column whose own name has dots comes first. JSON in strings is opened on the way.
    Raises LookupError where there is none."""
    if path in values:
        return values[path]
    head, dot, rest = path.partition(".")
    if not dot or head not in values:
        raise LookupError(path)
    inner = values[head]
    inner = opened(inner) if isinstance(inner, str) else inner
    if isinstance(inner, list | tuple) and rest.partition(".")[0].isdigit():
        inner = {str(index): one for index, one in enumerate(inner)}
    if not isinstance(inner, Mapping):
        raise LookupError(path)
    return at(inner, rest)
