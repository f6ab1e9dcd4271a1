"""From the names in a configuration to the parts that do the work: strategies, teacher, sandbox.

Part of the composition root; nothing below it names a concrete class of another room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import entry_points
from itertools import chain, islice
from typing import TypeVar

from prmdata.config import BuildConfig
from prmdata.errors import UsageError
from prmdata.pipeline.problem_work import Strategy
from prmdata.records import Problem, Request
from prmdata.sandboxes.choose import choose
from prmdata.sandboxes.contract import SandboxProvider
from prmdata.strategies import curriculum, first_error, mutate_refactor
from prmdata.teachers.choose import make_teacher
from prmdata.teachers.contract import Teacher
from prmdata.teachers.estimate import EstimateSettings, Estimator

Notice = Callable[[str], None]
"""Who is told, in one line, what a user should know before the work starts."""

PAID_PER_STEP = 2
"""Edits of each kind asked of a model for a step: each is paid for, and with more they repeat."""


ReadT = TypeVar("ReadT")


def first_read(items: Iterator[ReadT]) -> Iterator[ReadT]:
    """``items`` with the first one read: a source that cannot be used is said before anything starts."""
    return chain(list(islice(items, 1)), items)


def silent(line: str) -> None:
    """Drops every notice."""


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
    return partial(mutate_refactor.run, options=_edit_options(config))


def _edit_options(config: BuildConfig) -> mutate_refactor.EditOptions:
    per_step = config.per_step or (None if config.teacher == "rules" else PAID_PER_STEP)
    return mutate_refactor.EditOptions(seed=config.seed, per_step=per_step, depth=config.depth)


def _first_error(config: BuildConfig) -> Strategy:
    return partial(first_error.run, options=_error_options(config))


def _error_options(config: BuildConfig) -> first_error.FirstErrorOptions:
    return first_error.FirstErrorOptions(
        seed=config.seed,
        k=config.k,
        search=config.search,
        completer=config.completer,
        rollouts=config.rollouts,
    )


def expected_requests(problem: Problem, config: BuildConfig) -> list[Request]:
    """What the configuration's own strategies will ask a teacher about one problem."""
    asked: list[Request] = []
    if "mutate-refactor" in config.strategy:
        asked += mutate_refactor.expected(problem, _edit_options(config))
    if "first-error" in config.strategy:
        asked += first_error.expected(problem, _error_options(config))
    return asked


def estimator_of(config: BuildConfig) -> Estimator | None:
    """Who prices the requests of a configuration; None for a teacher that costs nothing."""
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
    return curriculum.run


def teacher_of(config: BuildConfig) -> Teacher:
    """The teacher of a configuration; its answers and what it spent are kept in ``OUT/.prmdata`` where the
    configuration names no other files."""
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
    choice = choose(config.sandbox, runtime=config.runtime, remote_teacher=remote)
    for line in choice.notices:
        notice(line)
    return choice.provider
