"""Calls something of a candidate, and encodes what the candidate answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .conversions import thing
from .encoder import Encoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from .candidate import Candidate
    from .coverage import AnyCoverage


def encoder_of(candidate: Candidate, with_handles: bool) -> Encoder:
    """Return an encoder of answers: what is not plain gets a handle, or stands for no more than it is to look at."""
    if with_handles:
        return Encoder(candidate.shares, lambda found, _: _refer(candidate, found), converts=True)
    encoder = Encoder(candidate.shares, None, converts=True)
    encoder.refer = lambda found, depth: thing(encoder, found, depth)
    return encoder


def _refer(candidate: Candidate, value: Any) -> dict[str, Any]:
    """Return a handle for what is not plain data: functions and objects stay here, and the judge asks for them."""
    return {"H": [candidate.keep(value), type(value).__name__]}


def call(
    coverage: AnyCoverage, target: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
) -> Any:
    """Return the result of a call whose lines count."""
    coverage.begin()
    try:
        return target(*args, **kwargs)
    finally:
        coverage.end()


def text_of_result(
    candidate: Candidate, value: Any, may_change: bool, given: tuple[Sequence[Any], dict[str, Any]], text: str
) -> str:
    """Return the text of what a call returned, or of its changed arguments where it returned None. ``given`` are the
    arguments, which were made from ``text``, and of which any ``may_change``."""
    encoder = encoder_of(candidate, with_handles=False)
    if value is None and may_change and Encoder(candidate.shares, converts=True).call(*given) != text:
        return encoder.text({"m": [encoder.node(arg) for arg in given[0]]})
    return encoder.text(encoder.node(value))
