"""The main job on the bundled problems: a dataset that loads, the same bytes every time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import Prmdata, parquet_bytes
from .invariants import check, rows_of

LIMIT = 12
COMMON = ("--sandbox", "local", "--limit", LIMIT, "--split", "train=0.7,test=0.3")


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory, prmdata: Prmdata) -> Path:
    """A build that nothing disturbed."""
    out = tmp_path_factory.mktemp("quiet") / "out"
    prmdata("build", *COMMON, "-o", out, "--workers", 2)
    return out


def test_every_promise_holds_in_every_row(quiet: Path) -> None:
    rows = rows_of(quiet)
    check(rows)
    assert {row["label_kind"] for row in rows} == {"reference", "fault"}
    edits = [row for row in rows if row["edit"]]
    assert len(edits) >= 10 * LIMIT
    assert {1, 0} <= {label for row in edits for label in row["labels"]}


def test_the_dataset_loads_and_says_how_it_was_made(quiet: Path, tmp_path: Path) -> None:
    import datasets

    loaded = datasets.load_dataset(str(quiet), "steps", cache_dir=str(tmp_path))
    assert set(loaded) == {"train", "test"}
    assert sum(len(part) for part in loaded.values()) == len(rows_of(quiet))
    manifest = json.loads((quiet / "manifest.json").read_text())
    assert manifest["config"]["teacher"] == "rules"
    assert manifest["counts"]["vetted"] == LIMIT
    assert manifest["command"].startswith("prmdata build")
    assert (quiet / "report.html").stat().st_size > 10_000
    assert (quiet / "README.md").read_text().startswith("---\n")


@pytest.mark.parametrize("workers", [1, 4])
def test_the_number_of_workers_does_not_show(
    quiet: Path, tmp_path: Path, prmdata: Prmdata, workers: int
) -> None:
    prmdata("build", *COMMON, "-o", tmp_path / "o", "--workers", workers)
    assert parquet_bytes(tmp_path / "o") == parquet_bytes(quiet)


def test_a_kill_half_way_does_not_show(quiet: Path, tmp_path: Path, prmdata: Prmdata) -> None:
    out = tmp_path / "o"
    command = [sys.executable, "-m", "prmdata.cli.main", "build", *map(str, COMMON), "-o", str(out)]
    for _ in range(2):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        journal = out / ".prmdata" / "journal.sqlite-wal"
        begun = journal.stat().st_size if journal.exists() else 0
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if journal.exists() and journal.stat().st_size > begun + 30_000:
                break
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    prmdata("build", *COMMON, "-o", out)
    assert parquet_bytes(out) == parquet_bytes(quiet)


def test_an_interrupt_drains_and_is_resumable(quiet: Path, tmp_path: Path, prmdata: Prmdata) -> None:
    out = tmp_path / "o"
    command = [sys.executable, "-m", "prmdata.cli.main", "build", *map(str, COMMON), "-o", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    journal = out / ".prmdata" / "journal.sqlite-wal"
    while process.poll() is None and not (journal.exists() and journal.stat().st_size > 60_000):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=120)
    assert process.returncode == 130, complaint
    assert "Traceback" not in complaint
    assert not list(out.glob("data/**/*.parquet"))
    prmdata("build", *COMMON, "-o", out)
    assert parquet_bytes(out) == parquet_bytes(quiet)


def test_shards_merge_into_the_same_bytes(quiet: Path, tmp_path: Path, prmdata: Prmdata) -> None:
    shards = [tmp_path / f"s{n}" for n in (1, 2, 3)]
    for n, shard in enumerate(shards, 1):
        prmdata("build", *COMMON, "-o", shard, "--shard", f"{n}/3")
    prmdata("merge", *shards, "-o", tmp_path / "merged")
    assert parquet_bytes(tmp_path / "merged") == parquet_bytes(quiet)


def test_problems_added_later_give_what_a_build_of_all_gives(
    quiet: Path, tmp_path: Path, prmdata: Prmdata
) -> None:
    out = tmp_path / "o"
    few = [*COMMON[:2], "--limit", 5, *COMMON[4:]]
    prmdata("build", *few, "-o", out)
    ended = prmdata("build", *COMMON, "-o", out, "--log-json")
    last = json.loads([line for line in ended.stderr.splitlines() if line.startswith("{")][-1])
    assert last["problems_resumed"] == 5
    assert parquet_bytes(out) == parquet_bytes(quiet)


def test_relabel_there_and_back_gives_the_same_bytes(quiet: Path, tmp_path: Path, prmdata: Prmdata) -> None:
    prmdata("relabel", quiet, "--policy", "paper", "-o", tmp_path / "paper")
    assert parquet_bytes(tmp_path / "paper") != parquet_bytes(quiet)
    prmdata("relabel", tmp_path / "paper", "--policy", "strict", "-o", tmp_path / "strict")
    assert parquet_bytes(tmp_path / "strict") == parquet_bytes(quiet)


@pytest.mark.slow
def test_ray_gives_the_same_bytes(quiet: Path, tmp_path: Path, prmdata: Prmdata) -> None:
    pytest.importorskip("ray", reason="Ray is an extra: pip install 'prmdata[ray]'")
    prmdata("build", *COMMON, "-o", tmp_path / "o", "--engine", "ray", "--workers", 2)
    assert parquet_bytes(tmp_path / "o") == parquet_bytes(quiet)
