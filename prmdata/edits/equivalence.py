"""Proofs that an edit changes nothing, from the two programs alone. Nothing is run.

Both programs are brought into a normal form. Assignments whose value nothing can read are left out, and what is
bound anew under a fresh name has its old name back. Programs with one normal form do the same on every input. No
proof says nothing.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import symtable
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from typing import Final, Literal

from prmdata.edits.fingerprint import parsed
from prmdata.edits.liveness import bound_anywhere, without_dead_stores

Proof = Literal["dead store", "fresh name"]
"""``dead store``: they differ in assignments that nothing reads. ``fresh name``: they differ in the names of local
variables or of imported modules (and maybe in dead stores too)."""

_PROGRAMS: Final = 16
"""How many programs are remembered: one program is compared with many edits of it, one after another."""

LOOKS_AT_ITSELF: Final = frozenset({
    "locals", "globals", "vars", "dir", "eval", "exec", "compile", "getattr", "setattr", "delattr", "hasattr",
    "__dict__", "__code__", "__doc__", "__import__", "__main__", "__builtins__", "__globals__", "__annotations__",
    "f_locals", "gi_frame", "tb_frame", "NameError", "UnboundLocalError",
    "__del__", "open", "super",
})  # fmt: skip
"""A program that mentions one of these may see the names of its variables, or how long their values live: nothing is
proved of it. ``super`` without arguments reads the first parameter."""
IMPORTS_TO_LOOK: Final = frozenset(
    {"inspect", "builtins", "importlib", "traceback", "doctest", "timeit", "dis", "ast", "gc", "weakref"}
)
"""Modules that see the same. A variable or function of the program may have such a name: ``dis`` is many a distance."""
HARMLESS_OF_SYS: Final = frozenset({
    "stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__", "argv", "exit", "setrecursionlimit",
    "getrecursionlimit", "set_int_max_str_digits", "maxsize", "version", "version_info", "platform", "byteorder",
    "float_info", "int_info",
})  # fmt: skip
"""What of ``sys`` shows neither names nor lives: nearly every program that reads standard input has one of these."""


def proof_of(before: str, after: str, *, is_script: bool = False) -> Proof | None:
    """How it is proved that the two programs do the same on every input; None where it is not. ``is_script``: what they
    write is all that is looked at, and nobody calls them or reads their variables."""
    try:
        one, other = _outline(before), _outline(after)
        has_fresh_names = not other.words <= one.words
        if one.shape != other.shape or (one.names != other.names and not has_fresh_names):
            return None
        first = _normal_form(before, is_script)
        if first is None or (
            not has_fresh_names and _live_assignments(before, is_script) - other.assignments
        ):
            return None
        second = _normal_form(after, is_script)
        if second is None:
            return None
        if ast.dump(first) == ast.dump(second):
            return "dead store"
        return "fresh name" if _differ_in_fresh_names(first, second) else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=_PROGRAMS)
def _normal_form(program: str, is_script: bool) -> ast.Module | None:
    """A program without its dead stores; None if it looks at itself."""
    tree = parsed(program)
    if _looks_at_itself(tree) or not _has_harmless_sys(tree):
        return None
    return without_dead_stores(tree, is_script=is_script)


def _looks_at_itself(tree: ast.Module) -> bool:
    """Whether a program mentions what may see its variables, or imports a module that does."""
    words, imported = frozenset(_words(tree)), frozenset(_imported(tree))
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    foreign = imported | attributes | (words - bound_anywhere(tree))
    return not (LOOKS_AT_ITSELF.isdisjoint(words | imported) and IMPORTS_TO_LOOK.isdisjoint(foreign))


def _has_harmless_sys(tree: ast.Module) -> bool:
    """Whether a program uses ``sys`` for nothing but what is harmless: each time that it says the name, it imports it or takes
    such a thing from it."""
    harmless = 0
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="sys"), attr=name) if name in HARMLESS_OF_SYS:
                harmless += 1
            case ast.Import(names=aliases):
                harmless += sum(each.name == "sys" and each.asname is None for each in aliases)
                if any(each.name == "sys" and each.asname is not None for each in aliases):
                    return False
            case ast.ImportFrom(module="sys", names=aliases):
                if not {each.name for each in aliases} <= HARMLESS_OF_SYS:
                    return False
    return sum(word == "sys" for word in _words(tree)) == harmless


@dataclass(slots=True)
class _Outline:
    """What two programs have in common if they have one normal form. Most edits change it, and to compare it takes little
    of the time that normal forms take. ``shape``: all but names, ``pass`` and assignments of one name. ``names``: the names
    beside the shape, in order; only fresh ones may differ. ``assignments``: those that the shape is without. ``words``:
    every name of the program."""

    shape: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    assignments: Counter[str] = field(default_factory=Counter)
    words: frozenset[str] = frozenset()


@lru_cache(maxsize=_PROGRAMS)
def _live_assignments(program: str, is_script: bool) -> Counter[str]:
    """The assignments of one name that a normal form has."""
    outline, form = _Outline(), _normal_form(program, is_script)
    if form is not None:
        _add(form, outline)
    return outline.assignments


@lru_cache(maxsize=_PROGRAMS)
def _outline(program: str) -> _Outline:
    tree = parsed(program)
    outline = _Outline(words=frozenset(_words(tree)))
    _add(tree, outline)
    return outline


def _add(node: ast.AST, outline: _Outline) -> None:
    kind = type(node).__name__
    outline.shape.append(kind)
    if isinstance(node, ast.alias):
        outline.shape.append(node.name)
        outline.names.append(bound_by(node))
        return
    naming = _NAMING.get(kind, ())
    for name, value in ast.iter_fields(node):
        if name == "ctx":
            continue
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, ast.AST):
                (outline.names if name in naming else outline.shape).append(repr(item))
            elif (
                isinstance(item, ast.Assign)
                and len(item.targets) == 1
                and isinstance(item.targets[0], ast.Name)
            ):
                outline.assignments[ast.dump(item)] += 1
            elif not isinstance(item, ast.Pass):
                _add(item, outline)
        outline.shape.append("]")


def _words(tree: ast.AST) -> Iterator[str]:
    """Every name of a program: variables, attributes, functions, keywords, and what imports bind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield bound_by(node)
        elif isinstance(node, ast.keyword) and node.arg is not None:
            yield node.arg
        elif isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def _imported(tree: ast.AST) -> Iterator[str]:
    """What a program imports, and from which modules, by the names that these have elsewhere, with the packages around them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.alias):
            yield from (node.name, *node.name.split("."))
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from node.module.split(".")


def bound_by(alias: ast.alias) -> str:
    """The name that an import binds."""
    return alias.asname or alias.name.split(".")[0]


def _differ_in_fresh_names(first: ast.Module, second: ast.Module) -> bool:
    """Whether the trees are equal but for names, each renamed to one that the first program does not have. A name that
    others may see is never renamed."""
    renamed: dict[str, str] = {}
    for mine, other in zip_longest(_flat(first), _flat(second)):
        if mine is None or other is None or mine[0] != other[0]:
            return False
        if mine[0] == "name":
            if renamed.setdefault(str(mine[1]), str(other[1])) != other[1]:
                return False
        elif mine != other:
            return False
    changed = {old: new for old, new in renamed.items() if old != new}
    taken = {*_words(first), *keyword.kwlist, *dir(builtins)}
    return (
        bool(changed)
        and len(set(changed.values())) == len(changed)
        and taken.isdisjoint(changed.values())
        and all(_is_private(first, set(changed)))
    )


def _flat(node: ast.AST) -> Iterator[tuple[str, object]]:
    """A tree as a sequence in which names (``name``) stand apart from everything else. The names of functions, classes,
    parameters, attributes and keywords are no names here, for calls from outside see them."""
    yield ("node", type(node).__name__)
    if isinstance(node, ast.alias):
        yield ("value", (node.name, "." in node.name and node.asname))
        yield ("name", bound_by(node))
        return
    for name, value in ast.iter_fields(node):
        is_name = name in _NAMING.get(type(node).__name__, ())
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST):
                yield from _flat(item)
            else:
                yield ("name", item) if is_name and item is not None else ("value", (name, repr(item)))
        yield ("end", name)


_NAMING: Final = {
    "Name": ("id",),
    "ExceptHandler": ("name",),
    "MatchAs": ("name",),
    "MatchStar": ("name",),
    "MatchMapping": ("rest",),
    "Global": ("names",),
    "Nonlocal": ("names",),
}


def _is_private(tree: ast.Module, names: set[str]) -> Iterator[bool]:
    """For each scope that knows one of the names, whether nobody outside sees it there: it is a variable of a function
    or what a module imports, and in another scope it is that same variable."""
    pending = [symtable.symtable(ast.unparse(tree), "<candidate>", "exec")]
    module = pending[0]
    imported = {one.get_name() for one in module.get_symbols() if one.is_imported() and not one.is_assigned()}
    while pending:
        scope = pending.pop()
        pending += scope.get_children()
        for symbol in scope.get_symbols():
            name = symbol.get_name()
            if name not in names:
                continue
            if scope is module or symbol.is_global():
                yield name in imported
            else:
                is_variable = scope.get_type() == "function" and not symbol.is_parameter()
                yield symbol.is_free() or (is_variable and not symbol.is_namespace())
