"""Measures whether ``first-error`` finds the step that is known to be wrong, and whether its witnesses hold.

    python benchmarks/first_error.py planted --source FILE [--restyle N] [--draw N] [--limit N] [--sandbox S] [-o FILE.json]
    python benchmarks/first_error.py known --source FILE [--sandbox S] [-o FILE.json]
    python benchmarks/first_error.py replay OUT --source FILE [--sandbox S]

``planted``: each reference is restyled by N verified refactorings (names, loops, order), and one mutation is
planted at a known step. If the mutant fails the given tests, the reference completes it. The figure is the
share in which the cut is the planted step. ``known``: the source has rows of QuixBugs' layout with
``buggy_lines``. The figure is the share in which the first bad step holds the known line. ``replay``: every
witness of a build is run again. It must begin with the steps before the cut and pass the problem's tests.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from prmdata.app.wiring import sandbox_of
from prmdata.config import configure
from prmdata.datasets.reader import read_traces
from prmdata.edits.rules import propose
from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.errors import EditRefused
from prmdata.problems import read_problems
from prmdata.records import (
    Candidate,
    Execution,
    Intent,
    Problem,
    Rollout,
    Run,
    Task,
    Trace,
    Verdict,
    Vetted,
)
from prmdata.sandboxes.pool import Pool
from prmdata.steps import given_count, split_steps, step_of_line
from prmdata.strategies.first_error import FirstErrorOptions, run
from prmdata.testing.trampoline import run_to_end as drive
from prmdata.vetting.vet import vet

Asking = Generator[Any, Any, Any]


def planted(
    problem: Problem, restyle: int, draw: int, seed: int
) -> Generator[Any, Any, list[tuple[Candidate, Trace]]]:
    """Mutants of the restyled reference that fail, each with the row that ``first-error`` makes of it."""
    vetted = yield from vet(problem)
    if not isinstance(vetted, Vetted):
        return []
    rng = random.Random(f"{seed}:{problem.id}")
    program = problem.reference
    for _ in range(restyle):
        changed = list(_edited(problem, program, "refactor", rng, 6))
        good = yield from _judged(vetted, changed, passing=True)
        program = good[0].program if good else program
    failing = yield from _judged(
        vetted, list(_edited(problem, program, "mutate", rng, 3 * draw)), passing=False
    )
    failing = [one for one in failing if one.labelled_step is not None][:draw]
    rollouts = tuple(Rollout(one.program) for one in failing)
    again = replace(
        vetted, spec=replace(vetted.spec, problem=replace(vetted.problem, rollouts=rollouts, references=()))
    )
    outcome = yield from run(again, FirstErrorOptions())
    rows = {"".join(row.steps): row for row in outcome.traces}
    return [(one, rows[one.program]) for one in failing if one.program in rows]


def _edited(
    problem: Problem, program: str, intent: Intent, rng: random.Random, most: int
) -> Iterator[Candidate]:
    steps = split_steps(program)
    source = Source(program, given_count(problem.prompt, steps), steps)
    edits = propose(source, (intent,), None, None, rng.randrange(1 << 30))
    for edit in rng.sample(edits, min(most, len(edits))):
        try:
            yield splice(source, edit)
        except EditRefused:
            continue


def _judged(vetted: Vetted, candidates: list[Candidate], *, passing: bool) -> Asking:
    if not candidates:
        return []
    answers = yield Run(vetted.spec, tuple(Task(one.program) for one in candidates))
    return [
        one
        for one, answer in zip(candidates, answers, strict=True)
        if isinstance(answer, Execution) and (answer.verdict == Verdict.PASSED) == passing
    ]


def hit(candidate: Candidate, row: Trace) -> bool:
    """Whether the cut is a step of the planted edit."""
    if row.cut is None:
        return False
    return row.cut == candidate.labelled_step or candidate.new_start <= row.cut < max(candidate.new_stop, 1)


def measure_planted(args: argparse.Namespace, pool: Pool) -> dict[str, Any]:
    """Hits by operator, and the misses to read."""
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    misses: list[dict[str, Any]] = []
    probes = 0
    for problem in _drawn(args):
        pairs = drive(planted(problem, args.restyle, args.draw, args.seed), _ask(pool))
        for candidate, row in pairs:
            operator = candidate.edit.operator
            found[operator] += 1
            probes += len(row.probes)
            if hit(candidate, row):
                right[operator] += 1
                continue
            misses.append(
                {
                    "id": problem.id,
                    "operator": operator,
                    "planted": [candidate.new_start, candidate.new_stop],
                    "cut": row.cut,
                    "steps": row.steps,
                    "reference": problem.reference,
                    "witness": row.witness,
                    "probes": [(probe.step, probe.k, probe.passed) for probe in row.probes],
                }
            )
    total = sum(found.values())
    return {
        "planted": total,
        "right": sum(right.values()),
        "share": sum(right.values()) / max(total, 1),
        "early": sum(one["cut"] is not None and one["cut"] < one["planted"][0] for one in misses),
        "late": sum(one["cut"] is not None and one["cut"] >= one["planted"][0] for one in misses),
        "none": sum(one["cut"] is None for one in misses),
        "probes": probes / max(total, 1),
        "by_operator": {name: f"{right[name]}/{count}" for name, count in sorted(found.items())},
        "misses": misses,
    }


def _drawn(args: argparse.Namespace) -> list[Problem]:
    problems = [one for one in read_problems(args.source) if isinstance(one, Problem)]
    if args.limit and args.limit < len(problems):
        problems = random.Random(args.seed).sample(problems, args.limit)
    return problems


def measure_known(args: argparse.Namespace, pool: Pool) -> dict[str, Any]:
    """Hits over rows with ``buggy_lines``; rows with a single buggy line are counted separately."""
    opened = gzip.open if args.source.endswith(".gz") else open
    with opened(args.source, "rt") as file:
        rows = {str(row["problem_id"]): row for row in map(json.loads, file)}
    shown: list[dict[str, Any]] = []
    for problem in _drawn(args):
        lines = rows[problem.id]["buggy_lines"]
        vetted = drive(vet(problem), _ask(pool))
        if not isinstance(vetted, Vetted):
            shown.append({"id": problem.id, "rejected": vetted.reason})
            continue
        (row,) = drive(run(vetted, FirstErrorOptions()), _ask(pool)).traces
        steps = split_steps("".join(row.steps))
        known = sorted({step_of_line(steps, line) for line in lines} - {None})
        shown.append({"id": problem.id, "known": known, "cut": row.cut, "class": row.verdict})
    judged = [one for one in shown if "known" in one]
    single = [one for one in judged if len(one["known"]) == 1]
    return {
        "judged": len(judged),
        "right": sum(one["cut"] in one["known"] for one in judged),
        "single": len(single),
        "single_right": sum(one["cut"] in one["known"] for one in single),
        "rows": shown,
    }


def measure_replay(args: argparse.Namespace, pool: Pool) -> dict[str, Any]:
    """Run every witness of the build ``args.out`` again on its problem's tests."""
    problems = {one.id: one for one in read_problems(args.source) if isinstance(one, Problem)}
    rows: dict[str, list[Trace]] = {}
    counts: Counter[str] = Counter()
    where: list[float] = []
    for row in read_traces(Path(args.out)):
        if row.strategy != "first-error":
            continue
        counts[row.response_class or "none"] += 1
        if row.cut is not None:
            own = len(row.steps) - row.given_steps
            where.append((row.cut - row.given_steps) / max(own - 1, 1))
            rows.setdefault(row.problem_id, []).append(row)
    held = empty = 0
    failed: list[str] = []
    for name, cuts in rows.items():
        vetted = drive(vet(problems[name]), _ask(pool))
        assert isinstance(vetted, Vetted), vetted
        witnessed = [row for row in cuts if row.witness is not None]
        empty += len(cuts) - len(witnessed)
        if not witnessed:
            continue
        tasks = tuple(Task(row.witness or "") for row in witnessed)
        answers = pool.submit(vetted.spec, tasks).result()
        for row, answer in zip(witnessed, answers, strict=True):
            begins = (row.witness or "").startswith("".join(row.steps[: row.cut]))
            if begins and isinstance(answer, Execution) and answer.verdict == Verdict.PASSED:
                held += 1
            else:
                failed.append(row.id)
    where.sort()
    quarters = [sum(low <= one < low + 0.25 + (low == 0.75) for one in where) for low in (0, 0.25, 0.5, 0.75)]
    return {
        "classes": dict(counts),
        "cuts": len(where),
        "median_place": where[len(where) // 2] if where else None,
        "cuts_by_quarter_of_the_program": quarters,
        "witnesses_held": held,
        "without_witness": empty,
        "failed": failed,
    }


def _ask(pool: Pool) -> Any:
    return lambda question: pool.submit(question.spec, question.tasks).result()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=("planted", "known", "replay"))
    parser.add_argument("out", nargs="?", help="replay: the build")
    parser.add_argument("--source", required=True)
    parser.add_argument("--restyle", type=int, default=0)
    parser.add_argument("--draw", type=int, default=3)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sandbox", default="docker")
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    measures = {"planted": measure_planted, "known": measure_known, "replay": measure_replay}
    provider = sandbox_of(configure(sandbox=args.sandbox), remote=False, notice=lambda _: None)
    with Pool(provider, workers=1) as pool:
        found = measures[args.what](args, pool)
    if args.output is not None:
        args.output.write_text(json.dumps(found, indent=1, default=list) + "\n")
    print(json.dumps({key: value for key, value in found.items() if key != "misses"}, default=list))


if __name__ == "__main__":
    main()
