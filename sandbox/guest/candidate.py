"""The candidate's process: it holds the program, and a loop that answers calls with plain data.

Everything that the judge learns goes over descriptor 3. A hostile program can write anything to it, but any
answer that it can forge, it could as well have returned.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from . import answers, batch_candidate, confine, program, runtime, script, script_batch, surroundings, wire
from .kinds import CodecError

if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, NoReturn

    from .coverage import AnyCoverage
    from .shared_page import SharedPage
    from .wire import Channel


MODULE = "solution"
_RPC = 3
_NO_MEMORY = wire.pack(
    {"op": "e", "n": "MemoryError", "t": "MemoryError", "l": None, "d": "", "v": [], "x": None}
)


class Candidate:
    """One started program and its channel to the judge."""

    def __init__(self, channel: Channel, page: SharedPage, coverage: AnyCoverage) -> None:
        self.channel = channel
        self.page = page
        self.coverage = coverage
        self.names: dict[str, Any] = {}
        self.handles: list[Any] = []
        self.shares: frozenset[str] = frozenset()
        self.unsent: list[list[Any]] = []
        """What inputs that are answered together have shown so far (see :mod:`generated_inputs`)."""

    def start(self, order: dict[str, Any], code: CodeType | None = None) -> bool:
        """Compile the program, unless its ``code`` is given, and run its top level; return whether there is something to
        call."""
        self.shares = frozenset(order["shares"])
        self.names = program.new_module(MODULE).__dict__
        self.page.expect(order["program"])
        surroundings.enter(order["surroundings"])
        runtime.prepare(self.names, order["program"])
        stage = "compile"
        try:
            code = code or program.code_of(order, self.channel, self.page)
            if order["endless"]:
                batch_candidate.watch_alone(self, code, order["setup"])
            stage = "import"
            set_up = program.Setup(order["setup"], self.names)
            self.coverage.watch(code)
            self.coverage.begin()
            exec(code, self.names)
            self.coverage.end()
            set_up.again()
        except BaseException as error:
            self.coverage.end()
            self.send({"op": "e", "at": stage, **program.describe(error)})
            return False
        self.handles = [Lazy(order["entry"], self.names), Lazy(order["root"], self.names)]
        self.send({"op": "ready"})
        return True

    def serve(self) -> None:
        """Answer messages until the judge hangs up, or is through with a program of a batch."""
        while (text := self.channel.receive_text()) != batch_candidate.END:
            try:
                answer = answers.answer(self, text)
                if answer is not None:
                    self.send_text(answer)
            except (MemoryError, RecursionError):
                self.channel.send_frame(_NO_MEMORY)
            except CodecError as error:
                self.send({"op": "o", "d": str(error)})

    def send(self, message: dict[str, Any]) -> None:
        self.channel.send(message)

    def send_text(self, text: str) -> None:
        self.channel.send_text(text)

    def ask(self, text: str) -> str:
        """Send a question to the judge (a callback) and return the text of its reply."""
        self.send_text(text)
        return self.channel.receive_text()

    def resolve(self, handle: int | str) -> Any:
        if type(handle) is str:  # a name that a file of tests imports from the program
            return self.names[handle]
        target = self.handles[handle]  # type: ignore[index]
        return target.value() if type(target) is Lazy else target

    def keep(self, value: Any) -> int:
        """Return a handle by which the judge can refer to ``value`` later."""
        self.handles.append(value)
        return len(self.handles) - 1


class Lazy:
    """An expression over the names of the program, such as ``Solution().f``. It is evaluated once, on first use."""

    def __init__(self, expression: str, names: dict[str, Any]) -> None:
        self._expression = expression
        self._names = names
        self._made = False
        self._value: Any = None

    def value(self) -> Any:
        if not self._made:
            self._value = eval(compile(self._expression, "<entry>", "eval", dont_inherit=True), self._names)
            self._made = True
        return self._value


def child(page: SharedPage, coverage: AnyCoverage) -> NoReturn:
    """Run as a forked candidate; this function never returns."""
    channel = wire.Channel(_RPC)
    order = channel.receive()
    gc.enable()
    if order["mode"] == "script":
        script.run(channel, page, coverage, order)
    if order["mode"] == "scripts":
        script_batch.run(channel, page, coverage, order)
    candidate = Candidate(channel, page, coverage)
    try:
        if order["mode"] == "batch":
            batch_candidate.run(lambda: Candidate(channel, page, coverage), channel, page, coverage, order)
        if candidate.start(order):
            candidate.serve()
    except (wire.WireError, OSError):
        pass
    runtime.flush()
    confine.leave(0)
