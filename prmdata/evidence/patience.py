"""More time for programs of models.

The limit comes from the reference's own time and may be a few hundredths of a second. A right program of a model may take
more. So a test or a generated input on which such a program took too long is asked once more, and the last limit is a
second then. Where the program answers as the reference does, being slow is no difference.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Final

from prmdata.evidence.confirm import Difference
from prmdata.evidence.explore import InputCorpus
from prmdata.evidence.suites import as_suite
from prmdata.records import Execution, Run, RunResults, Task, Vetted

LAST_CPU_S: Final = 1.0
"""The last limit of a program of a model, on a test or an input, in seconds of CPU time."""
REPEATED: Final = 4
"""The guest's last limit is this many times the first one (``CONFIRM`` in ``sandbox/guest/dispatcher.py``)."""
SLOW_INPUTS: Final = 12
"""How many inputs of each suite a slow program is asked, each with the longer limit."""


def patiently(vetted: Vetted) -> Vetted:
    """The problem with the longer limit."""
    return replace(vetted, spec=replace(vetted.spec, cpu_s=max(vetted.spec.cpu_s, LAST_CPU_S / REPEATED)))


def is_only_slow(
    vetted: Vetted, corpus: InputCorpus, difference: Difference
) -> Generator[Run, RunResults, bool]:
    """Whether a program that took too long on an input answers it as the reference does if it gets more time."""
    suite = replace(as_suite([difference.recorded], corpus.compare), fresh_start=True)
    task = Task(difference.program, tests=False, suites=(suite,))
    (answer,) = yield Run(patiently(vetted).spec, (task,))
    if not isinstance(answer, Execution):
        return False
    return [seen.status for one in answer.observations for seen in one] == ["agreed"]
