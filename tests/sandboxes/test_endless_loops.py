"""No loop that comes to its end is proved endless: random programs of nested loops, with and without the watch."""

from __future__ import annotations

import random
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from prmdata.resources import guest_module

endless = guest_module("endless")
pytestmark = pytest.mark.skipif(not hasattr(sys, "monitoring"), reason="loops report from Python 3.12 on")

EXPRESSIONS = [
    "a",
    "b",
    "c",
    "0",
    "1",
    "2",
    "a+1",
    "b-1",
    "a%3",
    "b%2",
    "-c",
    "c*1",
    "a+b",
    "(a+1)%3",
    "(b+1)%2",
]
CONDITIONS = ["a<2", "b>0", "a!=b", "c==0", "True", "a%2==0", "c<3", "b<a"]
ITEMS = ("[0] * 6", "(1, 1, 1)", "range(3)", "[0, 1] * 4", "iter([0] * 7)")


class Proved(BaseException):
    """A loop was proved endless."""


class OutOfTime(BaseException):
    """A program ran for longer than those that end."""


def block(draw: random.Random, depth: int, in_loop: bool, indent: str) -> list[str]:
    """The lines of a random block."""
    lines: list[str] = []
    for _ in range(draw.randint(1, 3)):
        kind = draw.choices(("assign", "if", "while", "for", "leave"), (8, 2, 4, 4, 2))[0]
        if kind == "leave" and in_loop:
            lines.append(f"{indent}if {draw.choice(CONDITIONS)}: {draw.choice(('break', 'continue'))}")
        elif kind in ("assign", "leave") or not depth:
            name = draw.choice("abc")
            value = draw.choice(("0", f"{name}+1", f"1-{name}", draw.choice(EXPRESSIONS)))
            lines.append(f"{indent}{name} = {value}")
        else:
            head = draw.choice(CONDITIONS)
            if kind == "for":
                head = f"{draw.choice('_ab')} in {draw.choice(ITEMS)}"
            lines.append(f"{indent}{kind} {head}:")
            lines += block(draw, depth - 1, in_loop or kind != "if", indent + "    ")
    return lines


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    def end(*_: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, end)
    # Again and again: what is raised in the callback of a weak reference is lost.
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def outcome(code: Any, loops: Any) -> str:
    names: dict[str, Any] = {}
    try:
        with limited(0.02):
            loops.watch(code)
            exec(code, names)
            names["f"](0, 1, 2)
        return "ended"
    except Proved:
        return "proved"
    except OutOfTime:
        return "unproved"
    finally:
        loops.forget()


def test_no_program_that_ends_is_proved_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    def end() -> None:
        raise Proved

    monkeypatch.setattr(endless, "_FIRST", 4)
    monkeypatch.setattr(endless, "_IN_TURN", 12)
    loops, draw = endless.EndlessLoops(end), random.Random(1)
    seen: dict[str, int] = {}
    try:
        for _ in range(400):
            text = "def f(a, b, c):\n" + "\n".join(block(draw, 3, False, "    ")) + "\n    return a, b, c\n"
            code = compile(text, "<solution>", "exec")
            found = outcome(code, loops)
            seen[found] = seen.get(found, 0) + 1
            if found == "proved":
                names: dict[str, Any] = {}
                exec(code, names)
                with pytest.raises(OutOfTime), limited(0.02):
                    names["f"](0, 1, 2)
    finally:
        sys.monitoring.free_tool_id(sys.monitoring.PROFILER_ID)  # type: ignore[attr-defined]
    assert seen["proved"] > seen.get("unproved", 0)
