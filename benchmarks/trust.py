"""Builds each source twice, with trusted programs in batches and with each program alone, and compares every byte.

    python benchmarks/trust.py SOURCE... [--limit N] [--skip N] [--sandbox docker|local] [--workers N] [--depth D]

A line for each source says how many problems were built, how many programs shared a process, were judged alone all
the same and were confirmed alone, and how often one build was as fast as the other. Exit code 1 where a byte differs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import prmdata
from prmdata.config import configure
from prmdata.datasets.manifest import read_manifest


def slice_of(source: str, folder: Path, skip: int, limit: int | None) -> Path | str:
    """The rows ``skip`` to ``skip + limit`` of a file of JSON lines; any other source as it is."""
    if not skip or not source.endswith((".jsonl", ".jsonl.gz")):
        return source
    data = Path(source).read_bytes()
    rows = (gzip.decompress(data) if source.endswith(".gz") else data).splitlines(keepends=True)
    part = folder / f"{Path(source).name.split('.')[0]}.jsonl"
    part.write_bytes(b"".join(rows[skip : None if limit is None else skip + limit]))
    return part


def cpu_s() -> float:
    """The CPU seconds of this process and of those it waited for; of containers, nothing."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def built(source: Path | str, out: Path, trust: str, given: argparse.Namespace) -> dict[str, Any]:
    """Builds a data set; returns what it took, and what became of trusted programs."""
    began, cpu = time.monotonic(), cpu_s()
    config = configure(
        source=source,
        out=out,
        trust=trust,
        limit=given.limit,
        sandbox=given.sandbox,
        workers=given.workers,
        depth=given.depth,
    )
    prmdata.build(config)
    took = {"s": time.monotonic() - began, "host_cpu_s": cpu_s() - cpu}
    return took | read_manifest(out)["times"]["shared"]


def bytes_of(out: Path) -> dict[str, bytes]:
    """The files that must be equal, by their path: the rows and the rejects."""
    files = [*sorted(out.glob("data/**/*.parquet")), out / "rejects.jsonl"]
    return {str(file.relative_to(out)): file.read_bytes() for file in files}


def main() -> int:
    """Prints a line for each source."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="+")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--sandbox", default="auto")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--depth", type=int, default=0)
    given = parser.parse_args()
    is_equal = True
    for source in given.source:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            part = slice_of(source, folder, given.skip, given.limit)
            shared, alone = (built(part, folder / trust, trust, given) for trust in ("rules", "none"))
            ours, theirs = bytes_of(folder / "rules"), bytes_of(folder / "none")
            differing = sorted(file for file in ours.keys() | theirs if ours.get(file) != theirs.get(file))
            counts = read_manifest(folder / "rules")["counts"]
        is_equal = is_equal and not differing
        line = {"source": Path(source).name, "problems": counts["problems"], "rows": counts["rows"]}
        line |= {"differing": differing, "shared": shared, "alone": alone}
        line["alone over shared"] = round(alone["s"] / shared["s"], 2)
        print(json.dumps(line, default=lambda value: round(value, 2)))
    return 0 if is_equal else 1


if __name__ == "__main__":
    sys.exit(main())
