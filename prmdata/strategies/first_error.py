"""Strategy ``first-error`` (PSGPO, arXiv 2410.17621): where a sampled program goes wrong.

Each rollout is judged; a failing one is searched for its first bad step: the first prefix that none of
K completions turns into a passing program. ``search`` ``full`` values every prefix instead (VinePPO,
Math-Shepherd). The search itself is :mod:`prmdata.strategies.prefix_search`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from math import ceil, log2
from typing import Any

from prmdata.evidence.explore import explore
from prmdata.evidence.input_budget import budget_of
from prmdata.records import Problem, Question, Request, Rollout, Vetted
from prmdata.steps import given_count, join, split_steps
from prmdata.strategies import rewrites
from prmdata.strategies.prefix_search import SampledProgram, SearchOptions, searched_rows
from prmdata.strategies.program_faults import workable
from prmdata.strategies.rows import StrategyResult, StrategySettings, seed_for

NAME = "first-error"


@dataclass(frozen=True, slots=True)
class FirstErrorOptions(SearchOptions):
    """``rollouts``: how many programs are sampled from the teacher in addition to the given ones. ``rewrites``: how
    many new ends of the reference the teacher writes."""

    rollouts: int = 0
    rewrites: int = 0


def make(settings: StrategySettings) -> Callable[[Vetted], Generator[Question, Any, StrategyResult]]:
    """The strategy with the settings of a build."""
    return partial(run, options=options_of(settings))


def options_of(settings: StrategySettings) -> FirstErrorOptions:
    """The options that the settings of a build name. Rewrites are made once: by ``mutate-refactor`` where that runs too."""
    made_elsewhere = "mutate-refactor" in settings.strategy
    return FirstErrorOptions(
        settings.seed,
        settings.k,
        settings.search,
        settings.completer,
        settings.rollouts,
        0 if made_elsewhere else settings.rewrites or 0,
    )


def run(vetted: Vetted, options: FirstErrorOptions) -> Generator[Question, Any, StrategyResult]:
    """One row for each rollout, in the given order. The programs that the teacher sampled come next, and then its
    rewrites."""
    outcome = StrategyResult()
    problem = vetted.problem
    rollouts = list(problem.rollouts)
    if options.rollouts:
        rollouts += yield from _sampled(problem, options, outcome)
    rollouts = list({rollout.program: rollout for rollout in reversed(rollouts)}.values())[::-1]
    rollouts = workable(outcome, problem.id, rollouts)
    sampled = [SampledProgram(rollout.program, rollout.n_samples) for rollout in rollouts]
    if options.rewrites:
        seen = {one.program for one in sampled}
        sampled += yield from rewrites.rewritten(problem, options.rewrites, options.seed, seen, outcome)
    if not sampled:
        return outcome
    corpus = yield from explore(vetted, seed=seed_for(problem, options.seed), budget=budget_of(vetted))
    yield from searched_rows(vetted, corpus, sampled, options, NAME, outcome)
    return outcome


def expected(problem: Problem, options: FirstErrorOptions) -> list[Request]:
    """The requests that a problem will take, for pricing a build: what is sampled, and, for a model that
    completes, the probes of every given rollout as if it failed half way (an upper bound)."""
    seed = seed_for(problem, options.seed)
    steps = split_steps(problem.reference)
    start = join(steps[: given_count(problem.prompt, steps)])
    asked = [Request("complete", problem, start, n=options.rollouts, seed=seed)] if options.rollouts else []
    asked += rewrites.requests(problem, options.rewrites, options.seed)
    if options.completer == "openai":
        programs = [rollout.program for rollout in problem.rollouts]
        for program in programs + [problem.reference] * options.rollouts:
            places = split_steps(program)
            middle = Request("complete", problem, join(places[: len(places) // 2]), n=options.k, seed=seed)
            probes = len(places) if options.search == "full" else ceil(log2(len(places) + 1)) + 1
            asked += [middle] * probes
    return asked


def _sampled(
    problem: Problem, options: FirstErrorOptions, outcome: StrategyResult
) -> Generator[Question, Any, list[Rollout]]:
    """Programs that the teacher writes after the steps of the prompt."""
    steps = split_steps(problem.reference)
    start = join(steps[: given_count(problem.prompt, steps)])
    reply = yield Request(
        "complete", problem, start, n=options.rollouts, seed=seed_for(problem, options.seed)
    )
    outcome.count_unusable(reply.unusable)
    return [Rollout(start + text) for text in reply.completions]
