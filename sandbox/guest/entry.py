"""Finds the name of a program that is under test, and the names that tests need besides it."""

from __future__ import annotations

import builtins
import re
from opcode import opmap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType
    from typing import Any


_BUILTIN_NAMES = frozenset(dir(builtins))
_EXTENDED, _LOAD_GLOBAL = opmap["EXTENDED_ARG"], opmap["LOAD_GLOBAL"]
_LOADS = frozenset(opmap[n] for n in ("LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS") if n in opmap)
_STORES = frozenset(opmap[n] for n in ("STORE_NAME", "STORE_GLOBAL"))


def root_of(entry: str) -> str:
    """Return the name that an entry point starts with: ``Solution`` for ``Solution().f``."""
    found = re.match(r"\s*([^\W\d]\w*)", entry)
    return found.group(1) if found else entry


def infer(reference: str, tests: Iterable[str]) -> str | None:
    """Return the entry point where a problem names none: the top-level name of the reference that most tests call.
    Among equals it is the one called first (outermost). Return None where tests call no such name."""
    import ast  # only the host needs it: whatever the guest imports is copied by each fork

    defined = _defined_at_top(ast, reference)
    counts: dict[str, int] = {}
    for test in tests:
        called: dict[str, None] = {}
        for node in ast.walk(_tree(ast, test)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in defined:
                called.setdefault(node.func.id)
        for name in called:
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=counts.__getitem__, default=None)


def free_names(code: CodeType) -> set[str]:
    """Return the names that compiled code reads and neither binds nor finds among the builtins. The byte code is twenty
    times cheaper to read than a syntax tree, and exact where attributes share a name with a global."""
    read, bound = set(), set()
    todo = [code]
    for each in todo:
        todo.extend(const for const in each.co_consts if type(const) is type(code))
        given, extended = each.co_code, 0
        for op, low in zip(given[::2], given[1::2], strict=True):
            argument = extended | low
            extended = argument << 8 if op == _EXTENDED else 0
            if op == _LOAD_GLOBAL:
                read.add(each.co_names[argument >> 1])
            elif op in _LOADS:
                read.add(each.co_names[argument])
            elif op in _STORES:
                bound.add(each.co_names[argument])
    return read - bound - _BUILTIN_NAMES


def _defined_at_top(ast: Any, program: str) -> set[str]:
    names = set()
    for node in _tree(ast, program).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _tree(ast: Any, text: str) -> Any:
    try:
        return ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
