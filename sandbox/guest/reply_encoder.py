"""Calls something of a candidate, and encodes what the candidate answers."""

from .conversions import thing
from .encoder import Encoder


def encoder_of(candidate, with_handles):
    """Return an encoder of answers: what is not plain gets a handle, or stands for no more than it is to look at."""
    if with_handles:
        return Encoder(candidate.shares, lambda found, _: _refer(candidate, found), converts=True)
    encoder = Encoder(candidate.shares, None, converts=True)
    encoder.refer = lambda found, depth: thing(encoder, found, depth)
    return encoder


def _refer(candidate, value):
    """Return a handle for what is not plain data: functions and objects stay here, and the judge asks for them."""
    return {"H": [candidate.keep(value), type(value).__name__]}


def call(coverage, target, args, kwargs):
    """Return the result of a call whose lines count."""
    coverage.begin()
    try:
        return target(*args, **kwargs)
    finally:
        coverage.end()


def text_of_result(candidate, value, decoder, given, text):
    """Return the text of what a call returned, or of its changed arguments where it returned None. ``given`` are the
    arguments, which ``decoder`` made from ``text``."""
    encoder = encoder_of(candidate, with_handles=False)
    if value is None and decoder.slots and Encoder(candidate.shares, converts=True).call(*given) != text:
        return encoder.text({"m": [encoder.node(arg) for arg in given[0]]})
    return encoder.text(encoder.node(value))
