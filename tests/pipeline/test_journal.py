"""The journal: pending is requested minus finished, in source order, whatever happened before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from prmdata.config import configure
from prmdata.datasets.disk import DiskError
from prmdata.errors import UsageError
from prmdata.pipeline.folder import locked, opened_journal
from prmdata.pipeline.journal import Journal


def test_pending_is_requested_minus_finished(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    assert [journal.request(n, f"k{n}", f"p{n}") for n in range(3)] == [True, True, True]
    journal.finish("k2", {"problem": None, "rows": [{"a": 1}]})
    journal.fail("k0", "worker died")
    journal.close()
    journal = Journal(tmp_path / "j.sqlite")
    journal.begin()
    assert [journal.request(n, key, key) for n, key in enumerate(["k2", "new", "k0"])] == [False, True, True]
    assert [(e.position, e.problem_id, e.outcome, e.failure, e.rows) for e in journal.entries()] == [
        (0, "k2", {"problem": None}, None, [{"a": 1}]),
        (1, "new", None, None, []),
        (2, "k0", None, None, []),
    ]
    assert [entry.rows for entry in journal.entries(rows=False)] == [[], [], []]
    journal.fail("k0", "again")
    assert [entry.failure for entry in journal.entries()] == [None, None, "again"]


def test_the_first_of_equal_problems_is_known_by_its_mark(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    assert [journal.first(mark, name) for mark, name in [(b"x", "a"), (b"y", "b"), (b"x", "c")]] == [
        None,
        None,
        "a",
    ]
    journal.begin()
    assert journal.first(b"x", "c") is None


def test_facts_are_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    assert journal.fact("config") is None
    journal.note("config", "a")
    journal.note("config", "b")
    assert journal.fact("config") == "b"


WRITER = """
import sys
from pathlib import Path
from prmdata.pipeline.journal import Journal
journal = Journal(Path(sys.argv[1]))
n = 0
while True:
    journal.request(n, str(n), "p")
    journal.finish(str(n), {"rows": ["x" * 5000]})
    print(n, flush=True)
    n += 1
"""


def test_a_kill_loses_nothing_that_was_said_to_be_finished(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        said = [int(writer.stdout.readline()) for _ in range(40)]
        os.kill(writer.pid, signal.SIGKILL)
        said += [int(line) for line in writer.stdout.read().split()]
    entries = [entry for entry in Journal(path).entries() if entry.outcome is not None]
    assert [entry.position for entry in entries][: len(said)] == said
    assert all(entry.rows == ["x" * 5000] for entry in entries)


def test_a_disk_that_refuses_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskError, match="cannot be written"):
        Journal(tmp_path / "file" / "j.sqlite")


HOLDER = """
import sys, time
from pathlib import Path
from prmdata.pipeline.folder import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_build_is_refused_and_a_dead_one_is_taken_over(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UsageError, match=f"another build \\(process {other.pid}\\)"), locked(tmp_path):
            pass
        other.kill()
    with locked(tmp_path):
        pass


def test_a_build_goes_on_in_the_image_it_began_in(tmp_path: Path) -> None:
    """An image with one more package accepts problems that the other image rejects, so each half of a dataset
    would follow another rule."""
    config = configure(source="sample", out=tmp_path / "out")
    opened_journal(config, "docker", "prmdata-sandbox:1 on base").close()
    opened_journal(config, "docker", "prmdata-sandbox:1 on base").close()
    with pytest.raises(UsageError, match=r"environment was .*:1 on base', is .*:2 on base.*sandbox build"):
        opened_journal(config, "docker", "prmdata-sandbox:2 on base")
    fresh = configure(source="sample", out=tmp_path / "out", fresh=True)
    opened_journal(fresh, "docker", "prmdata-sandbox:2 on base").close()


def test_no_link_in_the_folder_is_followed(tmp_path: Path) -> None:
    """A lock that is a link would be emptied at its target, and a data folder that is a link would be filled
    there."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("not ours")
    for number, name in enumerate((".prmdata/lock", ".prmdata", "data")):
        link = tmp_path / f"out{number}" / name
        link.parent.mkdir(parents=True)
        link.symlink_to(elsewhere)
        with pytest.raises(UsageError, match="symbolic link"), locked(tmp_path / f"out{number}"):
            pass
    assert elsewhere.read_text() == "not ours"


def test_the_lock_is_in_a_folder_of_this_user_alone(tmp_path: Path) -> None:
    with locked(tmp_path / "out"):
        assert (tmp_path / "out" / ".prmdata").stat().st_mode & 0o077 == 0
