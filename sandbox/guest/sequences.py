"""Sequences of calls as inputs: ``{"q": [[on, name, call], ...]}``, run in order from a fresh start.

A step calls something (``call`` as in :mod:`codec`) or reads an attribute (``call`` is null). ``on`` says of what: -1 is
the entry point, -2 the root of it (a class), another number is what the step of that number gave. ``name`` is the
method or attribute, or null where the thing itself is called. The answer is a list with a text for each step: a
value, an exception (``{"!": name}``), or :data:`OBJECT` for what is not plain data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import program
from .decoder import Decoder
from .kinds import CodecError
from .plainjson import dump
from .reply_encoder import call, text_of_result

if TYPE_CHECKING:
    from typing import Any

    from .candidate import Candidate


OBJECT = '{"o":""}'
ENTRY, ROOT = -1, -2
_LONGEST = 400


def is_sequence(parts: object) -> bool:
    return type(parts) is dict and type(parts.get("q")) is list


def run(candidate: Candidate, parts: dict[str, Any]) -> str:
    """Run a sequence in the candidate; return the text of its answer."""
    made: list[Any] = []
    answers: list[str] = []
    for on, name, asked in parts["q"][:_LONGEST]:
        try:
            target = candidate.resolve(-1 - on) if on < 0 else made[on]
            value, answer = _step(candidate, target, name, asked)
        except CodecError:
            value, answer = None, OBJECT
        except Exception as error:
            value, answer = None, _raised(error)
        made.append(value)
        answers.append(OBJECT if '{"o":' in answer or '{"w":' in answer else answer)
    return dump(answers)


def _step(candidate: Candidate, target: Any, name: str | None, asked: Any) -> tuple[Any, str]:
    if asked is None:
        value = call(candidate.coverage, getattr, (target, name), {})
        return value, text_of_result(candidate, value, False, ((), {}), "")
    text, decoder = dump(asked), Decoder(candidate.names)
    args, kwargs = decoder.guarded(decoder.call_of, asked)
    if name is not None:
        target = getattr(target, name)
    value = call(candidate.coverage, target, args, kwargs)
    return value, text_of_result(candidate, value, bool(decoder.slots), (args, kwargs), text)


def _raised(error: BaseException) -> str:
    return dump({"!": program.builtin_name(error)})
