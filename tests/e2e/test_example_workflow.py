"""The example workflow, step by step, as a runner executes it: its ``run:`` blocks in bash, with a Hub on
loopback."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from prmdata.datasets.reader import count_rows, read_rows
from prmdata.testing.hub import LoopbackHub

WORKFLOW = yaml.safe_load((Path(__file__).parents[2] / "examples" / "build-and-push.yml").read_text("utf-8"))
NOT_HERE = ("pip install", "prmdata sandbox build")
"""Steps that install what a runner lacks. They are skipped, because the package is here and the local sandbox
needs no image."""
PROBLEMS = 8


class Runner:
    """Runs the steps of a job in a folder, with the inputs of a dispatch and a Hub."""

    def __init__(self, folder: Path, hub: LoopbackHub) -> None:
        self.folder = folder
        self.inputs = {"source": str(folder / "source.jsonl"), "repo_id": "me/set", "revision": "v1"}
        (folder / "bin").mkdir()
        command = folder / "bin" / "prmdata"
        run = f'exec {sys.executable} -m prmdata.cli.main "$@"'
        command.write_text(
            f'#!/bin/sh\n[ "$1" != build ] || {run} --sandbox local --workers 1 --per-step 1\n{run}\n'
        )
        command.chmod(0o755)
        (folder / "bin" / "python").symlink_to(sys.executable)
        self.environment = os.environ | hub.environment() | {"HF_HOME": str(folder / "hf"), "PAUSE_S": "0"}
        self.environment["PATH"] = f"{folder / 'bin'}:{os.environ['PATH']}"

    def run(self, job: str, where: Path, name: str | None = None, **matrix: Any) -> str:
        """The output of the job's steps (of the one called ``name``); each must end well."""
        said = ""
        for step in WORKFLOW["jobs"][job]["steps"]:
            script = step.get("run", "")
            if not script or script.startswith(NOT_HERE) or name not in (None, step.get("name")):
                continue
            environment = self.environment | {
                key: self.filled(value, matrix)
                for key, value in step.get("env", {}).items()
                if "secrets." not in value
            }
            ended = subprocess.run(
                ["bash", "-e", "-o", "pipefail", "-c", self.filled(script, matrix)],
                cwd=where, env=environment, capture_output=True, text=True, timeout=300,
            )  # fmt: skip
            assert ended.returncode == 0, f"{step.get('name')}\n{ended.stdout}\n{ended.stderr}"
            said += ended.stdout + ended.stderr
        return said

    def filled(self, text: str, matrix: dict[str, Any]) -> str:
        """``text`` with the values of its ``${{ }}``."""
        values = {f"inputs.{key}": value for key, value in self.inputs.items()}
        values |= {f"matrix.{key}": str(value) for key, value in matrix.items()}
        return re.sub(r"\$\{\{ *([\w.]+) *\}\}", lambda found: values[found[1]], text)


def source(path: Path) -> None:
    lines = [
        f'{{"id": "p{n}", "prompt": "Add {n} to x, then times {n + 2}.", "entry_point": "f{n}",'
        f' "reference": "def f{n}(x):\\n    y = x + {n}\\n    return y * {n + 2}\\n",'
        f' "tests": ["assert f{n}(1) == {(1 + n) * (n + 2)}", "assert f{n}(5) == {(5 + n) * (n + 2)}"]}}\n'
        for n in range(PROBLEMS)
    ]
    path.write_text("".join(lines))


@pytest.fixture
def hub() -> Iterator[LoopbackHub]:
    with LoopbackHub() as found:
        yield found


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_workflow_from_problems_to_the_hub(hub: LoopbackHub, tmp_path: Path) -> None:
    runner = Runner(tmp_path, hub)
    source(tmp_path / "source.jsonl")
    shards = WORKFLOW["jobs"]["build"]["strategy"]["matrix"]["shard"]
    for shard in shards:
        place = tmp_path / f"runner-{shard}"
        place.mkdir()
        runner.run("build", place, shard=shard)
        # upload-artifact leaves hidden folders out; download-artifact makes one folder for each artifact.
        shutil.copytree(
            place / "out",
            tmp_path / "merge" / "shards" / f"shard-{shard}",
            ignore=shutil.ignore_patterns(".*"),
        )
    merged = tmp_path / "merge"
    runner.run("merge", merged, "Merge and split")
    runner.run("merge", merged, "Check")
    assert len(list(read_rows(merged / "dataset", "problems"))) == PROBLEMS

    # The connection breaks in the middle of the first attempt, after the first of the files has arrived.
    hub.fail("/commit/", times=99, status=400)
    with pytest.raises(AssertionError, match="push again"):
        runner.run("merge", merged, "Push")
    arrived = set(hub.store.repositories["me/set"].objects)
    assert arrived
    assert len(hub.commits("me/set", "v1")) == 1, "nothing half done is visible"
    hub.faults.clear()
    already = len(hub.seen)
    runner.run("merge", merged, "Push")
    sent = {seen.path.rsplit("/", 1)[1] for seen in hub.seen[already:] if seen.method == "PUT"}
    assert not arrived & sent, "what arrived is not sent twice"

    assert hub.store.repositories["me/set"].private
    assert len(hub.commits("me/set", "v1")) == 2, "one commit, whole"
    assert len(hub.commits("me/set")) == 1, "main is left alone"
    files = hub.files("me/set", "v1")
    for path in (merged / "dataset").rglob("*.parquet"):
        assert files[str(path.relative_to(merged / "dataset"))] == path.read_bytes()
    assert sum(count_rows(merged / "dataset").values()) > PROBLEMS


def test_a_shard_that_is_missing_stops_the_workflow(hub: LoopbackHub, tmp_path: Path) -> None:
    golden = Path(__file__).parents[1] / "golden" / "folder_0_1_0"
    shutil.copytree(golden / "shard_1", tmp_path / "shards" / "shard-1")
    with pytest.raises(AssertionError, match="shards are missing"):
        Runner(tmp_path, hub).run("merge", tmp_path, "Merge and split")


def test_the_workflow_grants_no_more_than_it_needs() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert not re.search(r"\$\{\{ *(inputs|github)\.", "".join(step.get("run", "") for job in WORKFLOW["jobs"].values() for step in job["steps"])), "an input inside a script is an injection"  # fmt: skip
