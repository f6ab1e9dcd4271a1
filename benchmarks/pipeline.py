"""Measures the whole pipeline in one run: against the bare sandbox, by size, and split into parts.

    python benchmarks/pipeline.py [overhead] [size] [split] [mutants] [-o FILE.json] [--sandbox docker|local] [--source FILE]

``overhead``: programs/s of a whole build against a pool that only judges the same tasks. ``size``: time and
peak memory at 1×, 4× and 16× the problems (renamed copies). ``split``: a plain run, four shards and their
merge, Ray with one and two workers: their times, and whether the bytes agree. ``mutants``: mutants judged per
second, against mutmut and cosmic-ray (``benchmarks/mutants.py``). Every figure is of this run on this
machine. Compare ratios, not seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mutants

from prmdata.app.wiring import sandbox_of
from prmdata.config import configure
from prmdata.records import Spec, Task
from prmdata.sandboxes.pool import Pool

Table = list[dict[str, Any]]


def overhead(source: str, sandbox: str, limit: int | None) -> Table:
    """The build's rate over the bare sandbox's, on the same tasks with the same number of workers."""
    import prmdata.sandboxes.pool as pool_module
    from prmdata.app.build import build

    asked: list[tuple[Spec, Sequence[Task]]] = []
    times: list[float] = []

    class Noting(Pool):
        def submit(self, spec: Spec, tasks: Sequence[Task]) -> Any:
            asked.append((spec, tasks))
            times.append(time.monotonic())
            future = super().submit(spec, tasks)
            future.add_done_callback(lambda _: times.append(time.monotonic()))
            return future

    pool_module.Pool = Noting  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder:
        config = configure(source=source, sandbox=sandbox, workers=2, limit=limit, out=Path(folder) / "out")
        began, cpu = time.monotonic(), time.process_time()
        result = build(config)
        whole_s, host_cpu_s = time.monotonic() - began, time.process_time() - cpu
    pool_module.Pool = Pool  # type: ignore[misc]
    tasks = sum(len(tasks) for _, tasks in asked)
    provider = sandbox_of(config, remote=False, notice=lambda _: None)
    with Pool(provider, workers=2) as pool:
        pool.submit(asked[0][0], asked[0][1][:1]).result()
        began = time.monotonic()
        futures = [pool.submit(spec, tasks) for spec, tasks in asked]
        for future in futures:
            future.result()
        bare_s = time.monotonic() - began
    return [
        {"what": "whole build", "tasks": tasks, "rows": result.rows, "s": whole_s, "tasks/s": tasks / whole_s, "host cpu s": host_cpu_s},
        {"what": "from the first task to the last", "tasks": tasks, "s": max(times) - min(times), "tasks/s": tasks / (max(times) - min(times))},
        {"what": "bare sandbox", "tasks": tasks, "s": bare_s, "tasks/s": tasks / bare_s},
        {"what": "ratio, whole", "tasks/s": bare_s / whole_s},
        {"what": "ratio, first to last task", "tasks/s": bare_s / (max(times) - min(times))},
    ]  # fmt: skip


SHAPES = (
    ("def {name}(a, b):\n    total = a + {n}\n    if b > a:\n        total = total + b\n    else:\n        total = total - b\n    low = min(a, b)\n    return total * 2 + low\n", ((1, 2), (5, 3), (4, 4), (0, 7))),
    ("def {name}(text):\n    head = text[:1]\n    rest = text[1:]\n    if len(text) > {n}:\n        return rest.upper() + head\n    return head + rest[::-1]\n", (("abc",), ("hello",), ("a",), ("wxyzv",))),
    ("def {name}(items, k):\n    ordered = sorted(items)\n    k = max(k, 1)\n    part = ordered[:k]\n    if not part:\n        return {n}\n    return sum(part) + part[-1]\n", (([3, 1, 2], 2), ([5], 1), ([9, 8, 7, 1], 3), ([2, 2, 4], 1))),
)  # fmt: skip
"""Functions without loops (no mutant runs for ever) that give about sixty candidates each."""


def copies(times: int, path: Path) -> int:
    """Writes problems of three shapes, each under a name of its own so that none is a duplicate: 36 for each
    of ``times``. Their limit keeps the inputs few, so that there are many quick candidates."""
    written = 0
    with path.open("w") as file:
        for number in range(36 * times):
            shape, inputs = SHAPES[number % len(SHAPES)]
            name = f"work_{number}"
            reference = shape.format(name=name, n=number % 5)
            space: dict[str, Any] = {}
            exec(reference, space)
            tests = [f"assert {name}{one!r} == {space[name](*one)!r}".replace(",)", ")") for one in inputs]
            row = {"id": str(number), "prompt": f"Write {name}.", "reference": reference, "entry_point": name, "tests": tests, "limits": {"cpu_s": 5.0}}  # fmt: skip
            file.write(json.dumps(row) + "\n")
            written += 1
    return written


def command(*arguments: object) -> tuple[float, float, int]:
    """Seconds, CPU seconds (with the guests of a local sandbox) and peak resident bytes of one ``prmdata``
    command."""
    process = subprocess.Popen(
        [sys.executable, "-m", "prmdata.cli.main", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    began = time.monotonic()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(
            f"prmdata {' '.join(map(str, arguments))}: ended with {os.waitstatus_to_exitcode(status)}"
        )
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def size(sandbox: str, sizes: Sequence[int]) -> Table:
    """Time and memory at 1×, 4× and 16×. The first build is a warm-up and is not shown."""
    rows: Table = []
    with tempfile.TemporaryDirectory() as folder:
        for times in (1, *sizes):
            source = Path(folder) / f"{times}.jsonl"
            problems = copies(times, source)
            out = Path(folder) / f"out-{len(rows)}-{times}"
            took, cpu, peak = command("build", source, "-o", out, "--sandbox", sandbox, "--workers", 2)
            programs = sum(json.loads((out / "manifest.json").read_text())["counts"]["rows"].values())
            rows.append(
                {
                    "what": f"{times}×",
                    "problems": problems,
                    "rows": programs,
                    "s": took,
                    "cpu s": cpu,
                    "peak MB": peak / 1e6,
                }
            )
    rows = rows[1:]
    for row in rows:
        row["s over first"] = row["s"] / rows[0]["s"]
        row["cpu s over first"] = row["cpu s"] / rows[0]["cpu s"]
        row["peak over second"] = row["peak MB"] / rows[min(1, len(rows) - 1)]["peak MB"]
    return rows


def digest(out: Path) -> str:
    """One digest of all data files."""
    found = hashlib.sha256()
    for path in sorted(out.rglob("*.parquet")):
        found.update(str(path.relative_to(out)).encode() + path.read_bytes())
    return found.hexdigest()[:16]


def split(source: str, sandbox: str, limit: int | None) -> Table:
    """The same problems in one run, in four shards merged, and on Ray."""
    rows: Table = []
    common = ["build", source, "--sandbox", sandbox, *(["--limit", limit] if limit else [])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for workers in (1, 2):
            out = folder / f"plain{workers}"
            took, _, _ = command(*common, "-o", out, "--workers", workers)
            rows.append({"what": f"plain, {workers} workers", "s": took, "bytes": digest(out)})
        took = 0.0
        for n in range(1, 5):
            took += command(*common, "-o", folder / f"s{n}", "--workers", 2, "--shard", f"{n}/4")[0]
        merging, _, _ = command("merge", *(folder / f"s{n}" for n in range(1, 5)), "-o", folder / "merged")
        rows.append(
            {
                "what": "4 shards, one after another",
                "s": took,
                "merge s": merging,
                "bytes": digest(folder / "merged"),
            }
        )
        for workers in (1, 2):
            out = folder / f"ray{workers}"
            took, _, _ = command(*common, "-o", out, "--workers", workers, "--engine", "ray")
            rows.append({"what": f"ray, {workers} workers", "s": took, "bytes": digest(out)})
    return rows


def show(title: str, rows: Table) -> None:
    """Print a table, with the columns in their order of appearance."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    cells = [columns] + [[_cell(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    print(f"\n{title}")
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    return (
        f"{value:.3g}"
        if isinstance(value, float) and value < 100
        else f"{value:.0f}"
        if isinstance(value, float)
        else str(value)
    )


def main() -> None:
    """Run the parts that were named, or all parts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", choices=["overhead", "size", "split", "mutants", []])
    parser.add_argument("-o", "--out", type=Path)
    parser.add_argument("--sandbox", default="auto")
    parser.add_argument("--source", default=None)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--sizes", type=int, nargs="+", default=(1, 4, 16))
    parser.add_argument("--functions", type=int, default=40, help="for mutants")
    given = parser.parse_args()
    data = os.environ.get("PRMDATA_DATA")
    source = given.source or (str(Path(data) / "mbpp" / "mbpp.jsonl.gz") if data else "sample")
    tables: dict[str, Table] = {}
    for part in given.parts or ["overhead", "size", "split", "mutants"]:
        if part == "overhead":
            tables[part] = overhead(source, given.sandbox, given.limit)
        elif part == "size":
            tables[part] = size(given.sandbox, given.sizes)
        elif part == "mutants":
            tables[part] = mutants.compare(source, given.sandbox, given.functions, 300, None)
        else:
            tables[part] = split("sample", given.sandbox, given.limit)
        show(part, tables[part])
    if given.out:
        given.out.write_text(json.dumps(tables, indent=2) + "\n")
    print(
        f"\npeak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
