"""What the reference's code says of its input's form: how many values it unpacks from a line, and whether the first
number says how often the rest is read."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeGuard

_READERS: Final = frozenset({"input", "readline", "split", "readlines", "read"})
FIRST: Final = "x1"
"""The name that a learned grammar gives to the first number."""


@dataclass(frozen=True, slots=True)
class CodeReading:
    """``widths``: numbers of values that are unpacked at once from what is read. ``names``: the names that read values
    get, in the order of the text. ``loops``: fields (``FIRST`` and others of the first line) that say how often a loop
    reads."""

    widths: frozenset[int] = frozenset()
    names: tuple[str, ...] = ()
    loops: frozenset[str] = frozenset()


def reading_of(program: str) -> CodeReading:
    """What ``program`` (Python) says; nothing where it cannot be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return CodeReading()
    readers = _readers(tree)
    widths: set[int] = set()
    names: list[str] = []
    for node in ast.walk(tree):
        if _is_read(node, readers):
            for target in node.targets:
                bound = _bound(target)
                if isinstance(target, ast.Tuple | ast.List) and _is_fixed(target):
                    widths.add(len(bound))
                names += bound
        elif _unpacks(node) and _reads(node.iter, readers):
            widths.add(len(_bound(node.target)))
    loops = {FIRST} if _first_counts(tree, readers) else set()
    loops |= {f"x{place}" for place, name in _first_line(tree, readers) if _counts(name, tree, readers)}
    return CodeReading(frozenset(widths), tuple(dict.fromkeys(names)), frozenset(loops))


def _readers(tree: ast.Module) -> frozenset[str]:
    """The names of functions that read: the interpreter's, and those of the program that call one of these."""
    readers = set(_READERS)
    for _ in range(3):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and _reads(node, readers):
                readers.add(node.name)
            elif _names_a_function(node) and _mentions(node.value, readers):
                readers.update(name for target in node.targets for name in _bound(target))
    return frozenset(readers)


def _names_a_function(node: ast.AST) -> TypeGuard[ast.Assign]:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda | ast.Attribute)


def _unpacks(node: ast.AST) -> TypeGuard[ast.For | ast.comprehension]:
    return isinstance(node, ast.For | ast.comprehension) and isinstance(node.target, ast.Tuple)


def _is_read(node: ast.AST, readers: frozenset[str]) -> TypeGuard[ast.Assign]:
    """Whether an assignment binds what it reads, and not a function that will read."""
    is_function = isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)
    return isinstance(node, ast.Assign) and not is_function and _reads(node.value, readers)


def _reads(node: ast.AST, readers: frozenset[str] | set[str]) -> bool:
    return any(isinstance(each, ast.Call) and _called(each) in readers for each in ast.walk(node))


def _mentions(node: ast.AST, readers: set[str]) -> bool:
    return any(_name(each) in readers for each in ast.walk(node))


def _called(node: ast.Call) -> str:
    return _name(node.func)


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _bound(target: ast.AST) -> list[str]:
    return [each.id for each in ast.walk(target) if isinstance(each, ast.Name)]


def _is_fixed(target: ast.Tuple | ast.List) -> bool:
    return not any(isinstance(each, ast.Starred) for each in target.elts)


def _first_counts(tree: ast.Module, readers: frozenset[str]) -> bool:
    """Whether the number read first is how often a loop, which reads too, runs."""
    first = next(_of_numbers(tree, readers), None)
    for node in ast.walk(tree):
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Call) and _called(node.iter) == "range":
            bound = node.iter.args[-1]
            is_first = _reads(bound, readers) or (first is not None and first in _bound(bound))
            if is_first and any(_reads(each, readers) for each in node.body):
                return True
        elif isinstance(node, ast.While) and first in _bound(node.test):
            return any(_reads(each, readers) for each in node.body)
    return False


def _of_numbers(tree: ast.Module, readers: frozenset[str]) -> Iterator[str]:
    """The names that a single number which is read gets."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            is_number = _called(node.value) == "int" and _reads(node.value, readers)
            if (is_number or _called(node.value) in readers - _READERS) and isinstance(
                node.targets[0], ast.Name
            ):
                yield node.targets[0].id


def _first_line(tree: ast.Module, readers: frozenset[str]) -> Iterator[tuple[int, str]]:
    """The names of the values of the line that is read first, with their places from 1: unpacked at once, or taken one by
    one from the list that the line is split into."""
    first = next(
        (node for node in ast.walk(tree) if _is_read(node, readers)),
        None,
    )
    match first:
        case ast.Assign(targets=[ast.Tuple() | ast.List() as target]) if _is_fixed(target):
            yield from enumerate(_bound(target), 1)
        case ast.Assign(targets=[ast.Name(id=line)]):
            for node in ast.walk(tree):
                match node:
                    case ast.Assign(
                        targets=[ast.Name(id=name)],
                        value=ast.Call(
                            func=ast.Name(id="int"),
                            args=[
                                ast.Subscript(
                                    value=ast.Name(id=split), slice=ast.Constant(value=int() as place)
                                )
                            ],
                        ),
                    ) if split == line and place >= 0:
                        yield place + 1, name


def _counts(name: str, tree: ast.Module, readers: frozenset[str]) -> bool:
    """Whether ``name`` is how often a loop runs that reads."""
    return any(
        isinstance(node, ast.For)
        and isinstance(node.iter, ast.Call)
        and _called(node.iter) == "range"
        and isinstance(node.iter.args[-1], ast.Name)
        and node.iter.args[-1].id == name
        and any(_reads(each, readers) for each in node.body)
        for node in ast.walk(tree)
    )
