"""The judge's proxies for a candidate, and the channel that they share.

Everything that comes from the candidate is decoded as hostile. An answer that is not plain data compares with
nothing: every operation on it raises, so that no test passes because of it.
"""

import builtins
from collections import deque

from . import wire
from .boundary import facts_of, message_of
from .decoder import Decoder
from .encoder import Encoder
from .judging import GoneError
from .kinds import LEAVES, CodecError, Instance, Opaque, Reference
from .sequences import ROOT
from .stand_ins import NotPlainError, Seen, Untouchable
from .trail import Trail

MAX_REPLY = 17 << 20
_MAX_CALLBACKS = 100_000
_ENDS_LOOPS = (StopIteration, StopAsyncIteration, GeneratorExit)


class JudgeDecoder(Decoder):
    """Decodes what a candidate sent."""

    names_fields = True
    thing = Seen


class Link:
    """The channel to one candidate. ``forwards`` are the tests in which objects of the candidate may be called and
    read from here (None: all): those in which the reference returns objects too."""

    def __init__(self, channel, classes, record, forwards=None, root=ROOT):
        self.channel = channel
        self.gone = False
        self.forwards = True
        self.objects = set()
        """The tests in which the candidate has answered with an object."""
        self._forwarding_tests = forwards
        self._test = None
        self.classes = classes
        self.errors = {}
        """The problem's own exceptions by name."""
        self.inputs = record
        self._root = root
        self.trails = []
        """What each test asked of the candidate, where inputs are recorded."""
        self._raised = []
        self._callables = []
        self._callbacks = 0

    def begin(self, test):
        """Begin a test: the number of it decides what objects are of use for."""
        self._test = test
        if self.inputs is not None:
            self.trails.append(Trail(self._root))
        self.forwards = self._forwarding_tests is None or test in self._forwarding_tests

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
            return message_of(self.channel.receive_text())
        except wire.WireError:
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
        if not self.forwards:
            parts["p"] = 1
        parts["k"] = {key: encoder.node(value) for key, value in (kwargs or {}).items()}
        if self.inputs is not None and op == "c" and handle in (0, 1):
            self.inputs.add(args, kwargs or {})
        step = self.trails[-1].begin(op, handle, args, kwargs or {}) if self.trails else None
        self.send(encoder.document(parts))
        reply = self.receive()
        while reply.get("op") == "k":
            self._call_back(reply)
            reply = self.receive()
        answer = self._answer(reply, encoder, op)
        if self.trails:
            self.trails[-1].end(step, handle, name, answer._handle if type(answer) is Remote else None)
        return answer

    def _answer(self, reply, encoder, asked):
        op = reply.get("op")
        if op == "e":
            if asked == "n" and reply.get("n") == "StopIteration":
                raise StopIteration  # what was asked is the next item of an iterator, and there is none
            raise self._exception(reply)
        if op == "o":
            return Untouchable("value")
        if op != "v":
            self.give_up()
        if len(reply) == 2 and type(reply["v"]) in LEAVES:
            return reply["v"]
        decoder = JudgeDecoder(self.classes, self._referred)
        decoder.resume(encoder.kept, encoder.queue)
        try:
            return decoder.guarded(_decode_answer, decoder, reply)
        except (CodecError, MemoryError):
            self.give_up()
        finally:
            if decoder.met_objects:
                self.objects.add(self._test)

    def _exception(self, reply):
        """Return the builtin exception that a reply names, and remember it as the candidate's."""
        name = str(reply.get("n"))
        kind = getattr(builtins, name, None)
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            kind = Exception
        if issubclass(kind, _ENDS_LOOPS):
            # In ``map``, ``zip``, ``all`` or a generator of a test it would end the loop, not the test.
            kind = RuntimeError
        own = self.errors.get(reply.get("t")) if type(reply.get("t")) is str else None
        given = reply.get("v")
        given = [each for each in given if type(each) in LEAVES] if type(given) is list else []
        if issubclass(kind, BaseExceptionGroup):
            given = [str(given[0]) if given else "", [Exception()]]  # its members stay where they are
        try:
            # An error of the problem's own has made its arguments already.
            is_own = own is not None and issubclass(own, kind)
            error = own.__new__(own, *given) if is_own else kind(*given)
        except Exception:  # some take arguments of other types only
            error = kind.__new__(kind)
        self._raised.append((error, facts_of(reply)))
        return error

    def _refer(self, value, _depth):
        if isinstance(value, Remote):
            return {"H": [value._handle, value._name]}
        if isinstance(value, Opaque) or not callable(value):
            return None
        self._callables.append(value)
        return {"h": [len(self._callables) - 1, getattr(value, "__name__", "function")]}

    def _referred(self, tag, body):
        self.objects.add(self._test)
        if tag != "H" or type(body) is not list or type(body[0]) is not int or not self.forwards:
            return Untouchable("value")
        return Remote(self, body[0], str(body[1]))

    def _call_back(self, asked):
        """Run one of the judge's own functions for the candidate, which asked for it."""
        self._callbacks += 1
        decoder = JudgeDecoder(self.classes, self._referred)
        try:
            args, kwargs = decoder.call_of(asked)
            target = decoder.guarded(lambda: self._callables[asked["h"]])
        except (CodecError, MemoryError):
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


class Remote(Reference):
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
        try:
            method = self._link.ask("g", self._handle, name=name)
        except AttributeError:
            raise TypeError(f"a {self._name} has no {name}") from None  # as the interpreter has it
        return method(*args)

    def __len__(self):
        return self._special("__len__")

    def __getitem__(self, key):
        return self._special("__getitem__", key)

    def __iter__(self):
        found = self._special("__iter__")
        return found if isinstance(found, Remote) else iter(found)

    def __str__(self):
        return self._special("__str__")

    def __repr__(self):
        return self._special("__repr__")

    def __contains__(self, item):
        return self._special("__contains__", item)

    def __bool__(self):
        return self._link.ask("b", self._handle)

    def __next__(self):
        return self._link.ask("n", self._handle)

    def _refuse(self, *_):
        raise NotPlainError(f"the answer is a {self._name[:100]}, which is not plain data")

    __eq__ = __ne__ = __hash__ = _refuse


__all__ = ["Instance", "Link", "NotPlainError", "Remote", "Untouchable"]
