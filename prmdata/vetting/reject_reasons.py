"""The reasons why a reference does not hold."""

from __future__ import annotations

from prmdata.errors import QuarantineError
from prmdata.records import Problem, Reject, RunResult, Verdict

STAGE = "vet"
TOO_SLOW = "the reference runs out of CPU time"

_REASONS = {
    Verdict.COMPILE_ERROR: "the reference does not compile",
    Verdict.TIMEOUT: TOO_SLOW,
    Verdict.MEMORY_LIMIT: "the reference runs out of memory",
    Verdict.OUTPUT_LIMIT: "the reference prints too much",
}
_MISSING = ("ModuleNotFoundError", "ImportError")


def why_rejected(problem: Problem, run: RunResult, cpu_s: float) -> Reject:
    """The reject for a reference that did not pass."""
    if isinstance(run, QuarantineError):
        reason = (
            "the reference is flaky" if run.reason == "unrepeatable" else "the reference cannot be judged"
        )
        return Reject(problem.id, STAGE, reason, str(run))
    failed = [index for index, outcome in enumerate(run.outcomes) if outcome != Verdict.PASSED]
    shown = ", ".join(map(str, failed[:5])) + (" ..." if len(failed) > 5 else "")
    detail = f"test {shown} of {len(problem.tests)} (from 0): {run.failure}"
    if run.error_line is not None:
        detail += f", line {run.error_line}"
    if run.verdict == Verdict.TIMEOUT:
        detail += f", limit {cpu_s:g} s"
    if run.error_type in _MISSING:
        return Reject(problem.id, STAGE, "a module is missing in the sandbox", detail)
    return Reject(problem.id, STAGE, _REASONS.get(run.verdict, "the reference fails its tests"), detail)
