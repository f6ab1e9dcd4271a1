"""Problems whose tests do not show that several answers are right: two right references that differ on an input made."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

from prmdata.evidence.explore import explore
from prmdata.evidence.input_budget import Budget
from prmdata.evidence.suites import as_suite
from prmdata.records import Execution, Run, RunResults, Task, Verdict, Vetted

INPUTS: Final = 60
OTHERS: Final = 3
"""Further references that are asked."""
NOTE: Final = "two references that pass every test differ on a generated input"


def differing_references(vetted: Vetted) -> Generator[Run, RunResults, str | None]:
    """A note where one of the other references of a problem that reads standard input passes all tests and answers a
    generated input inside the hull otherwise: a checker is needed, or one of the two is wrong. None where all agree."""
    problem = vetted.problem
    others = [
        text for text in dict.fromkeys(problem.references) if text.strip() and text != problem.reference
    ]
    if not problem.is_stdio or not others:
        return None
    budget = Budget(INPUTS, 0, climbs=0, targeted=0, rounds=0).scaled(vetted.spec.cpu_s)
    corpus = yield from explore(vetted, seed=0, budget=budget)
    asked = corpus.inside()
    if not asked:
        return None
    suite = as_suite(asked, corpus.compare)
    answers = yield Run(vetted.spec, tuple(Task(text, suites=(suite,)) for text in others[:OTHERS]))
    for answer in answers:
        if not isinstance(answer, Execution) or answer.verdict != Verdict.PASSED or not answer.observations:
            continue
        for recorded, seen in zip(asked, answer.observations[0], strict=False):
            if seen.status == "disagreed":
                return (
                    f"{NOTE}: {recorded.text[:200]!r} gives {recorded.answer[:80]!r} and {seen.answer[:80]!r}"
                )
    return None
