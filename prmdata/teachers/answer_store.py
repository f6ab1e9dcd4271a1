"""Every answer that was paid for, on disk before it is used, under the digest of its question.

Prompts are not kept, only their digests. Beside the answers stands what was learnt about an endpoint
(its capabilities, what its answers took), so that nothing has to be found out twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from prmdata.database import Database
from prmdata.errors import UsageError
from prmdata.teachers.model_request import ModelAnswer

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, model TEXT NOT NULL, endpoint TEXT NOT NULL, answer TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS learnt (
    model TEXT, endpoint TEXT, what TEXT, value TEXT NOT NULL, PRIMARY KEY (model, endpoint, what)
) WITHOUT ROWID;
"""


class AnswerStore:
    """The answers of one build, shared by any number of processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database = Database(path, _SCHEMA)

    def get(self, key: str) -> ModelAnswer | None:
        """The answer stored under ``key``; None where there is none."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
        return ModelAnswer.from_json(row[0]) if row else None

    def put(self, key: str, model: str, endpoint: str, answer: ModelAnswer) -> ModelAnswer:
        """Store ``answer`` and return what now stands under ``key``: where another process was first,
        its answer, so that every process goes on from the same one."""
        with self._database.writing() as connection:
            cursor = connection.execute(
                "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?)", (key, model, endpoint, answer.to_json())
            )
            if cursor.rowcount:
                return answer
            row = connection.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
        return ModelAnswer.from_json(row[0])

    def speakers(self) -> list[tuple[str, str]]:
        """The (model, endpoint) pairs that gave the answers."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT DISTINCT model, endpoint FROM answers ORDER BY 1, 2").fetchall()
        return [(str(model), str(endpoint)) for model, endpoint in rows]

    def count(self) -> int:
        """How many answers are stored."""
        with self._database.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])

    def keys(self) -> Iterator[str]:
        """The digests of all questions answered so far, in order."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT key FROM answers ORDER BY key").fetchall()
        return (str(row[0]) for row in rows)

    def learnt(self, model: str, endpoint: str, what: str) -> Any:
        """What was found out about an endpoint, as :meth:`learn` stored it; None where nothing was."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT value FROM learnt WHERE model = ? AND endpoint = ? AND what = ?",
                (model, endpoint, what),
            ).fetchone()
        return json.loads(row[0]) if row else None

    def learn(self, model: str, endpoint: str, what: str, value: Any) -> None:
        """Remember a fact (plain data) about an endpoint; the last one stays."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO learnt VALUES (?, ?, ?, ?)",
                (model, endpoint, what, json.dumps(value)),
            )

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def answers_path(teacher: str, given: Mapping[str, Any]) -> Path:
    """Where the settings of a teacher keep its answers; UsageError where they do not say."""
    if "answers" not in given:
        raise UsageError(f"--teacher {teacher}: where are the answers kept? give the path of answers.sqlite")
    return Path(given["answers"])
