"""An edit as a graft: libcst parses its text, and the result takes its place in the tree.

The place is the smallest run of sibling statements that holds every step which the edit declares. It may be
one statement, several, or none (an insertion); a compound statement if a header, a clause or a decorator is
edited; or the surrounding statement if the text leaves its block. What is parsed is a *skeleton* of that run,
at its own indentation under a synthetic header. It holds the new text, the unchanged lines around it, and,
for every statement or suite that stays whole, one line with a unique name, the stand-in. The old nodes then
replace the stand-ins, and the run takes its place in the tree by a copy of the nodes above it. So 3 lines are
parsed if a word changes, whatever the length of the program, and what stays is the same node as before.

A tree also shows what the texts of steps do not: that an unchanged line would depend on another line (an
``else`` that finds a nearer ``for``, lines that a new header takes in). Such an edit changes what it does not
declare, and is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import libcst
from libcst import CSTNode

from prmdata.edits.cst import CstError, CstProgram, parsed
from prmdata.edits.cst_lines import CLAUSES, OUTSIDE, Block, CstLines, Statement
from prmdata.edits.skeleton import NEW, SiblingRun, Skeleton, StepOrigin, draw, runs, spots_of
from prmdata.errors import EditRefused
from prmdata.records import Edit

NEW_NOT_PARSED: Final = "libcst does not parse the new program"
NEW_NOT_THE_BYTES: Final = "libcst does not keep the new text's bytes"
UNDECLARED: Final = "undeclared change"

Kept = dict[str, tuple[CSTNode, ...]]


@dataclass(frozen=True, slots=True)
class Graft:
    """The program after an edit as a tree, and the statement of each line that belongs to the edit, with the
    number of the line in ``lines``."""

    module: libcst.Module
    lines: CstLines | None
    own: range


def graft(program: CstProgram, edit: Edit) -> Graft:
    """Put ``edit`` into the tree of ``program``.

    Raises CstError if the text cannot stand anywhere in the tree, or if libcst would not reproduce its bytes.
    Raises EditRefused if a line that the edit does not declare would depend on another line.
    """
    reason = NEW_NOT_PARSED
    spots = spots_of(program, edit)
    for run in runs(program.lines, spots):
        skeleton = draw(program, edit, spots, run)
        if not skeleton.code:
            if run.last - run.first == len(run.block.statements):
                continue  # a block without a statement: try a larger run
            return Graft(_placed(program, run, (), skeleton, None), None, range(0))
        try:
            module, lines = parsed(skeleton.whole, program.module.default_indent)
        except CstError:
            continue
        found = _standing(program, run, skeleton, module, lines)
        if found is None:
            continue
        if module.code != skeleton.whole:
            reason = NEW_NOT_THE_BYTES
            continue
        own = _own(skeleton, lines)
        _check_owners(program.lines, edit, run, skeleton, lines)
        nodes = _filled([each.node for each in found], skeleton.kept)
        return Graft(_placed(program, run, nodes, skeleton, module), lines, own)
    raise CstError(reason)


def _standing(
    program: CstProgram, run: SiblingRun, skeleton: Skeleton, module: libcst.Module, lines: CstLines
) -> list[Statement] | None:
    """The statements that a parsed skeleton gives to its run. None if the skeleton was parsed in an
    unexpected way: at another indentation, out of its block, with a stand-in missing, or with comments after
    its last line that belong to the next line."""
    top = lines.top.statements
    if run.block.indent:
        suite = top[0].sections[0].block
        if len(top) > 1 or len(top[0].sections) > 1 or suite is None or suite.indent != run.block.indent:
            return None
        found = suite.statements
    else:
        found = top[1:]
    if module.default_newline != program.module.default_newline or len(lines.statement_of) < _least(skeleton):
        return None
    if module.footer and not skeleton.has_end:
        return None
    if skeleton.has_end and program.module.footer and run.start == len(program.text.steps):
        return None
    names = [name for each in lines.statements if (name := _stand_in(each.node, skeleton.kept))]
    return found if names == list(skeleton.kept) else None


def _least(skeleton: Skeleton) -> int:
    return 1 + len(skeleton.before) + len(skeleton.after)


def _own(skeleton: Skeleton, lines: CstLines) -> range:
    """The numbers of the edit's own lines in a parsed skeleton."""
    first = 1 + len(skeleton.before)
    return range(first, len(lines.statement_of) - len(skeleton.after))


