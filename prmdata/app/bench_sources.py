"""The sources of a benchmark: a build for each, with the rollouts that belong to it and pairs from two columns.

Part of the composition root.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prmdata.bench.collect import STRATEGY
from prmdata.config import BuildConfig
from prmdata.errors import InputError, UsageError
from prmdata.problems.files import rows_of, stem
from prmdata.problems.layouts.pairs import native_pair
from prmdata.problems.rollouts import RolloutFile
from prmdata.problems.rows import whole
from prmdata.problems.sources import unexamined
from prmdata.records import Reject

BUILDS: Final = Path(".prmdata") / "builds"


@dataclass(frozen=True, slots=True)
class BenchInputs:
    """The parts that a benchmark is made from. ``rollouts_from``: files with programs of models; each file
    belongs to the source that has its ids. ``pair``: the columns of the faulty and the fixed program, for
    sources in no layout that names them. ``decontaminate``: training sets, as files of problems or as folders
    that ``prmdata build`` wrote."""

    sources: tuple[str, ...]
    rollouts_from: tuple[Path, ...] = ()
    pair: tuple[str, str] | None = None
    generator: str = "model"
    decontaminate: tuple[Path, ...] = ()


def builds_of(inputs: BenchInputs, config: BuildConfig) -> list[BuildConfig]:
    """A build for each source."""
    files = [path for path in inputs.decontaminate if not path.is_dir()]
    rollouts = _rollouts(inputs)
    builds = []
    for number, source in enumerate(inputs.sources, 1):
        name = f"{number}-{stem(Path(source)).replace(':', '-')}"
        if inputs.pair is not None:
            source = str(_paired(source, inputs.pair, config.out / ".prmdata" / f"{name}.jsonl"))
        changed = {
            "source": source,
            "out": config.out / BUILDS / name,
            "strategy": (STRATEGY,),
            "split": (("train", 1.0),),
            "rollouts_from": rollouts.get(inputs.sources[number - 1]),
            "decontaminate": tuple(files),
        }
        builds.append(config.model_copy(update=changed))
    return builds


def _paired(source: str, pair: tuple[str, str], path: Path) -> Path:
    """The rows of a file as native rows, each with its pair of programs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        json.dumps(native_pair(row, *pair), ensure_ascii=False) + "\n"
        for row in map(whole, rows_of(Path(source)))
    ]
    path.write_text("".join(rows), "utf-8")
    return path


def _rollouts(inputs: BenchInputs) -> dict[str, Path]:
    """The file of rollouts for each source that has one, found by the ids of the source's problems."""
    found: dict[str, Path] = {}
    ids = {source: _ids(source) for source in inputs.sources} if inputs.rollouts_from else {}
    for path in inputs.rollouts_from:
        theirs = RolloutFile(path).ids
        mine = [source for source in inputs.sources if ids[source] & theirs]
        if not mine:
            raise InputError(str(path), "none of its ids is the id of a problem of any source")
        if mine[0] in found:
            raise UsageError(
                f"--rollouts-from: {found[mine[0]]} and {path} are both for {mine[0]}; join them to one file"
            )
        found[mine[0]] = path
    return found


def _ids(source: str) -> frozenset[str]:
    read = unexamined(source)
    return frozenset(one.problem_id if isinstance(one, Reject) else one.id for one in read)
