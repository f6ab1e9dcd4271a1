"""Anchors what a model wrote to the steps of a program: matches quotes, repairs indentation, counts the rest.

A raw edit names a step and quotes it. The quote decides: the edit goes to the place where the quote stands in
the program (white space aside), and to the place nearest to the number if there are several. What cannot be
used is counted by reason:

- ``quote not found``: no place in the program reads like it, and the numbered step does not hold it exactly
once - ``ambiguous``: it stands in several places and no number says which one is meant - ``out of range``:
there is no quote, and no step with that number - ``given step``: it touches a step of the prompt - ``does not
compile``: in no reading of its indentation - ``no-op``, ``duplicate``: it compiles to the code of the
program, or of an earlier edit - the reasons of :mod:`prmdata.edits.splice`
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from prmdata.edits.fingerprint import fingerprint, is_compiled
from prmdata.edits.source import Source
from prmdata.edits.splice import GIVEN, NO_OP, OUT_OF_RANGE, apply, splice
from prmdata.errors import EditRefused
from prmdata.records import Edit, Intent, Step
from prmdata.steps import split_steps
from prmdata.steps.split import physical_lines

NOT_FOUND = "quote not found"
AMBIGUOUS = "ambiguous"
NOT_COMPILED = "does not compile"
DUPLICATE = "duplicate"

_NUMBERED = re.compile(r"^\s*\[\d+\] ?", re.MULTILINE)
_SET = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})
"""Maps typographic quotes and blanks to those of a keyboard."""
_LONGEST_QUOTE = 40
"""The most steps that one quote may span."""


@dataclass(frozen=True, slots=True)
class RawEdit:
    """An edit as a model wrote it. ``step`` is 0-based; it is -1 or None if the model gave none. ``quote``
    may be empty. ``kind`` becomes the operator of the edit."""

    step: int | None
    quote: str
    replacement: str
    intent: Intent
    kind: str = ""


def anchor(source: Source, raw_edits: Iterable[RawEdit]) -> tuple[list[Edit], Counter[str]]:
    """The edits of ``source`` that the raw edits mean, and how many are unusable, by reason.

    Every edit can be spliced, changes the compiled code and repeats no other edit. If this Python cannot
    compile the program itself, only its text is compared.
    """
    seen = {fingerprint(source.program)}
    edits: list[Edit] = []
    unusable: Counter[str] = Counter()
    for raw in raw_edits:
        try:
            edits.append(_anchored(source, raw, seen))
        except EditRefused as refused:
            try:
                edits.append(_anchored(source, _typed(raw), seen))
            except EditRefused:
                unusable[refused.reason] += 1
    return edits, unusable


def _typed(raw: RawEdit) -> RawEdit:
    """``raw`` with the quotes and blanks of a keyboard. Raises EditRefused if it has no others."""
    typed = replace(raw, quote=raw.quote.translate(_SET), replacement=raw.replacement.translate(_SET))
    if typed == raw:
        raise EditRefused(NOT_COMPILED)
    return typed


def _anchored(source: Source, raw: RawEdit, seen: set[str]) -> Edit:
    numbered = bool(_NUMBERED.match(raw.quote) or _NUMBERED.match(raw.replacement))
    quote = _NUMBERED.sub("", raw.quote) if numbered else raw.quote
    replacement = _NUMBERED.sub("", raw.replacement) if numbered else raw.replacement
    replacement = _trimmed_ends(replacement)
    found = _place(source, raw.step, quote)
    if found is None:
        start, stop, replacement = _fragment(source, raw.step, quote, replacement)
    else:
        start, stop = found
    if start < source.given:
        raise EditRefused(GIVEN)
    refused = EditRefused(NOT_COMPILED)
    for first, last, text in _readings(source, start, stop, quote, replacement):
        edit = Edit(first, last, text, raw.intent, raw.kind or "unnamed", "")
        digest = fingerprint(apply(source, edit))
        if not is_compiled(digest) and source.tree is not None:
            continue
        if digest in seen:
            refused = EditRefused(NO_OP if digest == fingerprint(source.program) else DUPLICATE)
            continue
        splice(source, edit)
        seen.add(digest)
        return edit
    raise refused


# ---------------------------------------------------------------- where


def _squashed(text: str) -> str:
    """``text`` without white space and without lines that are only a comment."""
    kept = (line for line in physical_lines(text) if not line.lstrip().startswith("#"))
    return "".join("".join(kept).split())


def code_of(step: Step) -> str:
    """The logical line of ``step``, without the comments before it, with its indentation and end."""
    return "".join(physical_lines(step.text)[step.code_line - step.first_line :])


def _place(source: Source, number: int | None, quote: str) -> tuple[int, int] | None:
    """The steps that ``quote`` matches; None if no run of whole steps reads like it."""
    named = number is not None and 0 <= number < len(source.steps)
    wanted = _squashed(quote)
    if not wanted:
        if number is None or not named:
            raise EditRefused(OUT_OF_RANGE)
        return number, number + 1
    places = list(_runs(source, wanted))
    if not places:
        return None
    if number is None or number < 0:
        if len(places) > 1:
            raise EditRefused(AMBIGUOUS)
        return places[0]
    return min(places, key=lambda place: (abs(place[0] - number), place))


def _runs(source: Source, wanted: str) -> Iterator[tuple[int, int]]:
    """Each run of whole steps whose text is ``wanted``."""
    squashed = [_squashed(step.text) for step in source.steps]
    for start in range(len(squashed)):
        text, stop = squashed[start], start + 1
        while len(text) < len(wanted) and stop < min(len(squashed), start + _LONGEST_QUOTE):
            text += squashed[stop]
            stop += 1
        if text == wanted:
            yield start, stop


def _fragment(source: Source, number: int | None, quote: str, replacement: str) -> tuple[int, int, str]:
    """The edit if the quote is only a part of the numbered step and stands in it exactly once."""
    if number is None or not 0 <= number < len(source.steps):
        raise EditRefused(NOT_FOUND)
    code, part = code_of(source.steps[number]), quote.strip()
    if code.count(part) != 1:
        raise EditRefused(NOT_FOUND)
    return number, number + 1, _trimmed_ends(code.replace(part, replacement.strip()))


# ---------------------------------------------------------------- what


def _trimmed_ends(text: str) -> str:
    """The lines without blank lines at either end and without blanks at their ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return "\n".join(lines).rstrip()


