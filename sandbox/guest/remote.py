"""The judge's proxies for a candidate, and the channel that they share.

Everything that comes from the candidate is decoded as hostile. An answer that is not plain data compares with
nothing: every operation on it raises, so that no test passes because of it.
"""

import builtins
from collections import deque

from . import wire
from .decoder import Decoder
from .encoder import Encoder
from .judging import GoneError
from .kinds import LEAVES, CodecError, Instance, Opaque
from .plainjson import load

MAX_REPLY = 17 << 20
_MAX_CALLBACKS = 100_000


class NotPlainError(Exception):
    """A test examined something that is not plain data."""


class Untouchable(Opaque):
    """Stands in the judge for an answer that is not plain data."""

    __slots__ = ()

    def _refuse(self, *_):
        raise NotPlainError(f"the answer holds a {self.name[:100]}, which is not plain data")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __hash__ = __len__ = _refuse
    __iter__ = __contains__ = __getitem__ = __call__ = __str__ = __repr__ = _refuse


class Link:
    """The channel to one candidate."""

    def __init__(self, channel, classes, record):
        self.channel = channel
        self.gone = False
        self.classes = classes
        self.inputs = record
        self._raised = []
        self._callables = []
        self._callbacks = 0

    def blame(self, error):
        """Return the facts of an exception that a proxy raised, or None for any other exception."""
        return next((facts for raised, facts in self._raised if raised is error), None)

    def send(self, text):
        try:
            self.channel.send_text(text)
        except OSError:
            self.give_up()

    def receive(self):
        """Return the next message, parsed but not decoded."""
        if self.gone:
            raise GoneError
        try:
            return load(self.channel.receive_text())
        except (wire.WireError, ValueError, RecursionError):
            self.give_up()

    def give_up(self):
        self.gone = True
        raise GoneError

    def ask(self, op, handle, args=(), kwargs=None, name=None):
        """Call (``c``) or read an attribute of (``g``) the object behind ``handle``; return the plain answer."""
        if self.gone:
            raise GoneError
        encoder = Encoder(None, self._refer)
        parts = {"op": op, "f": handle, "n": name, "a": [encoder.node(arg) for arg in args]}
        parts["k"] = {key: encoder.node(value) for key, value in (kwargs or {}).items()}
        if self.inputs is not None and op == "c" and handle <= 1:
            self.inputs.add(args, kwargs or {})
        self.send(encoder.document(parts))
        reply = self.receive()
        while type(reply) is dict and reply.get("op") == "k":
            self._call_back(reply)
            reply = self.receive()
        return self._answer(reply, encoder)

    def _answer(self, reply, encoder):
        op = reply.get("op") if type(reply) is dict else None
        if op == "e":
            raise self._exception(reply)
        if op == "o":
            return Untouchable("value")
        if op != "v":
            self.give_up()
        if len(reply) == 2 and type(reply["v"]) in LEAVES:
            return reply["v"]
        decoder = Decoder(self.classes, self._referred)
        decoder.resume(encoder.kept, encoder.queue)
        try:
            return decoder.guarded(_decode_answer, decoder, reply)
        except CodecError:
            self.give_up()

    def _exception(self, reply):
        """Return the builtin exception that a reply names, and remember it as the candidate's."""
        name = str(reply.get("n"))
        kind = getattr(builtins, name, None)
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            kind = Exception
        given = reply.get("v")
        given = (
            [each for each in given if type(each) in (str, int, float, bool)] if type(given) is list else []
        )
        if issubclass(kind, BaseExceptionGroup):
            given = [str(given[0]) if given else "", [Exception()]]  # its members stay where they are
        try:
            error = kind(*given)
        except Exception:  # some take arguments of other types only
            error = kind.__new__(kind)
        self._raised.append((error, facts_of(reply)))
        return error

    def _refer(self, value):
        if isinstance(value, Remote):
            return {"H": [value._handle, value._name]}
        if not callable(value):
            return None
        self._callables.append(value)
        return {"h": [len(self._callables) - 1, getattr(value, "__name__", "function")]}

    def _referred(self, tag, body):
        if tag != "H" or type(body) is not list or type(body[0]) is not int:
            return Untouchable("value")
        return Remote(self, body[0], str(body[1]))

    def _call_back(self, asked):
        """Run one of the judge's own functions for the candidate, which asked for it."""
        self._callbacks += 1
        decoder = Decoder(self.classes, self._referred)
        try:
            args, kwargs = decoder.call_of(asked)
            target = decoder.guarded(lambda: self._callables[asked["h"]])
        except CodecError:
            self.give_up()
        if self._callbacks > _MAX_CALLBACKS:
            self.give_up()
        encoder = Encoder(None, self._refer)
        try:
            text = encoder.document({"op": "v", "v": encoder.node(target(*args, **kwargs))})
        except GoneError:
            raise
        except Exception as error:
            text = Encoder.dump({"op": "e", "n": type(error).__name__, "v": [str(error)]})
        self.send(text)


def facts_of(reply):
    """Return the candidate's facts about its own exception in a safe form: of the right types and bounded."""
    line, leaves = reply.get("l"), reply.get("x")
    return {
        "n": str(reply.get("n"))[:100],
        "t": str(reply.get("t"))[:100],
        "l": line if type(line) is int and 0 < line < 1 << 31 else None,
        "d": str(reply.get("d"))[:500],
        "x": leaves if type(leaves) is int and 0 <= leaves < 256 else None,
    }


def _decode_answer(decoder, reply):
    """Decode an answer, and bring the arguments into the state in which the call left them."""
    pairs = decoder.blank(reply.get("g", []))
    value = decoder.build(reply["v"])
    changes = [(decoder.slot(slot), decoder.items(nodes, 1)) for slot, nodes in reply.get("c", [])]
    decoder.fill((decoder.instance(index), flat) for index, flat in reply.get("ci", []))
    decoder.fill(pairs)
    for target, items in changes:
        _replace_contents(target, items)
    return value


def _replace_contents(target, items):
    kind = type(target)
    if kind is list:
        target[:] = items
    elif isinstance(target, dict):
        target.clear()
        dict.update(target, zip(items[::2], items[1::2], strict=True))
    elif kind is bytearray:
        target[:] = items[0].encode("latin-1")
    elif kind is set or kind is deque:
        target.clear()
        (target.update if kind is set else target.extend)(items)
    else:
        raise TypeError("an argument that cannot change")


class Remote:
    """A function, class or object that lives in the candidate: called and read from here, never compared."""

    def __init__(self, link, handle, name):
        self._link = link
        self._handle = handle
        self._name = name
        self.__name__ = name

    def __call__(self, *args, **kwargs):
        return self._link.ask("c", self._handle, args, kwargs)

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._link.ask("g", self._handle, name=name)

    def _special(self, name, *args):
        return self._link.ask("g", self._handle, name=name)(*args)

    def __len__(self):
        return self._special("__len__")

    def __getitem__(self, key):
        return self._special("__getitem__", key)

    def __iter__(self):
        return self._special("__iter__")

    def __str__(self):
        return self._special("__str__")

    def __repr__(self):
        return self._special("__repr__")

    def __contains__(self, item):
        return self._special("__contains__", item)

    def _refuse(self, *_):
        raise NotPlainError(f"the answer is a {self._name[:100]}, which is not plain data")

    __eq__ = __ne__ = __bool__ = __hash__ = _refuse


__all__ = ["Instance", "Link", "NotPlainError", "Remote", "Untouchable", "facts_of"]
