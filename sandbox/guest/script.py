"""A program run as a script: ``__main__``, its input on stdin, its output taken from descriptor 1."""

import atexit
import gc
import sys

from . import confine, program


def run(channel, board, coverage, order):
    """Run to the end as the interpreter would, tell what left it, exit with its code."""
    names = program.new_module("__main__").__dict__
    streams = sys.stdout, sys.stderr
    code, told, compiled = 0, {"op": "end"}, None
    stage = "compile"
    try:
        compiled = program.code_of(order, channel, board)
        stage = "run"
        program.Setup(order["setup"], names)
        coverage.watch(compiled)
        coverage.begin()
        exec(compiled, names)
    except BaseException as error:
        told = {"op": "e", "at": stage, **program.describe(error)}
        code = told["x"]
        if code is None:
            code = 1
            _print(error)
        elif type(error.code) is str:
            sys.stderr.write(error.code + "\n")
    del names, compiled
    code = _finish(code, streams)
    try:
        channel.send(told)
    except OSError:
        pass
    confine.leave(code)


def _finish(code, streams):
    """What the interpreter does at its end: join threads, run exit functions, flush, and finalize what
    the program leaves behind (fast output of many contest programs is written when its buffer goes), the
    ``streams`` that it was given last: something may have been written to them behind what stands for them now."""
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


def _flushed(code):
    """Flush what stands for the standard streams now; one that the program has closed needs none."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
        except BaseException:
            code = code or 120
    return code


def _print(error):
    try:
        sys.__excepthook__(type(error), error, error.__traceback__)
    except BaseException:
        return
