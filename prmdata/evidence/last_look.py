"""Looks once more at programs that agree with the reference on every input.

Some answers are equal and yet not the same: 3.0 for 3, True for 1, and a dictionary in another order where the statement
speaks of order. Tests that compare with ``==`` accept them, and so do the suites. Whether they are right is for the statement
to say, so they only make a label disputed.

What a program does with an input that the statement excludes says nothing about its label. It may show that the edited step
can be told apart at all (the guard ``if n <= 1`` where n is at least 2). Texts on standard input have no kinds: of them, only
such inputs are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from itertools import zip_longest
from typing import Any, Final

from prmdata.evidence.explore import InputCorpus, record, spread
from prmdata.evidence.input_budget import SLOW_START_CPU_S
from prmdata.evidence.program_case import ProgramCase
from prmdata.evidence.suites import as_suite, suites_of
from prmdata.records import Execution, Run, RunResults, Suite, Task, Vetted
from prmdata.resources import guest_module

EXCLUDED: Final = 24
INPUTS: Final = 24
"""How many inputs inside the hull are answered once more. The kind of an answer rarely depends on the input."""
_ORDER: Final = re.compile(r"\bsort|\border|\bascend|\bdescend", re.IGNORECASE)
_NUMBERS: Final = (bool, int, float)


def look_again(
    vetted: Vetted, corpus: InputCorpus, cases: Sequence[ProgramCase]
) -> Generator[Run, RunResults, None]:
    """Let the programs that agree on every input answer some of them once more, and note the first answer that is equal and
    not the same. Inputs that the statement excludes follow."""
    reads_text = corpus.space.reads_text
    if not cases or (corpus.starts_afresh and not reads_text):
        return
    if reads_text and vetted.spec.cpu_s >= SLOW_START_CPU_S:
        return
    if corpus.excluded is None:
        texts = spread(corpus, corpus.space.excluded_inputs(), EXCLUDED)
        corpus.excluded = yield from record(vetted, corpus, texts)
    is_ordered = _ORDER.search(vetted.problem.prompt) is not None
    again, _ = suites_of(corpus.recordings, (INPUTS, 0))
    if reads_text or not any(_has_kinds(recorded.answer, is_ordered) for recorded in again):
        again = []
    excluded = as_suite(corpus.excluded, corpus.compare)
    suites = tuple(one for one in (Suite(tuple(each.text for each in again)), excluded) if one.inputs)
    if not suites:
        return
    tasks = tuple(
        Task(case.program, tests=False, suites=suites, stop_after=1, trusted=case.trusted) for case in cases
    )
    answers = yield Run(vetted.spec, tasks)
    for case, answer in zip(cases, answers, strict=True):
        seen = list(answer.observations) if isinstance(answer, Execution) else []
        for recorded, one in zip(again, seen.pop(0) if again and seen else (), strict=False):
            if one.status == "answered" and is_other_kind(recorded.answer, one.answer, is_ordered):
                case.differs_in_kind(recorded, one.answer)
                break
        case.excluded += sum(one.status != "agreed" for one in (seen[0] if seen else ()))


def is_other_kind(expected: str, got: str, is_ordered: bool) -> bool:
    """Whether two equal answers of the wire differ in the type of a number (a float for an integer loses digits; an integer
    for a float loses nothing) or, if ``is_ordered``, in the order of a dictionary."""
    if expected == got:
        return False
    codec = guest_module("codec")
    try:
        return _differ(codec.decode(expected), codec.decode(got), is_ordered)
    except (codec.DecodeError, RecursionError):
        return False


def _has_kinds(answer: str, is_ordered: bool) -> bool:
    return bool(re.search(r"\d|true|false", answer)) or (is_ordered and "{" in answer)


def _differ(a: Any, b: Any, is_ordered: bool) -> bool:
    if type(a) in _NUMBERS and type(b) in _NUMBERS:
        return type(a) is not type(b) and type(a) is not float
    if type(a) is not type(b):
        return False
    if type(a) in (list, tuple):
        return any(_differ(x, y, is_ordered) for x, y in zip_longest(a, b))
    if type(a) is dict:
        if is_ordered and list(a) != list(b):
            return True
        return any(_differ(a[key], b[key], is_ordered) for key in a if key in b)
    return hasattr(a, "args") and hasattr(b, "args") and _differ(a.args, b.args, is_ordered)
