"""Runs generated inputs in the candidate: a call, or a sequence of calls (see :mod:`sequences`), each answered before
the next one begins."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from . import fresh_start, program, sequences
from .decoder import Decoder
from .encoder import Encoder, is_bare
from .kinds import MAX_DEPTH, CodecError
from .plainjson import load
from .reply_encoder import call, text_of_result
from .shared_page import MAX_LINES
from .work import SLOW

if TYPE_CHECKING:
    from typing import Any

    from .candidate import Candidate


ANSWER_CHARS = 1 << 16
"""A longer answer to a generated input is opaque."""
_MOST_UNSENT = 1 << 16
"""So many characters of answers wait at most to be sent."""
_NO_NAMES = ',"k":{}}'
_OBJECTS = 2
"""How many braces a text opens that holds lists and leaves only: one for the call and one for its names."""


def observe(candidate: Candidate, parts: dict[str, Any]) -> str | None:
    """Run generated inputs. What they showed is said together: a message for each would cost as much as most calls do. Only
    where the judge asks so is each answer sent before the next input runs. The last message is returned. Where each input
    gets a fresh start, a fork of this process sends its answer and ends, and None is returned."""
    page, coverage, lines = candidate.page, candidate.coverage, candidate.page.lines
    watch = [MAX_LINES + line for line in parts["watch"] if 0 < line < MAX_LINES]
    if parts["first"]:
        coverage.switch()
        if not parts["lines"]:
            coverage.focus(parts["watch"])
    if parts["first"] and parts["work"]:
        coverage.bound(parts["work"], parts["most_s"])
    unsent = candidate.unsent
    unsent.clear()
    chars, most = 0, _MOST_UNSENT if parts["bulk"] else -1
    for progress, text in enumerate(parts["i"], page.progress + 1):
        if unsent and chars > most:
            candidate.send_text(message(unsent))
            unsent.clear()
            chars = 0
        if parts["lines"]:
            page.clear(MAX_LINES)
        for at in watch:
            lines[at] = 0
        if watch or parts["lines"]:
            coverage.restart()
        page.progress = progress
        if parts["work"] and coverage.work.is_too_large(text):
            skipped = [*SLOW, False, []]
            if parts["fresh"]:
                candidate.send_text(message([skipped]))
            else:
                unsent.append(skipped)
        elif parts["fresh"]:
            if fresh_start.run(coverage, partial(_send, candidate, parts, watch, text)):
                coverage.work.was_slow(text)
        else:
            unsent.append(_seen(candidate, parts, watch, text))
            chars += len(unsent[-1][1])
            if coverage.work.is_slow:
                coverage.work.was_slow(text)
    last = message(unsent) if unsent else None
    unsent.clear()
    return last


def message(seen: list[list[Any]]) -> str:
    """Return the message of what inputs showed: for each how it was answered, the answer, whether it reached a watched
    line, and the lines that it ran."""
    return Encoder.dump({"op": "a", "a": seen})


def _send(candidate: Candidate, parts: dict[str, Any], watch: list[int], text: str) -> bool:
    """Run one input and send what it showed; return whether it was slow."""
    candidate.send_text(message([_seen(candidate, parts, watch, text)]))
    return candidate.coverage.work.is_slow


def _seen(candidate: Candidate, parts: dict[str, Any], watch: list[int], text: str) -> list[Any]:
    """Run one input; return what it showed."""
    page = candidate.page
    candidate.coverage.begin_input()
    kind, answered = _answer(candidate, text)
    if parts["work"] and candidate.coverage.is_over(partial(_answer, candidate, text)):
        kind, answered = SLOW
    reached = any(map(page.lines.__getitem__, watch))
    if parts["fresh"]:  # the start of the program is part of the input's life
        reached = reached or any(page.lines[at - MAX_LINES] for at in watch)
    return [kind, answered, reached, page.lines_hit(MAX_LINES) if parts["lines"] else None]


def _answer(candidate: Candidate, text: str) -> tuple[str, str]:
    try:
        if text.endswith(_NO_NAMES) and text.count("{") == _OBJECTS and text.count("[") < MAX_DEPTH:
            return _answer_to_lists(candidate, text)
        decoder = Decoder(candidate.names)
        parts = decoder.parse(text)
        if sequences.is_sequence(parts):
            answered = sequences.run(candidate, parts)
            return ("value", answered) if len(answered) <= ANSWER_CHARS else ("opaque", "")
        args, kwargs = decoder.call_of(parts)
        value = call(candidate.coverage, candidate.resolve(0), args, kwargs)
        answered = text_of_result(candidate, value, bool(decoder.slots), (args, kwargs), text)
    except CodecError:
        return "opaque", ""
    except BaseException as error:
        return "raised", program.builtin_name(error)
    return _told(answered)


def _answer_to_lists(candidate: Candidate, text: str) -> tuple[str, str]:
    """The same where the arguments are lists and leaves, whose texts hold no more than themselves (see :mod:`codec`)."""
    args: list[Any] = load(text)["a"]
    value = call(candidate.coverage, candidate.resolve(0), args, {})
    if value is not None and is_bare((value,)):
        answered = Encoder.dump(value)
    else:
        has_lists = any(type(arg) is list for arg in args)
        answered = text_of_result(candidate, value, has_lists, (args, {}), text)
    return _told(answered)


def _told(answered: str) -> tuple[str, str]:
    if len(answered) > ANSWER_CHARS or '{"o":' in answered:
        return "opaque", answered[:ANSWER_CHARS]
    return "value", answered
