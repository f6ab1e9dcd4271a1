"""Folders that prmdata 0.1.0 wrote are read by every command, or refused with one line and exit code 2.

``folder_0_1_0`` holds two problems (``problems.jsonl``), built by 0.1.0 in the local sandbox of Python 3.11:
``plain`` and its two shards with ``--per-step 1``, and ``first_error`` with ``--strategy first-error --k 4
--search full``. Reports are left out, and all journals but that of ``plain``.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from prmdata.cli.main import main
from prmdata.datasets.reader import read_rows
from prmdata.exports.format_names import SHIPPED

FOLDER = Path(__file__).parent / "folder_0_1_0"
RESUME = ("build", "problems.jsonl", "--per-step", "1", "--sandbox", "local", "-o", "plain")


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Run a command in a copy of the folder: exit code, standard output, standard error."""
    shutil.copytree(FOLDER, tmp_path / "old")
    monkeypatch.chdir(tmp_path / "old")

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        assert isinstance(ended.value.code, int)
        return (ended.value.code, *capfd.readouterr())

    return run


def rows(name: str | Path) -> list[dict]:
    """The rows of a folder, without the fields that 0.1.0 did not have."""
    found = [row for _, row in read_rows(name)]
    for row in found:
        for field in ("proof", "stated_bounds", "inputs_disagreed_excluded"):
            row["evidence"].pop(field, None)
    return found


def test_the_folder_says_nothing_of_the_machine_that_wrote_it():
    for path in FOLDER.rglob("*"):
        if path.is_file():
            assert not re.search(rb"/(tmp|home|root|work|usr|var|mnt)/", path.read_bytes()), path


def test_a_build_goes_on_or_is_refused_with_one_line(run):
    code, _, err = run(*RESUME)
    if code == 0:
        assert rows("plain") == rows(FOLDER / "plain")
        return
    assert code == 2
    (line,) = [line for line in err.splitlines() if line.startswith("prmdata: ")]
    assert line.startswith("prmdata: plain: made with another configuration (environment was ")
    assert "give another -o, or --fresh" in line


def test_the_journal_is_read_where_the_environment_is_the_same(run):
    _, _, err = run(*RESUME)
    facts = "update facts set value = ? where name = 'made_with'"
    with closing(sqlite3.connect("plain/.prmdata/journal.sqlite")) as journal, journal:
        (made_with,) = journal.execute("select value from facts where name = 'made_with'").fetchone()
        here = dict(re.findall(r"(\w+) was .*?, is '(.*?)'", err))
        journal.execute(facts, (json.dumps(json.loads(made_with) | here, sort_keys=True),))
    code, out, _ = run(*RESUME)
    assert code == 0
    assert "problems: 2 of 2 vetted" in out
    # A problem has more fields than in 0.1.0, so its outcome is not found and it is judged anew, on the inputs that are
    # drawn now, and with more edits where none showed that the tests watch a step. No label may be another one.
    now = {row["id"]: row for row in rows("plain")}
    for row in rows(FOLDER / "plain"):
        judged_anew = dict.fromkeys(("evidence", "labels", "reasons"))
        assert now[row["id"]] | judged_anew == row | judged_anew
        labels = zip(row["labels"], now[row["id"]]["labels"], strict=True)
        assert all(before in (after, -100) for before, after in labels)


def test_shards_are_merged_into_what_one_build_wrote(run):
    code, _, err = run("merge", "shard_1", "shard_2", "-o", "merged")
    assert code == 0, err
    assert rows("merged") == rows(FOLDER / "plain")


@pytest.mark.parametrize("name", ["plain", "first_error"])
def test_labels_are_derived_again_and_back(run, name):
    for policy, source, target in (("paper", name, "paper"), ("strict", "paper", "strict")):
        code, _, err = run("relabel", source, "--policy", policy, "-o", target)
        assert code == 0, err
    assert {row["policy"] for row in rows("paper")} == {"paper"}
    assert rows("strict") == rows(FOLDER / name)


@pytest.mark.parametrize("format_name", [name for name in SHIPPED if name not in ("curriculum", "values")])
def test_every_format_is_exported(run, format_name):
    code, _, err = run("export", "plain", "--format", format_name, "-o", "x")
    assert code == 0, err


def test_values_of_prefixes_are_exported(run):
    code, out, err = run("export", "first_error", "--format", "values", "-o", "x")
    assert code == 0, err
    assert out.startswith("values: ")


@pytest.mark.parametrize("name", ["plain", "first_error"])
def test_it_is_shown_counted_and_reported(run, name):
    code, out, err = run("show", name)
    assert code == 0, err
    assert rows(name)[0]["id"] in out
    code, out, err = run("stats", name, "--json")
    assert code == 0, err
    assert json.loads(out)["rows"] == len(rows(name))
    code, _, err = run("report", name)
    assert code == 0, err
    assert Path(name, "report.html").stat().st_size > 10_000
    code, out, err = run("review", name, "--sample", "0")
    assert (code, out) == (0, "judged: 0 labels by 0 people, 0 unsure\n"), err
