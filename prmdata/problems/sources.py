"""Problems from a source: a file, a folder, a name, ``hf:...``, standard input, rows given in Python, or the sample."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from itertools import islice
from pathlib import Path

from prmdata.errors import InputError, UsageError
from prmdata.plug_ins import load, wrong_kind
from prmdata.problems.files import STDIN, SUFFIXES, row_count, rows_of, standard_input
from prmdata.problems.folders import folder_rows
from prmdata.problems.given import PREFIX, given_rows
from prmdata.problems.hub import NAMES, HubName, hub_rows, parse_hub
from prmdata.problems.reading import Reading
from prmdata.problems.rollouts import RolloutFile, merged
from prmdata.problems.row_reader import RowReader
from prmdata.problems.rows import BadRow, Row
from prmdata.problems.soundness import examined, is_text
from prmdata.records import Problem, Reject

GROUP = "prmdata.sources"
"""Entry point group of further sources: each loads a callable that returns an iterable of rows (mappings)."""

SAMPLE = Path(__file__).resolve().parent / "sample" / "sample.jsonl"


def read_problems(
    source: str | os.PathLike[str],
    *,
    limit: int | None = None,
    rollouts_from: str | os.PathLike[str] | None = None,
    reading: Reading | None = None,
) -> Iterator[Problem | Reject]:
    """The problems of ``source`` in its order, streamed; a row that cannot be read and a problem that lacks a part come as
    Rejects (stage ``read``) with their place.

    ``limit`` bounds the rows read. ``rollouts_from`` joins a file of rollouts by id. In memory stand one row and 16 bytes
    of each id. Raises InputError for a source of which nothing can be read (and, where ``reading`` is strict, for the
    first row that cannot be), UsageError for a source that does not exist (with those that do).
    """
    joined = RolloutFile(Path(rollouts_from)) if rollouts_from is not None else None
    for found, place in _unexamined(source, limit, reading or Reading()):
        if isinstance(found, Reject):
            yield found
            continue
        sound = examined(joined.join(found) if joined is not None else _merged(found))
        yield dataclasses.replace(sound, place=place) if isinstance(sound, Reject) else sound
    if joined is not None and limit is None:
        joined.check_matched()


def unexamined(
    source: str | os.PathLike[str], *, limit: int | None = None, reading: Reading | None = None
) -> Iterator[Problem | Reject]:
    """Like :func:`read_problems`, but problems that lack a part are not rejected."""
    return (found for found, _ in _unexamined(source, limit, reading or Reading()))


def source_names() -> tuple[str, ...]:
    """Every name that a source may have, the sample first."""
    return ("sample", *NAMES, *sorted(point.name for point in entry_points(group=GROUP)))


def total_of(source: str | os.PathLike[str], limit: int | None = None) -> int | None:
    """How many rows ``source`` has, at most ``limit``, without decoding them; None where that cannot be said
    quickly (a JSON array, a CSV, a source on the Hub)."""
    path = SAMPLE if os.fspath(source) == "sample" else Path(source)
    number = row_count(path) if path.is_file() else None
    return limit if number is None else min(number, limit or number)


def _unexamined(
    source: str | os.PathLike[str], limit: int | None, reading: Reading
) -> Iterator[tuple[Problem | Reject, str]]:
    """What is read of each row, with the row's place, each under an id of its own."""
    ids = _Ids()
    rows = islice(_rows(os.fspath(source)), limit)
    for row, found in RowReader(reading).read(rows):
        place = row.where.rpartition("/")[2]
        if isinstance(found, Reject):
            name = ids.unique(_printable(found.problem_id), row)
            yield dataclasses.replace(found, problem_id=name, place=place), place
        elif not is_text(found.id):
            name = ids.unique(_printable(found.id), row)
            yield Reject(name, "read", "not text", "its id holds half a surrogate pair", place=place), place
        else:
            name = ids.unique(found.id, row)
            yield (found if name == found.id else dataclasses.replace(found, id=name)), place


class _Ids:
    """The ids of a source, as digests. A row whose id stands in an earlier row is told from it: by its split, where it
    has one, else by counting."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def unique(self, problem_id: str, row: Row | BadRow) -> str:
        split = row.split if isinstance(row, Row) else ""
        name, count = problem_id, 1
        while (digest := hashlib.blake2b(name.encode(), digest_size=16).digest()) in self._seen:
            count += 1
            name = f"{split}/{problem_id}" if split and count == 2 else f"{problem_id}#{count}"
        self._seen.add(digest)
        return name


def _printable(problem_id: str) -> str:
    return problem_id if is_text(problem_id) else problem_id.encode("utf-8", "backslashreplace").decode()


def _merged(problem: Problem) -> Problem:
    return dataclasses.replace(problem, rollouts=merged(problem.rollouts)) if problem.rollouts else problem


def _rows(source: str) -> Iterator[Row | BadRow]:
    """The rows of a source. A name wins over a folder of that name (give ``./name`` for that), a file over a name."""
    if source == STDIN:
        return standard_input()
    if source.startswith(PREFIX):
        return given_rows(source)
    path = Path(source)
    if path.is_file() or (source.endswith(SUFFIXES) and not source.startswith("hf:") and not path.is_dir()):
        return rows_of(path)
    if source == "sample":
        return rows_of(SAMPLE)
    hub = parse_hub(source)
    if hub is not None:
        return hub_rows(hub, source)
    for point in entry_points(group=GROUP):
        if point.name == source:
            return _plugged(point)
    if path.is_dir():
        return folder_rows(path, source) or hub_rows(HubName(source), source)
    if path.exists():
        raise InputError(source, f"not a file or folder that is read; known: {', '.join(SUFFIXES)}")
    raise UsageError(
        f"{source}: no such source; give a file ({', '.join(SUFFIXES)}), a folder, - for standard input, "
        f"a name ({', '.join(source_names())}) or hf:owner/name[:config][:split]"
    )


def _plugged(point: EntryPoint) -> Iterator[Row]:
    read = load(point)
    found = read() if callable(read) else read
    if not callable(read) or not isinstance(found, Iterable):
        raise wrong_kind(point, found, "a callable that returns rows")
    for number, values in enumerate(found, start=1):
        yield Row(values, f"{point.name}:row {number}", source=point.name)
