"""Whole builds of hostile rollouts: what passes that must not, what right program gets a 0, what is lost.

    python benchmarks/hostile.py FOLDER [--sandbox local] [--only CLASS ...] [--json FILE] [--holds]

FOLDER holds one file of problems a class (``forge_proxy.jsonl``); the first line of each rollout says
``# WRONG name`` (it must not pass with labels of 1 only) or ``# RIGHT name`` (it must pass and have no 0).
Each file is built twice, with the rollouts forwards and backwards: the rows must be the same, and each
rollout must be a row or a line of ``rejects.jsonl``. Builds are processes of their own with 6 GB of address
space; the largest resident size of all is printed. It exits 1 where anything is not as it must be.

With ``--holds`` nothing is built. Each rollout is put to the tests of its problem by one worker, and the seconds that it
holds the worker are printed for the longest ones, beside the limits of one run: the CPU limit that a timeout is
confirmed with, and the idle clock of such a run.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prmdata.datasets.manifest import read_rejects
from prmdata.datasets.reader import read_traces
from prmdata.problems import read_problems
from prmdata.records import Problem, Reject, Task, Trace, Verdict
from prmdata.resources import guest_module
from prmdata.sandboxes.choose import choose
from prmdata.testing.trampoline import run_to_end
from prmdata.vetting.vet import vet

ADDRESS_SPACE = 6_000_000 * 1024
GONE = "in no file"
CONFIRM = guest_module("dispatcher").CONFIRM
IDLE_BASE_S = guest_module("limits").IDLE_BASE_S
BUILD = (sys.executable, "-m", "prmdata.cli.main", "build", "--strategy", "first-error", "--workers", "2")


@dataclass(frozen=True)
class Outcome:
    """What one build made of one rollout: a verdict and its labels, or why there is no row."""

    problem: str
    name: str
    is_right: bool
    said: str
    labels: tuple[tuple[int, str], ...] = ()

    @property
    def is_as_wanted(self) -> bool:
        given = {label for label, _ in self.labels}
        if self.is_right:
            return self.said == Verdict.PASSED and 0 not in given
        return self.said != Verdict.PASSED or given - {-100} != {1}


@dataclass(frozen=True)
class Built:
    """One build: its exit code, and what became of each rollout in the order of the file."""

    exit_code: int
    outcomes: tuple[Outcome, ...]


def build(file: Path, out: Path, sandbox: str, *, backwards: bool) -> Built:
    """Build ``file`` in its order or the other way round."""
    problems = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    source = out.with_suffix(".jsonl")
    turned = [one | {"rollouts": one["rollouts"][::-1]} for one in problems[::-1]] if backwards else problems
    source.write_text("".join(json.dumps(one) + "\n" for one in turned), encoding="utf-8")
    code = subprocess.run(
        [*BUILD, str(source), "-o", str(out), "--sandbox", sandbox],
        check=False,
        preexec_fn=_bounded,
        stdout=subprocess.DEVNULL,
    ).returncode
    rows = {
        (row.problem_id, "".join(row.steps)): row for row in read_traces(out) if row.strategy == "first-error"
    }
    lost = {(one.problem_id, one.program): one.reason for one in read_rejects(out)}
    return Built(code, tuple(_outcomes(problems, rows, lost)))


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


def _outcomes(
    problems: list[dict[str, Any]],
    rows: dict[tuple[str, str], Trace],
    lost: dict[tuple[str, str | None], str],
) -> Iterable[Outcome]:
    for problem in problems:
        for program in problem["rollouts"]:
            kind, name = program.splitlines()[0].removeprefix("# ").split()[:2]
            key = (problem["id"], program)
            row = rows.get(key)
            reason = lost.get(key) or lost.get((problem["id"], None), GONE)  # a whole problem may be a reject
            said = str(row.verdict) if row else reason.splitlines()[0]
            labels = tuple(zip(row.labels, row.reasons, strict=True)) if row else ()
            yield Outcome(problem["id"], name, kind == "RIGHT", said, labels)


def print_holds(files: Iterable[Path], sandbox: str) -> None:
    """The rollouts that hold a worker longest."""
    held: list[tuple[float, float, str]] = []
    with choose(sandbox).provider.start() as worker:
        for file in files:
            for problem in read_problems(file):
                if not isinstance(problem, Problem):
                    continue
                vetted = run_to_end(vet(problem), lambda run: worker.run(run.spec, run.tasks))
                if isinstance(vetted, Reject):
                    continue
                cpu_s = CONFIRM * vetted.spec.cpu_s
                for rollout in problem.rollouts:
                    started = time.monotonic()
                    worker.run(vetted.spec, [Task(rollout.program)])
                    name = f"{problem.id} {rollout.program.splitlines()[0][2:40]}"
                    held.append((time.monotonic() - started, cpu_s + IDLE_BASE_S + 2 * cpu_s, name))
    held.sort(key=lambda one: one[0] / one[1], reverse=True)
    for seconds, limit, name in held[:10]:
        print(f"{seconds:6.2f} s, {seconds / limit:4.1f} times the limits of {limit:.2f} s: {name}")
    print(f"{len(held)} programs")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sandbox", default="local")
    parser.add_argument("--only", nargs="*", default=())
    parser.add_argument("--json", type=Path)
    parser.add_argument("--holds", action="store_true")
    asked = parser.parse_args()
    files = [
        each for each in sorted(asked.folder.glob("*.jsonl")) if not asked.only or each.stem in asked.only
    ]
    if asked.holds:
        print_holds(files, asked.sandbox)
        return 0
    found, bad = {}, 0
    for file in files:
        with tempfile.TemporaryDirectory(prefix="prmdata-hostile-") as folder:
            ways = [
                build(file, Path(folder) / name, asked.sandbox, backwards=name == "backwards")
                for name in ("forwards", "backwards")
            ]
        forwards, backwards = ways
        kept = [one for one in forwards.outcomes if one.is_as_wanted]
        missed = [one for one in forwards.outcomes if not one.is_as_wanted]
        moved = [
            (one, other)
            for one, other in zip(forwards.outcomes, backwards.outcomes, strict=True)
            if one != other
        ]
        gone = [one for one in forwards.outcomes if one.said == GONE]
        bad += len(missed) + len(moved) + len(gone)
        codes = f"exit codes {forwards.exit_code} {backwards.exit_code}"
        print(f"{file.stem}: {len(kept)} of {len(forwards.outcomes)} as wanted; {codes}", flush=True)
        for one in missed:
            print(f"  NOT AS WANTED {one.problem} {one.name}: {one.said} {_shown(one.labels)}")
        for one, other in moved:
            print(f"  ORDER {one.problem} {one.name}: {one.said} {_shown(one.labels)}")
            print(f"     backwards: {other.said} {_shown(other.labels)}", flush=True)
        for one in gone:
            print(f"  GONE {one.problem} {one.name}")
        found[file.stem] = [[vars(one) for one in way.outcomes] for way in ways]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"largest process: {peak:.0f} MB")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1))
    return int(bad > 0)


def _shown(labels: Iterable[tuple[int, str]]) -> str:
    return " ".join(f"{label}:{reason}" for label, reason in labels)


if __name__ == "__main__":
    sys.exit(main())
