"""A program's text, steps and syntax tree, and the place of each node in the text.

Each part is computed once, when it is first asked for. Spans are offsets into ``program``; their end is
exclusive.

The tree is Python's own ``ast``. For a 30-line program with positions, parents and an index by type it takes
0.5 ms; libcst with positions takes ten times that.
"""

from __future__ import annotations

import ast
import keyword
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar, overload

from prmdata.records import Step
from prmdata.steps import split_steps
from prmdata.steps.split import physical_lines

Span = tuple[int, int]
A = TypeVar("A", bound=ast.AST)
B = TypeVar("B", bound=ast.AST)
C = TypeVar("C", bound=ast.AST)
D = TypeVar("D", bound=ast.AST)
_BARE = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)


class ProgramText:
    """A program, its steps and its tree.

    The first ``given`` steps belong to the prompt: operators see them, but edits never touch them. Programs
    keep their bytes: new text has to use ``eol`` and ``indent_unit``.
    """

    def __init__(self, program: str, given: int = 0, steps: tuple[Step, ...] | None = None) -> None:
        self.program = program
        self.given = given
        self.steps = split_steps(program) if steps is None else steps

    # ------------------------------------------------------------ text

    @cached_property
    def lines(self) -> list[str]:
        """Physical lines with their ends."""
        return physical_lines(self.program)

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset of each physical line, and at the end the length of the program."""
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line))
        return starts

    @cached_property
    def step_starts(self) -> list[int]:
        """The offset of each step, and at the end the length of the program."""
        starts = [0]
        for step in self.steps:
            starts.append(starts[-1] + len(step.text))
        return starts

    @cached_property
    def eol(self) -> str:
        """The line end of the first line that has one."""
        for line in self.lines:
            body = line.rstrip("\r\n")
            if len(body) < len(line):
                return line[len(body) :]
        return "\n"

    @cached_property
    def indent_unit(self) -> str:
        """What the first indented step adds to the indentation of the step before; four spaces if no step is
        indented."""
        before = ""
        for index in range(len(self.steps)):
            indent = self.indent(index)
            if len(indent) > len(before) and indent.startswith(before):
                return indent[len(before) :]
            before = indent
        return "    "

    def indent(self, step: int) -> str:
        """The indentation of the logical line of ``step``."""
        line = self.lines[self.steps[step].code_line - 1]
        return line[: len(line) - len(line.lstrip(" \t\f"))]

    def code_start(self, step: int) -> int:
        """The offset of the first physical line of ``step``'s logical line (its comments come before)."""
        return self.line_starts[self.steps[step].code_line - 1]

    def step_at(self, offset: int) -> int:
        """The index of the step that holds ``offset``; the last step at the end of the program."""
        return min(bisect_right(self.step_starts, offset) - 1, len(self.steps) - 1)

    def step_of(self, node: ast.AST) -> int:
        """The index of the step in which ``node`` starts."""
        return self.step_at(self.span(node)[0])

    def is_editable(self, node: ast.AST) -> bool:
        """Whether the step in which ``node`` starts does not belong to the prompt."""
        return self.step_of(node) >= self.given

    # ------------------------------------------------------------ tree

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree; None where this Python cannot parse the program."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.program)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def _walked(self) -> tuple[dict[type[ast.AST], list[ast.AST]], dict[ast.AST, ast.AST]]:
        by_type: dict[type[ast.AST], list[ast.AST]] = {}
        parents: dict[ast.AST, ast.AST] = {}
        stack: list[ast.AST] = [self.tree] if self.tree is not None else []
        while stack:
            node = stack.pop()
            by_type.setdefault(type(node), []).append(node)
            children = [] if self.hides(node) else list(ast.iter_child_nodes(node))
            children = [child for child in children if not isinstance(child, _BARE)]
            notes = (getattr(node, "annotation", None), getattr(node, "returns", None))
            for child in children:
                parents[child] = node
            stack.extend(reversed([child for child in children if child not in notes]))
        return by_type, parents

    def hides(self, node: ast.AST) -> bool:
        """Whether positions below ``node`` cannot be trusted. Before Python 3.12, those of some expressions
        in f-strings are wrong. A type comment or a format spec has no position of its own."""
        if not isinstance(node, ast.FormattedValue):
            return False
        start, end = self.span(node.value)
        text = self.program[start:end]
        if not text or "\n" in text or "\r" in text:
            return True
        try:
            found = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError):
            return True
        return ast.dump(found) != ast.dump(node.value)

    @overload
    def nodes(self, a: type[A], /) -> Iterator[A]: ...
    @overload
    def nodes(self, a: type[A], b: type[B], /) -> Iterator[A | B]: ...
    @overload
    def nodes(self, a: type[A], b: type[B], c: type[C], /) -> Iterator[A | B | C]: ...
    @overload
    def nodes(self, a: type[A], b: type[B], c: type[C], d: type[D], /) -> Iterator[A | B | C | D]: ...
    @overload
    def nodes(self, *types: type[A]) -> Iterator[A]: ...
    def nodes(self, *types: type[ast.AST]) -> Iterator[ast.AST]:
        """Nodes of exactly these types, outermost first, in the order of the text (one type after the other).
        Given steps and annotations are left out. Expressions of f-strings are included if their place is
        certain."""
        for kind in types:
            for node in self._walked[0].get(kind, ()):
                if self.given == 0 or self.is_editable(node):
                    yield node

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The parent of ``node``; None for the module."""
        return self._walked[1].get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The ancestors of ``node``, the innermost first, the module last."""
        parents = self._walked[1]
        while node in parents:
            node = parents[node]
            yield node

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """``node`` itself or the innermost statement around it."""
        if isinstance(node, ast.stmt):
            return node
        return next((around for around in self.ancestors(node) if isinstance(around, ast.stmt)), None)

    def function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The innermost ``def`` around ``node`` (not ``node`` itself)."""
        for around in self.ancestors(node):
            if isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef)):
                return around
        return None

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """The list of statements that ``statement`` stands in."""
        around = self.parent(statement)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(around, name, None)
            if isinstance(block, list) and any(entry is statement for entry in block):
                return block
        return [statement]

    # ------------------------------------------------------------ where a node stands

    def offset(self, line: int, column: int) -> int:
        """The offset of a position of ``ast``: a 1-based line, and a column in UTF-8 bytes."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if not text.isascii():
            column = len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace"))
        return self.line_starts[min(line - 1, len(self.lines))] + column

    def span(self, node: ast.AST) -> Span:
        """The span of ``node``. Parentheses around an expression are not part of it, and decorators are not
        part of what they decorate. It is (0, 0) for nodes without a position."""
        line = getattr(node, "lineno", None)
        if line is None:
            return (0, 0)
        end_line, end_column = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return self.offset(line, node.col_offset), self.offset(end_line, end_column)  # type: ignore[attr-defined]

    def text(self, node: ast.AST) -> str:
        """The text of ``node``, as written."""
        start, end = self.span(node)
        return self.program[start:end]

    def grouped(self, node: ast.expr) -> str:
        """The text of ``node``, in parentheses unless it binds as tightly as a name or a call."""
        text = self.text(node)
        tight = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Dict, ast.Set)
        closed = (ast.ListComp, ast.SetComp, ast.DictComp)
        if isinstance(node, (*tight, *closed)) or (
            isinstance(node, (ast.Tuple, ast.GeneratorExp)) and text.startswith("(")
        ):
            return text
        return f"({text})"

    def outer_span(self, node: ast.expr) -> Span:
        """The span of ``node`` with the parentheses that stand directly around it."""
        start, end = self.span(node)
        while True:
            left = len(self.program[:start].rstrip(" \t"))
            right = end + len(self.program[end:]) - len(self.program[end:].lstrip(" \t"))
            pair = self.program[left - 1 : left] + self.program[right : right + 1]
            if pair != "()" or self._is_call_paren(left - 1):
                return start, end
            start, end = left - 1, right + 1

    def _is_call_paren(self, offset: int) -> bool:
        before = self.program[:offset].rstrip(" \t")
        word = before[-1:]
        if not (word.isalnum() or word in {"_", ")", "]", '"', "'"}):
            return False
        name = before[len(before.rstrip("abcdefghijklmnopqrstuvwxyz")) :]
        return not keyword.iskeyword(name)

    def gap(self, left: ast.expr, right: ast.expr) -> Span:
        """The span of the operator between two neighbouring operands (without blanks and parentheses)."""
        start, end = self.span(left)[1], self.span(right)[0]
        i = start
        first, last = -1, -1
        while i < end:
            char = self.program[i]
            if char == "#":
                while i < end and self.program[i] not in "\r\n":
                    i += 1
                continue
            if char not in " \t\r\n\f\\()":
                first = i if first < 0 else first
                last = i + 1
            i += 1
        return (first, last) if first >= 0 else (start, start)
