"""The warm-up runs, before the first fork, everything that each candidate and judge will run.

The interpreter specialises code as it runs. Because this happens here, a forked child neither pays for it nor
writes to the memory pages that hold the code.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from . import answers, coverage, judging, program, remote, shared_state, wire
from .code_lines import code_objects
from .encoder import Encoder
from .shared_page import MAX_LINES

if TYPE_CHECKING:
    from typing import Any


_ROUNDS = 24
_PROGRAM = """
def warm_up_target(items, text="", flag=False):
    for item in items:
        if flag:
            text += str(item)
    return text, items
"""
_ARGUMENTS: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (
    (([3, 1, 2], "abc"), {}),
    (([[1, 2], [3.5]], "", True), {}),
    (((1, 2), "x"), {"flag": True}),
    (({"a": 1},), {}),
)


class _Page:
    lines = bytearray(2 * MAX_LINES + 16)
    progress = 0


class _NoCoverage:
    begin = end = staticmethod(lambda: None)


class _LoopbackCandidate:
    """A candidate and its channel in one process: each message is answered as soon as it is sent."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self.shares: frozenset[str] = frozenset()
        self.coverage = coverage.Coverage(_Page) if coverage.KIND == "settrace" else _NoCoverage  # type: ignore[arg-type]
        self.page = _Page
        self._answer: Any = None

    def resolve(self, _: object) -> Any:
        return self.names["warm_up_target"]

    def send_text(self, text: str) -> None:
        self._answer = answers.answer(self, text)  # type: ignore[arg-type]

    def receive_text(self) -> str:
        return self._answer


def warm_up() -> None:
    """Compile, call, answer and compare, so often that the interpreter specialises each step of the common path."""
    source, sink = os.pipe()
    channel = wire.Channel(source)
    out = wire.Channel(sink)
    for _ in range(_ROUNDS):
        names = {"__name__": "warm_up"}
        code = program.compiled(_PROGRAM)
        code_objects(code)
        exec(code, names)
        loop = _LoopbackCandidate(names)
        link = remote.Link(loop, {}, None)  # type: ignore[arg-type]
        entry = remote.Remote(link, 0, "warm_up_target")
        for args, kwargs in _ARGUMENTS:
            entry(*args, **kwargs)
        test = {"form": "check", "code": "def check(candidate):\n    assert candidate([1, 2])[0] == ''\n"}
        codes = judging.compiled_tests([test])
        suite = judging.TestSuite([test], codes, {}, lambda: entry, link.blame)  # noqa: B023
        judging.run_in_order([0], suite, lambda: link.gone)  # noqa: B023
        out.send_text(Encoder().call([[1]], {}))
        channel.receive_text()
    os.close(source)
    os.close(sink)
    shared_state.SharedState(with_modules=False)
