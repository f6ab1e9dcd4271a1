"""``prmdata bench``: makes a benchmark from problems, runs its evidence again, and computes the figures of a
scorer.

Part of the composition root. For each source, a build with the strategy ``benchmark`` makes the rows and can
be resumed. Items are chosen from the rows, verified by execution and written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from prmdata.app.bench_sources import BenchInputs, builds_of
from prmdata.app.build import build
from prmdata.app.checks import in_flight_of, opened
from prmdata.app.wiring import Notice, silent
from prmdata.bench.collect import STAGE, ProblemRows, collect, grouped
from prmdata.bench.item import SPLITS, BenchItem, read_items
from prmdata.bench.store import BenchCounts, BenchProblem, write_bench
from prmdata.bench.verify import Doubts, spec_of, verify
from prmdata.config import BuildConfig, configure
from prmdata.datasets.disk import saying_full
from prmdata.datasets.manifest import data_digest, read_rejects
from prmdata.datasets.reader import configs, read_rows, read_traces
from prmdata.datasets.splits import assign
from prmdata.pipeline.driver import in_order
from prmdata.pipeline.folder import check_folder, locked
from prmdata.pipeline.problem_work import Answerer, answered
from prmdata.pipeline.progress import counted
from prmdata.records import Reject
from prmdata.vetting.similar import Index, clusters, content_digest


@dataclass(frozen=True, slots=True)
class BenchResult:
    """The result of a build of a benchmark. ``stopped`` says why the build ended early; None means that the
    benchmark is complete."""

    out: Path
    counts: BenchCounts | None = None
    stopped: str | None = None

    @property
    def exit_code(self) -> int:
        """0 done; 1 without items; 130 stopped, resumable."""
        if self.counts is None:
            return 130
        return 0 if self.counts.items else 1

    def text(self) -> str:
        """The closing lines of the command."""
        if self.counts is None:
            return f"stopped: {self.stopped}; run the same command again to go on"
        return f"{self.counts.text()}\nbenchmark: {self.out}"


@dataclass(frozen=True, slots=True)
class _SourceProblem:
    """A vetted problem of one source. ``left_out`` is the reason why the problem is left out; None means that
    it stays."""

    folder: Path
    row: Mapping[str, Any]
    cluster: int
    left_out: str | None = None


def bench_build(
    inputs: BenchInputs, config: BuildConfig, *, notice: Notice = silent, show_progress: bool = False
) -> BenchResult:
    """Make the benchmark ``config.out``, or continue it; see ``prmdata bench build --help``.

    Raises what :func:`prmdata.build` raises.
    """
    out = config.out
    check_folder(out)
    with saying_full(out), locked(out):
        builds = builds_of(inputs, config)
        for each in builds:
            notice(f"{each.source}:")
            result = build(each, notice=notice, show_progress=show_progress)
            if result.stopped is not None:
                return BenchResult(out, stopped=result.stopped)
        problems = _problems([each.out for each in builds], inputs)
        rejects = [reject for each in builds for reject in read_rejects(each.out)]
        rejects += [Reject(one.row["problem_id"], STAGE, one.left_out) for one in problems if one.left_out]
        chosen = list(_chosen(problems, inputs.generator, rejects))
        again = partial(_run_again, config=config, notice=notice, show_progress=show_progress)
        verified = _verified(chosen, again, rejects)
        shares = config.split if len(config.split) > 1 else SPLITS
        sides = assign([(_content(one.row), one.cluster) for one, _ in verified], shares, config.seed)
        found = [
            BenchProblem(one.row, side, items) for (one, items), side in zip(verified, sides, strict=True)
        ]
        return BenchResult(out, write_bench(out, found, rejects, _said(inputs, config, builds)))


def _said(inputs: BenchInputs, config: BuildConfig, builds: Sequence[BuildConfig]) -> dict[str, Any]:
    """The settings that decided the benchmark, for its manifest. The places of the files are not among them."""
    made = [
        {"name": each.out.name, "config": each.digest(), "data": data_digest(each.out)} for each in builds
    ]
    shares = dict(config.split if len(config.split) > 1 else SPLITS)
    return {
        "builds": made,
        "generator": inputs.generator,
        "seed": config.seed,
        "split": shares,
        "k": config.k,
    }


def _content(row: Mapping[str, Any]) -> str:
    return content_digest(row["prompt"], row["reference"])


def _problems(folders: Sequence[Path], inputs: BenchInputs) -> list[_SourceProblem]:
    """The vetted problems of all sources. Of near-duplicates, only the first one stays. Near-duplicates of
    problems of a training set are left out."""
    rows = [
        (folder, row)
        for folder in folders
        if "problems" in configs(folder)
        for _, row in read_rows(folder, "problems")
    ]
    trained = Index()
    for path in inputs.decontaminate:
        if path.is_dir():
            for _, row in read_rows(path, "problems", columns=["signature"]):
                trained.add(row["signature"])
    groups = clusters([row["signature"] for _, row in rows])
    ids = Counter(row["problem_id"] for _, row in rows)
    found = []
    for place, (folder, row) in enumerate(rows):
        left_out = None
        if trained.near(row["signature"]):
            left_out = "a problem of a training set"
        elif groups[place] != place:
            left_out = f"a near-duplicate of {rows[groups[place]][1]['problem_id']}"
        if ids[row["problem_id"]] > 1:
            row["problem_id"] = f"{folder.name.partition('-')[2]}:{row['problem_id']}"
        found.append(_SourceProblem(folder, row, groups[place], left_out))
    return found


Chosen = tuple[_SourceProblem, list[BenchItem]]
Groups = Sequence[tuple[Mapping[str, Any], Sequence[BenchItem]]]
"""Items of one problem after the other, each with the row of the problem."""


def _chosen(problems: Sequence[_SourceProblem], generator: str, rejects: list[Reject]) -> Iterator[Chosen]:
    """The problems that stay, with their items, in the order of the sources."""
    by_build: dict[Path, dict[int, _SourceProblem]] = {}
    for one in problems:
        by_build.setdefault(one.folder, {})[one.row["problem_index"]] = one
    for folder, of_build in by_build.items():
        for traces in grouped(read_traces(folder)):
            one = of_build[traces[0].problem_index]
            if one.left_out is None:
                own = ProblemRows(
                    spec_of(one.row).problem,
                    [replace(each, problem_id=one.row["problem_id"]) for each in traces],
                )
                found = list(collect(own, generator))
                rejects += [each for each in found if isinstance(each, Reject)]
                items = [each for each in found if isinstance(each, BenchItem)]
                if items:
                    yield one, items


def _verified(
    chosen: Sequence[Chosen], again: Callable[[Groups], Iterator[Doubts]], rejects: list[Reject]
) -> list[Chosen]:
    """The items whose evidence holds when it is run ``again``."""
    kept: list[Chosen] = []
    for (one, items), doubts in zip(chosen, again([(one.row, items) for one, items in chosen]), strict=True):
        rejects += [
            Reject(item.problem_id, STAGE, doubts[item.id], program=item.program)
            for item in items
            if item.id in doubts
        ]
        held = [item for item in items if item.id not in doubts]
        if held:
            kept.append((one, held))
    return kept


def _run_again(
    groups: Groups, config: BuildConfig, notice: Notice, *, show_progress: bool
) -> Iterator[Doubts]:
    """The items whose evidence does not hold, for each group of items."""

    async def again(answer: Answerer, group: tuple[Mapping[str, Any], Sequence[BenchItem]]) -> Doubts:
        row, items = group
        return await answered(verify(spec_of(row), items), answer)

    found = in_order(groups, again, opened(config, notice), in_flight_of(config))
    return counted(found, len(groups), is_shown=show_progress)


def bench_check(
    bench: Path, config: BuildConfig | None = None, *, notice: Notice = silent, show_progress: bool = False
) -> dict[str, Any]:
    """Run every witness and counterexample of a benchmark again. The result has ``items`` and ``held``
    (numbers), and ``doubts`` (the reason why the evidence of an item does not hold, by the item's id)."""
    rows = {row["problem_id"]: row for _, row in read_rows(bench, "problems")}
    items: dict[str, list[BenchItem]] = {}
    for _, item in read_items(bench):
        items.setdefault(item.problem_id, []).append(item)
    groups = [(rows[name], found) for name, found in items.items()]
    doubts: Doubts = {}
    for found in _run_again(groups, config or configure(), notice, show_progress=show_progress):
        doubts |= found
    total = sum(map(len, items.values()))
    return {"items": total, "held": total - len(doubts), "doubts": doubts}
