"""What to do for one problem, apart from where it is done: vet it, run its strategies, settle its rows.

A pure generator: it yields questions, is sent answers, and returns one JSON-able outcome that is kept
whole in the journal. Cluster and laptop run this same function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict
from typing import Any

from prmdata.datasets.problem_rows import problem_row
from prmdata.datasets.schema import to_row
from prmdata.labels.prefixes import settle
from prmdata.records import Problem, Question, Reject, Vetted
from prmdata.strategies.outcome import StrategyResult
from prmdata.strategies.rows import reference_row
from prmdata.vetting.similar import signature
from prmdata.vetting.vet import vet

Strategy = Callable[[Vetted], Generator[Question, Any, StrategyResult]]


def work(problem: Problem, strategies: Sequence[Strategy]) -> Generator[Question, Any, dict[str, Any]]:
    """One problem from text to unlabelled rows.

    The outcome: ``problem`` (its row in config ``problems``; None where it does not hold), ``rows`` (as
    written, labels empty), ``rejects``, ``unusable`` (what the teacher gave, counted by reason),
    ``spliced`` (judged edits that libcst spliced, and the others by the reason why it did not).
    """
    vetted = yield from vet(problem)
    if isinstance(vetted, Reject):
        return rejected(vetted)
    traces = [reference_row(vetted)]
    rejects: list[Reject] = []
    unusable: Counter[str] = Counter()
    spliced: Counter[str] = Counter()
    for strategy in strategies:
        outcome = yield from strategy(vetted)
        traces += outcome.traces
        rejects += outcome.rejects
        unusable += outcome.unusable
        spliced += outcome.spliced
    return {
        "problem": problem_row(vetted, signature(problem)),
        "rows": [to_row(trace) for trace in settle(traces)],
        "rejects": [asdict(reject) for reject in rejects],
        "unusable": dict(sorted(unusable.items())),
        "spliced": dict(sorted(spliced.items())),
    }


def rejected(reject: Reject) -> dict[str, Any]:
    """The outcome of a problem that does not hold."""
    return {"problem": None, "rows": [], "rejects": [asdict(reject)], "unusable": {}, "spliced": {}}