def _readings(
    source: Source, start: int, stop: int, quote: str, replacement: str
) -> Iterator[tuple[int, int, str]]:
    """(start, stop, text) of each edit that the model may mean, the likeliest first."""
    first, last, lines = _narrowed(source, start, stop, replacement)
    for text in _indented(source, first, lines) if lines else [""]:
        yield first, last, text
    if quote.strip() and _squashed(quote) == _squashed(replacement):
        yield start, stop, _moved(source, start, stop, quote, replacement)


def _narrowed(source: Source, start: int, stop: int, replacement: str) -> tuple[int, int, list[str]]:
    """The range and the new steps, without neighbours that come back unchanged: lines that the quote spans,
    and lines around it that the model repeated."""
    if not replacement:
        return start, stop, []
    pieces = [step.text for step in split_steps(_dedented(replacement) + "\n")]
    bare = [_squashed(piece) for piece in pieces]
    old = [_squashed(step.text) for step in source.steps]
    while stop - start > 1 and len(bare) > 1 and bare[-1] == old[stop - 1]:
        stop, bare = stop - 1, bare[:-1]
    low = 0
    while stop - start > 1 and len(bare) - low > 1 and bare[low] == old[start]:
        start, low = start + 1, low + 1
    if low == 0 and len(bare) == len(pieces):
        low, high = _repeated(old, bare, start, stop)
        bare = bare[:high]
    kept = "".join(pieces[low : len(bare)])
    return start, stop, _dedented(kept).rstrip().split("\n") if kept.strip() else []


def _repeated(old: list[str], bare: list[str], start: int, stop: int) -> tuple[int, int]:
    """Which of the new steps are really new. Those before ``low`` repeat the steps before ``start``; those
    from ``high`` on repeat the steps from ``stop`` on."""
    for low in range(min(start, len(bare) - 1), -1, -1):
        for high in range(low + 1, len(bare) + 1):
            after = len(bare) - high
            before_same = bare[:low] == old[start - low : start]
            after_same = bare[high:] == old[stop : stop + after]
            if before_same and after_same and (low or after):
                return low, high
    return 0, len(bare)


def _dedented(text: str) -> str:
    import textwrap

    return textwrap.dedent(text)


def _indented(source: Source, step: int, lines: list[str]) -> list[str]:
    """The readings of ``lines`` at the indentation of ``step``, the likeliest first, with the comments that
    stand before the step and with the program's own line ends."""
    base = source.indent(step)
    tail = (
        source.eol if source.steps[step].text.endswith(("\n", "\r")) or step + 1 < len(source.steps) else ""
    )
    lead = source.steps[step].text[: len(source.steps[step].text) - len(code_of(source.steps[step]))]
    relative = [base + _in_units(source, lines, line) if line.strip() else "" for line in lines]
    # Only the first line lost its indentation; the others are where they were.
    absolute = [base + lines[0].lstrip(), *lines[1:]]
    hanging = [base + lines[0].lstrip(), *(base + source.indent_unit + line.lstrip() for line in lines[1:])]
    readings = [relative, absolute] + ([hanging] if lines[0].rstrip().endswith(":") else [])
    return list(dict.fromkeys(lead + source.eol.join(reading) + tail for reading in readings))


def _moved(source: Source, start: int, stop: int, quote: str, replacement: str) -> str:
    """The reading in which the edit is the indentation itself: the quote's lines, indented more or less."""
    base, lines = source.indent(start), replacement.split("\n")
    quoted = physical_lines(quote.lstrip("\r\n"))[0]
    absolute = quoted[: len(quoted) - len(quoted.lstrip())] == base
    moved = lines if absolute else [base + line for line in lines]
    return source.eol.join(moved) + _tail(source, stop)


def _tail(source: Source, stop: int) -> str:
    """The end of the new text: empty if the program's last line has no line end."""
    return source.eol if stop < len(source.steps) or source.program.endswith(("\n", "\r")) else ""


def _in_units(source: Source, lines: list[str], line: str) -> str:
    """``line`` with its indentation in the program's unit (tabs instead of blanks, two blanks instead of four)."""
    widths = [_width(each) for each in lines if each.strip() and _width(each)]
    unit, width = min(widths, default=4), _width(line)
    if any('"""' in each or "'''" in each for each in lines) or width % unit:
        return line
    return source.indent_unit * (width // unit) + line.lstrip(" \t")


def _width(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip(" "))
