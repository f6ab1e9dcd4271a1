"""What the faulty server says when nothing goes wrong: edits from the offline operators for the program
in the prompt, and continuations from known solutions.

It reads the shipped prompts as a model would: the numbered program, which steps are asked for, how many edits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from prmdata.edits.rules import propose
from prmdata.edits.source import Source
from prmdata.edits.splice import apply
from prmdata.records import Edit
from prmdata.steps.split import physical_lines

_NUMBERED: Final = re.compile(r"\[\d+\] ")
_ASKED: Final = re.compile(r"Give (\d+) edits? for each of these steps: ([\d, ]+)")
_BEGINNING: Final = re.compile(r"The beginning of the program\n```python\n(.*?)\n```\n", re.DOTALL)
_CALLED: Final = re.compile(r"The function is called (\w+)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a prompt of ``mutate`` or ``refactor`` asks for."""

    intent: Literal["mutate", "refactor"]
    program: str
    steps: tuple[int, ...]
    per_step: int


def read_prompt(prompt: str) -> Asked | None:
    """The request in a prompt; None if the prompt is of another kind."""
    asked = _ASKED.search(prompt)
    program = _program(prompt)
    if asked is None or program is None:
        return None
    steps = tuple(int(number) for number in asked[2].split(","))
    intent: Literal["mutate", "refactor"] = "mutate" if "wrong version" in prompt else "refactor"
    return Asked(intent, program, steps, int(asked[1]))


def edits_for(asked: Asked, seed: int) -> dict[str, Any]:
    """The answer of a good teacher: up to ``per_step`` edits of each step, ``skip`` for steps without."""
    source = Source(asked.program)
    # More edits than were asked for: the answer's format has no place for edits of several steps at once.
    proposed = propose(source, [asked.intent], asked.steps, per_step=3 * asked.per_step, seed=seed)
    edits: list[dict[str, Any]] = []
    skip: list[int] = []
    for step in asked.steps:
        own = [edit for edit in proposed if edit.start == step and _can_be_said(edit)]
        if not own:
            skip.append(step)
        edits += [_as_written(source, edit) for edit in own[: asked.per_step]]
    return {"edits": edits, "skip": skip}


def continuation(prompt: str, references: Sequence[str], skill: float, seed: int, place: float) -> str:
    """The rest of the program in a prompt of ``complete``, as :func:`continuation_of` gives it."""
    beginning = _BEGINNING.search(prompt)
    prefix = beginning[1] + "\n" if beginning else ""
    return continuation_of(prefix, prompt, references, (skill, seed, place))


def continuation_of(
    prefix: str, prompt: str, references: Sequence[str], draw: tuple[float, int, float]
) -> str:
    """The text that follows ``prefix``. ``draw``: the skill, the seed, and a number in [0, 1). If the number
    is below the skill, the text is the rest of a known solution; otherwise it is that rest with a mistake in
    it."""
    skill, seed, place = draw
    exact = next((one for one in references if prefix and one.startswith(prefix)), None)
    rest = _rest(prefix, prompt, references) if exact is None else exact[len(prefix) :]
    if rest is None:
        return "    raise NotImplementedError\n" if prefix else "raise NotImplementedError\n"
    if place < skill or not prefix.endswith("\n"):
        return rest
    source = Source(prefix + rest, given=len(Source(prefix).steps))
    wrong = propose(source, ["mutate"], per_step=2, seed=seed)
    if not wrong:
        return rest
    return apply(source, wrong[int(place * 1_000_003) % len(wrong)])[len(prefix) :]


def _rest(prefix: str, prompt: str, references: Sequence[str]) -> str | None:
    lines = [line.rstrip() for line in physical_lines(prefix)]
    called = _CALLED.search(prompt)
    best: tuple[int, str] | None = None
    for reference in references:
        own = physical_lines(reference)
        same = 0
        while same < min(len(lines), len(own)) and own[same].rstrip() == lines[same]:
            same += 1
        named = called is not None and re.search(rf"\bdef {called[1]}\b", reference) is not None
        worth = same * 2 + named
        if worth > (best[0] if best else 0):
            # After the part that they share, the program differs: go on from the same place of the solution.
            best = worth, "".join(own[max(same, min(len(lines), len(own) - 1)) :] if lines else own)
    return best[1] if best else None


def _program(prompt: str) -> str | None:
    """The numbered program of a prompt, without its numbers."""
    _, found, rest = prompt.rpartition("The program\n")
    lines = rest.split("\n")
    numbered = [at for at, line in enumerate(lines) if _NUMBERED.match(line)]
    if not found or not numbered:
        return None
    width = lines[numbered[-1]].index("]") + 2  # the last number is the widest
    end = numbered[-1] + 1
    while end < len(lines) and lines[end].startswith(" " * width):
        end += 1
    return "".join(line[width:] + "\n" for line in lines[:end])


def _can_be_said(edit: Edit) -> bool:
    """Whether an edit replaces one step by code that ends no further out than it begins, so that a reader who
    repairs indentation can use it."""
    lines = [line for line in physical_lines(edit.text) if line.strip() and not line.lstrip().startswith("#")]
    widths = [len(line) - len(line.lstrip()) for line in lines]
    return edit.stop == edit.start + 1 and not edit.also and bool(widths) and min(widths) == widths[0]


def _as_written(source: Source, edit: Edit) -> dict[str, Any]:
    old = "".join(source.lines[source.steps[edit.start].code_line - 1 : source.steps[edit.start].last_line])
    above = len(source.steps[edit.start].text) - len(old)
    new = edit.text[above:] if edit.text[:above] == source.steps[edit.start].text[:above] else edit.text
    return {"step": edit.start, "old": old.rstrip("\n"), "new": new.rstrip("\n"), "kind": edit.operator}
