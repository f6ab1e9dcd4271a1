"""Rows for tests of labels. Every fact can be given, and the rest has a plain default."""

from __future__ import annotations

from typing import Any

from prmdata.records import EditRecord, Evidence, Isolation, Trace, Verdict
from prmdata.steps import split_steps

PROGRAM = "def f(x):\n    y = x + 1\n    z = y * 2\n    return z\n"
SEEN: dict[str, Any] = {
    "inputs_tried": 50,
    "inputs_reached": 40,
    "differential": True,
    "edit_executed": True,
    "step_told_apart": 2,
}


def row(program: str = PROGRAM, **facts: Any) -> Trace:
    """A trace of ``program``; ``evidence`` may be given as a dict over ``SEEN``."""
    steps = split_steps(program)
    evidence = Evidence(**(SEEN | facts.pop("evidence", {})))
    verdict = facts.pop("verdict", Verdict.PASSED)
    defaults: dict[str, Any] = {
        "id": "row",
        "problem_id": "p",
        "source": "",
        "license": "",
        "strategy": "mutate-refactor",
        "label_kind": "fault",
        "prompt": "",
        "steps": tuple(step.text for step in steps),
        "step_kinds": tuple(step.kind for step in steps),
        "given_steps": 1,
        "executed": (True,) * len(steps),
        "verdict": verdict,
        "outcomes": (verdict,),
        "evidence": evidence,
        "isolation": Isolation.TWO_PROCESSES,
    }
    return Trace(**(defaults | facts))


def edited(program: str = PROGRAM, step: int = 2, n_steps: int = 1, **facts: Any) -> Trace:
    """A row of an edit that made steps ``step:step + n_steps`` of ``program``."""
    texts = [one.text for one in split_steps(program)]
    edit = EditRecord(
        step=step,
        n_steps=n_steps,
        before=facts.pop("before", "    z = y + 2\n"),
        after="".join(texts[step : step + n_steps]),
        also_changed=facts.pop("also_changed", ()),
        intent=facts.pop("intent", "mutate"),
        operator="arithmetic",
        author="rules",
    )
    return row(program, edit=edit, **facts)


def reference(program: str = PROGRAM, **facts: Any) -> Trace:
    """The row of the reference."""
    return row(program, **({"id": "reference", "strategy": "reference", "label_kind": "reference"} | facts))


def rollout(program: str = PROGRAM, **facts: Any) -> Trace:
    """The row of a sampled program."""
    return row(
        program, **({"strategy": "first-error", "label_kind": "prefix", "completer": "c", "k": 4} | facts)
    )