def _stand_in(node: CSTNode, kept: Kept) -> str | None:
    """The name of the stand-in that ``node`` is; None if it is not a stand-in, or one with a comment."""
    match node:
        case libcst.SimpleStatementLine(body=[libcst.Expr(value=libcst.Name(value=name))], leading_lines=()):
            return name if name in kept else None
    return None


def _check_owners(old: CstLines, edit: Edit, run: SiblingRun, skeleton: Skeleton, lines: CstLines) -> None:
    """Refuse an edit that makes an undeclared line depend on another line. A line may leave an edited owner,
    because the edit decides about its own suite and clauses."""
    own = _own(skeleton, lines)
    around = [None, *skeleton.before, *(None for _ in own), *skeleton.after]
    for number, origin in enumerate(around):
        if origin is None:
            continue
        owner = lines.owner(number)
        now = run.block.owner if owner in (OUTSIDE, 0) else _step(around[owner])
        if now != origin.owner and not _is_given_away(old, edit, origin):
            raise EditRefused(UNDECLARED, f"step {origin.step} would hang on another line")
        statement = lines.statement_of[number]
        is_decorated = number == statement.header and any(
            each in own for each in range(statement.start, number)
        )
        if is_decorated and edit.start < old.statement_of[origin.step].start:
            raise EditRefused(UNDECLARED, f"step {origin.step} would be decorated")


def _is_given_away(old: CstLines, edit: Edit, origin: StepOrigin) -> bool:
    """Whether the edit holds the line that ``origin`` depended on. For a clause, it is enough that the edit
    holds one of the clauses before it (if the ``elif`` of ``if``, ``elif``, ``else`` becomes ``if``, the
    ``else`` belongs to it)."""
    sections = old.statement_of[origin.step].sections
    before = (each.step for each in sections if each.step < origin.step)
    return any(edit.start <= step < edit.stop for step in (origin.owner, *before))


def _step(origin: StepOrigin | None) -> int:
    return NEW if origin is None else origin.step


def _filled(nodes: Sequence[CSTNode], kept: Kept) -> Sequence[CSTNode]:
    """The statements of a skeleton, with the old nodes in place of their stand-ins."""
    if not kept:
        return nodes
    filled: list[CSTNode] = []
    for node in nodes:
        name = _stand_in(node, kept)
        filled += [_filled_inside(node, kept)] if name is None else kept[name]
    return filled


def _filled_inside(node: CSTNode, kept: Kept) -> CSTNode:
    """A header or clause of a skeleton, with its own clauses, with the old nodes in place of their
    stand-ins."""
    changes: dict[str, Any] = {}
    suite = getattr(node, "body", None)
    if isinstance(suite, libcst.IndentedBlock):
        changes["body"] = suite.with_changes(body=tuple(_filled(suite.body, kept)))
    for name in CLAUSES.get(type(node), ()):
        part = getattr(node, name)
        if isinstance(part, CSTNode):
            changes[name] = _filled_inside(part, kept)
        elif part:
            changes[name] = tuple(_filled_inside(each, kept) for each in part)
    return node.with_changes(**changes) if changes else node


def _placed(
    program: CstProgram,
    run: SiblingRun,
    nodes: Sequence[CSTNode],
    skeleton: Skeleton,
    module: libcst.Module | None,
) -> libcst.Module:
    """The program's tree with ``nodes`` in place of ``run``. Only the nodes above the run are copied."""
    block: Block = run.block
    first, last = run.first, run.last
    while True:
        old = cast(Any, block.suite).body
        body = (*old[:first], *nodes, *old[last:])
        if block.around is None:
            break
        suite = block.suite.with_changes(body=body)
        statement = block.around
        nodes = [_with_suite(statement.node, block.suite, suite)]
        block, first, last = statement.block, statement.index, statement.index + 1
    changes: dict[str, Any] = {"body": body}
    if skeleton.has_end:
        changes["footer"] = () if module is None else module.footer
        changes["has_trailing_newline"] = True if module is None else module.has_trailing_newline
    return program.module.with_changes(**changes)


def _with_suite(node: CSTNode, old: CSTNode, new: CSTNode) -> CSTNode:
    """``node`` (a compound statement or a clause) with one of its suites replaced."""
    if getattr(node, "body", None) is old:
        return node.with_changes(body=new)
    for name in CLAUSES.get(type(node), ()):
        part = getattr(node, name)
        if isinstance(part, CSTNode):
            if (copy := _with_suite(part, old, new)) is not part:
                return node.with_changes(**{name: copy})
        elif part:
            copies = tuple(_with_suite(each, old, new) for each in part)
            if any(one is not other for one, other in zip(copies, part, strict=True)):
                return node.with_changes(**{name: copies})
    return node
