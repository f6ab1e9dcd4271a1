"""The main job on the bundled problems: the dataset loads, and every run gives the same bytes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from prmdata.problems.sources import SAMPLE

from .conftest import Prmdata, parquet_bytes
from .invariants import check, rows_of

LIMIT = 6
COMMON = (
    *("--sandbox", "local", "--limit", LIMIT, "--per-step", 1),
    *("--split", "train=0.7,test=0.3", "--seed", 1),  # with this seed neither side is empty
)

pytestmark = pytest.mark.xdist_group("one build to compare with")


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory, prmdata: Prmdata) -> Path:
    """A build that was not disturbed."""
    out = tmp_path_factory.mktemp("quiet") / "out"
    prmdata("build", *COMMON, "-o", out, "--workers", 2)
    return out


@contextmanager
def started(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A command that runs in the background. If it still runs at the end, it is killed."""
    command = [sys.executable, "-m", "prmdata.cli.main", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for_outcomes(process: subprocess.Popen[str], out: Path, number: int) -> None:
    """Return when this many problems are finished, or when the process has ended."""
    journal = out / ".prmdata" / "journal.sqlite"
    while process.poll() is None:
        with (
            contextlib.suppress(sqlite3.Error),
            closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as db,
        ):
            if db.execute("SELECT count(*) FROM outcomes").fetchone()[0] >= number:
                return
        time.sleep(0.02)


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


def test_the_number_of_workers_does_not_show(quiet: Path, tmp_path: Path, prmdata: Prmdata) -> None:
    prmdata("build", *COMMON, "-o", tmp_path / "o", "--workers", 3)
    assert parquet_bytes(tmp_path / "o") == parquet_bytes(quiet)


def test_an_interrupt_is_resumable_and_one_build_at_a_time_writes(
    quiet: Path, tmp_path: Path, prmdata: Prmdata
) -> None:
    out = tmp_path / "o"
    longer = (
        "build",
        *COMMON[:2],
        "--limit",
        50,
        *COMMON[4:],
        "-o",
        out,
    )  # a build is still at work when the other one starts
    with started(*longer) as process:
        wait_for_outcomes(process, out, 1)
        refused = prmdata("build", *COMMON, "-o", out, code=2)
        assert f"another build (process {process.pid}) is writing here" in refused.stderr
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=120)
    assert process.returncode == 130, complaint
    assert complaint.endswith("interrupted; run the same command again to go on\n")
    assert "Traceback" not in complaint
    assert not list(out.glob("data/**/*.parquet"))
    prmdata("build", *COMMON, "-o", out)
    assert parquet_bytes(out) == parquet_bytes(quiet)


def test_shards_merge_into_the_same_bytes(quiet: Path, tmp_path: Path, prmdata: Prmdata) -> None:
    shards = [tmp_path / f"s{n}" for n in range(1, 5)]
    killed = False
    for n, shard in enumerate(shards, 1):
        job = ("build", *COMMON, "-o", shard, "--shard", f"{n}/4")
        if not killed:
            with started(*job) as process:
                wait_for_outcomes(process, shard, 1)
            killed = process.returncode == -signal.SIGKILL
        prmdata(*job)
    assert killed
    prmdata("merge", *shards, "-o", tmp_path / "merged")
    assert parquet_bytes(tmp_path / "merged") == parquet_bytes(quiet)


def test_problems_added_after_a_kill_give_what_a_build_of_all_gives(
    quiet: Path, tmp_path: Path, prmdata: Prmdata
) -> None:
    out = tmp_path / "o"
    few = 4
    with started("build", *COMMON[:2], "--limit", few, *COMMON[4:], "-o", out) as process:
        wait_for_outcomes(process, out, 2)
    assert not list(out.glob("data/**/*.parquet"))
    ended = prmdata("build", *COMMON, "-o", out, "--log-json")
    last = json.loads([line for line in ended.stderr.splitlines() if line.startswith("{")][-1])
    assert 2 <= last["problems_resumed"] <= few
    assert last["problems_total"] == LIMIT
    assert sum(last["labels"].values())
    assert parquet_bytes(out) == parquet_bytes(quiet)


def test_relabel_there_and_back_gives_the_same_bytes(quiet: Path, tmp_path: Path, prmdata: Prmdata) -> None:
    prmdata("relabel", quiet, "--policy", "paper", "-o", tmp_path / "paper")
    assert parquet_bytes(tmp_path / "paper") != parquet_bytes(quiet)
    prmdata("relabel", tmp_path / "paper", "--policy", "strict", "-o", tmp_path / "strict")
    assert parquet_bytes(tmp_path / "strict") == parquet_bytes(quiet)


