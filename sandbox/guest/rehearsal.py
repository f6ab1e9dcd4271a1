"""What every candidate and judge will do, done once before the first fork.

The interpreter specialises code as it runs; done here, a forked child neither pays for it nor dirties the
pages that hold it.
"""

import os

from . import answers, coverage, judging, program, remote, wire
from .board import MAX_LINES
from .encoder import Encoder

_ROUNDS = 24
_PROGRAM = """
def rehearsed(items, text="", flag=False):
    for item in items:
        if flag:
            text += str(item)
    return text, items
"""
_ARGUMENTS = (
    (([3, 1, 2], "abc"), {}),
    (([[1, 2], [3.5]], "", True), {}),
    (((1, 2), "x"), {"flag": True}),
    (({"a": 1},), {}),
)


class _Board:
    lines = bytearray(2 * MAX_LINES + 16)
    progress = 0


class _Silent:
    begin = end = staticmethod(lambda: None)


class _Loop:
    """A candidate and its channel in one process: what is sent is answered at once."""

    def __init__(self, names):
        self.names = names
        self.shares = frozenset()
        self.coverage = coverage.Coverage(_Board) if coverage.KIND == "settrace" else _Silent
        self.board = _Board
        self._answer = None

    def resolve(self, _):
        return self.names["rehearsed"]

    def send_text(self, text):
        self._answer = answers.answer(self, text)

    def receive_text(self):
        return self._answer


def rehearse():
    """Compile, call, answer, compare: every step of the common way, until it is specialised."""
    source, sink = os.pipe()
    channel = wire.Channel(source)
    out = wire.Channel(sink)
    for _ in range(_ROUNDS):
        names = {"__name__": "rehearsal"}
        code = program.compiled(_PROGRAM)
        coverage.code_objects(code)
        exec(code, names)
        loop = _Loop(names)
        link = remote.Link(loop, {}, None)
        entry = remote.Remote(link, 0, "rehearsed")
        for args, kwargs in _ARGUMENTS:
            entry(*args, **kwargs)
        test = {"form": "check", "code": "def check(candidate):\n    assert candidate([1, 2])[0] == ''\n"}
        codes = judging.compiled_tests([test])
        judging.run_in_order([0], [test], codes, {}, lambda: entry, link.blame, lambda: link.gone)  # noqa: B023
        out.send_text(Encoder().call([[1]], {}))
        channel.receive_text()
    os.close(source)
    os.close(sink)
