"""One problem looked at from all sides: vetted, and the power of its tests measured."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from prmdata.errors import MachineryError
from prmdata.records import Problem, Question, Reject, Run, RunResults, Vetted
from prmdata.vetting.kills import Kills, measure_kills, mutants_of
from prmdata.vetting.reject_reasons import STAGE
from prmdata.vetting.similar import duplicate_key, signature
from prmdata.vetting.vet import REPEATS, vet

AnswerRun = Callable[[Run], RunResults]
Given = TypeVar("Given")
Made = TypeVar("Made")

AHEAD = 2
"""Problems taken for each thread: memory is bounded by them."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found about one problem. ``signature`` is for near-duplicates (empty for a reject)."""

    result: Vetted | Reject
    kills: Kills | None = None
    signature: array[int] = field(default_factory=lambda: array("q"))


def inspect(
    problem: Problem, *, repeats: int = REPEATS, kills: bool = True
) -> Generator[Run, RunResults, Inspection]:
    """Vet ``problem``; where it holds, measure what its tests notice (``kills``)."""
    result = yield from vet(problem, repeats=repeats)
    if isinstance(result, Reject):
        return Inspection(result)
    found = None
    if kills:
        found, _ = yield from measure_kills(result, mutants_of(result.problem))
    return Inspection(result, found, array("q", signature(result.problem)))


def drive(steps: Generator[Question, Any, Made], answer: Callable[[Any], Any]) -> Made:
    """Run one generator to its end, its questions answered by ``answer`` (which may block)."""
    try:
        question = next(steps)
        while True:
            question = steps.send(answer(question))
    except StopIteration as end:
        found: Made = end.value
        return found


def in_order(items: Iterable[Given], work: Callable[[Given], Made], threads: int) -> Iterator[Made]:
    """``work`` done on every item by so many threads, the results in the order of the items. No more than ``AHEAD``
    items a thread are taken ahead of what was handed out. Given up on the way (an interrupt), nothing is waited for:
    what ``work`` asks is closed by whoever owns it, and that ends the threads."""
    under_way: deque[Future[Made]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="problem")
    try:
        for item in items:
            under_way.append(pool.submit(work, item))
            while len(under_way) > AHEAD * threads:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def inspect_all(
    items: Iterable[Problem | Reject],
    answer: AnswerRun,
    *,
    threads: int = 1,
    kills: bool = True,
    overlap: Callable[[Problem], str | None] | None = None,
) -> Iterator[Inspection]:
    """Inspect every problem, in source order, ``threads`` at a time; ``answer`` is called from that many threads.

    A problem whose prompt and reference repeat an earlier one is a reject that names it, as is one that ``overlap`` finds
    in a benchmark. A failure of the machinery rejects its problem with that reason (stage ``machinery``) and no other.
    """

    def work(item: Problem | Reject) -> Inspection:
        if isinstance(item, Reject):
            return Inspection(item)
        try:
            return drive(inspect(item, kills=kills), answer)
        except MachineryError as error:
            return Inspection(Reject(item.id, "machinery", str(error)))

    return in_order(distinct(items, overlap), work, threads)


def distinct(
    items: Iterable[Problem | Reject], overlap: Callable[[Problem], str | None] | None = None
) -> Iterator[Problem | Reject]:
    """The items, a problem that repeats an earlier one or overlaps with a benchmark as a Reject that names it."""
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
