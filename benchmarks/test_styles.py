"""Verdicts of files of tests in the sandbox, against what pytest itself says of the same programs and files.

``python -m benchmarks.test_styles`` compares thirty problems of this project in both styles, with ten mutants each. It
prints the comparisons by style, and each one that differs. A function that the judge never ran is counted apart: a program
that exhausts its CPU time in one function runs no later function, while pytest goes on. The mutants run on this machine, so
none of them may be hostile. The environment needs pytest.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from prmdata.app.wiring import sandbox_of
from prmdata.config import configure
from prmdata.problems.soundness import examine
from prmdata.records import Execution, Problem, Task, Test, Vetted
from prmdata.sandboxes.pool import Pool
from prmdata.testing.trampoline import run_to_end as drive
from prmdata.vetting.vet import vet
from tests.suites_by_hand import PROBLEMS, mutants

SECONDS_A_TEST = 3


def ours(
    pool: Pool, program: str, file: str, programs: list[str]
) -> tuple[list[dict[str, bool | None]], str]:
    """For each program, the test functions with whether they pass (None: never run); and the isolation in which they ran."""
    problem = examine(Problem("p", "Prompt.", program, (Test("assert", code=file),)))
    assert isinstance(problem, Problem), problem
    names = [test.code.rstrip().rpartition("(globals(), ")[2].strip(")'") for test in problem.tests]
    vetted = drive(vet(problem), lambda run: pool.submit(run.spec, run.tasks).result())
    assert isinstance(vetted, Vetted), vetted
    answers = pool.submit(vetted.spec, tuple(map(Task, programs))).result()
    found = []
    for answer in answers:
        assert isinstance(answer, Execution), answer
        outcomes = zip(names, answer.outcomes, strict=True)
        found.append({name: None if one is None else str(one) == "passed" for name, one in outcomes})
    return found, str(vetted.spec.isolation)


def theirs(program: str, file: str) -> dict[str, bool]:
    """The test functions with whether pytest passes them, from a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("solution.py", "bank.py"):
            Path(folder, name).write_text(program)
        Path(folder, "test_it.py").write_text(file.replace("from .solution", "from solution"))
        answer = Path(folder, "answer.json")
        child = os.fork()
        if child == 0:
            _run_pytest(folder, answer)
        os.waitpid(child, 0)
        return json.loads(answer.read_text()) if answer.exists() else {}


def _run_pytest(folder: str, answer: Path) -> None:
    """In a forked child: run pytest and write what it says; never returns."""

    class Said:
        found: dict[str, bool] = {}  # noqa: RUF012

        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_call(self) -> Any:
            signal.alarm(SECONDS_A_TEST)
            try:
                return (yield)
            finally:
                signal.alarm(0)

        def pytest_runtest_logreport(self, report: Any) -> None:
            name = "::".join(report.nodeid.split("::")[1:]).partition("[")[0]
            if report.when == "call" or report.failed:
                self.found[name] = self.found.get(name, True) and not report.failed

    def give_up(*_: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, give_up)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.chdir(folder)
    sys.path.insert(0, folder)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    said = Said()
    pytest.main(
        ["-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", folder, folder],
        plugins=[said],
    )
    answer.write_text(json.dumps(said.found))
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sandbox", default="local")
    parser.add_argument("names", nargs="*", help="Only these problems.")
    parser.add_argument("--mutants", type=int, default=10, help="At most so many of each program.")
    args = parser.parse_args()
    counts: Counter[str] = Counter()
    config = configure(sandbox=args.sandbox, workers=1)
    for one in (one for one in PROBLEMS if not args.names or one.name in args.names):
        programs = mutants(one.program, args.mutants)
        said = []
        with Pool(sandbox_of(config, remote=False, notice=lambda _: None), workers=1) as pool:
            for style, file in (("pytest", one.pytest_file), ("unittest", one.unittest_file)):
                mine, isolation = ours(pool, one.program, file, programs)
                counts[f"{style}: problems {isolation}"] += 1
                said += [(style, file, *pair) for pair in zip(programs, mine, strict=True)]
        # The pool has threads, and a process with threads is not forked: pytest has its turn when the pool has ended.
        for style, file, program, outcomes in said:
            other = theirs(program, file)
            same = all(outcomes.values()) == (bool(other) and all(other.values()))
            ran = {name: passes for name, passes in outcomes.items() if passes is not None}
            functions = [passes == other.get(name, False) for name, passes in ran.items()]
            counts[f"{style}: comparisons"] += 1
            counts[f"{style}: equal"] += same
            counts[f"{style}: functions"] += len(functions)
            counts[f"{style}: functions never run"] += len(outcomes) - len(ran)
            counts[f"{style}: functions equal"] += sum(functions)
            counts[f"{style}: killed"] += not all(outcomes.values())
            if not same or not all(functions):
                print(f"{one.name} ({style}): ours {outcomes}, pytest {other}\n{program}")
        print(f"{one.name}: {dict(counts)}", file=sys.stderr)
    for name, count in sorted(counts.items()):
        print(f"{name:40} {count}")


if __name__ == "__main__":
    main()
