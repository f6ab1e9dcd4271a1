"""What a program finds around it: as much as possible what it would find in a plain interpreter.

Of 28 right programs that use the interpreter's own means, eight failed for the want of a source text, a shared memory
folder, a standard input that can be opened again, a large thread stack or a few frames of recursion.
"""

from __future__ import annotations

import _thread
import os
import resource
import sys
from typing import TYPE_CHECKING

from . import confine

if TYPE_CHECKING:
    from typing import Any


FILE = "<program>"
_GUEST_FRAMES = 16
"""The guest's own frames below a candidate's, which do not count against its recursion limit."""
_STACK_SHARE = 8
"""A thread's stack may take this share of the address space. Functions of Python need none of it (since 3.11), but
programs ask for 512 MB of it by habit."""
_set_stack_size = _thread.stack_size


def prepare(names: dict[str, Any], text: str) -> None:
    """Prepare the process and the namespace of a program whose text is ``text``."""
    confine.show_memory()
    names["__file__"] = os.path.join(os.getcwd(), "solution.py")
    cache = sys.modules.get("linecache")
    if cache is not None:  # inspect and traceback read source texts there
        lines = [line + "\n" for line in text.split("\n")]
        cache.cache[FILE] = (len(text), None, lines, FILE)
    if "multiprocessing" in text or "concurrent" in text:
        _fork_processes()
    sys.setrecursionlimit(sys.getrecursionlimit() + _GUEST_FRAMES)
    _bound_stacks()


def _fork_processes() -> None:
    """Have ``multiprocessing`` fork unless the program says otherwise, as it does up to Python 3.13: from 3.14 on it starts
    interpreters that would import the program from its file, and there is none."""
    from multiprocessing import context  # an import that programs without it shall not pay for

    default: Any = getattr(context, "_default_context", None)
    fork = getattr(context, "_concrete_contexts", {}).get("fork")
    if fork is not None and hasattr(default, "_default_context"):
        default._default_context = fork


def _bound_stacks() -> None:
    """Grant a stack as large as fits, where a program asks for a larger one."""
    space = resource.getrlimit(resource.RLIMIT_AS)[0]
    most = space // _STACK_SHARE

    def stack_size(size: int = 0, /) -> int:
        return _set_stack_size(min(size, most) if type(size) is int and space > 0 else size)

    for module in (_thread, sys.modules.get("threading")):
        if module is not None:
            module.stack_size = stack_size  # type: ignore[attr-defined]


def flush() -> None:
    """Flush the standard streams as far as the program has left them to be flushed."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            continue
