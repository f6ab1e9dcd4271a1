"""Mutants of prmdata's own modules that the tests of their room do not kill: unnoticed faults.

    python benchmarks/own_mutants.py [MODULE...] [--draw N] [--seed S] [--jobs J] [--tests PATH...]

A MODULE is a path such as ``prmdata/evidence/gather.py``. Without one, the modules that decide labels are
taken. Of the mutations that the ``rules`` operators propose, N for each module are drawn by seed. Each is put
into a copy of the tree, and the tests of the module's room (``tests/ROOM``, or the PATHs) run until the first
one fails. Survivors are printed as diffs. The copy is below the system's temporary folder; this tree is not
touched.
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from prmdata.edits.rules import propose
from prmdata.edits.source import Source
from prmdata.edits.splice import splice
from prmdata.errors import EditRefused

ROOT: Final = Path(__file__).parents[1]
DECIDE_LABELS: Final = (
    "prmdata/evidence/explore.py",
    "prmdata/evidence/gather.py",
    "prmdata/evidence/domain/__init__.py",
    "prmdata/labels/prefixes.py",
    "prmdata/labels/policies/strict.py",
)
NEEDED: Final = ("prmdata", "tests", "sandbox", "prompts", "docs", "pyproject.toml")
LIMIT_S: Final = 300
"""A mutant under which the tests run longer than this counts as noticed."""


@dataclass(frozen=True, slots=True)
class OwnMutant:
    """One mutated module, and the result of the tests (None: not run yet)."""

    module: str
    operator: str
    program: str
    noticed: bool | None = None

    def shown(self) -> str:
        """The change as a diff of the module."""
        before = (ROOT / self.module).read_text("utf-8").splitlines()
        lines = difflib.unified_diff(
            before, self.program.splitlines(), self.module, self.operator, n=1, lineterm=""
        )
        return "\n".join(lines)


def mutants_of(module: str, draw: int, seed: int) -> list[OwnMutant]:
    """``draw`` mutations of a module, drawn by seed, in the order of its steps."""
    source = Source((ROOT / module).read_text("utf-8"))
    found: list[OwnMutant] = []
    edits = propose(source, ("mutate",), per_step=2, seed=seed)
    chosen = sorted(random.Random(seed).sample(range(len(edits)), min(draw, len(edits))))
    for edit in (edits[place] for place in chosen):
        try:
            found.append(OwnMutant(module, edit.operator, splice(source, edit).program))
        except EditRefused:
            continue
    return found


def tests_of(module: str) -> list[str]:
    """The tests of a module's room."""
    return [f"tests/{Path(module).parts[1]}"]


def judged(mutants: Sequence[OwnMutant], tests: Sequence[str], jobs: int) -> Iterator[OwnMutant]:
    """The mutants in their order, each run against the tests in a copy of its own, ``jobs`` at a time."""
    with tempfile.TemporaryDirectory(prefix="own-mutants-") as folder:
        free: SimpleQueue[Path] = SimpleQueue()
        for job in range(jobs):
            free.put(_copied(Path(folder) / str(job)))

        def judge(mutant: OwnMutant) -> OwnMutant:
            copy = free.get()
            try:
                return _judged(mutant, copy, tests or tests_of(mutant.module))
            finally:
                free.put(copy)

        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(judge, mutants)


def _copied(copy: Path) -> Path:
    copy.mkdir()
    for name in NEEDED:
        part = ROOT / name
        if part.is_dir():
            shutil.copytree(part, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(part, copy / name)
    return copy


def _judged(mutant: OwnMutant, copy: Path, tests: Sequence[str]) -> OwnMutant:
    path = copy / mutant.module
    original = path.read_bytes()
    path.write_text(mutant.program, "utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=LIMIT_S)
        noticed = ended.returncode != 0
    except subprocess.TimeoutExpired:
        noticed = True
    finally:
        path.write_bytes(original)
    return OwnMutant(mutant.module, mutant.operator, mutant.program, noticed)


def main() -> int:
    """Print the survivors and a count for each module; return 0 whatever they are."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("modules", nargs="*", default=DECIDE_LABELS)
    options.add_argument("--draw", type=int, default=10)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--tests", nargs="+", default=[])
    given = options.parse_args()
    for module in given.modules:
        began = time.monotonic()
        mutants = mutants_of(module, given.draw, given.seed)
        n_survived = 0
        for mutant in judged(mutants, given.tests, given.jobs):
            if not mutant.noticed:
                n_survived += 1
                print(mutant.shown(), "\n", flush=True)
        seconds = time.monotonic() - began
        print(f"{module}: {n_survived} of {len(mutants)} survive ({seconds:.0f} s)\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