def test_a_full_disk_stops_and_the_build_ends_when_there_is_room(
    quiet: Path, tmp_path: Path, prmdata: Prmdata
) -> None:
    out = tmp_path / "o"
    out.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(out)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        (out / ".prmdata").mkdir()
        ballast = out / ".prmdata" / "ballast"
        for room in (
            64 << 10,
            400 << 10,
        ):  # the disk is full while problems are judged, and then while the dataset is written
            ballast.write_bytes(b"x" * ((8 << 20) - room))
            ended = prmdata("build", *COMMON, "-o", out, code=2)
            assert ended.stderr.splitlines()[-1].startswith(f"prmdata: {out}")
            assert ended.stderr.splitlines()[-1].endswith("make room and run the same command again")
            assert not list(out.rglob("*.tmp"))
            ballast.unlink()
        prmdata("build", *COMMON, "-o", out)
        assert parquet_bytes(out) == parquet_bytes(quiet)
    finally:
        subprocess.run(["umount", str(out)], check=True)


@pytest.mark.slow
def test_ray_gives_the_same_bytes_when_a_worker_is_killed(quiet: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="Ray is an extra: pip install 'prmdata[ray]'")
    out = tmp_path / "o"
    with started("build", *COMMON, "-o", out, "--engine", "ray", "--workers", 2) as process:
        wait_for_outcomes(process, out, 1)
        victim = below(process.pid, "ray::WorkerActor")[0]
        os.kill(victim, signal.SIGKILL)
        _, complaint = process.communicate(timeout=240)
    assert process.returncode == 0, complaint
    assert parquet_bytes(out) == parquet_bytes(quiet)


def test_several_processes_give_the_same_bytes_when_one_is_killed(quiet: Path, tmp_path: Path) -> None:
    out = tmp_path / "o"
    with started("build", *COMMON, "-o", out, "--workers", 4) as process:
        wait_for_outcomes(process, out, 1)
        workers = below(process.pid, WORKER_PROCESS)
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        _, complaint = process.communicate(timeout=240)
    assert process.returncode == 0, complaint
    assert parquet_bytes(out) == parquet_bytes(quiet)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_the_end_of_a_build_is_the_end_of_its_processes(
    number: signal.Signals, code: int, quiet: Path, tmp_path: Path, prmdata: Prmdata
) -> None:
    out = tmp_path / "o"
    with started("build", *COMMON, "-o", out, "--workers", 4) as process:
        wait_for_outcomes(process, out, 1)
        workers = below(process.pid, WORKER_PROCESS)
        process.send_signal(number)
        _, complaint = process.communicate(timeout=120)
    assert process.returncode == code, complaint
    assert "Traceback" not in complaint
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{one}").exists() for one in workers):
        assert time.monotonic() < deadline, "a process outlived its build"
        time.sleep(0.05)
    prmdata("build", *COMMON, "-o", out, "--workers", 4)
    assert parquet_bytes(out) == parquet_bytes(quiet)


WORKER_PROCESS = "prmdata.app.worker_process"


def below(pid: int, called: str) -> list[int]:
    """The processes that descend from ``pid`` and whose command has ``called`` in it."""
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            number = int(folder.name)
            parents[number] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            names[number] = (folder / "cmdline").read_bytes().decode("utf-8", "replace")

    def descends(number: int) -> bool:
        while number in parents and number != pid:
            number = parents[number]
        return number == pid

    return [number for number, name in names.items() if called in name and descends(number)]


def test_an_audit_prints_its_figures_and_refuses_the_truth_of_other_problems(
    tmp_path: Path, prmdata: Prmdata
) -> None:
    """The problems' own tests serve as the truth, so no program that passes them can fail the truth."""
    built = tmp_path / "o"
    prmdata("build", "-o", built, "--sandbox", "local", "--limit", 4, "--workers", 2)
    rows = [json.loads(line) for line in SAMPLE.read_text().splitlines()[:3]]
    truth = tmp_path / "truth.jsonl"
    truth.write_text("".join(json.dumps(row) + "\n" for row in rows))
    told = prmdata("audit", built, "--truth", truth, "--sandbox", "local", "--json")
    figures = json.loads(told.stdout)
    assert set(figures) >= {"strict", "paper", "reference_fails_truth"}
    for policy in ("strict", "paper"):
        mutate = figures[policy]["mutate"]
        assert set(mutate) >= {"labelled_1", "false_correct", "interval", "yield"}
        assert mutate["labelled_1"] > 0
        assert mutate["false_correct"] == 0.0
    assert len(figures["without_truth"]) == 1
    truth.write_text("".join(json.dumps({**row, "id": f"other-{row['id']}"}) + "\n" for row in rows))
    refused = prmdata("audit", built, "--truth", truth, "--sandbox", "local", code=2)
    assert "none of its problems" in refused.stderr.splitlines()[-1]
