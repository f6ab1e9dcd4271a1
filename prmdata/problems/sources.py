"""Problems from a source: a file, a folder, a name, ``hf:...``, or the bundled sample."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

from prmdata.errors import InputError, UsageError
from prmdata.problems.files import SUFFIXES, row_count, rows_of
from prmdata.problems.hub import NAMES, HubName, hub_rows, parse_hub
from prmdata.problems.layouts import recognise
from prmdata.problems.rollouts import RolloutFile, merged
from prmdata.problems.rows import Row
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
) -> Iterator[Problem | Reject]:
    """The problems of ``source`` in its order, streamed; one that lacks a part comes as a Reject (stage ``read``).

    ``limit`` bounds the rows read. ``rollouts_from`` joins a file of rollouts by id. In memory stand one row and 16 bytes
    of each id. Raises InputError (``path:line``) for what cannot be read and for two rows with one id, UsageError for a
    source that does not exist (with those that do).
    """
    joined = RolloutFile(Path(rollouts_from)) if rollouts_from is not None else None
    for found in unexamined(source, limit=limit):
        if isinstance(found, Reject):
            yield found
        else:
            yield examined(joined.join(found) if joined is not None else _merged(found))
    if joined is not None and limit is None:
        joined.check_matched()


def unexamined(source: str | os.PathLike[str], *, limit: int | None = None) -> Iterator[Problem | Reject]:
    """As :func:`read_problems`, but a problem that lacks a part comes as it is."""
    layout = None
    seen: set[bytes] = set()
    for number, row in enumerate(_rows(os.fspath(source))):
        if limit is not None and number >= limit:
            return
        if layout is None:
            layout = recognise(row.values.keys(), row.where)
        found = layout.read(row)
        problem_id = found.problem_id if isinstance(found, Reject) else found.id
        if not is_text(problem_id):
            problem_id = problem_id.encode("utf-8", "backslashreplace").decode()
            found = Reject(problem_id, "read", "not text", "its id holds half a surrogate pair")
        digest = hashlib.blake2b(problem_id.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest in seen:
            raise row.fail(f"the id {problem_id!r} stands in an earlier row too; ids must be unique")
        seen.add(digest)
        yield found


def source_names() -> tuple[str, ...]:
    """Every name that a source may have, the sample first."""
    return ("sample", *NAMES, *sorted(point.name for point in entry_points(group=GROUP)))


def total_of(source: str | os.PathLike[str], limit: int | None = None) -> int | None:
    """How many rows ``source`` has, at most ``limit``, without decoding them; None where that cannot be said
    quickly (a JSON array, a source on the Hub)."""
    path = SAMPLE if os.fspath(source) == "sample" else Path(source)
    number = row_count(path) if path.is_file() else None
    return limit if number is None else min(number, limit or number)


def _merged(problem: Problem) -> Problem:
    return dataclasses.replace(problem, rollouts=merged(problem.rollouts)) if problem.rollouts else problem


def _rows(source: str) -> Iterator[Row]:
    """The rows of a source. A name wins over a folder of that name (give ``./name`` for that), a file over a name."""
    path = Path(source)
    if path.is_file() or (source.endswith(SUFFIXES) and not source.startswith("hf:")):
        return rows_of(path)
    if source == "sample":
        return rows_of(SAMPLE)
    hub = parse_hub(source)
    if hub is not None:
        return hub_rows(hub, source)
    for point in entry_points(group=GROUP):
        if point.name == source:
            return _plugged(source, point.load())
    if path.is_dir():
        return hub_rows(HubName(source), source)
    if path.exists():
        raise InputError(source, f"not a file or folder that is read; known: {', '.join(SUFFIXES)}")
    raise UsageError(
        f"{source}: no such source; give a file ({', '.join(SUFFIXES)}), a name ({', '.join(source_names())}) "
        "or hf:owner/name[:config][:split]"
    )


def _plugged(source: str, load: object) -> Iterator[Row]:
    if not callable(load):
        raise UsageError(f"entry point {source!r} of {GROUP} is not callable")
    for number, values in enumerate(load(), start=1):
        yield Row(values, f"{source}:row {number}", source=source)
