"""``prmdata build --dry-run``: says what a build will take before anybody pays for it.

With a remote teacher, the requests are counted and priced, and nothing is sent. With an offline teacher, a
few problems are really done, and what they took is scaled up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from prmdata.app.engines import open_worker, paced
from prmdata.app.wiring import Notice, problems_of, silent, strategies_of, with_paid_edits
from prmdata.config import BuildConfig
from prmdata.errors import UsageError
from prmdata.pipeline.problem_work import ProblemResult
from prmdata.pipeline.progress import span
from prmdata.records import Problem, Reject, Request
from prmdata.strategies import first_error, mutate_refactor
from prmdata.teachers.estimate import Estimate, EstimateSettings, Estimator

SAMPLE = 6
"""How many problems are done to learn what one problem takes: some seconds of work."""


@dataclass(frozen=True, slots=True)
class MeasuredSample:
    """What a few problems took on this machine: how many problems, how many programs (rows) each, and the
    seconds that all sandbox workers together needed."""

    problems: int
    programs: tuple[int, ...]
    elapsed_s: float

    def text(self, problems: int, workers: int) -> list[str]:
        """The lines that the command prints, for ``problems`` problems."""
        if not self.problems:
            return []
        share = problems / self.problems
        low, high = min(self.programs), max(self.programs)
        return [
            f"programs: about {round(sum(self.programs) * share):,} ({low} to {high} for each of {self.problems}"
            " problems that were drawn and done)",
            f"time: about {span(self.elapsed_s * share)} with {workers} sandbox workers on this machine",
        ]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a build will take. ``estimate`` is None for a teacher that costs nothing; ``sample`` then holds
    what was measured."""

    problems: int
    rejects: int
    estimate: Estimate | None
    sample: MeasuredSample | None = None
    workers: int = 1

    def text(self) -> str:
        """The lines that the command prints."""
        lines = [f"problems: {self.problems} to vet, {self.rejects} rejected as read"]
        if self.sample is not None:
            lines += self.sample.text(self.problems, self.workers)
        if self.estimate is None:
            return "\n".join([*lines, "requests: 0 (this teacher is offline)"])
        found = self.estimate
        cost = "unknown (no price for this model; add one with --prices)"
        if found.cost_usd is not None:
            cost = f"${found.cost_usd:.4f}"
        return "\n".join(
            [
                *lines,
                f"requests: {found.requests} ({found.recorded} more are answered on disk)",
                f"tokens: {found.prompt_tokens} in, {found.completion_tokens} out",
                f"cost: {cost}",
            ]
        )


def dry_run(config: BuildConfig, *, notice: Notice = silent) -> DryRun:
    """What ``build`` will ask and pay, or what it will run. Writes nothing and asks no model.

    With ``--teacher rules``, up to :data:`SAMPLE` problems, drawn with the configuration's seed, are vetted
    and done.
    """
    strategies_of(config)
    estimator = estimator_of(config)
    total = None if estimator is None else estimator.nothing
    problems = rejects = 0
    drawn: list[Problem] = []
    random = Random(config.seed)
    for item in problems_of(config):
        if isinstance(item, Reject):
            rejects += 1
            continue
        problems += 1
        _draw(drawn, item, problems, random)
        if estimator is not None and total is not None:
            for request in expected_requests(item, config):
                total = total + estimator.of(request)
    if estimator is not None:
        estimator.close()
    if not problems:
        notice("no problem can be used")
    sample = None
    if config.teacher == "rules" and drawn:
        with paced():
            sample = asyncio.run(_measured(config, drawn))
    return DryRun(problems, rejects, total, sample, config.workers)


def estimator_of(config: BuildConfig) -> Estimator | None:
    """The estimator that prices the requests of a configuration; None for a teacher that costs nothing."""
    if config.teacher != "openai":
        return None
    if not config.model:
        raise UsageError("--teacher openai: which model? give --model")
    settings = EstimateSettings(
        prompts=config.prompts,
        prices=config.prices,
        answers=config.answers or config.out / ".prmdata" / "answers.sqlite",
        is_batch=config.batch,
    )
    return Estimator(config.model, config.base_url, settings)


def expected_requests(problem: Problem, config: BuildConfig) -> list[Request]:
    """The requests that the configuration's own strategies will send to a teacher about one problem."""
    settings = with_paid_edits(config)
    asked: list[Request] = []
    if "mutate-refactor" in config.strategy:
        asked += mutate_refactor.expected(problem, mutate_refactor.options_of(settings))
    if "first-error" in config.strategy:
        asked += first_error.expected(problem, first_error.options_of(settings))
    return asked


def _draw(drawn: list[Problem], problem: Problem, number: int, random: Random) -> None:
    """Keep ``SAMPLE`` of the problems so far, each with the same probability (Vitter's algorithm R)."""
    if len(drawn) < SAMPLE:
        drawn.append(problem)
    elif (place := random.randrange(number)) < SAMPLE:
        drawn[place] = problem


async def _measured(config: BuildConfig, problems: Sequence[Problem]) -> MeasuredSample:
    """Measures what the problems take. The first run waits for the sandbox to start, so that it does not
    count."""
    async with open_worker(config, is_remote=False, in_flight=len(problems)) as worker:
        await worker.do(problems[0])
        began = time.monotonic()
        results: list[ProblemResult] = await asyncio.gather(*(worker.do(problem) for problem in problems))
        took = time.monotonic() - began
    done = [result for result in results if isinstance(result, dict)]
    return MeasuredSample(len(done), tuple(len(result["rows"]) for result in done), took)
