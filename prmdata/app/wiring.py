"""Turns the names in a configuration into the parts that do the work: strategies, teacher, sandbox.

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
from prmdata.plug_ins import load, wrong_kind
from prmdata.problems import read_problems
from prmdata.records import Problem, Reject
from prmdata.sandboxes.choose import choose
from prmdata.sandboxes.contract import SandboxProvider
from prmdata.teachers.choose import make_teacher
from prmdata.teachers.contract import Teacher

Notice = Callable[[str], None]
"""Receives one line with something that a user should know before the work starts."""

PAID_PER_STEP = 2
"""Edits of each kind that a model is asked for at each step. Each edit costs money, and with more they
repeat."""

PAID_REWRITES = 4
"""Ends of a reference that a model writes anew: one prompt for four programs."""

ReadT = TypeVar("ReadT")


def first_read(items: Iterator[ReadT]) -> Iterator[ReadT]:
    """``items`` after its first item was read, so that an unusable source is reported before anything
    starts."""
    return chain(list(islice(items, 1)), items)


def problems_of(config: BuildConfig) -> Iterator[Problem | Reject]:
    """The problems of the configuration's source, read as it says."""
    return read_problems(
        config.source, limit=config.limit, rollouts_from=config.rollouts_from, reading=config.reading
    )


def silent(line: str) -> None:
    """Ignore every notice."""


def strategies_of(config: BuildConfig) -> list[Strategy]:
    """The strategies of a configuration, ready to run on a vetted problem.

    They are the built-in ones and those of the entry point group ``prmdata.strategies`` (a callable that
    takes the configuration and returns a strategy). Raises UsageError, which lists the strategies, for an
    unknown name.
    """
    settings = with_paid_edits(config)
    return [plug_in_named("--strategy", name, STRATEGIES)(settings) for name in config.strategy]


def with_paid_edits(config: BuildConfig) -> BuildConfig:
    """The configuration with ``PAID_PER_STEP`` edits for each step and ``PAID_REWRITES`` if a model is asked and no
    numbers were given."""
    chosen: dict[str, int] = {}
    if config.per_step is None and config.teacher != "rules":
        chosen["per_step"] = PAID_PER_STEP
    if config.rewrites is None and config.asks_rewrites:
        chosen["rewrites"] = PAID_REWRITES
    return config.model_copy(update=chosen) if chosen else config


def plug_in_named(option: str, name: str, ours: Mapping[str, EntryPoint]) -> Any:
    """The part that ``name`` names among the built-in parts (``ours``) or, in the same group of entry points,
    among those of other packages. Only the part that is asked for is imported.

    Raises UsageError, which lists the names, for an unknown name, and where it cannot be loaded.
    """
    (group,) = {point.group for point in ours.values()}
    plugged = {point.name: point for point in entry_points(group=group)}
    found = ours.get(name) or plugged.get(name)
    if found is None:
        there = ", ".join([*ours, *sorted(plugged)])
        raise UsageError(f"{option} {name}: no such {option.removeprefix('--')}; there are {there}")
    made = load(found)
    if not callable(made):
        raise wrong_kind(found, made, "a callable")
    return made


def shipped(group: str, **where: str) -> dict[str, EntryPoint]:
    """The built-in parts as entry points of ``group``: a name (with ``-`` for ``_``) and
    ``module:object``."""
    return {
        name: EntryPoint(name, value, group)
        for name, value in ((key.replace("_", "-"), value) for key, value in where.items())
    }


STRATEGIES = shipped(
    "prmdata.strategies",
    mutate_refactor="prmdata.strategies.mutate_refactor:make",
    first_error="prmdata.strategies.first_error:make",
    curriculum="prmdata.strategies.curriculum:make",
    benchmark="prmdata.strategies.benchmark:make",
)


def overlap_of(config: BuildConfig) -> Callable[[Problem], str | None] | None:
    """A function that names the benchmark problem that a problem overlaps with, from the files that
    ``--decontaminate`` names; None if it names no files."""
    if not config.decontaminate:
        return None
    from prmdata.vetting.overlap import overlap_with  # imports an index of MinHashes, which few builds need

    return overlap_with(config.decontaminate)


def teacher_of(config: BuildConfig) -> Teacher:
    """The teacher of a configuration. Its answers and what it spent are kept in ``OUT/.prmdata``, unless the
    configuration names other files."""
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
        complete_by=config.complete_by,
    )


def sandbox_of(config: BuildConfig, *, remote: bool, notice: Notice) -> SandboxProvider:
    """The sandbox of a configuration. What it does not cover is printed once."""
    choice = choose(config.sandbox, runtime=config.runtime, remote_teacher=remote)
    for line in choice.notices:
        notice(line)
    return choice.provider
