"""Turns the outcomes of problems, in source order, into the dataset: all the work that needs the whole set.

A plain run ends with this step, and ``merge`` does the same over the files of the shards, so both write the
same bytes. Labels are derived here. Rows and files depend only on the outcomes and their order. There is one
pass over the rows, and there are several over the problems without their rows (near-duplicates and sides of a
split, problems, rejects). Memory holds the rows of one problem and, if there is more than one split, 1.2 KB
for each problem.
"""

from __future__ import annotations

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
from prmdata.datasets.writer import write_rows
from prmdata.labels.policies import apply
from prmdata.labels.prefixes import check_prefixes
from prmdata.pipeline.costs import add_costs
from prmdata.pipeline.sides import Sides, sides_of, stored_sides
from prmdata.records import Reject, Trace
from prmdata.records.numbers import number_of


@dataclass(frozen=True, slots=True)
class CompletedProblem:
    """One problem on its way into the dataset: its place, its row in ``problems`` (None if the problem does
    not hold), its unlabelled rows (empty in a pass without rows), what was left out, how its edits were
    spliced, and what a model's answers about it took, by what they were for."""

    index: int
    problem: dict[str, Any] | None
    rows: Sequence[dict[str, Any]]
    rejects: Sequence[Reject]
    spliced: Mapping[str, int] = field(default_factory=dict)
    asked: Mapping[str, Any] = field(default_factory=dict)


CompletedPasses = Callable[[bool], Iterator[CompletedProblem]]
"""The problems in source order; each call is one pass. The argument says whether the pass needs the rows."""


@dataclass(slots=True)
class Counts:
    """What the second pass counted: the figures of the manifest, the card and the report."""

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
    asked: dict[str, Any] = field(default_factory=dict)
    conflicts: int = 0
    notes: list[str] = field(default_factory=list)

    def count_spliced(self, found: Mapping[str, int]) -> None:
        """Add judged edits: those that libcst spliced, and the others by the reason why libcst did not splice
        them."""
        for reason, count in found.items():
            self.spliced["libcst" if reason == "libcst" else "text"] += count
            if reason != "libcst":
                self.spliced_as_text[reason] += count

    def as_dict(self) -> dict[str, Any]:
        """The counts for JSON, with sorted keys."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: dict(sorted(value.items())) if isinstance(value, Counter) else value
            for name, value in values.items()
        }


def assemble(
    problems: CompletedPasses, out: Path, config: BuildConfig, pinned: Mapping[str, str] | None = None
) -> tuple[Counts, Sides]:
    """Write ``OUT/data`` and ``OUT/rejects.jsonl``. ``pinned``: see :func:`prmdata.pipeline.sides.sides_of`."""
    vetted = ((one.index, one.problem) for one in problems(False) if one.problem is not None)
    sides = sides_of(vetted, config, pinned=pinned, before=stored_sides(out))
    counts = Counts(notes=list(sides.notes))
    sizes = {"rows_per_shard": config.rows_per_shard}
    steps = _steps(problems(True), sides, config, counts)
    write_rows(steps, out / "data" / "steps", steps_schema(), **sizes)
    problem_rows = _problems(problems(False), sides, counts)
    write_rows(problem_rows, out / "data" / "problems", problems_schema(), **sizes)
    write_rejects(out, (reject for one in problems(False) for reject in one.rejects))
    if counts.conflicts:
        counts.notes.append(
            f"{number_of(counts.conflicts, 'prefix has', 'prefixes have')} two labels under --policy {config.policy}"
        )
    return counts, sides


def _problems(
    problems: Iterable[CompletedProblem], sides: Sides, counts: Counts
) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in problems:
        counts.problems += 1
        counts.count_spliced(one.spliced)
        add_costs(counts.asked, one.asked)
        counts.rejects.update(reject.reason for reject in one.rejects)
        counts.stages.update(reject.stage for reject in one.rejects)
        if one.problem is not None:
            counts.vetted += 1
            yield sides.of[one.index], one.problem | {"problem_index": one.index}


def _steps(
    problems: Iterable[CompletedProblem], sides: Sides, config: BuildConfig, counts: Counts
) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in problems:
        traces = labelled(one.rows, config)
        kept = cap_rows(traces, config.max_per_problem, config.seed) if config.max_per_problem else traces
        counts.left_out["max_per_problem"] += len(traces) - len(kept)
        counts.conflicts += len(check_prefixes(kept))
        for trace in kept:
            _count(trace, counts)
            yield sides.of[one.index], to_row(trace) | {"problem_index": one.index}


def labelled(rows: Iterable[dict[str, Any]], config: BuildConfig) -> list[Trace]:
    """The traces of ``rows``, with the labels of the configuration's policy."""
    return [apply(config.policy, from_row(row), prefix_labels=config.prefix_labels) for row in rows]


def _count(trace: Trace, counts: Counts) -> None:
    counts.rows[trace.label_kind] += 1
    counts.verdicts[str(trace.verdict)] += 1
    counts.labels.update(str(label) for label in trace.labels)
    counts.reasons.update(trace.reasons)
