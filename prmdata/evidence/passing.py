"""Answers in one place the questions that all parts ask about a judged program."""

from __future__ import annotations

from prmdata.records import Evidence, Verdict


def passes(verdict: Verdict, evidence: Evidence) -> bool:
    """Whether a program passes: its tests, and no generated input inside the hull shows a difference."""
    return verdict == Verdict.PASSED and evidence.inputs_disagreed_inside == 0


def is_distinguished(verdict: Verdict, evidence: Evidence) -> bool:
    """Whether a given test or any generated input, inside the hull or not, distinguished a program from
    the reference."""
    disagreed = evidence.inputs_disagreed_inside + evidence.inputs_disagreed_outside
    return verdict != Verdict.PASSED or disagreed > 0


def distinguishes_step(verdict: Verdict, evidence: Evidence) -> bool:
    """Whether anything distinguished a program from the reference, be it an input that the prompt excludes."""
    return is_distinguished(verdict, evidence) or evidence.inputs_disagreed_excluded > 0
