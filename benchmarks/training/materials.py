"""What the experiment works on: labelled rows by the rule that labelled them, and the items of other problems."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import prmdata
from benchmarks.training.rows import Row, labelled_rows, line, outcome_rows, program_rows
from benchmarks.training.scoring import NATURAL, Suite
from prmdata.bench.item import read_items
from prmdata.datasets.reader import read_traces
from prmdata.records import Trace

BUILDS: Final = Path(".prmdata/builds")
"""Where ``prmdata bench build`` keeps the builds of its sources."""


@dataclass(frozen=True, slots=True)
class Materials:
    """Rows to train on, by rule, and items to score."""

    pools: dict[str, list[Row]]
    suite: Suite


@dataclass(frozen=True, slots=True)
class Size:
    """How much is used: planted items in all, rollouts of each problem."""

    planted: int = 150
    rollouts: int = 8


def gather(bench: Path, sources: Sequence[Path], out: Path, size: Size) -> Materials:
    """Rows of all ``sources``, items of ``bench``; a source that is no folder is built first, into ``out``."""
    edits = [trace for source in sources for trace in read_traces(_dataset(source, out))]
    rollouts = _drawn_rollouts(bench, size.rollouts)
    pools = {
        "strict": list(labelled_rows(edits, "strict")),
        "paper": list(labelled_rows(edits, "paper")),
        "programs": list(program_rows(edits)),
        "rollouts": list(labelled_rows(rollouts, "strict")),
    }
    pools["outcome"] = _outcomes(edits, len(pools["strict"]))
    known = {trace.problem_id for trace in edits} | {line(trace.prompt) for trace in edits}
    return Materials(pools, _suite(bench, known, size.planted))


def _dataset(source: Path, out: Path) -> Path:
    if source.is_dir():
        return source
    built = out / "builds" / source.name.split(".")[0]
    if not (built / "manifest.json").exists():
        prmdata.build(prmdata.configure(source=str(source), out=built))
    return built


def _drawn_rollouts(bench: Path, n: int) -> list[Trace]:
    """``n`` programs of models a problem, by the hashes that name them."""
    groups: dict[str, list[Trace]] = defaultdict(list)
    for folder in sorted((bench / BUILDS).glob("*")):
        for trace in read_traces(folder):
            if trace.metadata.get("stratum") == "model":
                groups[trace.problem_id].append(trace)
    return [trace for group in groups.values() for trace in sorted(group, key=lambda one: one.id)[:n]]


def _outcomes(edits: Sequence[Trace], n: int) -> list[Row]:
    """The steps of as many programs as give ``n`` rows. The programs are drawn by the hashes that name them."""
    found: list[Row] = []
    for trace in sorted(edits, key=lambda trace: trace.id):
        if len(found) >= n:
            break
        found += outcome_rows([trace])
    return found[:n]


def _suite(bench: Path, known: set[str], n_planted: int) -> Suite:
    """All items of people's and models' programs, and ``n_planted`` planted ones, of problems that are not ``known``."""
    items = [
        (split, item)
        for split, item in read_items(bench)
        if item.problem_id not in known and line(item.problem) not in known
    ]
    planted = sorted(
        (item.id for _, item in items if item.stratum not in NATURAL),
        key=lambda name: hashlib.sha256(name.encode()).digest(),
    )
    kept = set(planted[:n_planted])
    return Suite([(split, item) for split, item in items if item.stratum in NATURAL or item.id in kept])
