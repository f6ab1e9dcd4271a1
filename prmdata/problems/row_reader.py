"""Turns rows into problems. The layout is recognised from the first rows. A fault in one row rejects only
that row."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from prmdata.errors import InputError, where_raised
from prmdata.problems.layouts import Layout, fitting, recognise
from prmdata.problems.layouts.mapped import read as read_mapped
from prmdata.problems.reading import Reading, at
from prmdata.problems.rows import BadRow, Row, RowError, written
from prmdata.records import Compare, Problem, Reject

STAGE = "read"
UNREADABLE = "the row cannot be read"

LOOKED_AT = 32
"""Rows looked at for the columns of a source whose first row fits no layout (writers leave out columns that are null)."""
MOST_BAD = 1000
"""So many bad rows at the head of a source mean that it is not what its name says."""

_LANGUAGE_COLUMNS = ("language", "lang", "programming_language")
_OTHERS = frozenset(
    [
        "c",
        "c++",
        "cpp",
        "c#",
        "cs",
        "csharp",
        "java",
        "javascript",
        "js",
        "typescript",
        "ts",
        "go",
        "golang",
        "rust",
        "rs",
        "ruby",
        "rb",
        "php",
        "perl",
        "pl",
        "r",
        "scala",
        "kotlin",
        "kt",
        "swift",
        "lua",
        "julia",
        "jl",
        "haskell",
        "hs",
        "ocaml",
        "ml",
        "racket",
        "rkt",
        "d",
        "dart",
        "bash",
        "sh",
        "elixir",
        "ex",
        "erlang",
        "clojure",
        "clj",
        "f#",
        "fs",
        "matlab",
        "adb",
        "ada",
        "luau",
        "python2",
        "py2",
    ]
)

_FAULTS = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, MemoryError,
)  # fmt: skip
"""What reading a row may fail with when its values are not what the layout has: the fault of this row alone."""

RowResult = tuple[Row | BadRow, Problem | Reject]


class RowReader:
    """Reads the rows of one source; see :class:`Reading`."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._layout: Layout | None = None

    def read(self, rows: Iterator[Row | BadRow]) -> Iterator[RowResult]:
        """Each row with what it became. Raises InputError where no row can be read, or none fits a layout."""
        waiting: list[Row | BadRow] = []
        for number, row in enumerate(rows):
            row = row if isinstance(row, BadRow) else self._prepared(row, number)
            if self._layout is None and not self._reading.columns:
                waiting.append(row)
                self._layout = self._found(waiting)
                if self._layout is None:
                    continue
                yield from ((one, self._become(one)) for one in waiting)
                waiting = []
            else:
                yield row, self._become(row)
        if waiting:
            self._give_up(waiting)

    def _prepared(self, row: Row, number: int) -> Row:
        """The row with its number and with the defaults for what the whole source lacks."""
        reading = self._reading
        return dataclasses.replace(
            row, number=number, source=reading.source or row.source, license=row.license or reading.license
        )

    def _found(self, waiting: list[Row | BadRow]) -> Layout | None:
        """The layout of the last row, or of all columns that the rows so far have together; None where none fits yet."""
        last = waiting[-1]
        whole = [row for row in waiting if isinstance(row, Row)]
        if isinstance(last, BadRow):
            if self._reading.strict or (not whole and len(waiting) > MOST_BAD):
                raise InputError(last.where, last.what)
            return None
        layout = fitting(last.values.keys())
        if layout is None and len(whole) >= LOOKED_AT:
            self._give_up(waiting)
        if layout is None and len(whole) > 1:
            layout = fitting(set().union(*(row.values.keys() for row in whole)))
        return layout

    @staticmethod
    def _give_up(waiting: list[Row | BadRow]) -> None:
        whole = [row for row in waiting if isinstance(row, Row)]
        if not whole:
            first = waiting[0]
            assert isinstance(first, BadRow)
            raise InputError(first.where, first.what)
        recognise(set().union(*(row.values.keys() for row in whole)), whole[0].where)

    def _become(self, row: Row | BadRow) -> Problem | Reject:
        try:
            if isinstance(row, BadRow):
                raise RowError(row.where, row.what)
            return self._with_defaults(self._problem(row))
        except RowError as error:
            if self._reading.strict:
                raise
            return Reject(_name(row), STAGE, UNREADABLE, error.what)
        except _FAULTS as error:
            if self._reading.strict:
                raise InputError(row.where, where_raised(error)) from error
            return Reject(_name(row), STAGE, UNREADABLE, where_raised(error))

    def _problem(self, row: Row) -> Problem | Reject:
        language = _other_language(row)
        if language:
            return Reject(_name(row), STAGE, "another language", f"{language}; only Python is run")
        if self._reading.columns:
            return read_mapped(self._mapped(row))
        assert self._layout is not None
        layout = self._layout
        if not layout.columns <= row.values.keys():
            layout = fitting(row.values.keys()) or layout
        return layout.read(row)

    def _mapped(self, row: Row) -> Row:
        """The row under native names: its parts from the columns named for them, the rest as it is."""
        columns = self._reading.columns
        values: dict[str, Any] = dict(row.values)
        taken: dict[str, Any] = {}
        for role, path in columns.items():
            try:
                taken[role] = at(row.values, path)
            except LookupError:
                there = ", ".join(sorted(map(str, row.values)))
                raise row.fail(f"no column {path!r} for {role}; columns: {there}") from None
            if path not in columns:
                values.pop(path, None)
        return dataclasses.replace(row, values=values | taken)

    def _with_defaults(self, found: Problem | Reject) -> Problem | Reject:
        reading = self._reading
        if isinstance(found, Reject):
            return found
        return dataclasses.replace(
            found,
            entry_point=found.entry_point or (None if found.is_stdio else reading.entry_point or None),
            compare=reading.compare if found.compare == Compare() else found.compare,
        )


def _name(row: Row | BadRow) -> str:
    """The id of a row that becomes no problem, or else its place."""
    if isinstance(row, Row):
        for key in ("id", "task_id", "problem_id", "question_id", "seq_id", "name"):
            value = row.values.get(key)
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                return written(value)
    return row.where.rpartition("/")[2]


def _other_language(row: Row) -> str:
    """The programming language that the row names, where it is not Python 3; columns nested once count too."""
    for values in (row.values, *(one for one in row.values.values() if isinstance(one, dict))):
        for key in _LANGUAGE_COLUMNS:
            value = values.get(key)
            if isinstance(value, str) and value.strip().lower() in _OTHERS:
                return value
    return ""
