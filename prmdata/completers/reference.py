"""The offline completer: finish a prefix with the aligned rest of a program that passes.

A prefix of a rollout is aligned with the reference (and with passing rollouts of the same problem). The part
of that program after the place that the prefix corresponds to is appended, with the names and the indentation
of the prefix. Steps that the prefix already did are not done again, so a fault stays in the program. This is
one completer among several: another completer may well finish a prefix that this one cannot, and rows say so.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from prmdata.completers.again import defined_anew
from prmdata.completers.align import Alignment, aligned, name_map, renamed, words
from prmdata.completers.restyle import restyled
from prmdata.completers.termination import is_plainly_nonterminating
from prmdata.completers.versions import is_version
from prmdata.records import Step
from prmdata.steps import join, physical_lines, split_steps

NAME = "reference"
SOURCES = 4
"""How many passing programs complete a rollout: the reference and those that are most like the rollout."""
SKIPS = 2
"""How many steps of a passing program a completion may leave out because the prefix did their work in another
way. Each further step costs a run for every bad prefix, and such a run seldom passes."""


@dataclass(frozen=True, slots=True)
class _Aligned:
    """One passing program, aligned with one rollout."""

    steps: tuple[Step, ...]
    depths: tuple[int, ...]
    matched: tuple[int | None, ...]
    names: Mapping[str, str]
    moved: Mapping[int, int]
    """Steps of the program that the rollout has at another place, with the rollout's step for each of
    them."""


class ReferenceCompleter:
    """Completions of the prefixes of one rollout. They are the same every time and need no model."""

    def __init__(self, rollout: Sequence[Step], passing: Sequence[str], prompt: str = "") -> None:
        """``passing``: passing programs, the reference first. ``prompt``: its steps are not refactored."""
        self._rollout = tuple(rollout)
        self._depths = _depths(rollout)
        distinct = [program for program in dict.fromkeys(passing) if program.strip()]
        self._defined_anew = frozenset(chain.from_iterable(map(defined_anew, distinct)))
        reference = [self._aligned(*restyled(rollout, program, prompt)) for program in distinct[:1]]
        others = [
            self._aligned(steps, aligned(rollout, steps))
            for steps in (split_steps(one) for one in distinct[1:])
        ]
        others.sort(key=lambda one: sum(place is None for place in one.matched))
        self._sources = reference + others[: SOURCES - 1]
        again = [self._without_doubtful(one) for one in reference]
        self._last_sources = [one for one in again if one not in reference]

    def _aligned(self, steps: tuple[Step, ...], how: Alignment) -> _Aligned:
        return _Aligned(steps, _depths(steps), how.matched, how.names, moved(self._rollout, steps, how))

    def _without_doubtful(self, source: _Aligned) -> _Aligned:
        """The same program, where steps of the rollout correspond to none of it if they belong to another way of doing
        it (``ans = []`` beside a comprehension that fills ``ans`` at once). What they stand for is then done after them."""

        def is_sure(row: int, place: int | None) -> bool:
            if place is None:
                return False
            other = source.steps[place]
            return is_version(self._rollout[row], replace(other, text=renamed(other.text, source.names)))

        kept = tuple(place if is_sure(row, place) else None for row, place in enumerate(source.matched))
        return replace(source, matched=kept)

    def completions(self, through: int, k: int) -> list[str]:
        """Up to ``k`` distinct whole programs that begin with the rollout's steps up to and including
        ``through`` (the number of given steps minus 1 means the given steps alone). Programs that do not
        compile here are left out, so there may be fewer than ``k``."""
        prefix = self._rollout[: through + 1]
        text = _ended(join(prefix))
        fill = self._fill(through)
        found: dict[str, None] = {}
        for sources in (self._sources, self._last_sources):
            tries = [self._rests(source, through) for source in sources]
            while tries and len(found) < k:
                for one in list(tries):
                    rest = next(one, None)
                    if rest is None:
                        tries.remove(one)
                    elif len(found) < k:
                        for program in (text + rest, text + fill + rest):
                            if program not in found and self._may_follow(program, text):
                                found[program] = None
                                break
        return list(found)

    def _may_follow(self, program: str, prefix: str) -> bool:
        """Whether a completed program may run and goes on with the functions of its prefix. One that defines such a
        function once more would save every prefix: nothing of what stands there matters then."""
        anew = defined_anew(program, len(physical_lines(prefix)))
        return _may_run(program) and anew <= self._defined_anew

    def _rests(self, source: _Aligned, through: int) -> Iterator[str]:
        """What may follow the prefix, the most plausible first: the steps after the last one that the prefix
        corresponds to; the steps from an earlier one that the prefix lacks; the steps from a later one."""
        done = frozenset(place for place in source.matched[: through + 1] if place is not None)
        ahead = {place for place, row in source.moved.items() if row <= through}
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
        readings = self._readings(source, through)
        indents = self._indents(through)
        taken = frozenset(source.matched)
        outstanding = [
            place
            for place in range(after)
            if (place in source.moved or place not in taken) and self._is_outstanding(source, place, through)
        ]
        last_start = min(after + SKIPS, len(source.steps))
        for place in (after, *earlier, *range(after + 1, last_start + 1)):
            wanted = [one for one in range(place, len(source.steps)) if one not in ahead]
            here = source.depths[wanted[0]] if wanted else 0
            rest = [
                self._at_depth(
                    source.steps[one], shift + (here if one < place else source.depths[one]), indents
                )
                for one in [*(one for one in outstanding if one < place), *wanted]
                if source.steps[one].kind != "docstring"
            ]
            for names in readings:
                yield "".join(renamed(step, names) for step in rest)

    def _readings(self, source: _Aligned, through: int) -> list[Mapping[str, str]]:
        """What the names of ``source`` may be called. First as the prefix shows, above all the headers that
        are open at its end (a name can mean one thing here and another there); then as the whole rollout
        shows; then unchanged."""
        prefix = self._rollout[: through + 1]
        shown = name_map(prefix, source.steps, source.matched[: through + 1])
        around: list[int | None] = [None] * len(prefix)
        depth = self._depths[through] + 1 if prefix else 0
        for row in range(through, -1, -1):
            if self._depths[row] < depth:
                depth, around[row] = self._depths[row], source.matched[row]
        open_here = name_map(prefix, source.steps, around)
        found: list[Mapping[str, str]] = []
        for names in ({**source.names, **shown, **open_here}, source.names, {}):
            if names not in found:
                found.append(names)
        return found

    def _is_outstanding(self, source: _Aligned, place: int, through: int) -> bool:
        """Whether a step before the place of the prefix, which the rollout does elsewhere or not at all,
        still has to be done. It has to be if the rollout does it later, or if it is an import."""
        if place in source.moved:
            return source.moved[place] > through
        return _is_import(source.steps[place])

    def _indents(self, through: int) -> list[str]:
        """The indentation at each depth around the end of a prefix, and of one level more."""
        found: list[str] = []
        depth = self._depths[through] + 1 if through >= 0 else 0
        for row in range(through, -1, -1):
            if self._depths[row] < depth:
                depth = self._depths[row]
                found.append(_code_indent(self._rollout[row]))
        found = found[::-1] or [""]
        following = through + 1
        if following < len(self._rollout) and self._depths[following] == len(found):
            return [*found, _code_indent(self._rollout[following])]
        return [*found, found[-1] + self._unit(found)]

    def _unit(self, indents: Sequence[str]) -> str:
        """What one level of indentation adds: as around the prefix, else as at its first use in the
        program."""
        if len(indents) > 1:
            return indents[-1][len(indents[-2]) :]
        return next((_code_indent(step) for step in self._rollout if _code_indent(step)), "    ")

    def _at_depth(self, step: Step, depth: int, indents: Sequence[str]) -> str:
        """The text of the step, moved to ``depth`` in the rollout's own indentation."""
        beyond = max(depth - len(indents) + 1, 0)
        indent = indents[max(depth, 0) if not beyond else -1] + self._unit(indents) * beyond
        lines = physical_lines(step.text)
        head = step.code_line - step.first_line
        old = _indent_of(lines[head])
        moved = [indent + line.lstrip(" \t") if line.strip() else line for line in lines[: head + 1]]
        inside = [
            indent + line[len(old) :] if line.startswith(old) and step.kind != "docstring" else line
            for line in lines[head + 1 :]
        ]
        return _ended("".join(moved + inside))

    def _fill(self, through: int) -> str:
        """``pass`` (``break`` in a ``while``) as the body of the suite that the last step opens."""
        if through < 0 or self._rollout[through].kind not in ("header", "clause"):
            return ""
        last = self._rollout[through]
        code = physical_lines(last.text)[last.code_line - last.first_line].lstrip()
        return f"{self._indents(through)[-1]}{'break' if code.startswith('while') else 'pass'}\n"


