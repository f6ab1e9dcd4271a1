"""What to do for one problem, apart from where it is done: vet it, run its strategies, settle its rows.

A pure generator: it yields questions, is sent answers, and returns one JSON-able outcome that is kept
whole in the journal. Cluster and laptop run this same function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict
from typing import Any

from prmdata.datasets.schema import to_row
from prmdata.labels.policies import settle
from prmdata.problems.similar import signature
from prmdata.problems.vetting import vet
from prmdata.records import Problem, Question, Reject, Vetted
from prmdata.strategies.outcome import Outcome
from prmdata.strategies.rows import reference_row

Strategy = Callable[[Vetted], Generator[Question, Any, Outcome]]


def work(problem: Problem, strategies: Sequence[Strategy]) -> Generator[Question, Any, dict[str, Any]]:
    """One problem from text to unlabelled rows.

    The outcome: ``rows`` (as written, labels empty), ``rejects``, ``unusable`` (counts by reason),
    ``signature`` (for near-duplicates), ``problem`` (what the ``problems`` config shows), ``vetted``.
    """
    vetted = yield from vet(problem)
    if isinstance(vetted, Reject):
        return rejected(vetted)
    traces = [reference_row(vetted)]
    rejects: list[Reject] = []
    unusable: Counter[str] = Counter()
    for strategy in strategies:
        outcome = yield from strategy(vetted)
        traces += outcome.traces
        rejects += outcome.rejects
        unusable += outcome.unusable
    return {
        "vetted": True,
        "rows": [to_row(trace) for trace in settle(traces)],
        "rejects": [asdict(reject) for reject in rejects],
        "unusable": dict(sorted(unusable.items())),
        "signature": signature(problem),
        "cpu_s": vetted.spec.cpu_s,
    }


def rejected(reject: Reject) -> dict[str, Any]:
    """The outcome of a problem that does not hold."""
    return {"vetted": False, "rows": [], "rejects": [asdict(reject)], "unusable": {}, "signature": None}
