"""Examines one problem: vets it, measures the power of its tests, and counts the inputs that can be made for it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prmdata.records import Problem, Reject, Run, RunResults, Vetted
from prmdata.vetting.kills import Kills, measure_kills, mutants_of
from prmdata.vetting.reject_reasons import STAGE
from prmdata.vetting.similar import duplicate_key, signature
from prmdata.vetting.vet import REPEATS, vet

if TYPE_CHECKING:
    from prmdata.evidence.generated_inputs import GeneratedInputs


@dataclass(frozen=True, slots=True)
class Inspection:
    """The findings about one problem. ``inputs`` is there for one that reads standard input. ``signature`` serves to find
    near-duplicates (it is empty for a reject)."""

    result: Vetted | Reject
    kills: Kills | None = None
    inputs: GeneratedInputs | None = None
    signature: array[int] = field(default_factory=lambda: array("q"))


def inspect(
    problem: Problem, *, repeats: int = REPEATS, kills: bool = True
) -> Generator[Run, RunResults, Inspection]:
    """Vet ``problem``. If it holds, measure what its tests notice (``kills``)."""
    result = yield from vet(problem, repeats=repeats)
    if isinstance(result, Reject):
        return Inspection(result)
    found = None
    if kills:
        found, _ = yield from measure_kills(result, mutants_of(result.problem))
    made = None
    if result.problem.is_stdio:
        from prmdata.evidence.generated_inputs import (
            generated_inputs,  # imports the learner of grammars, which other problems do not need
        )

        made = yield from generated_inputs(result)
    return Inspection(result, found, made, array("q", signature(result.problem)))


def distinct(
    items: Iterable[Problem | Reject], overlap: Callable[[Problem], str | None] | None = None
) -> Iterator[Problem | Reject]:
    """The items. A problem that repeats an earlier one, or overlaps with a benchmark, becomes a Reject that
    names the other problem."""
    first: dict[str, str] = {}
    for item in items:
        if isinstance(item, Reject):
            yield item
            continue
        key = duplicate_key(item)
        if key in first:
            yield Reject(item.id, STAGE, "duplicate", f"same prompt and reference as {first[key]}")
            continue
        first[key] = item.id
        other = overlap(item) if overlap is not None else None
        if other is not None:
            yield Reject(item.id, STAGE, "contaminated", f"overlaps with {other}")
        else:
            yield item
