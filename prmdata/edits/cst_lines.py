"""A libcst tree as logical lines: the node of each step, its block, and the line that owns the block.

The lines come in the order of the text, so the number of a line is the number of a step. Comments are moved
on the way: a step owns the comments and blank lines before it, while libcst gives those that are indented
further to the end of the block before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import libcst
from libcst import CSTNode, EmptyLine, SimpleStatementLine, SimpleWhitespace

CLAUSES: Final[dict[type[CSTNode], tuple[str, ...]]] = {
    libcst.If: ("orelse",),
    libcst.For: ("orelse",),
    libcst.While: ("orelse",),
    libcst.Try: ("handlers", "orelse", "finalbody"),
    libcst.TryStar: ("handlers", "orelse", "finalbody"),
    libcst.Match: ("cases",),
}
"""The attributes that hold the clauses of a compound statement, in the order of the text."""

OUTSIDE: Final = -1
"""Stands for the owner of the outermost block, which has none."""


@dataclass(slots=True, eq=False)
class Block:
    """Sibling statements: steps ``start:stop`` at one ``indent`` (all of it, from the margin). ``owner`` is
    the step whose suite the block is. ``suite`` is the node that holds it (the module for the outermost
    block). ``around`` is the statement that the block is a part of."""

    indent: str
    owner: int
    suite: CSTNode
    around: Statement | None
    start: int
    stop: int = 0
    statements: list[Statement] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Section:
    """A header or a clause: its step, and its block. The block is None if the suite is on the same line, or
    if it is the header of a ``match``."""

    step: int
    block: Block | None = None


@dataclass(slots=True, eq=False)
class Statement:
    """A statement: steps ``start:stop``, including decorators, clauses and suites. A simple statement has no
    sections; the first section of a compound statement is its header. ``index`` is its place in ``block``."""

    block: Block
    index: int
    start: int
    node: CSTNode
    stop: int = 0
    sections: list[Section] = field(default_factory=list)

    @property
    def header(self) -> int:
        """The step of its first line that is not a decorator."""
        return self.sections[0].step if self.sections else self.start


@dataclass(slots=True)
class CstLines:
    """The outermost block, every statement in the order of the text, and for each line the innermost
    statement that the line is a part of."""

    top: Block
    statements: list[Statement]
    statement_of: list[Statement]

    def owner(self, step: int) -> int:
        """The step that ``step`` depends on: for a statement, the header of its block; for a clause or a
        decorator, the header of its statement."""
        statement = self.statement_of[step]
        return statement.block.owner if step == statement.header else statement.header


def read_lines(module: libcst.Module, default_indent: str | None = None) -> tuple[libcst.Module, CstLines]:
    """``module`` with comments where the steps have them, and its lines."""
    return _Reader(module, default_indent).read()


class _Reader:
    """One pass over the statements of a module. Expressions are not visited."""

    def __init__(self, module: libcst.Module, default_indent: str | None) -> None:
        self._module = module
        self._default = module.default_indent
        same = default_indent is None or default_indent == self._default
        self._said: dict[str, str] = {} if same else {"indent": self._default}
        self._held: list[EmptyLine] = list(module.header)
        self._statements: list[Statement] = []
        self._statement_of: list[Statement] = []

    def read(self) -> tuple[libcst.Module, CstLines]:
        module = self._module
        top = Block("", OUTSIDE, module, None, 0)
        body = self._body(top, module.body)
        if self._held or module.header or body is not module.body:
            footer = (*self._held, *module.footer)
            module = module.with_changes(header=(), body=body, footer=footer)
        top.suite = module
        return module, CstLines(top, self._statements, self._statement_of)

    def _body(self, block: Block, nodes: Sequence[CSTNode]) -> Sequence[CSTNode]:
        read = [self._statement(block, index, node) for index, node in enumerate(nodes)]
        block.stop = len(self._statement_of)
        return nodes if all(new is old for new, old in zip(read, nodes, strict=True)) else tuple(read)

    def _statement(self, block: Block, index: int, node: CSTNode) -> CSTNode:
        statement = Statement(block, index, len(self._statement_of), node)
        block.statements.append(statement)
        self._statements.append(statement)
        if type(node) is SimpleStatementLine:
            self._statement_of.append(statement)
            node = self._led(node)
        else:
            self._statement_of += [statement] * len(getattr(node, "decorators", ()))
            node = self._section(statement, node, block.indent)
        statement.node, statement.stop = node, len(self._statement_of)
        return node

    def _section(self, statement: Statement, node: CSTNode, indent: str) -> CSTNode:
        """A header or clause, with all that follows it in the same statement."""
        node = self._led(node)
        section = Section(len(self._statement_of))
        statement.sections.append(section)
        self._statement_of.append(statement)
        changes: dict[str, Any] = {}
        if isinstance(node, libcst.Match):
            indent += self._default if node.indent is None else node.indent
            changes |= self._said if node.indent is None else {}
        elif isinstance(suite := cast(Any, node).body, libcst.IndentedBlock):
            changes |= self._block(statement, section, suite, indent)
        for name in CLAUSES.get(type(node), ()):
            old = getattr(node, name)
            if isinstance(old, CSTNode):
                new: Any = self._section(statement, old, indent)
                changed = new is not old
            else:
                new = tuple(self._section(statement, each, indent) for each in old or ())
                changed = any(one is not other for one, other in zip(new, old or (), strict=True))
            if changed:
                changes[name] = new
        if isinstance(node, libcst.Match) and node.footer:
            self._hold(node.footer, indent)
            changes["footer"] = ()
        return node.with_changes(**changes) if changes else node

    def _block(
        self, statement: Statement, section: Section, suite: libcst.IndentedBlock, indent: str
    ) -> dict[str, Any]:
        """Read the suite of ``section``; return what changes in its node."""
        indent += self._default if suite.indent is None else suite.indent
        block = Block(indent, section.step, suite, statement, len(self._statement_of))
        section.block = block
        changes: dict[str, Any] = {}
        body = self._body(block, suite.body)
        if body is not suite.body:
            changes["body"] = body
        if suite.footer:
            self._hold(suite.footer, indent)
            changes["footer"] = ()
        if suite.indent is None:
            changes |= self._said
        if not changes:
            return {}
        block.suite = suite.with_changes(**changes)
        return {"body": block.suite}

    def _led(self, node: CSTNode) -> CSTNode:
        """``node`` with the lines before it that were held back for it."""
        if not self._held:
            return node
        lines = (*self._held, *cast(Any, node).leading_lines)
        self._held = []
        return node.with_changes(leading_lines=lines)

    def _hold(self, lines: Sequence[EmptyLine], indent: str) -> None:
        """Hold back the lines at the end of a block for the next line, with their indentation."""
        for line in lines:
            if line.indent:
                white = SimpleWhitespace(indent + line.whitespace.value)
                line = line.with_changes(indent=False, whitespace=white)
            self._held.append(line)
