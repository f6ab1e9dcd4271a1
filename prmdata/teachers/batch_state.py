"""Which questions are in which batch, on disk, so that a batch outlives the process that submitted it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prmdata.database import Database

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS batches (token TEXT PRIMARY KEY, model TEXT, endpoint TEXT, id TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lines (
    key TEXT PRIMARY KEY, token TEXT, reservation INTEGER, prompt_tokens INTEGER
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One question of a batch: its key (the line's ``custom_id``), what is reserved for it, and its
    estimated prompt tokens."""

    key: str
    reservation: int
    prompt_tokens: int


class BatchState:
    """Open batches. A batch is written down, with a token that marks it, before it is created; one whose
    id is missing was cut off in between and is looked for by its token."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA)

    def begin(self, token: str, model: str, endpoint: str, lines: Sequence[BatchLine]) -> None:
        """A batch is about to be submitted."""
        with self._database.writing() as connection:
            connection.execute("INSERT INTO batches VALUES (?, ?, ?, NULL)", (token, model, endpoint))
            connection.executemany(
                "INSERT OR REPLACE INTO lines VALUES (?, ?, ?, ?)",
                [(line.key, token, line.reservation, line.prompt_tokens) for line in lines],
            )

    def submitted(self, token: str, batch_id: str) -> None:
        """The batch was created."""
        with self._database.writing() as connection:
            connection.execute("UPDATE batches SET id = ? WHERE token = ?", (batch_id, token))

    def open(self, model: str, endpoint: str) -> list[tuple[str, str | None]]:
        """(token, id) of every batch that has not ended; the id is None where submitting was cut off."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT token, id FROM batches WHERE model = ? AND endpoint = ? ORDER BY token",
                (model, endpoint),
            ).fetchall()
        return [(str(token), batch_id) for token, batch_id in rows]

    def lines(self, token: str) -> list[BatchLine]:
        """The questions of a batch."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT key, reservation, prompt_tokens FROM lines WHERE token = ? ORDER BY key", (token,)
            ).fetchall()
        return [BatchLine(*row) for row in rows]

    def end(self, token: str) -> None:
        """The batch has ended and its answers are on disk."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM lines WHERE token = ?", (token,))
            connection.execute("DELETE FROM batches WHERE token = ?", (token,))

    def close(self) -> None:
        """Close the file."""
        self._database.close()
