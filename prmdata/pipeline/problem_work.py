"""What is done for one problem, wherever it is done: vet it, run its strategies, settle its rows.

:func:`work` is a pure generator. It yields questions, is sent answers, and returns one outcome (a value for
JSON) that is kept whole in the journal. :class:`ProblemWorker` answers its questions. Every engine runs this
code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

from prmdata.datasets.problem_rows import problem_row
from prmdata.datasets.schema import to_row
from prmdata.datasets.writer import misfits
from prmdata.errors import DistrustError, MachineryError, UsageError, where_raised
from prmdata.labels.prefixes import settle
from prmdata.pipeline.costs import add_costs
from prmdata.records import Execution, Problem, Question, Reject, Request, Run, Trace, Vetted
from prmdata.strategies.program_faults import STAGE
from prmdata.strategies.rows import StrategyResult, reference_row
from prmdata.vetting.similar import signature
from prmdata.vetting.vet import vet

ProblemOutcome = dict[str, Any]
"""``problem`` (its row in config ``problems``; None if the problem does not hold), ``rows`` (as written, with
empty labels), ``rejects``, ``unusable`` (the teacher's unusable answers, counted by reason), ``spliced``
(judged edits that libcst spliced, and the others by the reason why it did not), ``asked`` (what a model's answers took,
by what they were for)."""
ProblemResult = ProblemOutcome | MachineryError | UsageError
"""The result of a problem. Errors of prmdata are passed on as values."""
Strategy = Callable[[Vetted], Generator[Question, Any, StrategyResult]]
SHARED = "shared"
"""What became of trusted programs, in the result of a problem: a fact of one run, kept in no journal."""
Answerer = Callable[[Question], Awaitable[Any]]
"""Answers a question: a ``Run`` with executions, a ``Request`` with a reply."""
ReturnT = TypeVar("ReturnT")


@dataclass(frozen=True, slots=True)
class ProblemWorker:
    """Does whole problems with the strategies of a build."""

    strategies: Sequence[Strategy]
    answer: Answerer

    async def do(self, problem: Problem) -> ProblemResult:
        """The outcome of a problem, or the error that it failed with."""
        shared: Counter[str] = Counter()
        try:
            try:
                found = await answered(work(problem, self.strategies), counting(self.answer, shared))
            except DistrustError:  # what was judged in batches does not count
                found = await answered(work(problem, self.strategies), trusting_nobody(self.answer))
                shared = Counter(distrusted=1)
            return found | {SHARED: dict(shared)}
        except (MachineryError, UsageError) as error:
            return error
        except Exception as error:  # a bug in one problem's work must not cost the others
            return internal_error(error)


def counting(answer: Answerer, shared: Counter[str]) -> Answerer:
    """The same; ``shared`` counts the trusted programs that were judged in batches, those that were judged alone all
    the same, and those that were confirmed alone."""

    async def answer_and_count(question: Question) -> Any:
        answers = await answer(question)
        if isinstance(question, Run):
            for task, found in zip(question.tasks, answers, strict=True):
                if task.trusted:
                    is_judged = isinstance(found, Execution)
                    shared["batched" if is_judged and found.shared else "alone"] += 1
                    shared["confirmed"] += is_judged and found.confirmed
        return answers

    return answer_and_count


def trusting_nobody(answer: Answerer) -> Answerer:
    """The same, where each program is judged in a process of its own."""

    async def answer_alone(question: Question) -> Any:
        if isinstance(question, Run):
            tasks = tuple(replace(task, trusted=False) if task.trusted else task for task in question.tasks)
            question = replace(question, tasks=tasks)
        return await answer(question)

    return answer_alone


def work(problem: Problem, strategies: Sequence[Strategy]) -> Generator[Question, Any, ProblemOutcome]:
    """The work on one problem, from its text to unlabelled rows."""
    vetted = yield from vet(problem)
    if isinstance(vetted, Reject):
        return rejected(vetted)
    traces = [reference_row(vetted)]
    rejects: list[Reject] = []
    unusable: Counter[str] = Counter()
    spliced: Counter[str] = Counter()
    asked: dict[str, dict[str, Any]] = {}
    for strategy in strategies:
        outcome = yield from _counted(strategy(vetted), asked)
        traces += outcome.traces
        rejects += outcome.rejects
        unusable += outcome.unusable
        spliced += outcome.spliced
    rows = _fitting(settle(traces), rejects)
    return {
        "problem": problem_row(vetted, signature(problem)),
        "rows": rows,
        "rejects": [asdict(reject) for reject in rejects],
        "unusable": dict(sorted(unusable.items())),
        "spliced": dict(sorted(spliced.items())),
        "asked": dict(sorted(asked.items())),
    }


def _counted(
    questions: Generator[Question, Any, ReturnT], asked: dict[str, dict[str, Any]]
) -> Generator[Question, Any, ReturnT]:
    """The questions of a strategy, passed on; what their answers took is added to ``asked``."""
    reply: Any = None
    try:
        while True:
            question = questions.send(reply)
            reply = yield question
            if isinstance(question, Request) and reply.usage.requests:
                name = question.purpose or question.kind
                add_costs(asked.setdefault(name, {}), asdict(reply.usage))
    except StopIteration as end:
        found: ReturnT = end.value
        return found
    finally:
        questions.close()


def _fitting(traces: Sequence[Trace], rejects: list[Reject]) -> list[dict[str, Any]]:
    """The rows of the traces. A row that does not fit the columns becomes a reject of its program instead."""
    rows = [to_row(trace) for trace in traces]
    wrong = misfits(
        [row | {"prompt": ""} for row in rows]
    )  # the prompt was checked when the problem was read
    for place, what in wrong.items():
        trace = traces[place]
        rejects.append(Reject(trace.problem_id, STAGE, what, f"row {trace.id}", "".join(trace.steps)))
    return [row for place, row in enumerate(rows) if place not in wrong]


def rejected(reject: Reject) -> ProblemOutcome:
    """The outcome of a problem that does not hold."""
    return {"problem": None, "rows": [], "rejects": [asdict(reject)], "unusable": {}, "spliced": {}}


async def answered(run: Generator[Question, Any, ReturnT], answer: Answerer) -> ReturnT:
    """Answer the questions of one generator until it returns. The generator is closed, whatever happens."""
    reply: Any = None
    try:
        while True:
            question = run.send(reply)
            reply = await answer(question)
    except StopIteration as end:
        result: ReturnT = end.value
        return result
    finally:
        run.close()


async def answered_or_reject(
    run: Generator[Question, Any, ReturnT], answer: Answerer, problem_id: str
) -> ReturnT | Reject:
    """What :func:`answered` gives; if the machinery fails on the problem, a Reject with that reason."""
    try:
        return await answered(run, answer)
    except MachineryError as error:
        return Reject(problem_id, "machinery", str(error))


def internal_error(error: Exception) -> MachineryError:
    """A bug in prmdata as a failure of one problem, with the place where it happened."""
    return MachineryError(f"internal error: {where_raised(error)}")
