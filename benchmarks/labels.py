"""How often labels are wrong, how many are kept, and what that costs: ``strict`` compared with ``paper``.

    python benchmarks/labels.py --source FILE --truth FILE [-o FILE.json] [--sandbox docker|local] [--limit N]
                                [--draw N] [--cost N]

Builds SOURCE (in HumanEval's layout, for example) with the ``rules`` teacher, audits the result against
TRUTH, and prints the figures. TRUTH holds larger tests for the same problems (EvalPlus layout). They import
numpy, so they need an image built with ``prmdata sandbox build --with numpy``, or a local Python that has it.

``--draw N`` writes N of the edits that are labelled ``0`` only by a generated input, drawn by seed, for
judging by hand (``docs/measurements/labels-by-hand.md`` holds the last judgement). ``--cost N`` takes the
first N problems again with one worker. It compares the sandbox's time for a whole build with its time for the
given tests alone, on the same programs in the same run. Compare ratios, not seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from prmdata.app.build import build
from prmdata.app.checks import audit
from prmdata.app.wiring import sandbox_of
from prmdata.audits.figures import text
from prmdata.config import configure
from prmdata.datasets.reader import read_traces
from prmdata.pipeline.problem_work import work
from prmdata.problems import read_problems
from prmdata.records import Problem, Run, Spec, Task, Trace, Verdict
from prmdata.strategies.mutate_refactor import EditOptions, run
from prmdata.teachers.rules import RulesTeacher


def measure(source: str, truth: Path, sandbox: str, limit: int | None, out: Path) -> dict[str, Any]:
    """Build and audit: the figures of ``prmdata audit --json``."""
    build(configure(source=source, sandbox=sandbox, limit=limit, out=out))
    return audit(out, truth, configure(sandbox=sandbox))


def cost(source: str, sandbox: str, n_problems: int) -> dict[str, float]:
    """Seconds of sandbox work for whole builds and for the given tests alone, one worker, same programs."""
    worker = sandbox_of(configure(sandbox=sandbox), remote=False, notice=lambda _: None).start()
    teacher, whole_s, tests_s, n_programs = RulesTeacher(), 0.0, 0.0, 0
    for problem in read_problems(source, limit=n_problems):
        if not isinstance(problem, Problem):
            continue
        questions = work(problem, [partial(run, options=EditOptions())])
        answer: Any = None
        spec, programs = Spec(problem), []
        while True:
            try:
                question: Any = questions.send(answer)
            except StopIteration:
                break
            if not isinstance(question, Run):
                answer = asyncio.run(teacher.ask(question))
                continue
            began = time.perf_counter()
            answer = worker.run(question.spec, question.tasks)
            whole_s += time.perf_counter() - began
            spec = question.spec if any(task.tests for task in question.tasks) else spec
            programs += [task.program for task in question.tasks if task.tests]
        began = time.perf_counter()
        worker.run(spec, [Task(program) for program in programs])
        tests_s += time.perf_counter() - began
        n_programs += len(programs)
    worker.close()
    return {"whole_s": whole_s, "tests_s": tests_s, "ratio": whole_s / tests_s, "programs": n_programs}


def draw(out: Path, n_rows: int, seed: int) -> list[Trace]:
    """Edits that pass the given tests and are ``0`` only because of an input inside the hull, drawn by
    seed."""
    caught = [
        trace
        for trace in read_traces(out)
        if trace.edit is not None
        and trace.edit.intent == "mutate"
        and trace.verdict == Verdict.PASSED
        and "disagreed" in trace.reasons
    ]
    return random.Random(seed).sample(sorted(caught, key=lambda trace: trace.id), min(n_rows, len(caught)))


def sheet(traces: list[Trace]) -> str:
    """The drawn edits in Markdown, with room for a judgement."""
    parts = []
    for number, trace in enumerate(traces, 1):
        example = trace.evidence.counterexample
        assert trace.edit is not None
        assert example is not None
        parts += [
            f"## {number}. {trace.problem_id}, {trace.edit.operator} (`{trace.id}`)\n",
            f"```diff\n{_marked('-', trace.edit.before)}{_marked('+', trace.edit.after)}```\n",
            f"Input `{example.input}`: expected `{example.expected}`, got `{example.got}`.\n",
            "Finding: \n",
            f"<details><summary>program</summary>\n\n```python\n{''.join(trace.steps).strip()}\n```\n</details>\n",
        ]
    return "\n".join(parts)


def _marked(sign: str, lines: str) -> str:
    return "".join(f"{sign}{line}\n" for line in lines.rstrip("\n").split("\n")) if lines else ""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", required=True)
    parser.add_argument("--truth", required=True, type=Path)
    parser.add_argument("-o", dest="json_out", type=Path)
    parser.add_argument("--sandbox", default="auto")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--draw", type=int, default=0)
    parser.add_argument("--sheet", type=Path, default=Path("drawn.md"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cost", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        figures = measure(options.source, options.truth, options.sandbox, options.limit, out)
        if options.draw:
            options.sheet.write_text(sheet(draw(out, options.draw, options.seed)), "utf-8")
    print(text(figures))
    if options.cost:
        figures["cost"] = cost(options.source, options.sandbox, options.cost)
        print(
            "cost: {whole_s:.1f} s whole, {tests_s:.1f} s tests alone, ratio {ratio:.2f}".format(
                **figures["cost"]
            )
        )
    if options.json_out:
        options.json_out.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
