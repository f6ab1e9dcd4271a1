"""The judge's proxies for a candidate, and the channel that they share.

Everything that comes from the candidate is decoded as hostile. An answer that is not plain data compares with
nothing: every operation on it raises, so that no test passes because of it.
"""

from __future__ import annotations

import builtins
from collections import deque
from typing import TYPE_CHECKING

from . import wire
from .boundary import facts_of, message_of
from .decoder import Decoder
from .encoder import Encoder
from .judging import GoneError
from .kinds import LEAVES, CodecError, Instance, Opaque, Reference
from .sequences import ROOT
from .stand_ins import NotPlainError, Seen, Untouchable
from .trail import Trail

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from typing import Any, NoReturn

    from .trail import Inputs
    from .wire import Channel


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

    def __init__(
        self,
        channel: Channel,
        classes: dict[str, type[Any]],
        record: Inputs | None,
        forwards: Container[int] | None = None,
        root: int = ROOT,
    ) -> None:
        self.channel = channel
        self.gone = False
        self.forwards = True
        self.objects: set[int | None] = set()
        """The tests in which the candidate has answered with an object."""
        self._forwarding_tests = forwards
        self._test: int | None = None
        self.classes = classes
        self.errors: dict[str, type[BaseException]] = {}
        """The problem's own exceptions by name."""
        self.inputs = record
        self._root = root
        self.trails: list[Trail] = []
        """What each test asked of the candidate, where inputs are recorded."""
        self._raised: list[tuple[BaseException, dict[str, Any]]] = []
        self._callables: list[Any] = []
        self._callbacks = 0

    def begin(self, test: int) -> None:
        """Begin a test: the number of it decides what objects are of use for."""
        self._test = test
        if self.inputs is not None:
            self.trails.append(Trail(self._root))
        self.forwards = self._forwarding_tests is None or test in self._forwarding_tests

    def blame(self, error: BaseException) -> dict[str, Any] | None:
        """Return the facts of an exception that a proxy raised, or None for any other exception."""
        return next((facts for raised, facts in self._raised if raised is error), None)

    def send(self, text: str) -> None:
        try:
            self.channel.send_text(text)
        except OSError:
            self.give_up()

    def receive(self) -> dict[str, Any]:
        """Return the next message, parsed but not decoded."""
        if self.gone:
            raise GoneError
        try:
            return message_of(self.channel.receive_text())
        except wire.WireError:
            self.give_up()

    def give_up(self) -> NoReturn:
        self.gone = True
        raise GoneError

    def ask(
        self,
        op: str,
        handle: Any,
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
        name: str | None = None,
    ) -> Any:
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

    def _answer(self, reply: dict[str, Any], encoder: Encoder, asked: str) -> Any:
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

    def _exception(self, reply: dict[str, Any]) -> BaseException:
        """Return the builtin exception that a reply names, and remember it as the candidate's."""
        name = str(reply.get("n"))
        kind = getattr(builtins, name, None)
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            kind = Exception
        if issubclass(kind, _ENDS_LOOPS):
            # In ``map``, ``zip``, ``all`` or a generator of a test it would end the loop, not the test.
            kind = RuntimeError
        own = self.errors.get(reply["t"]) if type(reply.get("t")) is str else None
        given = reply.get("v")
        given = [each for each in given if type(each) in LEAVES] if type(given) is list else []
        if issubclass(kind, BaseExceptionGroup):
            given = [str(given[0]) if given else "", [Exception()]]  # its members stay where they are
        try:
            # An error of the problem's own has made its arguments already.
            is_own = own is not None and issubclass(own, kind)
            error = own.__new__(own, *given) if own is not None and is_own else kind(*given)
        except Exception:  # some take arguments of other types only
            error = kind.__new__(kind)
        self._raised.append((error, facts_of(reply)))
        return error

    def _refer(self, value: Any, _depth: int) -> dict[str, Any] | None:
        if isinstance(value, Remote):
            return {"H": [value._handle, value._name]}
        if isinstance(value, Opaque) or not callable(value):
            return None
        self._callables.append(value)
        return {"h": [len(self._callables) - 1, getattr(value, "__name__", "function")]}

    def _referred(self, tag: str, body: Any) -> Any:
        self.objects.add(self._test)
        if tag != "H" or type(body) is not list or type(body[0]) is not int or not self.forwards:
            return Untouchable("value")
        return Remote(self, body[0], str(body[1]))

    def _call_back(self, asked: dict[str, Any]) -> None:
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


def _decode_answer(decoder: Decoder, reply: dict[str, Any]) -> Any:
    """Decode an answer, and bring the arguments into the state in which the call left them."""
    pairs = decoder.blank(reply.get("g", []))
    value = decoder.build(reply["v"])
    changes = [(decoder.slot(slot), decoder.items(nodes, 1)) for slot, nodes in reply.get("c", [])]
    decoder.fill((decoder.instance(index), flat) for index, flat in reply.get("ci", []))
    decoder.fill(pairs)
    for target, items in changes:
        _replace_contents(target, items)
    return value


def _replace_contents(target: Any, items: list[Any]) -> None:
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

    def __init__(self, link: Link, handle: Any, name: str) -> None:
        self._link = link
        self._handle = handle
        self._name = name
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._link.ask("c", self._handle, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._link.ask("g", self._handle, name=name)

    def _special(self, name: str, *args: Any) -> Any:
        try:
            method = self._link.ask("g", self._handle, name=name)
        except AttributeError:
            raise TypeError(f"a {self._name} has no {name}") from None  # as the interpreter has it
        return method(*args)

    def __len__(self) -> int:
        return self._special("__len__")

    def __getitem__(self, key: Any) -> Any:
        return self._special("__getitem__", key)

    def __iter__(self) -> Any:
        found = self._special("__iter__")
        return found if isinstance(found, Remote) else iter(found)

    def __str__(self) -> str:
        return self._special("__str__")

    def __repr__(self) -> str:
        return self._special("__repr__")

    def __contains__(self, item: Any) -> bool:
        return self._special("__contains__", item)

    def __bool__(self) -> bool:
        return self._link.ask("b", self._handle)

    def __next__(self) -> Any:
        return self._link.ask("n", self._handle)

    def _refuse(self, *_: object) -> NoReturn:
        raise NotPlainError(f"the answer is a {self._name[:100]}, which is not plain data")

    __eq__ = __ne__ = __hash__ = _refuse


__all__ = ["Instance", "Link", "NotPlainError", "Remote", "Untouchable"]
