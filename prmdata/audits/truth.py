"""Finds the larger tests for the problems of a dataset, even if the other file uses other ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from prmdata.problems.entry import defines
from prmdata.problems.syntax import parse
from prmdata.records import Problem

_ID: Final = re.compile(r"(?P<family>.*?)[/_\-: ]?0*(?P<number>\d+)", re.DOTALL)


class Truths:
    """Problems with larger tests, by id. ``Mbpp/2`` stands for ``2`` (and the reverse) if only one of the two
    names its family and the program defines the function that the larger tests call."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._by_id = {problem.id: problem for problem in problems}
        self._by_number: dict[str, list[Problem]] = {}
        for problem in self._by_id.values():
            if (parts := _parts(problem.id)) is not None:
                self._by_number.setdefault(parts[1], []).append(problem)

    def __len__(self) -> int:
        return len(self._by_id)

    def some_ids(self) -> list[str]:
        """The first few ids, for a message."""
        return list(self._by_id)[:3]

    def of(self, problem_id: str, program: str) -> Problem | None:
        """The larger tests of a problem, of which ``program`` is one program; None if there are none."""
        if problem_id in self._by_id:
            return self._by_id[problem_id]
        parts = _parts(problem_id)
        if parts is None:
            return None
        found = [one for one in self._by_number.get(parts[1], ()) if _agree(parts[0], one.id)]
        found = [one for one in found if _defines(program, one.entry_point)]
        return found[0] if len(found) == 1 else None


def _parts(problem_id: str) -> tuple[str, str] | None:
    match = _ID.fullmatch(problem_id.strip())
    return None if match is None else (match["family"].casefold(), match["number"])


def _agree(family: str, other_id: str) -> bool:
    other = _parts(other_id)
    assert other is not None
    return family == other[0] or not family or not other[0]


def _defines(program: str, entry: str | None) -> bool:
    try:
        return entry is not None and defines(parse(program), entry)
    except SyntaxError:
        return False
