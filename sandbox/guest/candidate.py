"""The candidate's process: it holds the program, and a loop that answers calls with plain data.

Everything that the judge learns goes over descriptor 3. A hostile program can write anything to it, but any
answer that it can forge, it could as well have returned.
"""

import gc
import sys

from . import answers, batch_candidate, confine, program, runtime, script, script_batch, surroundings, wire
from .kinds import CodecError

MODULE = "solution"
_RPC = 3
_NO_MEMORY = wire.pack(
    {"op": "e", "n": "MemoryError", "t": "MemoryError", "l": None, "d": "", "v": [], "x": None}
)


class Candidate:
    """One started program and its channel to the judge."""

    def __init__(self, channel, page, coverage):
        self.channel = channel
        self.page = page
        self.coverage = coverage
        self.names = {}
        self.handles = []
        self.shares = frozenset()

    def start(self, order, code=None):
        """Compile the program, unless its ``code`` is given, and run its top level; return whether there is something to
        call."""
        self.shares = frozenset(order["shares"])
        self.names = program.new_module(MODULE).__dict__
        surroundings.enter(order["surroundings"])
        runtime.prepare(self.names, order["program"])
        stage = "compile"
        try:
            code = code or program.code_of(order, self.channel, self.page)
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

    def serve(self):
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

    def send(self, message):
        self.channel.send(message)

    def send_text(self, text):
        self.channel.send_text(text)

    def ask(self, text):
        """Send a question to the judge (a callback) and return the text of its reply."""
        self.send_text(text)
        return self.channel.receive_text()

    def resolve(self, handle):
        if type(handle) is str:  # a name that a file of tests imports from the program
            return self.names[handle]
        target = self.handles[handle]
        return target.value() if type(target) is Lazy else target

    def keep(self, value):
        """Return a handle by which the judge can refer to ``value`` later."""
        self.handles.append(value)
        return len(self.handles) - 1


class Lazy:
    """An expression over the names of the program, such as ``Solution().f``. It is evaluated once, on first use."""

    def __init__(self, expression, names):
        self._expression = expression
        self._names = names
        self._made = False
        self._value = None

    def value(self):
        if not self._made:
            self._value = eval(compile(self._expression, "<entry>", "eval", dont_inherit=True), self._names)
            self._made = True
        return self._value


def child(page, coverage):
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
    _flush()
    confine.leave(0)


def _flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            continue
