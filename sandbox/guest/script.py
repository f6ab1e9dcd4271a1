"""Runs a program as a script: as ``__main__``, with its input on stdin and its output taken from descriptor 1."""

from __future__ import annotations

import atexit
import gc
import sys
from typing import TYPE_CHECKING

from . import confine, program, runtime, surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn

    from .coverage import AnyCoverage
    from .shared_page import SharedPage
    from .wire import Channel


def run(channel: Channel, page: SharedPage, coverage: AnyCoverage, order: dict[str, Any]) -> NoReturn:
    """Run the program to its end as the interpreter would, report the exception that left it, exit with its code."""
    names = program.new_module("__main__").__dict__
    surroundings.enter(order["surroundings"])
    runtime.prepare(names, order["program"])
    streams = sys.stdout, sys.stderr
    code = 0
    message: dict[str, Any] = {"op": "end"}
    compiled = None
    stage = "compile"
    try:
        compiled = program.code_of(order, channel, page)
        stage = "run"
        program.Setup(order["setup"], names)
        coverage.watch(compiled)
        coverage.begin()
        exec(compiled, names)
    except BaseException as error:
        message = {"op": "e", "at": stage, **program.describe(error)}
        code = message["x"]
        if code is None:
            code = 1
            _print(error)
        elif isinstance(error, SystemExit) and type(error.code) is str:
            sys.stderr.write(error.code + "\n")
    del names, compiled
    code = _finish(code, streams)
    try:
        channel.send(message)
    except OSError:
        pass
    confine.leave(code)


def _finish(code: int, streams: Iterable[Any]) -> int:
    """Do what the interpreter does at its end: join threads, run exit functions, flush, and finalize what the
    program leaves behind (many contest programs write their output when its buffer is finalized). The original
    ``streams`` are flushed last: the program may have written to them although it replaced them."""
    try:
        threading = sys.modules.get("threading")
        if threading is not None:
            threading._shutdown()
        atexit._run_exitfuncs()
    except BaseException as error:
        _print(error)
    code = _flushed(code)
    sys.modules.pop("__main__", None)
    gc.collect()
    code = _flushed(code)
    for stream in streams:
        try:
            stream.flush()
        except BaseException:
            continue
    return code


def _flushed(code: int) -> int:
    """Flush the current standard streams; a stream that the program has closed needs no flush."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
        except BaseException:
            code = code or 120
    return code


def _print(error: BaseException) -> None:
    try:
        sys.__excepthook__(type(error), error, error.__traceback__)
    except BaseException:
        return
