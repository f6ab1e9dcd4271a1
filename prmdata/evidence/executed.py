"""Which steps ran, from the physical lines that an execution hit.

Most steps ran when one of their lines was hit. Some have no code of their own, or code that says nothing
about them: an ``else:`` has no instruction, and a ``def`` runs when it is defined, not when it is called.
They take it from their suite, so that a label never rests on a function that was only defined.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Collection, Sequence
from typing import Final

from prmdata.records import Step
from prmdata.steps.split import physical_lines

_DECLARATIONS: Final = frozenset({"def", "class", "async def"})
_SILENT: Final = frozenset({"else", "finally", "try"})


def executed_steps(steps: Sequence[Step], lines: Collection[int] | None) -> tuple[bool | None, ...]:
    """For each step whether it ran when ``lines`` (physical, 1-based) were hit; None where ``lines`` is."""
    if lines is None:
        return (None,) * len(steps)
    hit = frozenset(lines)
    return tuple(not hit.isdisjoint(covered) for covered in covered_lines(steps))


def covered_lines(steps: Sequence[Step]) -> list[tuple[int, ...]]:
    """For each step the lines any of which shows, when hit, that the step ran.

    Own lines for simple steps, headers and clauses with a condition, to which the suite's are added;
    the suite's alone for ``else``, ``finally``, ``def``, ``class`` and decorators; the next (or else the
    previous) sibling's for ``global``, ``nonlocal``, docstrings and bare annotations, which leave no code.
    A suite on the header's own line counts as that line.
    """
    found: list[tuple[int, ...] | None] = [None] * len(steps)
    indents = [_indent(step) for step in steps]
    words = [_word(step) for step in steps]
    for index in reversed(range(len(steps))):
        found[index] = _covered(index, steps, indents, words, found)
    for index in range(len(steps)):
        if found[index] is None:
            found[index] = _sibling(index, indents, found)
    return [covered or () for covered in found]


def declared_steps(steps: Sequence[Step], index: int) -> range:
    """The suite of the function or class that a step declares; empty for every other step."""
    if _word(steps[index]) not in _DECLARATIONS:
        return range(0)
    return _suite(index, [_indent(step) for step in steps])


def _covered(
    index: int,
    steps: Sequence[Step],
    indents: list[int],
    words: list[str],
    found: list[tuple[int, ...] | None],
) -> tuple[int, ...] | None:
    step = steps[index]
    own = tuple(range(step.code_line, step.last_line + 1))
    if step.kind == "docstring" or _leaves_no_code(step, words[index]):
        return None
    if step.kind == "decorator":
        declared = next((i for i in range(index + 1, len(steps)) if steps[i].kind != "decorator"), None)
        return own if declared is None else found[declared]
    suite = _suite(index, indents) if step.kind in ("header", "clause") else range(0)
    if not suite:
        return own
    inside = tuple(line for child in suite for line in found[child] or ())
    if words[index] == "class":
        return inside
    if words[index] in _DECLARATIONS:
        # A nested `def` is reached only when the outer one is called.
        return tuple(sorted({*inside, *(steps[child].code_line for child in suite)}))
    return inside if words[index] in _SILENT else own + inside


def _sibling(index: int, indents: list[int], found: list[tuple[int, ...] | None]) -> tuple[int, ...]:
    for way in (range(index + 1, len(indents)), range(index - 1, -1, -1)):
        for other in way:
            if indents[other] < indents[index]:
                break
            if indents[other] == indents[index] and found[other] is not None:
                return found[other] or ()
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
