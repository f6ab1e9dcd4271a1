"""From the names in a configuration to the parts that do the work: strategies, teacher, sandbox.

With ``jobs.py`` the composition root; nothing below it names a concrete class of another room.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prmdata.config import BuildConfig
from prmdata.errors import UsageError
from prmdata.pipeline.driver import Answerer
from prmdata.records import Problem, Question, Request, Run

if TYPE_CHECKING:
    from prmdata.pipeline.problem_work import Strategy
    from prmdata.sandboxes.contract import SandboxProvider
    from prmdata.sandboxes.pool import Pool
    from prmdata.strategies import first_error, mutate_refactor
    from prmdata.teachers.contract import Teacher
    from prmdata.teachers.estimate import Estimator

Notice = Callable[[str], None]

SWITCH_S = 0.0005
"""A worker's thread that has an answer waits no longer than this (usually 5 ms) for the one that thinks."""
GARBAGE = (50_000, 50, 20)
"""Objects between two collections, and so on (usually 700, 10, 10): programs parsed and inputs drawn leave hardly any
cycles, and looking for them took 13% of this process's time."""

PAID_PER_STEP = 2
"""Edits of each kind asked of a model for a step: each is paid for, and with more they repeat."""


def silent(line: str) -> None:
    """A notice that nobody reads."""


def labour(
    config: BuildConfig, *, remote: bool, has_desk: bool, workers: int = 1
) -> tuple[Pool, Teacher | None, list[Strategy]]:
    """What a labourer works with: a sandbox pool of its own, a teacher where the job has no desk for
    all to ask, the strategies. ``remote``: whether programs come from a remote model."""
    from prmdata.sandboxes.pool import Pool

    provider = sandbox_of(config, remote=remote, notice=silent)
    teacher = None if has_desk else teacher_of(config)
    return Pool(provider, workers=workers), teacher, strategies_of(config)


@contextmanager
def paced() -> Iterator[None]:
    """The interpreter set for a build: see ``SWITCH_S`` and ``GARBAGE``."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(SWITCH_S)
    gc.set_threshold(*GARBAGE)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)


def needs_desk(teacher: Teacher) -> bool:
    """Whether all of a job's workers ask one teacher: a remote one (its limits hold for the job), and one
    that reads a file of this machine."""
    return teacher.remote or teacher.name == "replay"


def on_any_node(config: BuildConfig) -> BuildConfig:
    """The configuration with whole paths: a process of Ray's stands in a folder of its own."""
    paths = {key: value.resolve() for key, value in config if isinstance(value, Path)}
    return config.model_copy(update=paths)


def answering(pool: Pool, teacher: Teacher) -> Answerer:
    """Questions to whom they concern: a ``Run`` to the sandbox pool, a ``Request`` to the teacher."""

    async def answer(question: Question) -> Any:
        if isinstance(question, Run):
            return await asyncio.wrap_future(pool.submit(question.spec, question.tasks))
        return await teacher.ask(question)

    return answer


def strategies_of(config: BuildConfig) -> list[Strategy]:
    """The strategies of a configuration, ready to run on a vetted problem.

    Ours, then the entry point group ``prmdata.strategies`` (a callable that takes the configuration and
    returns one). Raises UsageError for an unknown name, saying which there are.
    """
    known: dict[str, Callable[[BuildConfig], Strategy]] = {
        "mutate-refactor": _mutate_refactor,
        "first-error": _first_error,
        "curriculum": _curriculum,
    }
    plugged = {point.name: point for point in entry_points(group="prmdata.strategies")}
    for name in config.strategy:
        if name not in known and name not in plugged:
            there = ", ".join([*known, *sorted(plugged)])
            raise UsageError(f"--strategy {name}: no such strategy; there are {there}")
    return [
        known[name](config) if name in known else plugged[name].load()(config) for name in config.strategy
    ]


def _mutate_refactor(config: BuildConfig) -> Strategy:
    from prmdata.strategies.mutate_refactor import run

    return partial(run, options=_edit_options(config))


def _edit_options(config: BuildConfig) -> mutate_refactor.EditOptions:
    from prmdata.strategies.mutate_refactor import EditOptions

    per_step = config.per_step or (None if config.teacher == "rules" else PAID_PER_STEP)
    return EditOptions(seed=config.seed, per_step=per_step, depth=config.depth)


def _first_error(config: BuildConfig) -> Strategy:
    from prmdata.strategies.first_error import run

    return partial(run, options=_error_options(config))


def _error_options(config: BuildConfig) -> first_error.FirstErrorOptions:
    from prmdata.strategies.first_error import FirstErrorOptions

    return FirstErrorOptions(
        seed=config.seed,
        k=config.k,
        search=config.search,
        completer=config.completer,
        rollouts=config.rollouts,
    )


def expected_requests(problem: Problem, config: BuildConfig) -> list[Request]:
    """What the configuration's own strategies will ask a teacher about one problem."""
    from prmdata.strategies import first_error, mutate_refactor

    asked: list[Request] = []
    if "mutate-refactor" in config.strategy:
        asked += mutate_refactor.expected(problem, _edit_options(config))
    if "first-error" in config.strategy:
        asked += first_error.expected(problem, _error_options(config))
    return asked


def estimator_of(config: BuildConfig) -> Estimator | None:
    """Who prices the requests of a configuration; None for a teacher that costs nothing."""
    from prmdata.teachers.estimate import EstimateSettings, Estimator

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


def _curriculum(_: BuildConfig) -> Strategy:
    from prmdata.strategies.curriculum import run

    return run


def teacher_of(config: BuildConfig) -> Teacher:
    """The teacher of a configuration; its answers and what it spent are kept in ``OUT/.prmdata`` where the
    configuration names no other files."""
    from prmdata.teachers.choose import make_teacher

    state = config.out / ".prmdata"
    return make_teacher(
        config.teacher,
        answers=config.answers or state / "answers.sqlite",
        ledger=config.ledger or state / "ledger.sqlite",
        model=config.model,
        base_url=config.base_url,
        prompts=config.prompts,
        prices=config.prices,
        max_cost=config.max_cost,
        max_tokens=config.max_tokens,
        batch=config.batch or None,
        temperature=config.temperature,
        max_output_tokens=config.max_output_tokens,
        concurrency=config.concurrency,
        rpm=config.rpm,
        tpm=config.tpm,
        timeout_s=config.timeout_s,
    )


def sandbox_of(config: BuildConfig, *, remote: bool, notice: Notice) -> SandboxProvider:
    """The sandbox of a configuration; what it does not cover is said once."""
    from prmdata.sandboxes.choose import choose

    choice = choose(config.sandbox, runtime=config.runtime, remote_teacher=remote)
    for line in choice.notices:
        notice(line)
    return choice.provider
