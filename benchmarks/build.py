"""Whole builds of this checkout against those of another one, in turn: how often as fast, and how long the end takes.

    python benchmarks/build.py SOURCE... --against PATH [--limit N] [--rounds 3] [--sandbox docker] [--workers N]

Any further options go to both builds, such as ``--teacher replay --answers FILE``: with a model's edits.

For each source, each round builds it with both checkouts, the first of which changes from round to round. Only ratios
of the same round are printed, because seconds of different hours say nothing. ``tail`` is the part of a build's time
that passes after 98% of its problems are done. ``rows alike`` says whether both checkouts made the same files of rows.
The first build of each checkout, of one problem, makes its image and is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
TAIL = 0.98
_LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class Measured:
    """One build: seconds, those of them that passed after most problems were done, and its files of rows."""

    whole_s: float
    tail_s: float
    files: dict[str, bytes]


def done(journal: Path) -> int:
    """How many problems are finished; 0 where there is no journal yet."""
    try:
        with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as database:
            (count,) = database.execute("SELECT count(*) FROM outcomes").fetchone()
            return int(count)
    except sqlite3.Error:
        return 0


def build(checkout: Path, source: str, folder: Path, *options: str) -> Measured:
    """Build a source with a checkout. Raises SystemExit where it fails."""
    out = folder / "out"
    command = [sys.executable, "-m", "prmdata.cli.main", "build", source, "-o", str(out), "--fresh", *options]
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    began = time.monotonic()
    silent = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, cwd=folder, stdout=silent, stderr=silent)
    seen = [(0.0, 0)]
    while process.poll() is None:
        time.sleep(_LOOK_S)
        count = done(out / ".prmdata" / "journal.sqlite")
        if count > seen[-1][1]:
            seen.append((time.monotonic() - began, count))
    whole_s = time.monotonic() - began
    if process.returncode:
        raise SystemExit(f"{checkout}: {' '.join(command)} ended with {process.returncode}")
    most = seen[-1][1]
    from_s = next(at for at, count in seen if count >= TAIL * most)
    files = {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.glob("data/**/*.parquet"))}
    return Measured(whole_s, max(0.0, seen[-1][0] - from_s), files)


def compared(source: str, against: Path, rounds: int, options: list[str]) -> dict[str, object]:
    """The ratios of all rounds of one source."""
    ratios: list[float] = []
    tails: dict[str, list[float]] = {"tail": [], "tail there": []}
    is_alike = True
    for number in range(rounds):
        found: dict[Path, Measured] = {}
        for checkout in (HERE, against) if number % 2 == 0 else (against, HERE):
            with tempfile.TemporaryDirectory() as folder:
                found[checkout] = build(checkout, source, Path(folder), *options)
        here, there = found[HERE], found[against]
        ratios.append(there.whole_s / here.whole_s)
        tails["tail"].append(here.tail_s / here.whole_s)
        tails["tail there"].append(there.tail_s / there.whole_s)
        is_alike = is_alike and here.files == there.files
    return {
        "source": Path(source).name,
        "times as fast": round(statistics.median(ratios), 2),
        "each round": [round(each, 2) for each in ratios],
        **{name: round(statistics.median(each), 3) for name, each in tails.items()},
        "rows alike": is_alike,
    }


def main() -> None:
    """Prints a line for each source."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", nargs="+")
    parser.add_argument("--against", type=Path, required=True, metavar="PATH", help="another checkout")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sandbox", default="docker")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    given, further = parser.parse_known_args()
    options = ["--sandbox", given.sandbox, "--workers", str(given.workers)]
    for checkout in (HERE, given.against.resolve()):
        with tempfile.TemporaryDirectory() as folder:
            build(checkout, "sample", Path(folder), *options, "--limit", "1")
    options += further
    if given.limit:
        options += ["--limit", str(given.limit)]
    for source in given.source:
        path = Path(source)
        whole = str(path.resolve()) if path.exists() else source
        print(json.dumps(compared(whole, given.against.resolve(), given.rounds, options)), flush=True)


if __name__ == "__main__":
    main()
