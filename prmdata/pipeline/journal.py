"""Keeps what is finished on disk before anything else counts it, so that resuming is a subtraction.

It is one SQLite file (WAL; one put takes 30 µs) in ``OUT/.prmdata/``. Its table ``requested`` is the list of
this run, in source order. ``outcomes`` holds one compressed outcome for each problem, under the digest of its
content. The rows of an outcome have a column of their own, so a pass that needs no rows reads none. Pending
is requested minus finished. A kill at any moment loses only the problems under way: SQLite drops a torn
transaction at the next start.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from prmdata.database import Database
from prmdata.datasets.disk import DiskError
from prmdata.errors import InputError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS requested (
    position INTEGER PRIMARY KEY, key TEXT NOT NULL, problem_id TEXT NOT NULL, source TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS marks (mark BLOB PRIMARY KEY, problem_id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcomes (key TEXT PRIMARY KEY, outcome BLOB NOT NULL, rows BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS failed (key TEXT PRIMARY KEY, reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


SOURCE_DIGEST: Final = "source_digest"
"""The fact that is set once the source was read to its end."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One requested problem: its place in the source, the present name of the source, and its outcome (None:
    pending). The rows of an outcome stay compressed until they are asked for."""

    position: int
    problem_id: str
    source: str
    outcome: dict[str, Any] | None
    failure: str | None = None
    packed_rows: bytes = b""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the outcome."""
        found: list[dict[str, Any]] = _unpacked(self.packed_rows) if self.packed_rows else []
        return found


def _packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode(), 1)


def _unpacked(blob: bytes) -> Any:
    return json.loads(zlib.decompress(blob))


class Journal:
    """The ledger of one OUT, with one writer. Raises :class:`DiskError` if the disk refuses a write."""

    def __init__(self, path: Path) -> None:
        self._db = Database(path, _SCHEMA, failure=DiskError)

    def close(self) -> None:
        """Merge SQLite's log into the file and close it."""
        with contextlib.suppress(InputError):  # a full disk keeps the log; it is replayed at the next start
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def _write(self, statement: str, values: tuple[Any, ...] = ()) -> None:
        self._db.execute(statement, values)

    def begin(self) -> None:
        """Forget the list of the previous run, but not what is finished."""
        self._write("DELETE FROM requested")
        self._write("DELETE FROM marks")
        self._write("DELETE FROM failed")
        self._write("DELETE FROM facts WHERE name = ?", (SOURCE_DIGEST,))

    def request(self, position: int, key: str, problem_id: str, source: str = "") -> bool:
        """Put a problem on this run's list. Returns whether it is pending."""
        self._write("INSERT INTO requested VALUES (?, ?, ?, ?)", (position, key, problem_id, source))
        return self._db.execute("SELECT 1 FROM outcomes WHERE key = ?", (key,)).fetchone() is None

    def first(self, mark: bytes, problem_id: str) -> str | None:
        """The first problem of this run's list that had ``mark``; None if this problem is the first."""
        row = self._db.execute("SELECT problem_id FROM marks WHERE mark = ?", (mark,)).fetchone()
        if row is not None:
            return str(row[0])
        self._write("INSERT INTO marks VALUES (?, ?)", (mark, problem_id))
        return None

    def finish(self, key: str, outcome: dict[str, Any]) -> None:
        """Keep the outcome of a problem (a value for JSON). The same outcome gives the same bytes."""
        rest = {name: value for name, value in outcome.items() if name != "rows"}
        values = (key, _packed(rest), _packed(outcome["rows"]))
        self._write("INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?)", values)

    def fail(self, key: str, reason: str) -> None:
        """Note that the machinery failed on a problem in this run. The problem stays pending."""
        self._write("INSERT OR REPLACE INTO failed VALUES (?, ?)", (key, reason))

    def fact(self, name: str) -> str | None:
        """A fact about the run that made this journal (its configuration's digest ...)."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def note(self, name: str, value: str) -> None:
        """Set a fact."""
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def entries(self, *, rows: bool = True) -> Iterator[Entry]:
        """This run's problems in source order, one in memory at a time. With ``rows=False``, the rows are not
        read."""
        found = self._db.execute(
            f"SELECT position, problem_id, source, outcome, reason, {'rows' if rows else 'NULL'} FROM requested"
            " LEFT JOIN outcomes USING (key) LEFT JOIN failed USING (key) ORDER BY position"
        )
        for position, problem_id, source, blob, reason, packed in found:
            if blob is None:
                yield Entry(position, problem_id, source, None, reason)
            else:
                yield Entry(position, problem_id, source, _unpacked(blob), None, packed or b"")
