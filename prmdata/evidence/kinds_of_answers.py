"""Finds answers that are equal and yet not the same: 3.0 for 3, True for 1, and a dictionary in another order where the
statement speaks of order.

Tests that compare with ``==`` accept them, and so do the suites. Whether they are right is for the statement to say, so they
only make a label disputed.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from itertools import zip_longest
from typing import Any, Final

from prmdata.evidence.explore import InputCorpus
from prmdata.evidence.program_case import ProgramCase
from prmdata.evidence.sequences import is_sequence
from prmdata.evidence.suites import suites_of
from prmdata.records import Execution, Run, RunResults, Suite, Task, Vetted
from prmdata.resources import guest_module

INPUTS: Final = 24
"""How many inputs inside the hull are answered once more. The kind of an answer rarely depends on the input."""
_ORDER: Final = re.compile(r"\bsort|\border|\bascend|\bdescend", re.IGNORECASE)
_NUMBERS: Final = (bool, int, float)


def compare_kinds(
    vetted: Vetted, corpus: InputCorpus, cases: Sequence[ProgramCase]
) -> Generator[Run, RunResults, None]:
    """Let the programs that agree on every input answer some of them once more, and note the first answer that differs from
    the reference's in the type of a number, or in the order of a dictionary."""
    recordings, _ = suites_of(corpus.recordings, (INPUTS, 0))
    texts = tuple(recorded.text for recorded in recordings)
    if not cases or not texts or corpus.space.reads_text or is_sequence(texts[0]):
        return
    is_ordered = _ORDER.search(vetted.problem.prompt) is not None
    if not any(_has_kinds(recorded.answer, is_ordered) for recorded in recordings):
        return
    tasks = tuple(Task(case.program, tests=False, suites=(Suite(texts),)) for case in cases)
    answers = yield Run(vetted.spec, tasks)
    for case, answer in zip(cases, answers, strict=True):
        seen = answer.observations[0] if isinstance(answer, Execution) and answer.observations else ()
        for recorded, one in zip(recordings, seen, strict=False):
            if one.status == "answered" and is_other_kind(recorded.answer, one.answer, is_ordered):
                case.differs_in_kind(recorded, one.answer)
                break


def is_other_kind(expected: str, got: str, is_ordered: bool) -> bool:
    """Whether two equal answers of the wire differ in the type of a number or, if ``is_ordered``, in the order of a
    dictionary."""
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
        return type(a) is not type(b)
    if type(a) is not type(b):
        return False
    if type(a) in (list, tuple):
        return any(_differ(x, y, is_ordered) for x, y in zip_longest(a, b))
    if type(a) is dict:
        if is_ordered and list(a) != list(b):
            return True
        return any(_differ(a[key], b[key], is_ordered) for key in a if key in b)
    return hasattr(a, "args") and hasattr(b, "args") and _differ(a.args, b.args, is_ordered)
