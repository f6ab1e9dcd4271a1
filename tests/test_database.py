"""One home for SQLite: what is written is there for others, and what the disk refuses is one line."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from prmdata.database import Database
from prmdata.errors import InputError

SCHEMA = "CREATE TABLE IF NOT EXISTS t (k TEXT PRIMARY KEY);"


def test_two_connections_see_what_the_other_wrote(tmp_path: Path) -> None:
    one, other = Database(tmp_path / "a" / "d.sqlite", SCHEMA), Database(tmp_path / "a" / "d.sqlite", SCHEMA)
    one.execute("INSERT INTO t VALUES (?)", ("x",))
    assert other.execute("SELECT k FROM t").fetchall() == [("x",)]
    one.close()
    other.close()


def test_a_transaction_is_written_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    base = Database(tmp_path / "d.sqlite", SCHEMA)
    with contextlib.suppress(KeyError), base.writing() as connection:
        connection.execute("INSERT INTO t VALUES ('x')")
        raise KeyError
    assert base.execute("SELECT k FROM t").fetchall() == []
    base.close()


def test_a_file_of_another_kind_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "d.sqlite"
    path.write_text("no database" * 100)
    with pytest.raises(InputError, match=r"d\.sqlite: cannot be used.*run the command again"):
        Database(path, SCHEMA)


def test_whoever_opens_it_says_what_a_refusal_means(tmp_path: Path) -> None:
    base = Database(tmp_path / "d.sqlite", SCHEMA, failure=lambda path, _: InputError(path.name, "is full"))
    with pytest.raises(InputError, match=r"d\.sqlite: is full"):
        base.execute("INSERT INTO nowhere VALUES (1)")
    base.close()
    base.close()
    with pytest.raises(InputError, match="closed"):
        base.execute("SELECT k FROM t")
