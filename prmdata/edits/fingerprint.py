"""Fingerprints that prove equality: two programs with the same fingerprint compile to the same code.

Comments, layout, redundant parentheses, folded constants, docstrings and line numbers make no difference.
Different fingerprints prove nothing (two loops may do the same).
"""

from __future__ import annotations

import ast
import dis
import hashlib
import threading
import types
import warnings
from functools import lru_cache

_quiet = threading.Lock()
_LOADS = frozenset(dis.hasconst)
_MOST_BYTE = 256
"""A constant with this number and above is loaded by two instructions."""


def compiled(program: str) -> types.CodeType | None:
    """The code of ``program`` without its docstrings; None if this Python cannot compile it.

    It takes 0.5 ms for 20 lines. Warnings (``is`` with a literal, an odd escape) are ignored.
    """
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(program)
            _strip_docstrings(tree)
            return compile(tree, "<candidate>", "exec", dont_inherit=True, optimize=0)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            return None


def parsed(program: str) -> ast.Module:
    """The syntax of ``program``, without warnings. Raises what ``ast.parse`` raises."""
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(program)


@lru_cache(maxsize=1024)
def fingerprint(program: str) -> str:
    """A digest of ``program``'s compiled code, or of its text if it does not compile.

    Results are cached for a while, because the code that proposes an edit and the code that splices it ask
    about the same program.
    """
    code = compiled(program)
    try:
        said = None if code is None else repr(_plain(code))
    except (RecursionError, MemoryError):  # constants nested more deeply than Python can print
        said = None
    if said is None:
        return "text:" + hashlib.blake2b(program.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def is_compiled(digest: str) -> bool:
    """Whether the program with this fingerprint compiled."""
    return not digest.startswith("text:")


def _strip_docstrings(node: ast.AST) -> None:
    """Removes the docstrings of modules, classes and functions (only statements are visited)."""
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
    """``value`` (a constant or code) as something whose ``repr`` is equal only for equal values. 1, 1.0 and
    True differ, and so do 0.0 and -0.0; sets get a fixed order."""
    if isinstance(value, types.CodeType):
        return (
            "code", value.co_name, value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount,
            value.co_flags, value.co_code, value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars,
            getattr(value, "co_exceptiontable", b""), tuple(_plain(constant) for constant in _used_constants(value)),
        )  # fmt: skip
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    if isinstance(value, frozenset):
        return ("frozenset", *sorted(repr(_plain(item)) for item in value))
    if isinstance(value, int):
        return (type(value).__name__, _digits(value))
    return (type(value).__name__, repr(value))


def _used_constants(code: types.CodeType) -> list[object]:
    """The constants of ``code``, with None for each that no instruction loads: since Python 3.14 the first one stays in the
    list after it was folded."""
    constants: list[object] = list(code.co_consts)
    if len(constants) < _MOST_BYTE:
        used = {
            place
            for operation, place in zip(code.co_code[::2], code.co_code[1::2], strict=True)
            if operation in _LOADS
        }
        constants = [each if place in used else None for place, each in enumerate(constants)]
    return constants


def _digits(value: int) -> str:
    """A number as text, even if it has more digits than Python prints."""
    try:
        return repr(value)
    except ValueError:
        return hex(value)
