"""Measures the teacher: prompt tokens per edit against one request per line, and requests in flight.

    python benchmarks/teacher.py [tokens] [flight] [--source FILE] [--requests 1280] [--json FILE]

``tokens``: mutate and refactor requests over every problem of ``--source`` (default: the bundled sample), as
a build phrases them, against the same prompts with one step and one edit for each request. The edits are
those that the offline operators give. Tokens are counted by tiktoken if it is installed, else estimated in
the same way on both sides.

``flight``: 64 requests under way against the faulty server (in a process of its own) with 200 ms latency, and
20% faults or none. The ideal is 64 answers every 200 ms. It needs a quiet machine, because client and server
share its cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prmdata.app.wiring import PAID_REWRITES
from prmdata.edits.rules import propose
from prmdata.edits.source import Source
from prmdata.problems import read_problems
from prmdata.records import Problem, Request
from prmdata.steps import given_count, split_steps
from prmdata.strategies.rewrites import requests as rewrites
from prmdata.teachers.choose import make_teacher
from prmdata.teachers.model_request import ModelQuestion
from prmdata.teachers.prompt_builder import PromptBuilder, Round, Sampling, beginning_of, measured
from prmdata.teachers.prompts import PromptSet
from prmdata.teachers.tokens import count_tokens

IN_FLIGHT = 64
LATENCY_S = 0.2


def main() -> int:
    """Run the parts that were named (both by default) and print a line for each figure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("what", nargs="*", choices=["tokens", "flight", []])
    parser.add_argument("--source", default="sample")
    parser.add_argument("--requests", type=int, default=1280)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    what = given.what or ["tokens", "flight"]
    figures: dict[str, Any] = {}
    if "tokens" in what:
        figures["tokens"] = tokens(given.source)
    if "flight" in what:
        figures["flight"] = flight(given.requests)
    for name, found in figures.items():
        for key, value in found.items():
            print(f"{name:8} {key:45} {value}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1))
    return 0


def tokens(source: str) -> dict[str, Any]:
    """Prompt tokens for each edit, with many steps in a request and with one line in a request."""
    prompt_builder = PromptBuilder(PromptSet(), Sampling())
    in_one = alone = edits = requests = 0
    for request in _requests(source):
        program = Source(request.program, given_count(request.problem.prompt, split_steps(request.program)))
        found = propose(program, [request.kind], request.steps, request.per_step, request.seed)
        missing = dict.fromkeys(request.steps, request.per_step)
        in_one += sum(_prompt(one) for one in prompt_builder.edits(request, missing, Round()))
        for step in request.steps:
            mine = sum(1 for edit in found if edit.start == step)
            (single,) = prompt_builder.edits(request, {step: 1}, Round())
            alone += mine * _prompt(single)
        edits += len(found)
        requests += 1
    anew = rewritten = 0
    for problem in read_problems(source):
        for request in rewrites(problem, PAID_REWRITES, 0) if isinstance(problem, Problem) else ():
            anew += _prompt(prompt_builder.completions(beginning_of(request), request.n, 0, Round()))
            rewritten += request.n
    return {
        "edits": edits,
        "requests, many steps each": requests,
        "requests, one line each": edits,
        "prompt tokens an edit, many steps": round(in_one / edits, 1),
        "prompt tokens an edit, one line": round(alone / edits, 1),
        "times fewer": round(alone / in_one, 2),
        "prompt tokens a rewrite, where the server takes n": round(anew / rewritten, 1),
        "prompt tokens an edit, many steps and rewrites": round((in_one + anew) / (edits + rewritten), 1),
    }


def flight(count: int) -> dict[str, Any]:
    """How near to the ideal rate the client comes."""
    command = [
        sys.executable,
        "-m",
        "prmdata.testing.server",
        "--garbage",
        "--latency-ms",
        str(LATENCY_S * 1000),
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        with tempfile.TemporaryDirectory() as folder:
            wall_s, cpu_s, moments = asyncio.run(_fly(server.stdout.readline().strip(), Path(folder), count))
    finally:
        server.terminate()
        server.communicate()
    ideal_s = count / IN_FLIGHT * LATENCY_S
    # The first and the last tenth are left out, because fewer requests are under way then.
    steady = moments[count // 10 : count - count // 10]
    steady_s = (len(steady) - 1) / IN_FLIGHT * LATENCY_S
    return {
        "requests": count,
        "answers/s": round(count / wall_s, 1),
        "ideal answers/s": round(IN_FLIGHT / LATENCY_S, 1),
        "share of the ideal, first request to last answer": round(ideal_s / wall_s, 3),
        "share of the ideal, steady": round(steady_s / (steady[-1] - steady[0]), 3),
        "client cpu ms a request": round(cpu_s / count * 1000, 2),
    }


async def _fly(url: str, folder: Path, count: int) -> tuple[float, float, list[float]]:
    teacher: Any = make_teacher(
        "openai", model="faulty-1", base_url=url, answers=folder / "answers.sqlite", concurrency=IN_FLIGHT
    )
    system = PromptSet().render("edits")
    await asyncio.gather(*(teacher._source.answer(_question(system, -1 - at)) for at in range(IN_FLIGHT)))
    began, cpu = time.perf_counter(), time.process_time()
    moments: list[float] = []

    numbers = iter(range(count))

    async def asker() -> None:
        for at in numbers:
            await teacher._source.answer(_question(system, at))
            moments.append(time.perf_counter())

    await asyncio.gather(*(asker() for _ in range(2 * IN_FLIGHT)))
    took = time.perf_counter() - began, time.process_time() - cpu
    await teacher.close()
    return *took, moments


def _question(system: str, at: int) -> ModelQuestion:
    program = "".join(f"[{line}]     value = value + {line}\n" for line in range(20))
    return ModelQuestion(system, f"The program\n{program}\nrequest {at}", 0.8, 800, seed=at)


def _requests(source: str) -> Iterator[Request]:
    for problem in read_problems(source):
        if not isinstance(problem, Problem):
            continue
        steps = split_steps(problem.reference)
        editable = tuple(range(given_count(problem.prompt, steps), len(steps)))
        for kind in ("mutate", "refactor"):
            if editable:
                yield measured(Request(kind, problem, problem.reference, editable, per_step=0))


def _prompt(question: ModelQuestion) -> int:
    return count_tokens(question.system) + count_tokens(question.user)


if __name__ == "__main__":
    sys.exit(main())
