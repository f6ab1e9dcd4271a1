"""Dataset folders as a source of completed problems: shards of one build, or plain builds in a row.

The files of a folder hold everything that assembly needs (``problems`` with signatures, ``steps`` with
evidence, ``rejects.jsonl``), so a merge needs no state and runs nothing. One problem is in memory at a time.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from prmdata.config import BuildConfig, configure
from prmdata.datasets.manifest import read_manifest, read_rejects
from prmdata.datasets.reader import configs, data_files, read_rows
from prmdata.datasets.writer import split_of_shard
from prmdata.errors import InputError, UsageError
from prmdata.pipeline.assemble import CompletedPasses, CompletedProblem
from prmdata.pipeline.costs import BY_KIND, add_costs
from prmdata.pipeline.origin import Origin, merged_origin, origin_of
from prmdata.records import Reject

_DERIVED = ("policy", "prefix_labels", "max_per_problem", "rows_per_shard", "seed")
"""Keys of the configuration that assembling needs."""


@dataclass(frozen=True, slots=True)
class MergeOptions:
    """``split``: shares other than those of the folders. ``splits_from``: a dataset whose sides are kept.
    ``is_partial``: shards may be missing."""

    split: str | None = None
    splits_from: Path | None = None
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """Several folders as one: the configuration for assembling, provenance, summed cost, origin and
    problems."""

    config: BuildConfig
    provenance: dict[str, Any]
    cost: dict[str, Any]
    origin: Origin
    problems: CompletedPasses
    pinned_by: str | None = None
    """The digest of the sides that the folders were built with under ``--splits-from``."""


def merged(folders: Sequence[Path], out: Path, options: MergeOptions | None = None) -> Merged:
    """The folders as one, to be assembled into ``out``.

    Raises InputError for a folder without a manifest. Raises UsageError for folders that do not belong
    together (see :func:`prmdata.pipeline.origin.merged_origin`), that differ in a key of their configuration,
    or that hold the same problem id twice.
    """
    options = options or MergeOptions()
    manifests = [_manifest(folder) for folder in folders]
    origin = merged_origin(folders, [origin_of(one) for one in manifests], is_partial=options.is_partial)
    _check_config(folders, manifests)
    is_sharded = bool(origin_of(manifests[0]).parts)
    if not is_sharded and len(folders) > 1:
        _check_ids(folders)
    first = manifests[0]
    places = {place for one in manifests for place in one.get("provenance", {}).get("environments", ())}
    return Merged(
        _config(first, out, options),
        first.get("provenance", {}) | {"environments": sorted(places)},
        _summed(manifests),
        origin,
        partial(completed_shards, tuple(folders)) if is_sharded else _one_after_another(folders, manifests),
        first["config"].get("splits_from"),
    )


def completed_shards(shards: Sequence[Path], rows: bool) -> Iterator[CompletedProblem]:
    """Every problem of every shard, in source order. With ``rows=False``, the rows are not read."""
    streams: list[Iterator[tuple[int, str, Any]]] = []
    kinds = (("problems", "problem"), *((("steps", "row"),) if rows else ()))
    for shard in shards:
        for config, kind in kinds:
            if config in configs(shard):
                splits = {split_of_shard(path) for path in data_files(shard, config)}
                streams += [_rows(shard, config, split, kind) for split in sorted(splits)]
        streams.append(_rejects(shard))
    in_source_order = heapq.merge(*streams, key=itemgetter(0))
    spliced = _spliced(shards)
    for index, found_here in groupby(in_source_order, key=itemgetter(0)):
        problem: dict[str, Any] | None = None
        own_rows: list[dict[str, Any]] = []
        rejects: list[Reject] = []
        for _, kind, found in found_here:
            if kind == "problem":
                problem = found
            elif kind == "row":
                own_rows.append(found)
            else:
                rejects.append(found)
        yield CompletedProblem(index, problem, own_rows, rejects, spliced)
        spliced = {}  # counted only once, because a shard's manifest has one sum for all its problems


def _spliced(shards: Sequence[Path]) -> dict[str, int]:
    """How the edits of all shards were spliced. Older folders, from before these were counted, add
    nothing."""
    total: Counter[str] = Counter()
    for shard in shards:
        counts = read_manifest(shard).get("counts", {})
        total["libcst"] += counts.get("spliced", {}).get("libcst", 0)
        total.update(counts.get("spliced_as_text", {}))
    return dict(total)


def _one_after_another(
    folders: Sequence[Path], manifests: Sequence[dict[str, Any]]
) -> Callable[[bool], Iterator[CompletedProblem]]:
    """Plain builds as one source: the problems of the second build come after those of the first."""

    def problems(rows: bool) -> Iterator[CompletedProblem]:
        before = 0
        for folder, manifest in zip(folders, manifests, strict=True):
            for one in completed_shards((folder,), rows):
                place = before + one.index
                rejects = [_at(reject, place) for reject in one.rejects]
                yield replace(one, index=place, rejects=rejects)
            before += manifest["counts"]["problems"]

    return problems


def _at(reject: Reject, place: int) -> Reject:
    return Reject(
        reject.problem_id, reject.stage, reject.reason, reject.detail, reject.program, problem_index=place
    )


def _rows(shard: Path, config: str, split: str, kind: str) -> Iterator[tuple[int, str, Any]]:
    for _, row in read_rows(shard, config, split):
        yield row["problem_index"], kind, row


def _rejects(shard: Path) -> Iterator[tuple[int, str, Any]]:
    for reject in read_rejects(shard):
        yield reject.problem_index, "reject", reject


def _manifest(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise InputError(str(folder), "no such folder; name one that `prmdata build` wrote")
    manifest = read_manifest(folder)
    if not manifest:
        raise InputError(str(folder), "no manifest.json; give folders that `prmdata build` wrote")
    return manifest


def _check_config(folders: Sequence[Path], manifests: Sequence[dict[str, Any]]) -> None:
    first = manifests[0]["config"]
    for folder, manifest in zip(folders[1:], manifests[1:], strict=True):
        for key in sorted(first | manifest["config"]):
            one, other = first.get(key), manifest["config"].get(key)
            if one != other:
                raise UsageError(
                    f"{folder}: made with {key} {other!r}, {folders[0]} with {one!r}; merge folders that were made alike"
                )


def _check_ids(folders: Sequence[Path]) -> None:
    seen: dict[bytes, Path] = {}
    for folder in folders:
        if "problems" not in configs(folder):
            continue
        for _, row in read_rows(folder, "problems", columns=["problem_id"]):
            digest = hashlib.blake2b(
                row["problem_id"].encode("utf-8", "surrogatepass"), digest_size=16
            ).digest()
            if seen.setdefault(digest, folder) != folder:
                raise UsageError(
                    f"{folder}: has a problem {row['problem_id']!r}, as {seen[digest]} has; ids must differ between sources"
                )


def _config(manifest: dict[str, Any], out: Path, options: MergeOptions) -> BuildConfig:
    made_with = manifest["config"]
    shares = options.split or ",".join(f"{name}={share!r}" for name, share in made_with["split"].items())
    given = {key: made_with[key] for key in _DERIVED}
    return configure(out=out, split=shares, splits_from=options.splits_from, **given)


def _summed(manifests: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The sum of the costs. If one cost is unknown, the sum is unknown."""
    total: dict[str, Any] = {}
    for manifest in manifests:
        # What stands under ``job`` is shared by shards that share a ledger: it must not be added up.
        kept = {
            key: value
            for key, value in manifest.get("cost", {}).items()
            if key == BY_KIND or not isinstance(value, dict)
        }
        add_costs(total, kept)
    return total
