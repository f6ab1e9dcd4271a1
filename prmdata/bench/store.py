"""A benchmark on disk: its items and problems by split, what was left out, the manifest and the card."""

from __future__ import annotations

import json
import shlex
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prmdata.bench.item import CONFIG, BenchItem, item_row, items_schema
from prmdata.datasets.manifest import write_manifest, write_rejects
from prmdata.datasets.problem_rows import problems_schema
from prmdata.datasets.writer import write_rows, write_text
from prmdata.records import Reject


@dataclass(frozen=True, slots=True)
class BenchProblem:
    """A problem of a benchmark: its row in config ``problems``, its side of the split, its items."""

    row: Mapping[str, Any]
    split: str
    items: Sequence[BenchItem]


@dataclass(slots=True)
class BenchCounts:
    """How many items a benchmark has and what was left out, by reason."""

    strata: dict[str, Counter[str]] = field(default_factory=dict)
    splits: Counter[str] = field(default_factory=Counter)
    problems: int = 0
    rejects: Counter[str] = field(default_factory=Counter)

    @property
    def items(self) -> int:
        return sum(self.splits.values())

    def as_dict(self) -> dict[str, Any]:
        """The counts as values for JSON, with sorted keys."""
        strata = {name: dict(sorted(found.items())) for name, found in sorted(self.strata.items())}
        rest = {"splits": dict(sorted(self.splits.items())), "rejects": dict(sorted(self.rejects.items()))}
        return {"items": self.items, "problems": self.problems, "strata": strata, **rest}

    def text(self) -> str:
        """The closing lines of the command."""
        lines = [f"items: {self.items} of {self.problems} problems"]
        for name, found in sorted(self.strata.items()):
            lines.append(f"  {name}: {found['wrong']} wrong, {found['right']} right")
        lines.append("left out, by reason (each is a line of rejects.jsonl):")
        lines += [f"  {count:>6}  {reason}" for reason, count in self.rejects.most_common()]
        return "\n".join(lines)


def write_bench(
    out: Path, problems: Sequence[BenchProblem], rejects: Sequence[Reject], config: Mapping[str, Any]
) -> BenchCounts:
    """Write the benchmark. The same items give the same bytes."""
    counts = BenchCounts(problems=len(problems))
    for problem in problems:
        counts.splits[problem.split] += len(problem.items)
        for item in problem.items:
            found = counts.strata.setdefault(item.stratum, Counter(wrong=0, right=0))
            found["wrong" if item.is_wrong else "right"] += 1
    counts.rejects.update(reject.reason for reject in rejects)
    rows = ((problem.split, item_row(item)) for problem in problems for item in problem.items)
    write_rows(rows, out / "data" / CONFIG, items_schema())
    write_rows(
        ((problem.split, dict(problem.row)) for problem in problems),
        out / "data" / "problems",
        problems_schema(),
    )
    write_rejects(out, rejects)
    write_text(out / "README.md", _card(out, problems, counts))
    command = shlex.join(["prmdata", *sys.argv[1:]])
    write_manifest(out, config=config, counts=counts.as_dict(), command=command)
    return counts


def _card(out: Path, problems: Sequence[BenchProblem], counts: BenchCounts) -> str:
    splits = sorted(counts.splits)
    licences = sorted({str(problem.row["license"]) or "unknown" for problem in problems})
    files = {
        name: [{"split": split, "path": f"data/{name}/{split}-*.parquet"} for split in splits]
        for name in (CONFIG, "problems")
    }
    front = json.dumps(
        {"configs": [{"config_name": name, "data_files": found} for name, found in files.items()]}
    )
    table = "\n".join(
        f"| {name} | {found['wrong']} | {found['right']} |" for name, found in sorted(counts.strata.items())
    )
    return f"""---
{front}
---

# {out.resolve().name}: where a program first goes wrong

{counts.items} programs of {counts.problems} problems, each with the index of its first wrong step (`label`, -1: none) as in ProcessBench.
Every wrong one has a counterexample and a witness (a passing program that begins with everything before that step), and both
were run again before it entered. Licences of the problems: {", ".join(licences)}.

| stratum | wrong | right |
|---|---|---|
{table}

```console
$ prmdata bench score {out.resolve().name} predictions.jsonl
```
"""
