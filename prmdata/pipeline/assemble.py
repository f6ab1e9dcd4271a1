"""Outcomes of problems, in source order, become the dataset: everything that needs the whole set.

A plain run ends with this and ``merge`` is this over the shards' files, so both write the same bytes.
Labels are derived here; rows and files depend on the outcomes and their order alone. Two passes: one
over the problems (near-duplicates, the side of the split each is on), one over the rows. A problem's
rows and a number of signatures are all that is in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from prmdata.config import BuildConfig
from prmdata.datasets.compose import cap_rows
from prmdata.datasets.manifest import write_rejects
from prmdata.datasets.problems import problems_schema
from prmdata.datasets.schema import from_row, steps_schema, to_row
from prmdata.datasets.splits import assign
from prmdata.datasets.writer import write_rows
from prmdata.labels.policies import apply
from prmdata.labels.prefixes import check_prefixes
from prmdata.problems.similar import clusters
from prmdata.records import Reject, Trace


@dataclass(frozen=True, slots=True)
class Settled:
    """One problem on its way into the dataset: its place, its row in ``problems`` (None where it does
    not hold), its unlabelled rows, what was left out."""

    index: int
    problem: dict[str, Any] | None
    rows: Sequence[dict[str, Any]]
    rejects: Sequence[Reject]


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
    conflicts: int = 0

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, keys sorted."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: dict(sorted(value.items())) if isinstance(value, Counter) else value
            for name, value in values.items()
        }


def assemble(settled: Callable[[], Iterator[Settled]], out: Path, config: BuildConfig) -> Counts:
    """Write ``OUT/data`` and ``OUT/rejects.jsonl``. ``settled`` gives the problems in source order and
    is called once for each pass."""
    split_of = _sides(settled(), config)
    counts = Counts()
    rejects: list[Reject] = []
    write_rows(_steps(settled(), split_of, config, counts, rejects), out / "data" / "steps", steps_schema(),
               rows_per_shard=config.rows_per_shard)  # fmt: skip
    problems = (
        (split_of[one.index], one.problem | {"problem_index": one.index})
        for one in settled()
        if one.problem is not None
    )
    write_rows(problems, out / "data" / "problems", problems_schema(), rows_per_shard=config.rows_per_shard)
    write_rejects(out, rejects)
    return counts


def _sides(settled: Iterable[Settled], config: BuildConfig) -> dict[int, str]:
    """The split of each vetted problem: near-duplicates go to one side."""
    signatures: dict[int, Sequence[int]] = {}
    names: dict[int, str] = {}
    for one in settled:
        if one.problem is not None:
            signatures[one.index] = one.problem["signature"]
            names[one.index] = one.problem["problem_id"]
    if len(config.split) == 1:
        return dict.fromkeys(names, config.split[0][0])
    groups = clusters(list(signatures.values()))
    group_of = {
        index: names[list(signatures)[group]] for index, group in zip(signatures, groups, strict=True)
    }
    return assign(group_of, config.split, config.seed)


def _steps(
    settled: Iterable[Settled],
    split_of: dict[int, str],
    config: BuildConfig,
    counts: Counts,
    rejects: list[Reject],
) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in settled:
        counts.problems += 1
        counts.vetted += one.problem is not None
        rejects += one.rejects
        counts.rejects.update(reject.reason for reject in one.rejects)
        counts.stages.update(reject.stage for reject in one.rejects)
        traces = [apply(config.policy, from_row(row), prefix_labels=config.prefix_labels) for row in one.rows]
        kept = cap_rows(traces, config.max_per_problem, config.seed) if config.max_per_problem else traces
        counts.left_out["max_per_problem"] += len(traces) - len(kept)
        counts.conflicts += len(check_prefixes(kept))
        for trace in kept:
            _count(trace, counts)
            yield split_of[one.index], to_row(trace) | {"problem_index": one.index}


def _count(trace: Trace, counts: Counts) -> None:
    counts.rows[trace.label_kind] += 1
    counts.verdicts[str(trace.verdict)] += 1
    counts.labels.update(str(label) for label in trace.labels)
    counts.reasons.update(trace.reasons)
