"""Describes what one input showed, as Python text for people."""

from __future__ import annotations

from prmdata.evidence.sequences import answers_of, as_python, is_sequence, parse
from prmdata.evidence.suites import RecordedInput
from prmdata.evidence.value_repr import call_repr, shortened, value_repr
from prmdata.records import Counterexample, Observation, Vetted
from prmdata.resources import guest_module


def counterexample_of(recorded: RecordedInput, seen: Observation, entry_point: str) -> Counterexample:
    """What one input showed. ``got`` is the answer, or what came instead of an answer. A sequence of calls is
    shown up to the first call that differs, and ``expected`` and ``got`` belong to that call."""
    if is_sequence(recorded.text):
        return _of_sequence(recorded, seen, entry_point)
    came = f"{seen.status} {seen.answer}".strip()
    got = value_repr(seen.answer) if seen.status == "disagreed" else shortened(came)
    return Counterexample(call_repr(recorded.text), value_repr(recorded.answer), got)


def _of_sequence(recorded: RecordedInput, seen: Observation, entry_point: str) -> Counterexample:
    steps, answers = parse(recorded.text), answers_of(recorded.answer)
    got = shortened(f"{seen.status} {seen.answer}".strip())
    if seen.status == "disagreed":
        at, came = answers_of(seen.answer)
        steps, answers, got = steps[: int(at) + 1], answers[: int(at) + 1], value_repr(came)
    return Counterexample(as_python(steps, entry_point), value_repr(answers[-1]), got)


def entry_point(vetted: Vetted) -> str:
    """The expression that names what is tested; inferred from the reference where the problem has none."""
    problem = vetted.problem
    if problem.entry_point or problem.is_stdio:
        return problem.entry_point or ""
    found: str | None = guest_module("entry").infer(problem.reference, [test.code for test in problem.tests])
    return found or ""
