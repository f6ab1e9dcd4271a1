"""Checks that every row of a build with ``--strategy curriculum`` is what StepCoder's CCCS asks for.

    prmdata build SOURCE --strategy curriculum -o OUT && python benchmarks/curriculum.py OUT

In every row, prefix and completion are the canonical program of the problem's reference row, the program
passed, and the prefix holds the given steps and ends before a statement that branches or loops (in the last
stage: after the given steps). In every problem, stages count from 0, and each gives fewer steps than the one
before. The script exits with 1 if a row does not hold.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from prmdata.datasets.reader import read_traces
from prmdata.records import Trace, Verdict
from prmdata.strategies.curriculum import CONDITIONAL


def faults(rows: list[Trace], program: str) -> list[str]:
    """The conditions that one problem's rows break."""
    found: list[str] = []
    ordered = sorted(rows, key=lambda row: row.stage if row.stage is not None else -1)
    cuts = [row.cut if row.cut is not None else -1 for row in ordered]
    if [row.stage for row in ordered] != list(range(len(ordered))):
        found.append("stages do not count from 0")
    if any(after >= before for before, after in pairwise(cuts)):
        found.append("a later stage gives no less")
    for row, cut in zip(ordered, cuts, strict=True):
        if "".join(row.steps[:cut]) + "".join(row.steps[cut:]) != program:
            found.append(f"stage {row.stage}: not the canonical program")
        if row.verdict != Verdict.PASSED:
            found.append(f"stage {row.stage}: {row.verdict}")
        if cut < row.given_steps:
            found.append(f"stage {row.stage}: gives less than the prompt")
        lines = row.steps[cut].split("\n") if cut > row.given_steps else []
        if lines and not any(line.lstrip().startswith(CONDITIONAL) for line in lines):
            found.append(f"stage {row.stage}: does not split at a conditional")
    if cuts and cuts[-1] != ordered[-1].given_steps:
        found.append("the last stage gives more than the prompt")
    return found


def main() -> None:
    programs: dict[str, str] = {}
    rows: defaultdict[str, list[Trace]] = defaultdict(list)
    for row in read_traces(Path(sys.argv[1])):
        if row.label_kind == "reference":
            programs[row.problem_id] = "".join(row.steps)
        elif row.strategy == "curriculum":
            rows[row.problem_id].append(row)
    wrong = {name: found for name, program in programs.items() if (found := faults(rows[name], program))}
    without = [name for name in programs if not rows[name]]
    print(
        f"{len(programs)} problems, {sum(map(len, rows.values()))} rows, "
        f"{len(without)} problems without rows, {len(wrong)} that do not hold"
    )
    for name, found in wrong.items():
        print(f"  {name}: {'; '.join(found)}")
    sys.exit(1 if wrong or without else 0)


if __name__ == "__main__":
    main()
