"""SQLite as the teachers use it: one file, several processes, killed at any moment.

WAL with ``synchronous=NORMAL``: what was committed survives the death of every process (``kill -9``);
a power cut may lose the last moments, never tear the file. About 30 µs a put.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prmdata.errors import InputError

_BUSY_S = 60.0


class Database:
    """One connection. Statements go through :meth:`reading` and :meth:`writing`, which raise InputError
    (naming the file and what to do) where the disk is full, read-only or holds something else."""

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(schema)
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one or more SELECTs."""
        if self._connection is None:
            raise InputError(str(self.path), "was closed; open the teacher again")
        try:
            yield self._connection
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock from its start; committed as a whole or not at all."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file; harmless when it is closed."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _unusable(self, error: Exception) -> InputError:
        return InputError(
            str(self.path), f"cannot be used: {error}; make room or mend it, then run the command again"
        )
