"""Makes one answer of a candidate: decode the arguments, call, encode the result and the changed arguments."""

from __future__ import annotations

from collections import deque
from operator import is_
from typing import TYPE_CHECKING

from . import generated_inputs, one_process, program
from .decoder import Decoder
from .encoder import Encoder, attributes
from .kinds import LEAVES, CodecError
from .reply_encoder import encoder_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .candidate import Candidate


def answer(candidate: Candidate, text: str) -> str | None:
    """Return the text that answers one message of the judge; None where it has been sent already."""
    decoder = Decoder(candidate.names, lambda tag, body: _referred(candidate, tag, body))
    parts = decoder.parse(text)
    if parts["op"] == "i":
        return generated_inputs.observe(candidate, parts)
    if parts["op"] == "one":
        return one_process.run_tests(candidate, parts)
    args, kwargs = decoder.call_of(parts)
    before = Snapshot(decoder) if decoder.slots or decoder.objects else None
    try:
        candidate.coverage.begin()
        try:
            value = _asked(candidate.resolve(parts["f"]), parts, args, kwargs)
        finally:
            candidate.coverage.end()
        if type(value) in LEAVES and before is None:
            return '{"op":"v","v":' + Encoder().leaf(value) + "}"
        encoder = encoder_of(candidate, with_handles="p" not in parts)
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


def _asked(target: Any, parts: dict[str, Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """Do what the judge asks of an object: call it, say whether it is true, take its next item, read an attribute."""
    op = parts["op"]
    if op == "c":
        return target(*args, **kwargs)
    if op == "b":
        return bool(target)
    if op == "n":
        return next(target)
    return getattr(target, parts["n"])


def _referred(candidate: Candidate, tag: str, body: Any) -> Any:
    if tag == "H":
        return candidate.resolve(body[0])
    return Callback(candidate, body[0], str(body[1]))


class Callback:
    """A function of the judge that was passed as an argument. Calling it asks the judge."""

    def __init__(self, candidate: Candidate, handle: Any, name: str) -> None:
        self._candidate = candidate
        self._handle = handle
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        encoder = encoder_of(self._candidate, with_handles=True)
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

    def __init__(self, decoder: Decoder) -> None:
        self._slots = decoder.slots
        self._objects = decoder.objects
        self._held = [_held(found) for found in self._slots]
        self._attributes = [list(attributes(found)) for found in self._objects]

    def register_with(self, encoder: Encoder) -> None:
        """Register the arguments with an encoder, so that an answer can refer to them."""
        encoder.resume(self._slots, self._objects)

    def add_changes(self, encoder: Encoder, reply: dict[str, Any]) -> None:
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


def _held(found: Any) -> Any:
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


def _same(before: Any, after: Any) -> bool:
    if type(before) is list:
        return len(before) == len(after) and all(map(is_, before, after))
    return before == after