def _may_run(program: str) -> bool:
    """Whether the program compiles here and does not plainly run for ever."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(program)
            compile(tree, "completion", "exec", dont_inherit=True)
            return not is_plainly_nonterminating(tree)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False


def moved(steps: Sequence[Step], others: Sequence[Step], how: Alignment) -> dict[int, int]:
    """The steps of ``others`` that have no counterpart at their place but stand somewhere else in ``steps``,
    word for word once the names are carried over, with the index of that step. Only simple statements
    count."""
    free = {row for row, place in enumerate(how.matched) if place is None and steps[row].kind == "simple"}
    taken = frozenset(how.matched)
    by_words: dict[tuple[str, ...], list[int]] = {}
    for row in sorted(free):
        by_words.setdefault(words(steps[row].text).texts, []).append(row)
    found: dict[int, int] = {}
    for place, step in enumerate(others):
        if place not in taken and step.kind == "simple":
            rows = by_words.get(words(renamed(step.text, how.names)).texts)
            if rows:
                found[place] = rows.pop(0)
    return found


def _is_import(step: Step) -> bool:
    return words(step.text).texts[:1] in (("import",), ("from",))


def _ended(text: str) -> str:
    return text if not text or text.endswith(("\n", "\r")) else text + "\n"


def _indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t\x0c"))]


def _code_indent(step: Step) -> str:
    lines = physical_lines(step.text)
    return _indent_of(lines[min(step.code_line - step.first_line, len(lines) - 1)]) if lines else ""


def _depths(steps: Sequence[Step]) -> tuple[int, ...]:
    """How many suites each step stands in, judged by its indentation."""
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
