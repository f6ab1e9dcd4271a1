"""More time for programs that a model wrote as a whole, on inputs that the tests never tried.

The limit of a problem comes from its reference. An edit of a reference does about the same work, but a program of a
model may do the same by other means: one that rests for 0.8 s a call, or that fills 300 MB, can be right. The given
tests say how fast a program must be on them, and nothing says so for other inputs. So a timeout there is looked at
once more, alone and with at least 0.8 s of CPU: if the program then answers as the reference does, it is
disputed and not refuted.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Final

from prmdata.evidence.confirm import Difference, asked_alone, status_of
from prmdata.evidence.explore import InputCorpus
from prmdata.records import Execution, Run, RunResults, Spec, Vetted

PATIENT_CPU_S: Final = 0.2
"""The least limit of such a program. The guest confirms a timeout with four times the limit: 0.8 s."""


def patient(spec: Spec) -> Spec | None:
    """``spec`` with more time. None where it gives as much already, or where the problem itself sets the limit."""
    if spec.problem.limits.cpu_s is not None or spec.cpu_s >= PATIENT_CPU_S:
        return None
    return replace(spec, cpu_s=PATIENT_CPU_S)


def only_slow(
    vetted: Vetted, corpus: InputCorpus, timeouts: Sequence[Difference]
) -> Generator[Run, RunResults, list[Difference]]:
    """Those of ``timeouts`` where the program answers as the reference does if it gets the input alone and more
    time."""
    spec = patient(vetted.spec)
    if spec is None or not timeouts:
        return []
    answers = yield Run(spec, tuple(asked_alone(each, corpus.compare) for each in timeouts))
    return [
        each
        for each, answer in zip(timeouts, answers, strict=True)
        if isinstance(answer, Execution) and status_of(answer) == "agreed"
    ]
