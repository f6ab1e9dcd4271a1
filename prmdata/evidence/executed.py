"""Finds the steps that ran, from the physical lines that an execution hit.

Most steps ran if one of their lines was hit. Some steps have no code of their own, or code that says nothing
about them: an ``else:`` has no instruction, and a ``def`` runs when it is defined, not when it is called.
Such a step ran if its suite ran, so a label never rests on a function that was only defined.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from prmdata.records import Step
from prmdata.steps.split import physical_lines

_DECLARATIONS: Final = frozenset({"def", "class", "async def"})
_SILENT: Final = frozenset({"else", "finally", "try"})


def executed_steps(steps: Sequence[Step], lines: Collection[int] | None) -> tuple[bool | None, ...]:
    """For each step, whether it ran when ``lines`` (physical, 1-based) were hit; None if ``lines`` is None."""
    if lines is None:
        return (None,) * len(steps)
    hit = frozenset(lines)
    shows = _what_shows(steps)
    ran = [False] * len(steps)
    for index in _last_first(shows):
        one = shows[index]
        ran[index] = (
            any(line in hit for line in one.lines)
            or any(steps[other].code_line in hit for other in one.within)
            or any(ran[other] for other in one.others)
        )
    return tuple(ran)


def covered_lines(steps: Sequence[Step], index: int) -> tuple[int, ...]:
    """For each step, the lines that show that it ran if any of them was hit, in order.

    A simple step, a header and a clause with a condition have lines of their own, and the lines of their
    suite are added. ``else``, ``finally``, ``def``, ``class`` and decorators have only the lines of their
    suite. ``global``, ``nonlocal``, docstrings and bare annotations leave no code, so they take the lines of
    the next sibling, or else of the previous one. A suite on the header's own line counts as that line.
    """
    shows = _what_shows(steps)
    found: set[int] = set()
    seen = {index}
    asked = [index]
    while asked:
        one = shows[asked.pop()]
        found.update(one.lines, (steps[other].code_line for other in one.within))
        fresh = [other for other in one.others if other not in seen]
        seen.update(fresh)
        asked += fresh
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class _Showing:
    """What shows that a step ran: its own lines, the first lines of the steps ``within`` it, and other steps
    that ran. Of the other steps, only those one level below are named, so the memory grows with the program
    and not with its depth."""

    lines: Sequence[int] = ()
    others: Sequence[int] = ()
    within: range = range(0)


def _what_shows(steps: Sequence[Step]) -> list[_Showing]:
    indents = [_indent(step) for step in steps]
    words = [_word(step) for step in steps]
    below = _children(indents)
    found = [_own(index, steps, words, below[index]) for index in range(len(steps))]
    for index, one in enumerate(found):
        if one is not None and words[index] in _DECLARATIONS and words[index] != "class" and below[index]:
            # A nested `def` is reached only when the outer one is called.
            found[index] = replace(one, within=_suite(index, indents))
    return [
        _Showing(others=_sibling(index, indents, found)) if one is None else one
        for index, one in enumerate(found)
    ]


def _last_first(shows: Sequence[_Showing]) -> list[int]:
    """All steps, each after the steps that show that it ran. The order goes from the last step to the first.
    A step without code may be shown by a step before it, so such steps come at the end."""
    order = range(len(shows) - 1, -1, -1)
    looks_back = {index for index, one in enumerate(shows) if any(other < index for other in one.others)}
    return [*(index for index in order if index not in looks_back), *sorted(looks_back)]


def declared_steps(steps: Sequence[Step], index: int) -> range:
    """The suite of the function or class that a step declares; empty for every other step."""
    if _word(steps[index]) not in _DECLARATIONS:
        return range(0)
    return _suite(index, [_indent(step) for step in steps])


def _own(index: int, steps: Sequence[Step], words: Sequence[str], below: Sequence[int]) -> _Showing | None:
    """What shows that one step ran; None if the step leaves no code, so that a sibling has to show it."""
    step = steps[index]
    own = range(step.code_line, step.last_line + 1)
    if step.kind == "docstring" or _leaves_no_code(step, words[index]):
        return None
    if step.kind == "decorator":
        declared = next((i for i in range(index + 1, len(steps)) if steps[i].kind != "decorator"), None)
        return _Showing(own) if declared is None else _Showing(others=(declared,))
    suite = below if step.kind in ("header", "clause") else ()
    if not suite:
        return _Showing(own)
    return _Showing(() if words[index] in _SILENT | _DECLARATIONS else own, suite)


def _children(indents: Sequence[int]) -> list[list[int]]:
    """For each step, the steps of the suite directly under it, without the suites inside that suite."""
    below: list[list[int]] = [[] for _ in indents]
    around: list[int] = []
    for index, indent in enumerate(indents):
        while around and indents[around[-1]] >= indent:
            around.pop()
        if around:
            below[around[-1]].append(index)
        around.append(index)
    return below


def _sibling(index: int, indents: Sequence[int], found: Sequence[_Showing | None]) -> tuple[int, ...]:
    for way in (range(index + 1, len(indents)), range(index - 1, -1, -1)):
        for other in way:
            if indents[other] < indents[index]:
                break
            if indents[other] == indents[index] and found[other] is not None:
                return (other,)
    return ()


def _suite(index: int, indents: list[int]) -> range:
    stop = index + 1
    while stop < len(indents) and indents[stop] > indents[index]:
        stop += 1
    return range(index + 1, stop)


def _code(step: Step) -> str:
    return "".join(physical_lines(step.text)[step.code_line - step.first_line :])


def _indent(step: Step) -> int:
    code = _code(step)
    blank = code[: len(code) - len(code.lstrip(" \t\x0c"))]
    return len(blank.replace("\x0c", "").expandtabs(8))


def _word(step: Step) -> str:
    words = _code(step).replace(":", " ").split(maxsplit=2)
    if words[:2] == ["async", "def"]:
        return "async def"
    return words[0] if words else ""


def _leaves_no_code(step: Step, word: str) -> bool:
    if step.kind != "simple":
        return False
    if word in ("global", "nonlocal"):
        return True
    code = _code(step)
    if ":" not in code:
        return False
    try:
        body = ast.parse(textwrap.dedent(code)).body
    except (SyntaxError, ValueError):
        return False
    return bool(body) and all(isinstance(node, ast.AnnAssign) and node.value is None for node in body)
