"""Rollouts from a file of their own, joined to problems by id."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from array import array
from collections.abc import Iterable
from pathlib import Path

from prmdata.errors import InputError
from prmdata.problems.files import rows_of
from prmdata.problems.rows import Row, whole
from prmdata.records import Problem, Rollout


class RolloutFile:
    """The rollouts of ``path``, spooled to a temporary file and found by problem id.

    Rows have ``task_id`` or ``problem_id``, and ``program`` (whole) or ``completion`` (put after the prompt), and may
    have ``n_samples``. In memory stand the ids and eight bytes a rollout. Raises InputError for a row without them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[str, array[int]] = {}
        self._matched = False
        # Lives as long as this object, so no context manager closes it.
        self._spool = tempfile.TemporaryFile()  # noqa: SIM115
        for row in map(whole, rows_of(path)):
            place = self._spool.tell()
            self._spool.write(json.dumps(_checked(row)).encode() + b"\n")
            self._places.setdefault(row.identity("task_id", "problem_id"), array("Q")).append(place)

    def join(self, problem: Problem) -> Problem:
        """The problem with its rollouts from the file after its own; a program that comes twice is one rollout."""
        programs: list[Rollout] = list(problem.rollouts)
        for place in self._places.get(problem.id, ()):
            self._matched = True
            self._spool.seek(place)
            program, completion, count = json.loads(self._spool.readline())
            programs.append(Rollout(problem.prompt + completion if program is None else program, count))
        return dataclasses.replace(problem, rollouts=merged(programs))

    @property
    def ids(self) -> frozenset[str]:
        """The problems that the file has rollouts for."""
        return frozenset(self._places)

    def check_matched(self) -> None:
        """Raises InputError where no rollout belonged to any problem that was joined."""
        if not self._matched:
            shown = ", ".join(list(self._places)[:3])
            raise InputError(
                str(self._path), f"none of its ids ({shown} ...) is the id of a problem of this source"
            )


def merged(rollouts: Iterable[Rollout]) -> tuple[Rollout, ...]:
    """Each program once, in order of first appearance, its samples added up."""
    found: dict[str, Rollout] = {}
    for rollout in rollouts:
        first = found.get(rollout.program)
        count = rollout.n_samples + (first.n_samples if first else 0)
        found[rollout.program] = dataclasses.replace(first or rollout, n_samples=count)
    return tuple(found.values())


def _checked(row: Row) -> tuple[str | None, str, int]:
    if not any(row.values.get(key) not in (None, "") for key in ("task_id", "problem_id")):
        raise row.fail("no id: 'task_id' or 'problem_id' is missing or empty")
    count = row.values.get("n_samples", 1)
    if type(count) is not int or count < 1:
        raise row.fail("'n_samples' must be a positive integer")
    if "program" in row.values:
        return row.text("program"), "", count
    if "completion" in row.values:
        return None, row.text("completion"), count
    raise row.fail("a rollout needs 'program' (whole) or 'completion' (what follows the prompt)")
