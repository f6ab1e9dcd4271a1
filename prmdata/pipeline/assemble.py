"""Outcomes of problems, in source order, become the dataset: everything that needs the whole set.

A plain run ends with this and ``merge`` is this over the shards' files, so both write the same bytes.
Labels are derived here; rows and files depend on the outcomes and their order alone. One pass over the rows,
and some over the problems without their rows (near-duplicates and sides of a split, problems, rejects). In memory stand one problem's rows and, where there is more than one split, 1.2 KB a problem.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from prmdata.config import BuildConfig
from prmdata.datasets.compose import cap_rows
from prmdata.datasets.manifest import write_rejects
from prmdata.datasets.problem_rows import problems_schema
from prmdata.datasets.schema import from_row, steps_schema, to_row
from prmdata.datasets.splits import assign
from prmdata.datasets.writer import write_rows
from prmdata.labels.policies import apply
from prmdata.labels.prefixes import check_prefixes
from prmdata.records import Reject, Trace
from prmdata.vetting.similar import clusters


@dataclass(frozen=True, slots=True)
class CompletedProblem:
    """One problem on its way into the dataset: its place, its row in ``problems`` (None where it does
    not hold), its unlabelled rows (empty in a pass without them), what was left out, how its
    edits were spliced."""

    index: int
    problem: dict[str, Any] | None
    rows: Sequence[dict[str, Any]]
    rejects: Sequence[Reject]
    spliced: Mapping[str, int] = field(default_factory=dict)


CompletedPasses = Callable[[bool], Iterator[CompletedProblem]]
"""The problems in source order, one pass a call; the argument says whether the rows are wanted."""


@dataclass(slots=True)
class Counts:
    """What the second pass saw: figures of the manifest, the card and the report."""

    problems: int = 0
    vetted: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    rejects: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    spliced: Counter[str] = field(default_factory=lambda: Counter(libcst=0, text=0))
    spliced_as_text: Counter[str] = field(default_factory=Counter)
    conflicts: int = 0

    def count_spliced(self, found: Mapping[str, int]) -> None:
        """Add judged edits: those that libcst spliced, and the others by the reason why it did not."""
        for reason, count in found.items():
            self.spliced["libcst" if reason == "libcst" else "text"] += count
            if reason != "libcst":
                self.spliced_as_text[reason] += count

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, keys sorted."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: dict(sorted(value.items())) if isinstance(value, Counter) else value
            for name, value in values.items()
        }


def assemble(settled: CompletedPasses, out: Path, config: BuildConfig) -> Counts:
    """Write ``OUT/data`` and ``OUT/rejects.jsonl``."""
    split_of = _sides(settled, config)
    counts = Counts()
    sizes = {"rows_per_shard": config.rows_per_shard}
    steps = _steps(settled(True), split_of, config, counts)
    write_rows(steps, out / "data" / "steps", steps_schema(), **sizes)
    problems = _problems(settled(False), split_of, counts)
    write_rows(problems, out / "data" / "problems", problems_schema(), **sizes)
    write_rejects(out, (reject for one in settled(False) for reject in one.rejects))
    return counts


def _sides(settled: CompletedPasses, config: BuildConfig) -> Callable[[int], str]:
    """The split of each vetted problem, by its place: near-duplicates go to one side."""
    if len(config.split) == 1:
        only = config.split[0][0]
        return lambda _: only
    signatures: list[array[int]] = []
    places: list[int] = []
    names: list[str] = []
    for one in settled(False):
        if one.problem is not None:
            signatures.append(array("q", one.problem["signature"]))
            places.append(one.index)
            names.append(one.problem["problem_id"])
    group_of = {place: names[group] for place, group in zip(places, clusters(signatures), strict=True)}
    return assign(group_of, config.split, config.seed).__getitem__


def _problems(
    settled: Iterable[CompletedProblem], split_of: Callable[[int], str], counts: Counts
) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in settled:
        counts.problems += 1
        counts.count_spliced(one.spliced)
        counts.rejects.update(reject.reason for reject in one.rejects)
        counts.stages.update(reject.stage for reject in one.rejects)
        if one.problem is not None:
            counts.vetted += 1
            yield split_of(one.index), one.problem | {"problem_index": one.index}


def _steps(
    settled: Iterable[CompletedProblem], split_of: Callable[[int], str], config: BuildConfig, counts: Counts
) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in settled:
        traces = labelled(one.rows, config)
        kept = cap_rows(traces, config.max_per_problem, config.seed) if config.max_per_problem else traces
        counts.left_out["max_per_problem"] += len(traces) - len(kept)
        counts.conflicts += len(check_prefixes(kept))
        for trace in kept:
            _count(trace, counts)
            yield split_of(one.index), to_row(trace) | {"problem_index": one.index}


def labelled(rows: Iterable[dict[str, Any]], config: BuildConfig) -> list[Trace]:
    """The traces of ``rows``, with the labels of the configuration's policy."""
    return [apply(config.policy, from_row(row), prefix_labels=config.prefix_labels) for row in rows]


def _count(trace: Trace, counts: Counts) -> None:
    counts.rows[trace.label_kind] += 1
    counts.verdicts[str(trace.verdict)] += 1
    counts.labels.update(str(label) for label in trace.labels)
    counts.reasons.update(trace.reasons)
