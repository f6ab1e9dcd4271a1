"""Sequences of calls as inputs: the calls of a test on a program with state, from a fresh start.

The text form is that of the guest (``sandbox/guest/sequences.py``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from prmdata.evidence.value_repr import call_repr, shortened
from prmdata.resources import guest_module

MARK: Final = '{"q":'
NOTHING: Final = '{"q":[]}'
ENTRY: Final = -1
ROOT: Final = -2
RAISED: Final = '{"!":'

CallKind = tuple[str, ...]
"""What a step calls, as the names that lead to it: ``("root", "push")``."""


@dataclass(frozen=True, slots=True)
class CallStep:
    """One step: a call (``call`` is its text on the wire) or the reading of an attribute (``call`` is None).
    The target is the entry point, the root (a class), or the result of an earlier step, given by its number.
    ``name`` is the method or attribute."""

    on: int
    name: str | None
    call: str | None


Steps = tuple[CallStep, ...]


def is_sequence(text: str) -> bool:
    """Whether an input is a sequence of calls."""
    return text.startswith(MARK)


def parse(text: str) -> Steps:
    """The steps of an input's text."""
    json = guest_module("plainjson")
    asked: list[Any] = json.load(text)["q"]
    return tuple(CallStep(on, name, None if call is None else json.dump(call)) for on, name, call in asked)


def text_of(steps: Sequence[CallStep]) -> str:
    """The text of an input with these steps."""
    json = guest_module("plainjson")
    parts = [
        f"[{step.on},{json.dump(step.name)},{'null' if step.call is None else step.call}]" for step in steps
    ]
    return f"{MARK}[{','.join(parts)}]}}"


def calls_of(texts: Sequence[str]) -> Steps:
    """Inputs that are single calls of the entry point, one after the other, as one sequence."""
    return tuple(CallStep(ENTRY, None, text) for text in texts)


def joined(parts: Sequence[Steps]) -> Steps:
    """Sequences one after the other, as one sequence."""
    found: list[CallStep] = []
    for steps in parts:
        start = len(found)
        found += [replace(step, on=step.on + start) if step.on >= 0 else step for step in steps]
    return tuple(found)


def inserted(steps: Steps, place: int, step: CallStep) -> Steps:
    """The sequence with one more step before ``place``. ``step.on`` is smaller than ``place``."""
    later = (replace(s, on=s.on + 1) if s.on >= place else s for s in steps[place:])
    return (*steps[:place], step, *later)


def without(steps: Steps, places: Sequence[int]) -> Steps:
    """The sequence without the steps at ``places``, and without the steps that need their results."""
    moved: dict[int, int] = {}
    found: list[CallStep] = []
    for place, step in enumerate(steps):
        if place in places or (step.on >= 0 and step.on not in moved):
            continue
        moved[place] = len(found)
        found.append(replace(step, on=moved[step.on]) if step.on >= 0 else step)
    return tuple(found)


def kinds_of(steps: Steps) -> list[CallKind]:
    """The kind of each step."""
    kinds: list[CallKind] = []
    for step in steps:
        if step.on >= 0:
            base = kinds[step.on]
        else:
            base = ("entry",) if step.on == ENTRY else ("root",) if step.name is None else ("class",)
        kinds.append(base if step.name is None else (*base, step.name))
    return kinds


def answers_of(text: str) -> list[str]:
    """The answers to the steps of a sequence, each as a text of its own."""
    found: list[str] = guest_module("plainjson").load(text)
    return found


def text_of_answers(answers: Sequence[str]) -> str:
    """The answers to the steps as the answer to the whole sequence."""
    text: str = guest_module("plainjson").dump(list(answers))
    return text


def as_python(steps: Steps, entry_point: str) -> str:
    """The sequence as Python, one call on each line. It can be run after the program."""
    found = re.match(r"\s*([^\W\d]\w*)", entry_point)
    root = found.group(1) if found else entry_point
    needed = {step.on for step in steps}
    lines: list[str] = []
    entry = entry_point
    if ENTRY in needed and not entry_point.isidentifier():
        entry = "called"
        lines.append(f"{entry} = {entry_point}")
    names = {ENTRY: entry, ROOT: root}
    for place, step in enumerate(steps):
        target = names[step.on] if step.name is None else f"{names[step.on]}.{step.name}"
        line = target if step.call is None else f"{target}({call_repr(step.call)})"
        if place in needed:
            names[place] = f"{root.lower() if step.on < 0 and step.name is None else 'object'}{place + 1}"
            line = f"{names[place]} = {line}"
        lines.append(line)
    return shortened("\n".join(lines))
