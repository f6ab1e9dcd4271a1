"""Makes one answer of a candidate: decode the arguments, call, encode the result and the changed arguments."""

from collections import deque
from operator import is_

from . import one_process, program
from .conversions import thing
from .decoder import Decoder
from .encoder import Encoder, attributes
from .kinds import LEAVES, CodecError
from .shared_page import MAX_LINES

ANSWER_CHARS = 1 << 16
"""A longer answer to a generated input is opaque."""


def answer(candidate, text):
    """Return the text that answers one message of the judge."""
    decoder = Decoder(candidate.names, lambda tag, body: _referred(candidate, tag, body))
    parts = decoder.parse(text)
    if parts["op"] == "i":
        return _observe(candidate, parts)
    if parts["op"] == "one":
        return one_process.run_tests(candidate, parts)
    args, kwargs = decoder.call_of(parts)
    before = Snapshot(decoder) if decoder.slots or decoder.objects else None
    try:
        target = candidate.resolve(parts["f"])
        candidate.coverage.begin()
        try:
            value = _asked(target, parts, args, kwargs)
        finally:
            candidate.coverage.end()
        if type(value) in LEAVES and before is None:
            return '{"op":"v","v":' + Encoder().leaf(value) + "}"
        encoder = _encoder(candidate, with_handles="p" not in parts)
        if before is not None:
            before.register_with(encoder)
        reply = {"op": "v", "v": encoder.node(value)}
        if before is not None:
            before.add_changes(encoder, reply)
        return encoder.document(reply)
    except CodecError:
        raise
    except BaseException as error:
        return Encoder.dump({"op": "e", **program.describe(error)})


def _asked(target, parts, args, kwargs):
    """Do what the judge asks of an object: call it, say whether it is true, take its next item, read an attribute."""
    op = parts["op"]
    if op == "c":
        return target(*args, **kwargs)
    if op == "b":
        return bool(target)
    if op == "n":
        return next(target)
    return getattr(target, parts["n"])


def _encoder(candidate, with_handles):
    """Return an encoder of answers: what is not plain gets a handle, or stands for no more than it is to look at."""
    if with_handles:
        return Encoder(candidate.shares, lambda found, _: _refer(candidate, found), converts=True)
    encoder = Encoder(candidate.shares, None, converts=True)
    encoder.refer = lambda found, depth: thing(encoder, found, depth)
    return encoder


def _observe(candidate, parts):
    """Run generated inputs. Each answer is sent before the next input runs; the last one is returned."""
    page, coverage = candidate.page, candidate.coverage
    by_input = parts["watch"] or parts["lines"]
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
        if by_input:
            coverage.restart()
        page.progress += 1
        kind, answered = _answer_input(candidate, text)
        if parts["work"] and coverage.is_exhausted:
            kind, answered = "raised", "TimeoutError"
        seen = {"op": "a", "s": kind, "t": answered}
        if by_input:
            seen["w"] = any(page.lines[at] for at in watch)
            if parts["lines"]:
                seen["l"] = page.lines_hit(MAX_LINES)
        last = Encoder.dump(seen)
    return last


def _answer_input(candidate, text):
    try:
        decoder = Decoder(candidate.names)
        args, kwargs = decoder.call(text)
        target = candidate.resolve(0)
        candidate.coverage.begin()
        try:
            value = target(*args, **kwargs)
        finally:
            candidate.coverage.end()
        answered = _text_of(candidate, value)
        if (
            value is None
            and decoder.slots
            and Encoder(candidate.shares, converts=True).call(args, kwargs) != text
        ):
            encoder = _encoder(candidate, with_handles=False)
            answered = encoder.text({"m": [encoder.node(arg) for arg in args]})
    except CodecError:
        return "opaque", ""
    except BaseException as error:
        return "raised", program.builtin_name(error)
    if len(answered) > ANSWER_CHARS or '{"o":' in answered:
        return "opaque", answered[:ANSWER_CHARS]
    return "value", answered


def _text_of(candidate, value):
    encoder = _encoder(candidate, with_handles=False)
    return encoder.text(encoder.node(value))


def _refer(candidate, value):
    """Return a handle for what is not plain data: functions and objects stay here, and the judge asks for them."""
    return {"H": [candidate.keep(value), type(value).__name__]}


def _referred(candidate, tag, body):
    if tag == "H":
        return candidate.resolve(body[0])
    return Callback(candidate, body[0], str(body[1]))


class Callback:
    """A function of the judge that was passed as an argument. Calling it asks the judge."""

    def __init__(self, candidate, handle, name):
        self._candidate = candidate
        self._handle = handle
        self.__name__ = name

    def __call__(self, *args, **kwargs):
        encoder = _encoder(self._candidate, with_handles=True)
        parts = {"op": "k", "h": self._handle, "a": [encoder.node(a) for a in args]}
        parts["k"] = {name: encoder.node(value) for name, value in kwargs.items()}
        reply = self._candidate.ask(encoder.document(parts))
        decoder = Decoder(self._candidate.names, lambda tag, body: _referred(self._candidate, tag, body))
        found = decoder.parse(reply)
        if found["op"] == "e":
            kind = getattr(__import__("builtins"), found["n"], RuntimeError)
            raise kind(*found["v"])
        return decoder.root_of(found["v"], found.get("g", []))


class Snapshot:
    """The contents of the mutable arguments of a call before the call."""

    def __init__(self, decoder):
        self._slots = decoder.slots
        self._objects = decoder.objects
        self._held = [_held(found) for found in self._slots]
        self._attributes = [list(attributes(found)) for found in self._objects]

    def register_with(self, encoder):
        """Register the arguments with an encoder, so that an answer can refer to them."""
        encoder.resume(self._slots, self._objects)

    def add_changes(self, encoder, reply):
        """Add to the reply what the call changed in its arguments."""
        changed = [
            [slot, encoder.contents(found)]
            for slot, (found, held) in enumerate(zip(self._slots, self._held, strict=True))
            if held is not None and not _same(held, _held(found))
        ]
        if changed:
            reply["c"] = changed
        if not self._objects:
            return
        altered = []
        for index, (found, held) in enumerate(zip(self._objects, self._attributes, strict=True)):
            now = list(attributes(found))
            if len(now) != len(held) or any(
                a[0] != b[0] or a[1] is not b[1] for a, b in zip(now, held, strict=True)
            ):
                altered.append([index, encoder.flat(now)])
        if altered:
            reply["ci"] = altered


def _held(found):
    """Return the parts of a mutable container as a list (a set or bytearray: a copy), None for an immutable one."""
    kind = type(found)
    if kind is list:
        return found[:]
    if isinstance(found, dict):
        return [part for pair in found.items() for part in pair]
    if kind is set:
        return set(found)
    if kind is bytearray:
        return bytes(found)
    return list(found) if kind is deque else None


def _same(before, after):
    if type(before) is list:
        return len(before) == len(after) and all(map(is_, before, after))
    return before == after
