"""The candidate's process of a batch: trusted programs, one after the other, each in a fresh namespace.

A candidate of a small function takes 2.7 to 3.6 ms of CPU with a fork of its own and 0.28 to 0.44 ms here (medians of
four MBPP problems, tests only). Who trusts the programs is the host, by their author; this process trusts nothing more
than that they do no harm on purpose. What could make a program's result another one than in a
process of its own is noticed (see :mod:`shared_state`), and the judge is told: that program is then judged alone.
"""

from __future__ import annotations

import gc
import linecache
import os
import sys
import time
from typing import TYPE_CHECKING

from . import confine, determinism, generated_inputs, program
from .coverage import KIND
from .endless import EndlessLoops
from .runtime import FILE
from .shared_state import MODULE, SharedState, may_share, stores_attributes

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any, NoReturn

    from .candidate import Candidate
    from .coverage import AnyCoverage
    from .shared_page import SharedPage
    from .wire import Channel

END = '{"op":"z"}'
"""What the judge sends when it is through with a program."""
_FRAMES = 2
"""The frames below a program that a program of a process of its own does not have there."""
_REFUSED = {"op": "e", "at": "refused", "n": "Exception", "t": "", "l": None, "d": "", "x": None}


def run(
    make_candidate: Callable[[], Candidate],
    channel: Channel,
    page: SharedPage,
    coverage: AnyCoverage,
    order: dict[str, Any],
) -> NoReturn:
    """Serve the judge, which sends one program after the other, until it hangs up. ``make_candidate()`` returns the
    process's other half: it answers what the judge asks of one program."""
    output = _Output()
    sys.setrecursionlimit(sys.getrecursionlimit() + _FRAMES)
    state = _warmed_up(order)
    unsent: list[list[Any]] = []
    loops = EndlessLoops(lambda: end(page, channel, unsent))
    output.is_empty()
    while True:
        given = channel.receive()["program"]
        page.clear()
        page.program += 1
        page.progress += 1
        began = time.process_time()
        code = None if state is None else _shareable_code(given, order)
        if state is None or code is None or not state.may_follow(code):
            channel.send(_REFUSED)
            channel.receive()
        else:
            state.renew()
            if order["seeds"] == 1 and not state.reaches_modules(code):
                loops.watch(code)
            candidate = make_candidate()
            candidate.unsent = unsent
            _serve(candidate, {**order, "program": given}, code)
            unsent.clear()
        lines = page.lines_hit()
        loops.forget()
        changed = "" if state is None or code is None else _tidied(coverage, state, code)
        said = not output.is_empty()
        used = time.process_time() - began
        channel.send({"op": "end", "lines": lines, "cpu_s": used, "said": said, "changed": changed})


def _serve(candidate: Candidate, order: dict[str, Any], code: CodeType) -> None:
    if candidate.start(order, code):
        candidate.serve()
    else:
        candidate.channel.receive()  # the judge is through with it at once


def end(page: SharedPage, channel: Channel, unsent: list[list[Any]]) -> NoReturn:
    """End the process, whose program never would, after what the inputs before have shown."""
    page.is_endless = True
    if unsent:
        channel.send_text(generated_inputs.message(unsent))
    confine.leave(0)


def watch_alone(candidate: Candidate, code: CodeType, setup: str) -> None:
    """Watch the loops of a trusted program that has a process of its own. The tests may be no place for a batch; but where
    a loop of a deterministic program is again where it was, no test can end it."""
    one_way = determinism.is_deterministic
    if KIND == "monitoring" and _may_share(code, setup, one_way) and SharedState(False).may_follow(code):
        found = candidate.page, candidate.channel, candidate.unsent
        EndlessLoops(lambda: end(*found)).watch(code)


def _warmed_up(order: dict[str, Any]) -> SharedState | None:
    """Run what all programs of the batch are edits of, so that what it imports is there; return the state of the
    process after that, None where no program may follow it."""
    code = _shareable_code(order["reference"], order)
    if code is None:
        return None
    with_modules = stores_attributes(code) or bool(order["setup"])
    state, names = SharedState(with_modules), program.new_module("solution").__dict__
    try:
        set_up = program.Setup(order["setup"], names)
        exec(code, names)
        set_up.again()
    except Exception:
        return None
    sys.modules.pop("solution", None)
    state.renew()
    del names
    gc.collect()
    if state.change(code) not in ("", MODULE):
        return None
    gc.freeze()
    state = SharedState(with_modules)
    return state if state.may_follow(code) else None


def _shareable_code(text: str, order: dict[str, Any]) -> CodeType | None:
    """Return the code of a program that may share its process, None where it may not or does not compile. Programs that
    are judged under each seed may make sets."""
    one_way = determinism.is_deterministic
    if order["seeds"] > 1:
        one_way = determinism.is_deterministic_under_a_seed
    try:
        code = program.compiled(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return code if _may_share(code, order["setup"], one_way) else None


def _may_share(code: CodeType, setup: str, one_way: Callable[..., bool]) -> bool:
    try:
        codes = [code, program.compiled(setup, program.SETUP_FILE)] if setup else [code]
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return one_way(*codes) and all(map(may_share, codes))


def _tidied(coverage: AnyCoverage, state: SharedState, code: CodeType) -> str:
    """Drop the program that has run; return what it has changed. Its lines no longer report: a suspended generator
    runs its ``finally`` here."""
    coverage.forget()
    sys.modules.pop("solution", None)
    linecache.cache.pop(FILE, None)
    gc.collect()
    return state.change(code)


class _Output:
    """The streams of the process, as a file whose size shows whether a program has written anything."""

    def __init__(self) -> None:
        self._fd = os.memfd_create("output")
        for stream in (1, 2):
            os.dup2(self._fd, stream)

    def is_empty(self) -> bool:
        """Whether nothing was written since the last time."""
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):
            return False
        if os.lseek(self._fd, 0, os.SEEK_CUR) == 0:
            return True
        os.ftruncate(self._fd, 0)
        os.lseek(self._fd, 0, os.SEEK_SET)
        return False
