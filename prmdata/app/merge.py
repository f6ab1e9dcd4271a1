"""``prmdata merge`` and ``prmdata relabel``: make datasets from what other datasets store, and run nothing.

Part of the composition root.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from prmdata.app.finish import BuildResult, RunFacts, finish
from prmdata.config import configure
from prmdata.datasets.disk import saying_full
from prmdata.datasets.reader import configs, read_traces
from prmdata.errors import UsageError
from prmdata.labels.relabel import relabel as relabelled
from prmdata.pipeline.folder import check_folder, locked
from prmdata.pipeline.shards import MergeOptions, merged
from prmdata.pipeline.sides import stored_sides


def merge(shards: Sequence[Path], out: Path, options: MergeOptions | None = None) -> BuildResult:
    """Join shards into the dataset that one run would have made, with byte-identical Parquet. Plain builds of
    different sources are put one after the other.

    Raises UsageError if the folders do not belong together or were not made with one configuration.
    """
    began = time.monotonic()
    check_folder(out)
    found = merged(shards, out, options)
    if found.pinned_by is not None and found.config.splits_from is None:
        raise UsageError("the folders were built with --splits-from; give that dataset to merge, too")
    with saying_full(out), locked(out):
        facts = RunFacts(found.provenance, found.origin, found.cost, time.monotonic() - began)
        return finish(found.config, found.problems, facts)


def relabel(out: Path, policy: str, *, to: Path | None = None, prefix_labels: str = "once") -> BuildResult:
    """Derive the labels of OUT again under ``policy``, in place or into ``to``. No program is run, and every
    problem keeps its side of the split.

    Raises UsageError, which names the row and the evidence, if the policy needs evidence that is not stored.
    """
    began = time.monotonic()
    dest = out if to is None else to
    check_folder(dest)
    found = merged([out], dest, MergeOptions(is_partial=True))
    kept = {key: getattr(found.config, key) for key in ("split", "seed", "max_per_problem", "rows_per_shard")}
    config = configure(out=dest, policy=policy, prefix_labels=prefix_labels, **kept)
    traces = read_traces(out) if "steps" in configs(out) else ()
    for _ in relabelled(traces, config.policy, prefix_labels=config.prefix_labels):
        continue
    sides = stored_sides(out)
    with saying_full(dest), locked(dest):
        elapsed_s = time.monotonic() - began
        facts = RunFacts(found.provenance, found.origin, found.cost, elapsed_s, pinned_by=found.pinned_by)
        return finish(config, found.problems, facts, pinned=sides)


__all__ = ["MergeOptions", "merge", "relabel"]
