"""Measures what ``prmdata testgen`` adds, and whether the new tests hold.

    python benchmarks/testgen.py --source FILE [--draw N] [--seed S] [--runs 20] [--sandbox S] [-o FILE.jsonl]

Draws N problems by seed (all without ``--draw``) and makes tests for them. Prints the share of the ``rules``
mutants that the given tests kill, and the share that both together kill. Then it runs every reference on its
new tests again RUNS times, each time under both seeds, and counts the tests that it ever fails.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from pathlib import Path

from prmdata.app.checks import testgen
from prmdata.app.wiring import sandbox_of
from prmdata.config import configure
from prmdata.problems import read_problems
from prmdata.problems.layouts.native import native_row
from prmdata.records import Execution, Problem, Spec, Task, Verdict
from prmdata.sandboxes.pool import Pool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--source", required=True)
    parser.add_argument("--draw", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--sandbox", default="docker")
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    problems = [one for one in read_problems(args.source) if isinstance(one, Problem)]
    if args.draw:
        problems = random.Random(args.seed).sample(problems, args.draw)
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "drawn.jsonl"
        drawn.write_text("".join(json.dumps(native_row(one)) + "\n" for one in problems))
        out = args.output or Path(folder) / "generated.jsonl"
        print(testgen(configure(source=str(drawn), sandbox=args.sandbox), out=out).text())
        again(out, {one.id: len(one.tests) for one in problems}, args.runs, args.sandbox)


def again(out: Path, given: dict[str, int], runs: int, sandbox: str) -> None:
    """Run every reference on its new tests ``runs`` times."""
    tests = failed = 0
    provider = sandbox_of(configure(sandbox=sandbox), remote=False, notice=lambda _: None)
    with Pool(provider, workers=2) as pool:
        for problem in read_problems(str(out)):
            assert isinstance(problem, Problem), problem
            new = tuple(range(given[problem.id], len(problem.tests)))
            if not new:
                continue
            tests += len(new)
            task = Task(problem.reference, given_tests_only=new)
            answers = [
                pool.submit(Spec(problem), [task]) for _ in range(runs)
            ]  # equal tasks of one call run only once
            ever = set()
            for (answer,) in (future.result() for future in answers):
                if not isinstance(answer, Execution):
                    ever.update(new)
                    continue
                ever |= {index for index in new if answer.outcomes[index] != Verdict.PASSED}
            failed += len(ever)
            for index in sorted(ever):
                print(f"  fails: {problem.id}: {problem.tests[index]}")
    print(f"{tests} new tests, {runs} runs each: {failed} that the reference failed")


if __name__ == "__main__":
    main()
