"""Runs a program as a script on many inputs in one process: a fresh namespace and fresh streams for each of them.

A fresh start costs 3 ms and an input here about a tenth of that. What an input leaves in the interpreter beside the namespace is put
back as far as it is known (:class:`Interpreter`); so whatever decides a label is confirmed on a fresh start (see
:mod:`script_runs`).
"""

from __future__ import annotations

import atexit
import builtins
import gc
import io
import os
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from . import confine, program, runtime
from .shared_page import MAX_LINES
from .stdin import stdin
from .work import SLOW

if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, NoReturn

    from .coverage import AnyCoverage
    from .shared_page import SharedPage
    from .wire import Channel


OUTPUT_BYTES = 1 << 16
"""A longer output is left to a fresh start."""

_TRIES = 100


def run(channel: Channel, page: SharedPage, coverage: AnyCoverage, order: dict[str, Any]) -> NoReturn:
    """Run the program on each input of the order, send what came of each, and end the process."""
    runtime.prepare({}, order["program"])
    page.expect(order["program"])
    try:
        code = program.code_of(order, channel, page)
    except BaseException as error:
        channel.send({"op": "e", "at": "compile", **program.describe(error)})
        confine.leave(1)
    coverage.watch(code)
    if not order["tests"]:
        coverage.switch()
        if not order["lines"]:
            coverage.focus(order["watch"])
    if order["work"]:
        coverage.bound(order["work"], order["most_s"])
    watch = [MAX_LINES + line for line in order["watch"] if 0 < line < MAX_LINES]
    interpreter, send, leave = Interpreter(), channel.send, confine.leave
    for text in order["inputs"]:
        if order["lines"]:
            page.clear(MAX_LINES)
        for at in watch:
            page.lines[at] = 0
        coverage.restart()
        page.progress += 1
        run_once = partial(_run_once, interpreter, code, order["setup"], coverage, text)
        coverage.begin_input()
        status, output, unread = run_once()
        if order["work"] and coverage.is_over(run_once):
            status = SLOW[1]
        seen = {"op": "a", "s": status, "t": output, "u": unread}
        seen["w"] = any(page.lines[at] for at in watch)
        seen["l"] = page.lines_hit(MAX_LINES) if order["lines"] else None
        send(seen)
    leave(0)


def _run_once(
    interpreter: Interpreter, code: CodeType, setup: str, coverage: AnyCoverage, text: str
) -> tuple[str, str, bool]:
    """Run the program on one input; return its status, its output, and whether it left some of the input unread."""
    interpreter.begin(text)
    status = _status(code, setup, coverage)
    coverage.begin()  # what runs at the end belongs to the program too: its own output stream is flushed there
    found = interpreter.end(status)
    coverage.end()
    return found


def _status(code: CodeType, setup: str, coverage: AnyCoverage) -> str:
    """Run the program once; return "" or the builtin name of the exception that ends its process with a failure."""
    names = program.new_module("__main__").__dict__
    names["__file__"] = os.path.join(os.getcwd(), "solution.py")
    try:
        program.Setup(setup, names)
        coverage.begin()
        exec(code, names)
    except SystemExit as error:
        return "" if program.exit_code(error) == 0 else "SystemExit"
    except BaseException as error:
        return program.builtin_name(error)
    finally:
        coverage.end()
    return ""


class Interpreter:
    """What a program finds in its interpreter at its start, to be found again at each start."""

    def __init__(self) -> None:
        self._out = os.memfd_create("stdout")
        self._home = os.getcwd()
        self._argv = list(sys.argv)
        self._builtins = dict(vars(builtins))
        self._recursion = sys.getrecursionlimit()
        self._digits = sys.get_int_max_str_digits()
        random = sys.modules.get("random")
        self._random = random and (random.setstate, random.getstate())

    def begin(self, text: str) -> None:
        """Set up the streams and put back what the run before has left."""
        reading = stdin(text.encode("utf-8", "surrogatepass"))
        os.dup2(reading, 0)
        os.close(reading)
        os.ftruncate(self._out, 0)
        os.lseek(self._out, 0, os.SEEK_SET)
        os.dup2(self._out, 1)
        sys.stdin = sys.__stdin__ = _stream(0, "r")  # type: ignore[misc]
        sys.stdout = sys.__stdout__ = _stream(1, "w")  # type: ignore[misc]
        sys.stderr = sys.__stderr__ = _stream(2, "w")  # type: ignore[misc]
        self._in, self._streams = sys.stdin, (sys.stdout, sys.stderr)
        self._restore_builtins()
        sys.argv[:] = self._argv
        sys.setrecursionlimit(self._recursion)
        sys.set_int_max_str_digits(self._digits)
        os.chdir(self._home)
        if self._random:
            self._random[0](self._random[1])

    def _restore_builtins(self) -> None:
        names = builtins.__dict__
        for name in names.keys() - self._builtins.keys():
            del names[name]
        names.update(self._builtins)

    def end(self, status: str) -> tuple[str, str, bool]:
        """Do what the interpreter does at its end; return (status, output, whether any input is left unread)."""
        try:
            threading = sys.modules.get("threading")
            if threading is not None:
                _join_all(threading)
            atexit._run_exitfuncs()
        except BaseException as error:
            status = status or program.builtin_name(error)
        atexit._clear()
        _flush(sys.stdout)
        sys.modules.pop("__main__", None)
        gc.enable()
        gc.collect()
        for stream in self._streams:
            _flush(stream)
        size = os.fstat(self._out).st_size
        if size > OUTPUT_BYTES:
            return "OverflowError", "", False
        output = os.pread(self._out, size, 0).decode("utf-8", "replace")
        return status, output, _is_unread(self._in)


def _stream(fd: int, mode: str) -> io.TextIOWrapper:
    """Return a text stream like the one that an interpreter makes for a standard descriptor."""
    raw = io.FileIO(fd, mode, closefd=False)
    raw.name = ("<stdin>", "<stdout>", "<stderr>")[fd]
    stream: io.TextIOWrapper
    if mode == "r":
        stream = io.TextIOWrapper(io.BufferedReader(raw), "utf-8", "surrogateescape")
    else:
        errors = "surrogateescape" if fd == 1 else "backslashreplace"
        stream = io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", errors, line_buffering=fd == 2)
    stream.mode = mode  # type: ignore[misc]  # a program may look whether it may read
    return stream


def _join_all(threading: Any) -> None:
    """Wait for the threads that a process waits for at its end, and until the kernel has given back their stacks: the
    next input may ask for as large ones."""
    main, daemons, others = threading.main_thread(), 0, False
    for thread in threading.enumerate():
        if thread.daemon:
            daemons += 1
        elif thread is not main:
            thread.join()
            others = True
    if others:
        for _ in range(_TRIES):
            if len(os.listdir("/proc/self/task")) <= 1 + daemons:
                return
            time.sleep(0.0005)


def _flush(stream: Any) -> None:
    try:
        if stream is not None and not getattr(stream, "closed", False):
            stream.flush()
    except BaseException:
        return


def _is_unread(stream: Any) -> bool:
    try:
        return not stream.closed and bool(stream.read().strip())
    except BaseException:
        return False
