"""``prmdata.judge`` in a loop against the bare pool, alternating in one run, and what is left behind.

    python benchmarks/judge.py [--programs 2000] [--sandbox docker] [--json FILE]

The same programs (bundled problems, variants of right and wrong ones that differ in a comment) go through the pool's
``submit`` and through ``judge``, a program a call and then 100 a call. The other rows are the pool's rate with all of a
call's programs at once. Counted before and after: threads, open files, memory of this process, containers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import prmdata
from prmdata.app.judge import close_pools
from prmdata.records import Problem, Spec, Task
from prmdata.sandboxes.choose import choose
from prmdata.sandboxes.pool import Pool

CPU_S = 0.5
BLOCK = 100
"""Programs of one side before the other has its turn."""

Judged = Callable[[Spec, list[str]], list[bool]]


def job(n_programs: int) -> list[tuple[Spec, str]]:
    """Programs with their problems: of each problem as many as come in one block, half of them wrong."""
    problems = [problem for problem in prmdata.read_problems("sample") if isinstance(problem, Problem)]
    found = []
    for at in range(n_programs):
        problem = problems[at // BLOCK % len(problems)]
        program = problem.reference if at % 2 else f"{problem.reference}\nraise ValueError\n"
        found.append((Spec(problem, cpu_s=CPU_S), f"{program}\n# variant {at}\n"))
    return found


def left_behind() -> dict[str, int]:
    """What a leak would raise."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    shown = subprocess.run(["docker", "ps", "-q"], capture_output=True, text=True, check=False)
    return {
        "threads": threading.active_count(),
        "files": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        "resident_mb": pages * os.sysconf("SC_PAGE_SIZE") // 2**20,
        "containers": len(shown.stdout.split()),
    }


def measure(sides: dict[str, Judged], programs: list[tuple[Spec, str]], a_call: int) -> dict[str, float]:
    """Programs a second of each side, block by block in turn. Raises AssertionError where their verdicts differ."""
    seconds = dict.fromkeys(sides, 0.0)
    for start in range(0, len(programs), BLOCK):
        block = programs[start : start + BLOCK]
        said: list[list[bool]] = []
        names = list(sides) if start // BLOCK % 2 else list(reversed(sides))
        for name in names:
            found: list[bool] = []
            began = time.perf_counter()
            for at in range(0, len(block), a_call):
                texts = [program for _, program in block[at : at + a_call]]
                found += sides[name](block[at][0], texts)
            seconds[name] += time.perf_counter() - began
            said.append(found)
        assert said[0] == said[1], "the two sides differ"
    return {name: round(len(programs) / took, 1) for name, took in seconds.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--programs", type=int, default=2000)
    parser.add_argument("--sandbox", default="auto")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    programs = job(given.programs)
    found: dict[str, Any] = {"programs": given.programs, "workers": given.workers, "before": left_behind()}
    with Pool(choose(given.sandbox, remote_teacher=True).provider, given.workers) as pool:

        def bare(spec: Spec, texts: list[str]) -> list[bool]:
            answers = pool.submit(spec, [Task(text) for text in texts]).result()
            return [getattr(answer, "verdict", None) == "passed" for answer in answers]

        def judged(spec: Spec, texts: list[str]) -> list[bool]:
            return [
                one.passed for one in prmdata.judge(spec, texts, sandbox=given.sandbox, workers=given.workers)
            ]

        sides: dict[str, Judged] = {"bare pool": bare, "judge": judged}
        measure(sides, programs[:BLOCK], BLOCK)
        found["warm"] = left_behind()
        for a_call in (1, BLOCK):
            rates = measure(sides, programs, a_call)
            share = round(rates["judge"] / rates["bare pool"], 3)
            found[f"{a_call} a call"] = {**rates, "judge to bare pool": share}
        found["after"] = left_behind()
    close_pools()
    found["closed"] = left_behind()
    print(json.dumps(found, indent=2))
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
