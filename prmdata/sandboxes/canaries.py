"""Two programs that test a worker: one that must pass and one that must fail.

They run when a worker starts, including a worker that replaces a dead one. A judge that passes everything and
a judge that fails everything both look healthy from outside, but neither judges both programs correctly.
"""

from __future__ import annotations

from typing import Final

from prmdata.errors import SandboxError
from prmdata.records import Execution, Problem, Spec, Task, Test, Verdict
from prmdata.sandboxes.contract import Worker

PASSING: Final = "def double(number):\n    return number + number\n"
FAILING: Final = "def double(number):\n    return number * number\n"

_PROBLEM: Final = Problem(
    id="canary",
    prompt="",
    reference=PASSING,
    tests=(Test("assert", "assert double(2) == 4"), Test("assert", "assert double(3) == 6")),
    entry_point="double",
)
SPEC: Final = Spec(_PROBLEM, cpu_s=5.0, memory_mb=256)
_EXPECTED: Final = (
    (PASSING, Verdict.PASSED, (Verdict.PASSED, Verdict.PASSED)),
    (FAILING, Verdict.WRONG_ANSWER, (Verdict.PASSED, Verdict.WRONG_ANSWER)),
)


def prove(worker: Worker) -> None:
    """Raise SandboxError unless ``worker`` judges both canaries as it must."""
    answers = worker.run(SPEC, [Task(program) for program, _, _ in _EXPECTED])
    for (program, verdict, outcomes), got in zip(_EXPECTED, answers, strict=True):
        if isinstance(got, Execution) and (got.verdict, got.outcomes) == (verdict, outcomes):
            continue
        seen = (
            f"{got.verdict}: {got.error_detail or got.stderr_tail}"
            if isinstance(got, Execution)
            else str(got)
        )
        raise CanaryError(
            f"the sandbox cannot be trusted: a program that must be {verdict} was judged {seen.strip()}"
            f" ({program.splitlines()[-1].strip()!r}); no verdict of this worker was used"
        )


class CanaryError(SandboxError):
    """A worker judged a canary wrongly, so its verdicts are worth nothing."""
