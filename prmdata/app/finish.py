"""The end of a build, a merge and a relabelling: assembles the dataset, its manifest, card and report.

Part of the composition root; nothing here runs a program or asks a teacher.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prmdata.config import BuildConfig
from prmdata.datasets.card import write_card
from prmdata.datasets.figures import stats
from prmdata.datasets.manifest import write_manifest
from prmdata.pages.report import report
from prmdata.pipeline.assemble import CompletedPasses, assemble
from prmdata.pipeline.costs import BY_KIND
from prmdata.pipeline.origin import Origin
from prmdata.pipeline.sides import Sides, digest_of_sides, pinned_sides
from prmdata.records.numbers import number_of

if TYPE_CHECKING:
    from prmdata.exports.derived import DerivedConfigs


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build made. ``stopped`` says why it ended early; None means that it is complete."""

    out: Path
    rows: int
    counts: dict[str, Any]
    report: Path | None
    stopped: str | None = None
    notes: tuple[str, ...] = ()
    """What a user should know about the result, as one line for each fact."""

    @property
    def exit_code(self) -> int:
        """0: done. 1: nothing usable, or a whole problem was lost to a fault. 130: stopped, resumable."""
        if self.stopped is not None:
            return 130
        if self.counts["stages"].get("machinery", 0):
            return 1
        return 0 if self._is_usable else 1

    @property
    def _is_usable(self) -> bool:
        """Whether a strategy made a row, or no problem was left to make a row of."""
        return self.rows > self.counts["rows"].get("reference", 0) or not self.counts["problems"]

    def _why_nothing(self) -> str:
        if not self.counts["vetted"]:
            return "no problem holds; rejects.jsonl says why, one line each"
        return (
            "the strategies made no row (first-error needs rollouts: in the data, from --rollouts-from or"
            " sampled with --rollouts; a teacher's unusable answers are counted above)"
        )

    def text(self) -> str:
        """The last lines that the command prints."""
        counts = self.counts
        lines = [
            f"problems: {counts['vetted']} of {counts['problems']} vetted; rows: {self.rows}; "
            f"labels: {counts['labels'].get('1', 0)} correct, {counts['labels'].get('0', 0)} incorrect, "
            f"{counts['labels'].get('-100', 0)} masked; rejects: {sum(counts['rejects'].values())}"
        ]
        failed = self.counts["stages"].get("machinery", 0)
        if failed and self.stopped is None:
            lines.append(
                f"not done: {number_of(failed, 'problem')}, for a failure of the machinery (see rejects.jsonl);"
                " run the same command again to try again"
            )
        if self.stopped is not None:
            how = "" if "the same command" in self.stopped else "; run the same command again to go on"
            lines.append(f"stopped: {self.stopped}{how}")
        if self.stopped is None and not self._is_usable:
            lines.append(f"nothing usable: {self._why_nothing()}")
        lines += [f"note: {note}" for note in self.notes]
        lines.append(f"dataset: {self.out}")
        if self.report is not None:
            lines.append(f"report: {self.report}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a run knows besides its rows: the circumstances (``provenance``), where the problems come from,
    what the teacher cost, how long the run took, and why it ended early (None: it is complete)."""

    provenance: dict[str, Any]
    origin: Origin
    cost: dict[str, Any]
    elapsed_s: float
    stopped: str | None = None
    shared: dict[str, int] = field(default_factory=dict)
    """What became of trusted programs: judged in batches, alone all the same, confirmed alone."""
    pinned_by: str | None = None
    """The digest of the sides that an earlier build was pinned to, if this build keeps them."""


def finish(
    config: BuildConfig,
    problems: CompletedPasses,
    facts: RunFacts,
    *,
    pinned: Mapping[str, str] | None = None,
) -> BuildResult:
    """Assemble the dataset, then write its manifest, card and report. ``pinned`` maps the content of a
    problem to the side that it keeps."""
    config.out.mkdir(parents=True, exist_ok=True)
    derived_configs = _taken_derived(config.out)
    pins = None if config.splits_from is None else pinned_sides(config.splits_from)
    found, sides = assemble(problems, config.out, config, pinned if pins is None else pins)
    counts = found.as_dict()
    asked = counts.pop("asked")
    rows = sum(counts["rows"].values())
    derived: dict[str, Any] = {
        "policy": config.policy,
        "prefix_labels": config.prefix_labels,
        "split": dict(config.split),
        "splits_from": facts.pinned_by if pins is None else digest_of_sides(pins),
        "max_per_problem": config.max_per_problem,
        "rows_per_shard": config.rows_per_shard,
    }
    write_manifest(
        config.out,
        config=config.content() | derived,
        counts=counts,
        provenance=facts.provenance,
        origin=facts.origin.as_dict(),
        cost=facts.cost | ({BY_KIND: asked} if asked else {}),
        times={"elapsed_s": round(facts.elapsed_s, 3), "shared": facts.shared},
        command=shlex.join(["prmdata", *sys.argv[1:]]),
        exports=derived_configs.known if derived_configs else {},
    )
    page = None
    if rows:
        figures = stats(config.out)
        write_card(config.out, figures=figures)
        page = report(config.out, figures=figures)
    renewed = derived_configs.renew(config.out) if derived_configs else []
    notes = [*found.notes, *_notes_on_sides(config, facts.origin, sides), *renewed]
    return BuildResult(config.out, rows, counts, page, facts.stopped, tuple(notes))


def _taken_derived(out: Path) -> DerivedConfigs | None:
    """The configs that exports made in ``out``, taken out of the folder; None if no dataset was there yet."""
    if not (out / "data").is_dir() and not (out / "manifest.json").is_file():
        return None
    from prmdata.exports.derived import take_derived  # imported late: a first build needs no export format

    return take_derived(out)


def _notes_on_sides(config: BuildConfig, origin: Origin, sides: Sides) -> Iterator[str]:
    """What this run did to the split, compared with the dataset that was in the folder before. These notes
    are never part of the dataset."""
    if sides.moved:
        yield (
            f"{number_of(sides.moved, 'problem')} moved to another side of the split than before in {config.out};"
            " --splits-from with a copy of the older dataset keeps them"
        )
    if origin.parts and len(config.split) > 1:
        yield "the sides of a shard are provisional: near-duplicates in other shards are known when it is merged"
