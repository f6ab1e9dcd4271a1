"""The builds whose rows are pinned, and the digest of their rows.

``python -m tests.golden.builds`` records them anew. A commit that renews the record does nothing else, and its
message says which rows changed and why.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow.parquet as pq

RECORD = Path(__file__).parent / "rows.json"
ROLLOUTS_PER_PROBLEM = 4
IMAGE_PYTHON = "3.13"


@dataclass(frozen=True, slots=True)
class GoldenBuild:
    """A build by name: its source (``sample``, or a file under ``PRMDATA_DATA``) and its options."""

    name: str
    source: str
    options: tuple[str, ...]
    rollouts: str | None = None

    @property
    def needs_data(self) -> bool:
        """Whether the build reads the real data that the project does not contain."""
        return self.source != "sample"

    def run(self, sandbox: str, folder: Path) -> dict[str, str]:
        """Build into ``folder``; the digests of the rows."""
        data = Path(os.environ.get("PRMDATA_DATA", "."))
        source = str(data / self.source) if self.needs_data else self.source
        options = [source, *self.options, "--sandbox", sandbox, "-o", str(folder / "out")]
        if self.rollouts is not None:
            options += ["--rollouts-from", str(_few(data / self.rollouts, folder / "rollouts.jsonl"))]
        command = [sys.executable, "-m", "prmdata.cli.main", "build", *options]
        subprocess.run(command, check=True, capture_output=True, timeout=900)
        return digests(folder / "out")


HUMANEVAL = "humaneval/HumanEval.jsonl.gz"
BUILDS = (
    GoldenBuild("sample", "sample", ("--per-step", "1")),
    GoldenBuild("humaneval", HUMANEVAL, ("--limit", "20")),
    GoldenBuild(
        "first-error",
        HUMANEVAL,
        ("--limit", "8", "--strategy", "first-error", "--k", "4", "--search", "full"),
        rollouts="humaneval_codegen16b/rollouts.jsonl.gz",
    ),
    GoldenBuild("curriculum", "sample", ("--limit", "12", "--strategy", "curriculum")),
)


def _few(source: Path, target: Path) -> Path:
    """The first rollouts of each problem, written to ``target``."""
    found: dict[str, list[str]] = defaultdict(list)
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        for line in lines:
            found[json.loads(line)["task_id"]].append(line)
    kept = (line for ours in found.values() for line in islice(ours, ROLLOUTS_PER_PROBLEM))
    target.write_text("".join(kept), "utf-8")
    return target


def digests(out: Path) -> dict[str, str]:
    """For each problem the SHA-256 (16 hex digits) of its rows in config ``steps``, as JSON with sorted keys."""
    rows: dict[str, list[str]] = defaultdict(list)
    for path in sorted((out / "data" / "steps").glob("*.parquet")):
        for row in pq.read_table(path).to_pylist():
            rows[row["problem_id"]].append(json.dumps(row, sort_keys=True))
    return {name: hashlib.sha256("\n".join(ours).encode()).hexdigest()[:16] for name, ours in rows.items()}


def python_of(sandbox: str) -> str:
    """The Python (major.minor) that judges in a sandbox: the image's, or the one that runs this."""
    return IMAGE_PYTHON if sandbox == "docker" else f"{sys.version_info.major}.{sys.version_info.minor}"


def main() -> None:
    """Record the rows of every build, once in Docker and once in the local sandbox."""
    record: dict[str, dict[str, dict[str, str]]] = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    for sandbox in ("docker", "local"):
        for build in BUILDS:
            with tempfile.TemporaryDirectory() as folder:
                record.setdefault(python_of(sandbox), {})[build.name] = build.run(sandbox, Path(folder))
                print(sandbox, build.name, "recorded", file=sys.stderr)
    RECORD.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
