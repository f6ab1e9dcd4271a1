"""One program while evidence about it is gathered, and the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from prmdata.errors import QuarantineError
from prmdata.evidence.confirm import Difference
from prmdata.evidence.counterexamples import counterexample_of
from prmdata.evidence.input_space import InputSpace
from prmdata.evidence.passing import is_distinguished, passes
from prmdata.evidence.suites import RecordedInput
from prmdata.records import (
    Candidate,
    Counterexample,
    Evidence,
    Execution,
    Observation,
    RunResult,
    Verdict,
)

Subject = Candidate | str
"""What evidence is gathered about: an edit of the reference, or a whole program."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found out about one program: its execution and the evidence for its row."""

    execution: Execution
    evidence: Evidence

    @property
    def passes(self) -> bool:
        """See :func:`prmdata.evidence.passing.passes`."""
        return passes(self.execution.verdict, self.evidence)

    @property
    def is_distinguished(self) -> bool:
        """See :func:`prmdata.evidence.passing.is_distinguished`."""
        return is_distinguished(self.execution.verdict, self.evidence)


@dataclass(slots=True)
class ProgramCase:
    """One program while evidence about it is gathered."""

    program: str
    watch: tuple[int, ...]
    share: int = 1
    searched: bool = True
    patient: bool = False
    """Whether it is a program of a model, which may be slow and right (see :mod:`prmdata.evidence.patience`)."""
    trusted: bool = False
    confirm: bool = False
    """See :class:`prmdata.records.Task`."""
    execution: RunResult | None = None
    tried: int = 0
    reached: list[RecordedInput] = field(default_factory=list)
    n_reached: int = 0
    inside: int = 0
    outside: int = 0
    slow: int = 0
    """How many of ``outside`` only took too long."""
    excluded: int = 0
    """On how many inputs that the statement excludes it differs."""
    left: Sequence[RecordedInput] = ()
    """The inputs of the same suite that were not tried because an earlier input distinguished the program."""
    counterexample: Counterexample | None = None

    @property
    def is_open(self) -> bool:
        """Whether the program passes its tests and none of its answers has differed from the reference's. A
        timeout on an input larger than every given one does not count, because it says nothing about the
        answers: a table made for the given inputs may hang there."""
        passed = isinstance(self.execution, Execution) and self.execution.verdict == Verdict.PASSED
        return passed and self.inside + self.outside == self.slow

    def note(self, recorded: RecordedInput, seen: Observation) -> bool:
        """Add what one input showed. Returns True if it distinguished the program from the reference; the
        program is then asked no more."""
        self.tried += 1
        if seen.reached:
            self.n_reached += 1
            self.reached.append(recorded)
        return seen.status != "agreed"

    def differs(self, difference: Difference, space: InputSpace, entry_point: str) -> None:
        """Add an input that distinguishes the program from the reference. A timeout on an input larger than
        every given one is no fault, nor is one that more time would have spared. It makes the label only disputed,
        because the problem does not say how fast a program must be there."""
        recorded, seen = difference.recorded, difference.seen
        if not difference.only_slow and is_fault(difference, space):
            self.inside += 1
        else:
            self.outside += 1
            self.slow += seen.status == "timeout"
        self.counterexample = counterexample_of(recorded, seen, entry_point)

    @property
    def timed_out(self) -> bool:
        """Whether a test or an input of its last run took too long."""
        answer = self.execution
        return isinstance(answer, Execution) and (
            answer.verdict == Verdict.TIMEOUT
            or any(seen.status == "timeout" for suite in answer.observations for seen in suite)
        )

    def differs_in_kind(self, recorded: RecordedInput, answer: str) -> None:
        """Add an input to which the program gives an equal answer that is not the same (3.0 for 3). It disputes."""
        self.outside += 1
        self.counterexample = counterexample_of(recorded, Observation("disagreed", answer, True), "")

    def finding(self, stated_bounds: tuple[str, ...] = ()) -> Gathered | QuarantineError:
        if not isinstance(self.execution, Execution):
            assert self.execution is not None
            return self.execution
        evidence = Evidence(
            inputs_tried=self.tried,
            inputs_reached=self.n_reached,
            inputs_disagreed_inside=self.inside,
            inputs_disagreed_outside=self.outside,
            inputs_disagreed_excluded=self.excluded,
            counterexample=self.counterexample,
            differential=True,
            edit_executed=_ran(self.watch, self.execution.lines, self.n_reached),
            stated_bounds=stated_bounds,
        )
        return Gathered(self.execution, evidence)


def is_fault(difference: Difference, space: InputSpace) -> bool:
    """Whether a difference refutes the program: one inside the hull that is no timeout on a large input."""
    recorded, seen = difference.recorded, difference.seen
    return recorded.inside and (seen.status != "timeout" or space.is_as_small(recorded.text))


def _ran(watch: Sequence[int], lines: Sequence[int] | None, n_reached: int) -> bool | None:
    """Whether a test or an input ran any line of ``watch``; None if that is not known."""
    if n_reached:
        return True
    if not watch or lines is None:
        return None
    return not set(watch).isdisjoint(lines)
