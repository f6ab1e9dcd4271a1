"""SQLite as every room uses it: one file, several processes, each of which may be killed at any moment.

The database uses WAL with ``synchronous=NORMAL``: what was committed survives the death of every process
(``kill -9``). A power cut may lose the last moments but never damages the file. One put takes about 30 µs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prmdata.errors import InputError

_BUSY_S = 60.0
"""How long a statement waits while another process writes."""


def unusable(path: Path, error: Exception) -> InputError:
    """An error whose one line says that the file cannot be used, and what to do."""
    return InputError(
        str(path), f"cannot be used: {error}; make room or repair it, then run the command again"
    )


class Database:
    """One connection. If the disk is full or read-only, or the file is not a database, statements raise the
    error that ``failure`` makes: by default an InputError that names the file and says what to do."""

    def __init__(
        self, path: Path, schema: str, failure: Callable[[Path, Exception], InputError] = unusable
    ) -> None:
        self.path = path
        self._failure = failure
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
            raise failure(path, error) from error

    def execute(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """Run one statement. What it writes is committed at once."""
        with self.reading() as connection:
            return connection.execute(statement, values)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one SELECT or more."""
        if self._connection is None:
            raise InputError(str(self.path), "was closed; open it again")
        try:
            yield self._connection
        except sqlite3.Error as error:
            raise self._failure(self.path, error) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock from its start. It is committed as a whole or not at
        all."""
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
        """Close the file. Closing it again is harmless."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
