"""Whether a reference answers alike in other surroundings: under another clock, process id, hash seed, working folder and
locale. One that does not cannot tell a right program from a wrong one."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Final, get_args

from prmdata.errors import QuarantineError
from prmdata.evidence.compare_rule import compare_rule
from prmdata.evidence.same_life import uses_objects
from prmdata.records import (
    Execution,
    Reject,
    Run,
    RunResult,
    RunResults,
    Suite,
    Surrounding,
    Task,
    Verdict,
    Vetted,
)
from prmdata.vetting.reject_reasons import STAGE

ALL: Final[tuple[Surrounding, ...]] = get_args(Surrounding)
_MOST_INPUTS: Final = 100
_CHANCE: Final = "chance"
_BY_LOCALE: Final = re.compile("n[}'\"]")
"""The ends of format specifications that write numbers as the locale has it."""


def depends_on_surroundings(vetted: Vetted) -> Generator[Run, RunResults, Reject | None]:
    """A Reject that names what the reference depends on, where it answers a given input or test otherwise in other
    surroundings; answers are compared as those to generated inputs are. Running out of time says nothing: that hangs
    on the machine. A reference that can run in only one way, by its code, is not asked (36 ms of CPU)."""
    program = vetted.problem.reference
    if vetted.reference.runs == 1 and not vetted.problem.is_stdio and not _BY_LOCALE.search(program):
        return None
    is_sequence = uses_objects(vetted)
    given = vetted.recorded_sequences if is_sequence else vetted.recorded_inputs
    inputs = () if vetted.problem.is_stdio else tuple(dict.fromkeys(given))[:_MOST_INPUTS]
    asked = Suite(inputs, fresh_start=is_sequence)
    (recorded,) = yield Run(
        vetted.spec, (Task(program, tests=False, suites=(asked,) if inputs else (), surroundings=()),)
    )
    answered = _answered(inputs, recorded)
    suite = Suite(
        tuple(answered), tuple(answered.values()), compare_rule(vetted.problem), fresh_start=is_sequence
    )
    suites = (suite,) if answered else ()

    def tasks(changed: tuple[Surrounding, ...]) -> tuple[Task, ...]:
        tests = Task(program, surroundings=changed)
        return tests, Task(program, tests=False, suites=suites, surroundings=changed)

    together = yield Run(vetted.spec, tasks(ALL))
    if not any(map(_differs, together)):
        return None
    single = [(one,) for one in ALL]
    one_by_one = yield Run(vetted.spec, tuple(task for changed in ((), *single) for task in tasks(changed)))
    said = [
        name
        for place, name in enumerate((_CHANCE, *ALL))
        if any(map(_differs, one_by_one[2 * place : 2 * place + 2]))
    ]
    what = said[0] if said else "surroundings"
    reason = "the reference depends on chance" if what == _CHANCE else f"the reference depends on its {what}"
    shown = next((_detail(suite, answer) for answer in together if _differs(answer)), "")
    return Reject(vetted.problem.id, STAGE, reason, shown)


def _answered(inputs: tuple[str, ...], recorded: RunResult) -> dict[str, str]:
    if not isinstance(recorded, Execution) or not recorded.observations:
        return {}
    seen = zip(inputs, recorded.observations[0], strict=False)
    return {text: one.answer for text, one in seen if one.status == "answered"}


def _differs(answer: RunResult) -> bool:
    if isinstance(answer, QuarantineError):
        return False
    observed = (one.status for suite in answer.observations for one in suite)
    return answer.verdict not in (Verdict.PASSED, Verdict.TIMEOUT) or any(
        status not in ("agreed", "timeout") for status in observed
    )


def _detail(suite: Suite, answer: RunResult) -> str:
    """The difference that was seen, in words."""
    assert isinstance(answer, Execution)
    if answer.verdict != Verdict.PASSED:
        return f"its tests do not pass there: {answer.failure}"
    for text, one in zip(suite.inputs, answer.observations[0], strict=False):
        if one.status not in ("agreed", "timeout"):
            return f"input {text[:200]}: other surroundings give another answer"
    return ""
