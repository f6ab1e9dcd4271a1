"""Runs generated inputs in the candidate: a call, or a sequence of calls (see :mod:`sequences`), each answered before
the next one begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import fresh_start, program, sequences
from .decoder import Decoder
from .encoder import Encoder
from .kinds import CodecError
from .reply_encoder import call, text_of_result
from .shared_page import MAX_LINES

if TYPE_CHECKING:
    from typing import Any

    from .candidate import Candidate


ANSWER_CHARS = 1 << 16
"""A longer answer to a generated input is opaque."""


def observe(candidate: Candidate, parts: dict[str, Any]) -> str | None:
    """Run generated inputs. Each answer is sent before the next input runs; the last one is returned. Where each input
    gets a fresh start, a fork of this process sends its answer and ends, and None is returned."""
    page, coverage = candidate.page, candidate.coverage
    watch = [MAX_LINES + line for line in parts["watch"] if 0 < line < MAX_LINES]
    if parts["first"]:
        coverage.switch()
        if not parts["lines"]:
            coverage.focus(parts["watch"])
    if parts["first"] and parts["work"]:
        coverage.bound(parts["work"])
    last = None
    for text in parts["i"]:
        if last is not None:
            candidate.send_text(last)
        if parts["lines"]:
            page.clear(MAX_LINES)
        for at in watch:
            page.lines[at] = 0
        if parts["watch"] or parts["lines"]:
            coverage.restart()
        page.progress += 1
        if parts["fresh"]:
            fresh_start.run(coverage, lambda: candidate.send_text(_seen(candidate, parts, watch, text)))  # noqa: B023
        else:
            last = _seen(candidate, parts, watch, text)
    return last


def _seen(candidate: Candidate, parts: dict[str, Any], watch: list[int], text: str) -> str:
    """Run one input; return the message that says what it showed."""
    page = candidate.page
    kind, answered = _answer(candidate, text)
    if parts["work"] and candidate.coverage.is_exhausted:
        kind, answered = "raised", "TimeoutError"
    seen: dict[str, Any] = {"op": "a", "s": kind, "t": answered}
    if parts["watch"] or parts["lines"]:
        seen["w"] = any(page.lines[at] for at in watch)
        if parts["fresh"]:  # the start of the program is part of the input's life
            seen["w"] |= any(page.lines[at - MAX_LINES] for at in watch)
        if parts["lines"]:
            seen["l"] = page.lines_hit(MAX_LINES)
    return Encoder.dump(seen)


def _answer(candidate: Candidate, text: str) -> tuple[str, str]:
    try:
        decoder = Decoder(candidate.names)
        parts = decoder.parse(text)
        if sequences.is_sequence(parts):
            answered = sequences.run(candidate, parts)
            return ("value", answered) if len(answered) <= ANSWER_CHARS else ("opaque", "")
        args, kwargs = decoder.call_of(parts)
        value = call(candidate.coverage, candidate.resolve(0), args, kwargs)
        answered = text_of_result(candidate, value, decoder, (args, kwargs), text)
    except CodecError:
        return "opaque", ""
    except BaseException as error:
        return "raised", program.builtin_name(error)
    if len(answered) > ANSWER_CHARS or '{"o":' in answered:
        return "opaque", answered[:ANSWER_CHARS]
    return "value", answered
