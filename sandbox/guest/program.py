"""Compiles and starts a program, and describes an exception that left it."""

from __future__ import annotations

import binascii
import builtins
import marshal
import sys
import types
from typing import TYPE_CHECKING

from . import determinism
from .runtime import FILE

if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    from .shared_page import SharedPage
    from .wire import Channel


SETUP_FILE = "<setup>"
_MAX_CODE_BYTES = 48_000
"""Longer code is not sent on: the message must fit into the buffer of a socket that nobody reads yet."""
_DETAIL_CHARS = 500
_ARGUMENT_CHARS = 1000
_LEAVES = (type(None), bool, int, float, str)


def compiled(text: str, file: str = FILE) -> CodeType:
    """Compile a program as a file of its own (it inherits no compiler flag of the guest). A byte order mark is no part
    of a program, as in a file."""
    return compile(text.removeprefix("\ufeff"), file, "exec", dont_inherit=True, optimize=0)


def code_of(order: dict[str, Any], channel: Channel, page: SharedPage) -> CodeType:
    """Return the code of the program in an order, which holds it compiled or as text. Where the order asks for the
    code, it is the first message on the channel, sent before anything of the program has run. The message says
    whether the program is deterministic (see :mod:`determinism`) and carries the code, to be used again. The shared
    page notes the determinism too."""
    if order["code"] is not None:
        return marshal.loads(binascii.a2b_base64(order["code"]))
    code = compiled(order["program"])
    if order["send_code"]:
        is_deterministic = determinism.is_deterministic(code, *_setup_of(order))
        page.is_deterministic = is_deterministic
        sent_code = None if is_deterministic and order["mode"] == "calls" else _portable(code)
        channel.send({"op": "code", "c": sent_code, "deterministic": is_deterministic})
    return code


def _setup_of(order: dict[str, Any]) -> list[CodeType]:
    try:
        return [compiled(order["setup"], SETUP_FILE)] if order["setup"] else []
    except (SyntaxError, ValueError):
        return []


def _portable(code: CodeType) -> str | None:
    try:
        data = marshal.dumps(code)
    except ValueError:  # nested too deeply for marshal, not for the interpreter
        return None
    return binascii.b2a_base64(data, newline=False).decode("ascii") if len(data) <= _MAX_CODE_BYTES else None


class Setup:
    """A problem's setup, which runs in the program's namespace before the program. Some setups make objects of
    classes that only the program defines: a setup that failed is tried again after the program."""

    def __init__(self, text: str, names: dict[str, Any]) -> None:
        self._text = text
        self._names = names
        self._failed = bool(text) and not self._runs()

    def again(self) -> None:
        if self._failed:
            self._runs()

    def _runs(self) -> bool:
        try:
            exec(compiled(self._text, SETUP_FILE), self._names)
        except Exception:
            return False
        return True


def new_module(name: str) -> types.ModuleType:
    """Return an empty module, registered under ``name`` (dataclasses and pickle look it up there)."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    return module


def describe(error: BaseException) -> dict[str, Any]:
    """Return plain facts about an exception: the builtin name to raise it by, its own name, line, text, arguments.

    The line is where the exception arose: in the innermost frame that belongs to the program.
    """
    try:
        return {
            "n": builtin_name(error),
            "t": type(error).__name__,
            "l": line_of(error),
            "d": _text(error)[:_DETAIL_CHARS],
            "v": [_plain(each) for each in error.args] if type(error.args) is tuple else [],
            "x": exit_code(error),
        }
    except BaseException:  # its own __str__ may fail: then only the name is reported
        return {"n": builtin_name(error), "t": type(error).__name__, "l": None, "d": "", "v": [], "x": None}


def builtin_name(error: BaseException) -> str:
    """Return the name of the nearest builtin class of an exception."""
    for kind in type(error).__mro__:
        if vars(builtins).get(kind.__name__) is kind:
            return kind.__name__
    return "Exception"


def line_of(error: BaseException) -> int | None:
    """Return the physical line of the program where an exception arose, or None where it arose outside. Where the
    recursion limit refuses a call, the line is that of the call, not that of the function that never began."""
    line = None
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        is_refused = isinstance(error, RecursionError) and step.tb_lineno == code.co_firstlineno
        if code.co_filename == FILE and not (is_refused and line is not None):
            line = step.tb_lineno
        step = step.tb_next
    if line is None and isinstance(error, SyntaxError) and error.filename == FILE:
        line = error.lineno
    return line


def exit_code(error: BaseException) -> int | None:
    """Return the exit code of a process that this exception ends, or None where it is not a SystemExit."""
    if not isinstance(error, SystemExit):
        return None
    code = error.code
    if code is None:
        return 0
    return code & 0xFF if type(code) is int else 1


def _text(error: BaseException) -> str:
    text = str(error)
    return text if type(text) is str else ""


def _plain(value: Any) -> Any:
    if type(value) is str:
        return value[:_ARGUMENT_CHARS]
    if type(value) is int and value.bit_length() > 2000:
        return None
    return value if type(value) in _LEAVES else _text(value)[:_ARGUMENT_CHARS]
