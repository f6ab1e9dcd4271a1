"""How a file of tests imports the program under test, and what replaces those imports.

Names that a file imports from the program become attributes of ``__solution__``, the judge's own handle on
the candidate.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import Final

from prmdata.problems.entry import SOLUTION
from prmdata.problems.syntax import bound_names, parse

Edits = Iterator[tuple[tuple[int, int], str]]
"""Spans of bytes, each with the text that replaces it."""

_FRAMEWORKS: Final = frozenset({"pytest", "unittest", "unit_tests"})
_EXCEPTIONS: Final = ("Exception", "Error", "Warning")
_USUAL: Final = frozenset(
    {"solution", "your_module", "your_solution", "main", "candidate", "submission", "answer"}
)
"""The names that files of tests often use for the program under test, whatever it defines."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class SourceText:
    """A text that is edited at places from its syntax tree. The columns of a tree count bytes."""

    def __init__(self, text: str) -> None:
        self._data = text.encode()
        self._starts = [0]
        for line in self._data.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        if text.startswith("\ufeff"):
            self._data = self._data[3:]
            self._starts = [max(start - 3, 0) for start in self._starts]

    def span(self, node: ast.stmt) -> tuple[int, int]:
        """The first and the last byte of a statement, including its decorators."""
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(one.lineno for one in decorators)])
        begin = self._starts[first - 1] + node.col_offset
        return begin, self._starts[(node.end_lineno or first) - 1] + (node.end_col_offset or 0)

    def edited(self, edits: list[tuple[tuple[int, int], str]]) -> str:
        """The text with each span replaced. It ends with a line end."""
        data, last, parts = self._data, 0, []
        for (begin, end), text in sorted(edits):
            parts += [data[last:begin], text.encode()]
            last = end
        text = b"".join([*parts, data[last:]]).decode()
        return text if text.endswith("\n") or not text else text + "\n"


class TestedProgram:
    """The program under test as a file of tests imports it."""

    def __init__(self, reference: str, text: str) -> None:
        try:
            self._bound = bound_names(parse(reference).body)
        except SyntaxError:
            self._bound = {}
        self._aliases: dict[str, str] = {}
        """The names by which the file refers to a name of the program."""
        self._modules: set[str] = set()
        tree = parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and self._is_program(node):
                for alias in node.names:
                    self._aliases[alias.asname or alias.name] = alias.name
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if self._is_module(alias, tree):
                        self._modules.add(alias.asname or alias.name)
        if "*" in self._aliases or (not self._aliases and not self._modules):
            local = bound_names(tree.body)
            self._aliases |= {name: name for name in self._bound if name not in local}
            self._aliases.pop("*", None)

    def order(self, name: str) -> int:
        """The place of a name among those that the program defines; -1 if it does not define the name. Of two
        names, the later one counts, because helpers come first."""
        return list(self._bound).index(name) if name in self._bound else -1

    def names_in(self, tree: ast.AST) -> set[str]:
        """The functions and classes of the program that a part of the file uses."""
        found = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in self._aliases:
                found.add(self._aliases[node.id])
            elif (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in self._modules
            ):
                found.add(node.attr)
        return {name for name in found if self._is_callable(name)}

    def imports_replaced(self, source: SourceText, body: list[ast.stmt]) -> Edits:
        """Imports of the program become assignments from the judge's handle on it."""
        tree = ast.Module(body, [])
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and self._is_program(node):
                yield source.span(node), self._assigned(node)
            elif isinstance(node, ast.Import) and any(self._is_module(alias, tree) for alias in node.names):
                yield source.span(node), "; ".join(self._module(alias, tree) for alias in node.names)

    def _assigned(self, node: ast.ImportFrom) -> str:
        """``f = __solution__.f`` for a function or class; other names are the judge's own, as without an import."""
        names = [(alias.name, alias.asname or alias.name) for alias in node.names]
        if names == [("*", "*")]:
            names = [(name, name) for name in self._bound if not name.startswith("_")]
        pieces = [
            f"{shown} = {SOLUTION}.{name}" if self._is_callable(name) else f"{shown} = {name}"
            for name, shown in names
            if self._is_callable(name) or shown != name
        ]
        return "; ".join(pieces) or "pass"

    def _module(self, alias: ast.alias, tree: ast.AST) -> str:
        shown = alias.asname or alias.name
        if not self._is_module(alias, tree):
            return f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
        return f"{shown} = {SOLUTION}" if "." not in shown else "pass"

    def _is_callable(self, name: str) -> bool:
        """Whether a name is taken from the candidate. Functions and classes are, but exceptions are not: an
        exception is recognised by its class, so its class must be the judge's own."""
        node = self._bound.get(name)
        if node is None:
            return not self._bound and not name.endswith(_EXCEPTIONS)
        if isinstance(node, ast.ClassDef):
            return not self._is_exception(node)
        if isinstance(node, _Function):
            return True
        return isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)

    def _is_exception(self, node: ast.ClassDef, depth: int = 0) -> bool:
        names = [base.id for base in node.bases if isinstance(base, ast.Name)]
        return any(
            name.endswith(_EXCEPTIONS)
            or (
                depth < len(self._bound)
                and isinstance(inner := self._bound.get(name), ast.ClassDef)
                and self._is_exception(inner, depth + 1)
            )
            for name in names
        )

    def _is_program(self, node: ast.ImportFrom) -> bool:
        top = (node.module or "").partition(".")[0]
        if node.level:
            return True
        if top in _FRAMEWORKS or top in sys.stdlib_module_names:
            return False
        if not self._bound:
            return top in _USUAL
        return top in _USUAL or all(alias.name in self._bound for alias in node.names)

    def _is_module(self, alias: ast.alias, tree: ast.AST) -> bool:
        top = alias.name.partition(".")[0]
        if top in _FRAMEWORKS or top in sys.stdlib_module_names or top in self._bound:
            return False
        if top in _USUAL:
            return True
        shown = alias.asname or alias.name
        read = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == shown
        }
        return bool(read) and read <= self._bound.keys()
