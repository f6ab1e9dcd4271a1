"""Equal for certain: two programs with the same fingerprint compile to the same code.

Comments, layout, redundant parentheses, folded constants and docstrings make no difference; line
numbers do not count. Different fingerprints prove nothing (two loops may do the same).
"""

from __future__ import annotations

import ast
import hashlib
import threading
import types
import warnings
from functools import lru_cache

_quiet = threading.Lock()


def compiled(program: str) -> types.CodeType | None:
    """The code of ``program`` without its docstrings; None where this Python cannot compile it.

    0.5 ms for 20 lines. Warnings (``is`` with a literal, an odd escape) are nobody's concern here.
    """
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(program)
            _strip_docstrings(tree)
            return compile(tree, "<candidate>", "exec", dont_inherit=True, optimize=0)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            return None


@lru_cache(maxsize=1024)
def fingerprint(program: str) -> str:
    """A digest of ``program``'s compiled code; of its text where it does not compile.

    Remembered for a while: whoever proposes an edit and whoever splices it in ask about the same program.
    """
    code = compiled(program)
    try:
        said = None if code is None else repr(_plain(code))
    except (RecursionError, MemoryError):  # constants in constants beyond what Python writes
        said = None
    if said is None:
        return "text:" + hashlib.blake2b(program.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def is_compiled(digest: str) -> bool:
    """Whether the program with this fingerprint compiled."""
    return not digest.startswith("text:")


def _strip_docstrings(node: ast.AST) -> None:
    """Take docstrings out of every module, class and function (statements only are walked)."""
    pending = [node]
    while pending:
        current = pending.pop()
        body = getattr(current, "body", None)
        if not isinstance(body, list):
            continue
        if isinstance(current, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            match body:
                case [ast.Expr(value=ast.Constant(value=str())) as first, *_]:
                    body[:1] = [] if len(body) > 1 else [ast.copy_location(ast.Pass(), first)]
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            pending += getattr(current, name, [])


def _plain(value: object) -> object:
    """``value`` (a constant or code) as something whose ``repr`` is equal only for equal values:
    1, 1.0 and True differ, and so do 0.0 and -0.0; sets have one order."""
    if isinstance(value, types.CodeType):
        return (
            "code", value.co_name, value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount,
            value.co_flags, value.co_code, value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars,
            getattr(value, "co_exceptiontable", b""), tuple(_plain(constant) for constant in value.co_consts),
        )  # fmt: skip
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    if isinstance(value, frozenset):
        return ("frozenset", *sorted(repr(_plain(item)) for item in value))
    if isinstance(value, int):
        return (type(value).__name__, _digits(value))
    return (type(value).__name__, repr(value))


def _digits(value: int) -> str:
    """A number as text, however many digits Python writes."""
    try:
        return repr(value)
    except ValueError:
        return hex(value)
