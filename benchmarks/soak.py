"""20,000 candidates through one pool, 500 of them hostile: checks that nothing stays behind or grows.

    python benchmarks/soak.py [--candidates 20000] [--hostile 500] [--workers 2] [--sandbox docker] [--json FILE]

The good candidates are the references of the bundled sample, each time with another comment. The hostile ones
are ``tests/hostile``, under their own short limits. Between batches the pool is idle and is examined: memory
and descriptors of this process, memory and processes of the guests, and the files in their work folders. The
script exits with 1 if a good candidate does not pass, if a hostile one gets a wrong verdict, if anything is
left at the end, or if memory in the last quarter differs from the second quarter's by more than 5%.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from types import ModuleType

from prmdata.errors import QuarantineError
from prmdata.problems import read_problems
from prmdata.records import Problem, RunResult, Spec, Task
from prmdata.sandboxes.choose import choose
from prmdata.sandboxes.pool import Pool

BATCH = 400
TOLERANCE = 0.05
CPU_S = 5.0


@dataclass(frozen=True)
class Look:
    """What was observed between two batches."""

    judged: int
    host_bytes: int
    host_descriptors: int
    guest_bytes: int
    guest_processes: int
    work_files: int


@dataclass(frozen=True)
class Ask:
    """One candidate and the verdicts that it may get."""

    name: str
    spec: Spec
    task: Task
    wanted: frozenset[str]


def hostile_cases(sandbox: str) -> list[Ask]:
    """The hostile suite's programs, with what they must get in this sandbox."""
    path = Path(__file__).parents[1] / "tests" / "hostile" / "hostile_cases.py"
    spec = importlib.util.spec_from_file_location("hostile_cases", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules["hostile_cases"] = module
    spec.loader.exec_module(module)
    return [
        Ask(case.name, case.spec, Task(case.program), frozenset(getattr(case, sandbox).split("|")))
        for case in module.read()
        if not getattr(case, sandbox).startswith("uncovered")
    ]


def asks(count: int, hostile: int, sandbox: str) -> Iterator[Ask]:
    """``count`` candidates in a fixed random order, ``hostile`` of them hostile, evenly spread."""
    problems = [each for each in read_problems("sample") if isinstance(each, Problem)]
    good = [Spec(problem, cpu_s=CPU_S) for problem in problems]
    bad = hostile_cases(sandbox)
    every = max(1, count // max(1, hostile))
    draw = random.Random(0)
    for number in range(count):
        if hostile and number % every == every - 1:
            ask = bad[(number // every) % len(bad)]
            yield replace(
                ask, task=Task(f"{ask.task.program}\n# {number}\n") if ask.name in _VARIED else ask.task
            )
        else:
            spec = draw.choice(good)
            yield Ask(
                spec.problem.id, spec, Task(f"{spec.problem.reference}\n# {number}\n"), frozenset({"passed"})
            )


_VARIED = frozenset({"loop_forever", "lying_eq", "os_exit_zero"})
"""Hostile programs to which a comment can be added without changing what they do."""


def look(judged: int) -> Look:
    """Memory, descriptors, processes and files, as the kernel counts them. Guests are this process's
    descendants (local) or the members of its containers (docker, seen from a root shell)."""
    guests = guest_pids()
    return Look(
        judged,
        resident(os.getpid()),
        len(list(Path("/proc/self/fd").iterdir())),
        sum(map(resident, guests)),
        len(guests),
        sum(map(files_of, guests)),
    )


def guest_pids() -> list[int]:
    """The processes of this process's guests: its descendants, and the members of its containers."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, ends = [], [os.getpid(), *container_inits()]
    while ends:
        below = children.get(ends.pop(), [])
        found += below
        ends += below
    return [pid for pid in found if resident(pid)]


def container_inits() -> list[int]:
    """The first process, by its number on this machine, of each container that this process owns."""
    from prmdata.sandboxes.docker_engine import answers, client

    if not answers():
        return []
    mine = client().containers(filters={"label": f"io.prmdata.pid={os.getpid()}"})
    return [client().inspect_container(one["Id"])["State"]["Pid"] for one in mine]


def resident(pid: int) -> int:
    """The memory of a process in bytes, including its share of shared memory (PSS)."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    except OSError:
        return 0
    return 0


def files_of(pid: int) -> int:
    """How many files lie in the work folder that a process sees."""
    try:
        return sum(len(list(Path(f"/proc/{pid}/root/{name}").iterdir())) for name in ("work", "box") if
                   Path(f"/proc/{pid}/root/{name}").is_dir())  # fmt: skip
    except OSError:
        return 0


def told(answer: RunResult) -> str:
    """The verdict, or the reason of a quarantine."""
    return answer.reason if isinstance(answer, QuarantineError) else str(answer.verdict)


def drift(looks: list[Look], field: str) -> float:
    """How far the last quarter's median is from the second quarter's, as a share."""
    if len(looks) < 4:
        return 0.0  # the run is too short to tell
    quarter = len(looks) // 4
    second = median(getattr(each, field) for each in looks[quarter : 2 * quarter])
    last = median(getattr(each, field) for each in looks[-quarter:])
    return float((last - second) / second) if second else 0.0


def main() -> int:
    """Run, print the result, and return 0 if all is well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--candidates", type=int, default=20_000)
    parser.add_argument("--hostile", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sandbox", default="docker", choices=["docker", "local"])
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    before = (set(guest_pids()), len(list(Path("/proc/self/fd").iterdir())), set(temporary_files()))
    verdicts: Counter[str] = Counter()
    surprises: list[str] = []
    looks: list[Look] = []
    began = time.monotonic()
    with Pool(choose(given.sandbox).provider, given.workers) as pool:
        batch: list[Ask] = []
        for ask in asks(given.candidates, given.hostile, given.sandbox):
            batch.append(ask)
            if len(batch) == BATCH or len(looks) * BATCH + len(batch) == given.candidates:
                judge(pool, batch, verdicts, surprises)
                looks.append(look(sum(verdicts.values())))
                print(_line(looks[-1], time.monotonic() - began), flush=True)
                batch = []
        tally = asdict(pool.stats)
    wall_s = time.monotonic() - began
    time.sleep(5)
    trouble = surprises[:20] + left_behind(before, looks)
    print(f"{sum(verdicts.values())} in {wall_s:.0f} s; {dict(verdicts)}; workers {tally}")
    print("\n".join(trouble) or "nothing left, nothing grown")
    if given.json:
        figures = {
            "wall_s": wall_s,
            "verdicts": verdicts,
            "workers": tally,
            "looks": [asdict(each) for each in looks],
        }
        given.json.write_text(json.dumps(figures | {"trouble": trouble}, indent=2) + "\n")
    return 1 if trouble else 0


def judge(pool: Pool, batch: list[Ask], verdicts: Counter[str], surprises: list[str]) -> None:
    """Have a batch judged, and note what differs from what is expected."""
    futures = [(ask, pool.submit(ask.spec, [ask.task])) for ask in batch]
    for ask, future in futures:
        (answer,) = future.result()
        verdicts[told(answer)] += 1
        if told(answer) not in ask.wanted:
            surprises.append(
                f"{ask.name}: {told(answer)} instead of {'|'.join(sorted(ask.wanted))}: {answer}"[:400]
            )


def left_behind(before: tuple[set[int], int, set[str]], looks: list[Look]) -> list[str]:
    """What exists now and did not exist before, and what grew."""
    pids, descriptors, files = before
    found = []
    if late := set(guest_pids()) - pids:
        found.append(f"processes left: {sorted(late)}")
    now = len(list(Path("/proc/self/fd").iterdir()))
    if now > descriptors + 4:  # the engine's client keeps a few descriptors open
        found.append(f"descriptors left: {now - descriptors}")
    if more := set(temporary_files()) - files:
        found.append(f"temporary files left: {sorted(more)}")
    if any(each.work_files for each in looks):
        found.append("files were left in a work folder")
    measured = (
        (field, drift(looks, field))
        for field in ("host_bytes", "guest_bytes", "host_descriptors", "guest_processes")
    )
    found += [
        f"{field}: last quarter {off:+.1%} against the second"
        for field, off in measured
        if abs(off) > TOLERANCE
    ]
    return found


def temporary_files() -> list[str]:
    """The entries in the shared temporary folders that have prmdata's name."""
    return [str(path) for folder in ("/tmp", "/dev/shm") for path in Path(folder).glob("prmdata-*")]


def _line(seen: Look, wall_s: float) -> str:
    return (
        f"{seen.judged:6} judged  {wall_s:6.0f} s  host {seen.host_bytes >> 10:7} kB {seen.host_descriptors:3} fds  "
        f"guests {seen.guest_bytes >> 10:7} kB {seen.guest_processes:3} processes {seen.work_files} files"
    )


if __name__ == "__main__":
    sys.exit(main())
