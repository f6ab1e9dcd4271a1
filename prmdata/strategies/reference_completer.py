"""The offline completer: finish a prefix with the aligned rest of a program that passes.

A prefix of a rollout is aligned with the reference (and with passing rollouts of the same problem); the
rest of that program, from where the prefix stands in it, is appended with the prefix's names and
indentation. Steps that the prefix already did are not done again: a fault stays in the program. It is
one completer among others; what it cannot finish may well be finished otherwise, and rows say so.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prmdata.records import Step
from prmdata.steps import cut, join, physical_lines
from prmdata.strategies.align import align, name_map, renamed

NAME = "reference"
SOURCES = 4
"""Passing programs a rollout is completed with: the reference and the most alike of the others."""
SKIPS = 2
"""Steps of a passing program that a completion may leave out because the prefix did their work otherwise.
Every further one is run for every bad prefix, and seldom passes."""


@dataclass(frozen=True, slots=True)
class _Aligned:
    """One passing program against one rollout."""

    steps: tuple[Step, ...]
    depths: tuple[int, ...]
    matched: tuple[int | None, ...]
    names: dict[str, str]


class ReferenceCompleter:
    """Completions of the prefixes of one rollout; the same every time, no model needed."""

    def __init__(self, rollout: Sequence[Step], passing: Sequence[str], given: int) -> None:
        self._rollout = tuple(rollout)
        self._given = given
        self._depths = _depths(rollout)
        self._indents = _indents(rollout, self._depths)
        cut_up = [cut(program) for program in dict.fromkeys(passing)]
        aligned = [self._aligned(steps) for steps in cut_up if steps]
        others = sorted(aligned[1:], key=lambda one: sum(place is None for place in one.matched))
        self._sources = aligned[:1] + others[: SOURCES - 1]

    def _aligned(self, steps: tuple[Step, ...]) -> _Aligned:
        matched = align(self._rollout, steps)
        names = dict(name_map(self._rollout, steps, matched))
        return _Aligned(steps, _depths(steps), tuple(matched), names)

    def completions(self, through: int, k: int) -> list[str]:
        """Up to ``k`` distinct whole programs that begin with the rollout's steps up to and including
        ``through`` (given steps - 1: the given steps alone). Programs that do not compile here are left
        out; there may be fewer than ``k``."""
        prefix = self._rollout[: through + 1]
        text = _ended(join(prefix))
        found: dict[str, None] = {}
        tries = [self._rests(source, through) for source in self._sources]
        while tries and len(found) < k:
            for one in list(tries):
                rest = next(one, None)
                if rest is None:
                    tries.remove(one)
                elif len(found) < k:
                    for program in (text + rest, self._filled(prefix, text) + rest):
                        if program not in found and _compiles(program):
                            found[program] = None
                            break
        return list(found)

    def _rests(self, source: _Aligned, through: int) -> Iterator[str]:
        """What may follow the prefix, most plausible first: from the step after the last one that the
        prefix stands for; from earlier steps that the prefix does not stand for; from later ones."""
        done = [place for place in source.matched[: through + 1] if place is not None]
        after = max(done, default=-1) + 1
        last = next((row for row in range(through, -1, -1) if source.matched[row] is not None), None)
        shift = 0
        if last is not None and (column := source.matched[last]) is not None:
            shift = self._depths[last] - source.depths[column]
        earlier = []
        for place in range(after - 1, -1, -1):
            if place in done:
                break
            earlier.append(place)
        last_start = min(after + SKIPS, len(source.steps))
        for place in (after, *earlier, *range(after + 1, last_start + 1)):
            rest = [
                self._at_depth(step, depth + shift)
                for step, depth in zip(source.steps[place:], source.depths[place:], strict=True)
            ]
            yield "".join(renamed(step, source.names) for step in rest)
            if source.names:
                yield "".join(rest)

    def _at_depth(self, step: Step, depth: int) -> str:
        """The step's text, moved to ``depth`` in the rollout's own indentation."""
        indent = self._indents.get(max(depth, 0))
        if indent is None:
            unit = self._indents.get(1, "    ")
            indent = unit * max(depth, 0)
        lines = physical_lines(step.text)
        head = step.code_line - step.first_line
        old = _indent_of(lines[head])
        moved = [indent + line.lstrip(" \t") if line.strip() else line for line in lines[: head + 1]]
        inside = [
            indent + line[len(old) :] if line.startswith(old) and step.kind != "docstring" else line
            for line in lines[head + 1 :]
        ]
        return _ended("".join(moved + inside))

    def _filled(self, prefix: Sequence[Step], text: str) -> str:
        """The prefix with ``pass`` in the suite that its last step opens."""
        if not prefix or prefix[-1].kind not in ("header", "clause"):
            return text
        last = physical_lines(prefix[-1].text)[prefix[-1].code_line - prefix[-1].first_line]
        return f"{text}{_indent_of(last)}{self._indents.get(1, '    ')}pass\n"


def _compiles(program: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(program, "completion", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _ended(text: str) -> str:
    return text if not text or text.endswith(("\n", "\r")) else text + "\n"


def _indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t\x0c"))]


def _code_indent(step: Step) -> str:
    lines = physical_lines(step.text)
    return _indent_of(lines[min(step.code_line - step.first_line, len(lines) - 1)]) if lines else ""


def _depths(steps: Sequence[Step]) -> tuple[int, ...]:
    """How many suites each step stands in, by its indentation."""
    stack = [""]
    depths = []
    for step in steps:
        indent = _code_indent(step)
        while len(stack) > 1 and len(indent.expandtabs()) < len(stack[-1].expandtabs()):
            stack.pop()
        if len(indent.expandtabs()) > len(stack[-1].expandtabs()):
            stack.append(indent)
        depths.append(len(stack) - 1)
    return tuple(depths)


def _indents(steps: Sequence[Step], depths: Sequence[int]) -> dict[int, str]:
    """The indentation a program uses at each depth it reaches (the first it used)."""
    found: dict[int, str] = {}
    for step, depth in zip(steps, depths, strict=True):
        found.setdefault(depth, _code_indent(step))
    return found
