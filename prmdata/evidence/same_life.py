"""Whether the reference agrees with itself when it is judged as a candidate is. Two programs may be compared
only if the same calls came before."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import chain

from prmdata.evidence.sequences import ENTRY, parse
from prmdata.evidence.suites import RecordedInput, as_suite
from prmdata.records import Compare, Execution, Run, RunResults, Task, Vetted


def uses_objects(vetted: Vetted) -> bool:
    """Whether the given tests call anything other than the entry point itself, such as a class or methods of
    objects."""
    steps = (step for text in vetted.recorded_sequences for step in parse(text))
    return any(step.on != ENTRY or step.name is not None for step in steps)


def differing_from_itself(
    vetted: Vetted, sets: Sequence[Sequence[RecordedInput]], compare: Compare
) -> Generator[Run, RunResults, list[RecordedInput]]:
    """The inputs on which the reference, judged exactly as candidates are, gives other answers than those
    recorded before."""
    if not sets:
        return []
    suites = tuple(as_suite(chosen, compare) for chosen in sets)
    program = vetted.problem.reference
    if suites[0].fresh_start:
        tasks = [Task(program, tests=False, suites=(suite,)) for suite in suites]
        asked = list(sets)
    else:
        tasks = [Task(program, suites=suites)]
        asked = [[recorded for chosen in sets for recorded in chosen]]
    answers = yield Run(vetted.spec, tuple(tasks))
    found: list[RecordedInput] = []
    for recordings, answer in zip(asked, answers, strict=True):
        if not isinstance(answer, Execution):
            found += recordings  # the answers differ between the two seeds
            continue
        seen = chain.from_iterable(answer.observations)
        found += [
            recorded
            for recorded, one in zip(recordings, seen, strict=False)
            if one.status not in ("agreed", "timeout")
        ]
    return found
