"""Shards as a source of settled problems, merged by their place in the source, one problem in memory.

A shard's files hold everything that assembly needs (``problems`` with signatures, ``steps`` with
evidence, ``rejects.jsonl``), so a merge needs no state and runs nothing.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from prmdata.config import BuildConfig, configure
from prmdata.datasets.manifest import read_manifest, read_rejects
from prmdata.datasets.reader import configs, data_files, read_rows
from prmdata.datasets.writer import split_of_shard
from prmdata.errors import InputError, UsageError
from prmdata.pipeline.assemble import CompletedProblem
from prmdata.records import Reject

Indexed = tuple[int, Any]


def completed_shards(shards: Sequence[Path], rows: bool) -> Iterator[CompletedProblem]:
    """Every problem of every shard, in source order; without their rows where those are not wanted."""
    streams: list[Iterator[tuple[int, str, Any]]] = []
    wanted = (("problems", "problem"), *((("steps", "row"),) if rows else ()))
    for shard in shards:
        for config, kind in wanted:
            if config in configs(shard):
                splits = {split_of_shard(path) for path in data_files(shard, config)}
                streams += [_rows(shard, config, split, kind) for split in sorted(splits)]
        streams.append(_rejects(shard))
    merged = heapq.merge(*streams, key=itemgetter(0))
    spliced = _spliced(shards)
    for index, parts in groupby(merged, key=itemgetter(0)):
        problem: dict[str, Any] | None = None
        own_rows: list[dict[str, Any]] = []
        rejects: list[Reject] = []
        for _, kind, found in parts:
            if kind == "problem":
                problem = found
            elif kind == "row":
                own_rows.append(found)
            else:
                rejects.append(found)
        yield CompletedProblem(index, problem, own_rows, rejects, spliced)
        spliced = {}  # counted once: a shard's manifest has one sum for all its problems


def _spliced(shards: Sequence[Path]) -> dict[str, int]:
    """How the edits of all shards were spliced; nothing is known of folders from before it was counted."""
    total: Counter[str] = Counter()
    for shard in shards:
        counts = read_manifest(shard).get("counts", {})
        total["libcst"] += counts.get("spliced", {}).get("libcst", 0)
        total.update(counts.get("spliced_as_text", {}))
    return dict(total)


def _rows(shard: Path, config: str, split: str, kind: str) -> Iterator[tuple[int, str, Any]]:
    for _, row in read_rows(shard, config, split):
        yield row["problem_index"], kind, row


def _rejects(shard: Path) -> Iterator[tuple[int, str, Any]]:
    for reject in read_rejects(shard):
        yield reject.problem_index, "reject", reject


def config_of(
    shards: Sequence[Path], out: Path, split: str | None
) -> tuple[BuildConfig, dict[str, Any], dict[str, Any]]:
    """The one configuration of the shards for assembling into ``out``, their provenance, summed cost.

    Raises InputError for a folder without a manifest, UsageError naming the key in which two differ.
    """
    manifests = []
    for shard in shards:
        manifest = read_manifest(shard)
        if not manifest:
            raise InputError(
                str(shard), "no manifest.json; give folders that `prmdata build --shard I/N` wrote"
            )
        manifests.append(manifest)
    first = manifests[0]
    for shard, manifest in zip(shards[1:], manifests[1:], strict=True):
        for key in sorted(first["config"] | manifest["config"]):
            one, other = first["config"].get(key), manifest["config"].get(key)
            if one != other:
                raise UsageError(
                    f"{shard}: made with {key} {other!r}, {shards[0]} with {one!r}; merge shards of one build"
                )
    kept = ("policy", "prefix_labels", "max_per_problem", "rows_per_shard", "seed")
    given = {key: first["config"][key] for key in kept}
    shares = split or ",".join(f"{name}={share!r}" for name, share in first["config"]["split"].items())
    config = configure(out=out, split=shares, **given)
    provenance = first.get("provenance", {})
    places = {place for one in manifests for place in one.get("provenance", {}).get("environments", ())}
    return config, provenance | {"environments": sorted(places)}, _summed(manifests)


def _summed(manifests: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Costs added up; an unknown one makes the sum unknown."""
    total: dict[str, Any] = {}
    for manifest in manifests:
        for key, value in manifest.get("cost", {}).items():
            if isinstance(value, (int, float)) and total.get(key, 0) is not None:
                total[key] = total.get(key, 0) + value
            elif value is None:
                total[key] = None
    return total
