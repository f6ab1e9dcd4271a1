"""What is finished, on disk before anything else counts it: resume is arithmetic.

One SQLite file (WAL: 30 µs a put) in ``OUT/.prmdata/``. ``wanted`` is the list of this run, in source
order; ``finished`` holds one compressed outcome a problem under the digest of its content. Owed is
wanted minus finished. A kill at any moment loses the problems in flight and nothing else: SQLite
drops a torn transaction at the next start.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prmdata.errors import PrmdataError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS wanted (position INTEGER PRIMARY KEY, key TEXT NOT NULL, problem_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS finished (key TEXT PRIMARY KEY, outcome BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS failed (key TEXT PRIMARY KEY, reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class DiskError(PrmdataError):
    """The disk is full or cannot be written; nothing is torn, and the build goes on when there is room."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One wanted problem: its place in the source, and its outcome (None: owed)."""

    position: int
    problem_id: str
    outcome: dict[str, Any] | None
    failure: str | None = None


class Journal:
    """The ledger of one OUT. One writer; raises :class:`DiskError` where the disk refuses."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise DiskError(
                f"{path}: cannot be written ({error}); make room and run the same command again"
            ) from error
        self._path = path

    def close(self) -> None:
        """Fold the log into the file and let go of it."""
        with contextlib.suppress(
            sqlite3.Error
        ):  # a full disk keeps the log; it is replayed at the next start
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def _write(self, statement: str, values: tuple[Any, ...] = ()) -> None:
        try:
            self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise DiskError(
                f"{self._path}: cannot be written ({error}); make room and run the same command again"
            ) from error

    def begin(self) -> None:
        """Forget the list of the run before (not what is finished)."""
        self._write("DELETE FROM wanted")
        self._write("DELETE FROM failed")

    def want(self, position: int, key: str, problem_id: str) -> bool:
        """Put a problem on this run's list; whether it is owed."""
        self._write("INSERT INTO wanted VALUES (?, ?, ?)", (position, key, problem_id))
        return self._db.execute("SELECT 1 FROM finished WHERE key = ?", (key,)).fetchone() is None

    def finish(self, key: str, outcome: dict[str, Any]) -> None:
        """Keep a problem's outcome: JSON-able; the same outcome gives the same bytes."""
        text = json.dumps(outcome, separators=(",", ":"), ensure_ascii=True)
        self._write("INSERT OR REPLACE INTO finished VALUES (?, ?)", (key, zlib.compress(text.encode(), 1)))

    def fail(self, key: str, reason: str) -> None:
        """Note that the machinery failed on a problem in this run: it stays owed."""
        self._write("INSERT OR REPLACE INTO failed VALUES (?, ?)", (key, reason))

    def fact(self, name: str) -> str | None:
        """A fact about the run that made this journal (its configuration's digest ...)."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def note(self, name: str, value: str) -> None:
        """Set a fact."""
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def entries(self) -> Iterator[Entry]:
        """This run's problems in source order, one outcome in memory at a time."""
        rows = self._db.execute(
            "SELECT position, problem_id, outcome, reason FROM wanted"
            " LEFT JOIN finished USING (key) LEFT JOIN failed USING (key) ORDER BY position"
        )
        for position, problem_id, blob, reason in rows:
            outcome = None if blob is None else json.loads(zlib.decompress(blob))
            yield Entry(position, problem_id, outcome, reason if blob is None else None)
