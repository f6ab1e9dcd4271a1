"""From the names in a configuration to the parts that do the work: strategies, teacher, sandbox.

Part of the composition root; nothing below it names a concrete class of another room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from itertools import chain, islice
from typing import Any, TypeVar

from prmdata.config import BuildConfig
from prmdata.errors import UsageError
from prmdata.pipeline.problem_work import Strategy
from prmdata.problems import read_problems
from prmdata.records import Problem, Reject
from prmdata.sandboxes.choose import choose
from prmdata.sandboxes.contract import SandboxProvider
from prmdata.teachers.choose import make_teacher
from prmdata.teachers.contract import Teacher

Notice = Callable[[str], None]
"""Who is told, in one line, what a user should know before the work starts."""

PAID_PER_STEP = 2
"""Edits of each kind asked of a model for a step: each is paid for, and with more they repeat."""


ReadT = TypeVar("ReadT")


def first_read(items: Iterator[ReadT]) -> Iterator[ReadT]:
    """``items`` with the first one read: a source that cannot be used is said before anything starts."""
    return chain(list(islice(items, 1)), items)


def problems_of(config: BuildConfig) -> Iterator[Problem | Reject]:
    """The problems of the configuration's source, read as it says."""
    return read_problems(
        config.source, limit=config.limit, rollouts_from=config.rollouts_from, reading=config.reading
    )


def silent(line: str) -> None:
    """Drops every notice."""


def strategies_of(config: BuildConfig) -> list[Strategy]:
    """The strategies of a configuration, ready to run on a vetted problem.

    Ours, then the entry point group ``prmdata.strategies`` (a callable that takes the configuration and
    returns one). Raises UsageError for an unknown name, saying which there are.
    """
    settings = with_paid_edits(config)
    return [plug_in_named("--strategy", name, STRATEGIES)(settings) for name in config.strategy]


def with_paid_edits(config: BuildConfig) -> BuildConfig:
    """The configuration with the edits a step that are asked of a model, where it does not say how many."""
    if config.per_step is not None or config.teacher == "rules":
        return config
    return config.model_copy(update={"per_step": PAID_PER_STEP})


def plug_in_named(option: str, name: str, ours: Mapping[str, EntryPoint]) -> Any:
    """What ``name`` names among our parts or, in the same group of entry points, those of other packages. Only the one
    that is asked for is imported.

    Raises UsageError for an unknown name, saying which there are.
    """
    (group,) = {point.group for point in ours.values()}
    plugged = {point.name: point for point in entry_points(group=group)}
    found = ours.get(name) or plugged.get(name)
    if found is None:
        there = ", ".join([*ours, *sorted(plugged)])
        raise UsageError(f"{option} {name}: no such {option.removeprefix('--')}; there are {there}")
    return found.load()


def shipped(group: str, **where: str) -> dict[str, EntryPoint]:
    """Our own parts as entry points of ``group``: a name (with ``-`` for ``_``) and ``module:object``."""
    return {
        name: EntryPoint(name, value, group)
        for name, value in ((key.replace("_", "-"), value) for key, value in where.items())
    }


STRATEGIES = shipped(
    "prmdata.strategies",
    mutate_refactor="prmdata.strategies.mutate_refactor:make",
    first_error="prmdata.strategies.first_error:make",
    curriculum="prmdata.strategies.curriculum:make",
)


def overlap_of(config: BuildConfig) -> Callable[[Problem], str | None] | None:
    """Which benchmark problem a problem overlaps with, of the files that ``--decontaminate`` names; None: none are."""
    if not config.decontaminate:
        return None
    from prmdata.vetting.overlap import overlap_with  # an index of MinHashes that few builds need

    return overlap_with(config.decontaminate)


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
