"""What ends a build, a merge and a relabelling: the dataset put together, its manifest, card and report.

Part of the composition root; nothing here runs a program or asks a teacher.
"""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from prmdata.config import BuildConfig, configure
from prmdata.datasets.card import write_card
from prmdata.datasets.figures import stats
from prmdata.datasets.manifest import write_manifest
from prmdata.datasets.reader import read_traces
from prmdata.labels.relabel import relabel as relabelled
from prmdata.pages.report import report
from prmdata.pipeline.assemble import CompletedPasses, assemble
from prmdata.pipeline.disk import saying_full
from prmdata.pipeline.folder import check_folder
from prmdata.pipeline.lock import locked
from prmdata.pipeline.shards import completed_shards, config_of


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build made. ``stopped`` says why it ended early (None: it is whole)."""

    out: Path
    rows: int
    counts: dict[str, Any]
    report: Path | None
    stopped: str | None = None

    @property
    def exit_code(self) -> int:
        """0 done; 1 nothing usable; 130 stopped, resumable."""
        if self.stopped is not None:
            return 130
        made = self.rows - self.counts["rows"].get("reference", 0)
        return 0 if made or not self.counts["problems"] else 1

    def _why_nothing(self) -> str:
        if not self.counts["vetted"]:
            return "no problem holds; rejects.jsonl says why, one line each"
        return (
            "the strategies made no row (first-error needs rollouts: in the data, from --rollouts-from or"
            " sampled with --rollouts; a teacher's unusable answers are counted above)"
        )

    def text(self) -> str:
        """The closing lines of the command."""
        counts = self.counts
        lines = [
            f"problems: {counts['vetted']} of {counts['problems']} vetted; rows: {self.rows}; "
            f"labels: {counts['labels'].get('1', 0)} correct, {counts['labels'].get('0', 0)} incorrect, "
            f"{counts['labels'].get('-100', 0)} masked; rejects: {sum(counts['rejects'].values())}"
        ]
        failed = self.counts["stages"].get("machinery", 0)
        if failed and self.stopped is None:
            lines.append(
                f"not done: {failed} problems, for a failure of the machinery (see rejects.jsonl);"
                " run the same command again to try them again"
            )
        if self.stopped is not None:
            how = "" if "the same command" in self.stopped else "; run the same command again to go on"
            lines.append(f"stopped: {self.stopped}{how}")
        if self.exit_code == 1:
            lines.append(f"nothing usable: {self._why_nothing()}")
        lines.append(f"dataset: {self.out}")
        if self.report is not None:
            lines.append(f"report: {self.report}")
        return "\n".join(lines)


def finish(
    config: BuildConfig,
    problems: CompletedPasses,
    *,
    provenance: dict[str, Any],
    cost: dict[str, Any],
    elapsed_s: float,
    stopped: str | None = None,
) -> BuildResult:
    """Assemble the dataset, then its manifest, card and report."""
    config.out.mkdir(parents=True, exist_ok=True)
    counts = assemble(problems, config.out, config).as_dict()
    if counts["conflicts"]:
        notes = f"{counts['conflicts']} prefixes have two labels under --policy {config.policy}"
        counts["notes"] = [notes]
    rows = sum(counts["rows"].values())
    derived: dict[str, Any] = {
        "policy": config.policy,
        "prefix_labels": config.prefix_labels,
        "split": dict(config.split),
    }
    derived |= {"max_per_problem": config.max_per_problem, "rows_per_shard": config.rows_per_shard}
    write_manifest(
        config.out,
        config=config.content() | derived,
        counts=counts,
        provenance=provenance,
        cost=cost,
        times={"elapsed_s": round(elapsed_s, 3)},
        command=shlex.join(["prmdata", *sys.argv[1:]]),
    )
    page = None
    if rows:
        figures = stats(config.out)
        write_card(config.out, figures=figures)
        page = report(config.out, figures=figures)
    return BuildResult(config.out, rows, counts, page, stopped)


def merge(shards: Sequence[Path], out: Path, *, split: str | None = None) -> BuildResult:
    """Join shards into the dataset that one run would have made: byte-identical Parquet.

    Raises UsageError where the shards were not made with one configuration.
    """
    began = time.monotonic()
    check_folder(out)
    config, provenance, cost = config_of(shards, out, split)
    with saying_full(out), locked(out):
        return finish(
            config,
            partial(completed_shards, tuple(shards)),
            provenance=provenance,
            cost=cost,
            elapsed_s=time.monotonic() - began,
        )


def relabel(out: Path, policy: str, *, to: Path | None = None, prefix_labels: str = "once") -> BuildResult:
    """Derive the labels of OUT again under ``policy``, in place or into ``to``. Runs no program.

    Raises UsageError naming the row and the evidence where the policy needs what is not stored.
    """
    began = time.monotonic()
    dest = out if to is None else to
    check_folder(dest)
    made, provenance, cost = config_of([out], dest, None)
    config = configure(None, **{**dict(made), "policy": policy, "prefix_labels": prefix_labels})
    for _ in relabelled(read_traces(out), config.policy, prefix_labels=config.prefix_labels):
        continue
    with saying_full(dest), locked(dest):
        return finish(
            config,
            partial(completed_shards, (out,)),
            provenance=provenance,
            cost=cost,
            elapsed_s=time.monotonic() - began,
        )
