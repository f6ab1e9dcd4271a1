"""Which assignments to variables nothing can read, found by the data flow of one function (or script) at a time.

The analysis goes backwards over the statements with the set of names that may still be read ("live"). Where it does not
follow the flow (``try``, ``with``, ``match``), every name that stands there is live, and so are names that another scope
uses. An assignment is left out only if computing its value has no effect, and if the name stays a variable of its scope.
"""

from __future__ import annotations

import ast
import symtable
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Final

Names = frozenset[str]
NONE: Final[Names] = frozenset()
_LATER: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.GeneratorExp)
"""Scopes that may read a name later than where they stand."""
_Scope = ast.FunctionDef | ast.Module
_AT_ONCE: Final = (ast.ListComp, ast.SetComp, ast.DictComp)
_MAKERS: Final[Names] = frozenset({"set", "list", "dict", "tuple"})
"""Builtin types that make an empty value where they are called without arguments."""
_ROUNDS: Final = 100
"""A chain of dead assignments loses at least one in each round."""


def without_dead_stores(tree: ast.Module, *, is_script: bool = False) -> ast.Module:
    """A copy of the program without the dead assignments of its functions, without constants of the module that nothing
    mentions again, and without ``pass`` that stands beside other statements. ``is_script``: nobody outside reads the
    variables of the module, so its dead assignments are left out as those of a function are."""
    tree = deepcopy(tree)
    scopes: list[_Scope] = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    makers = _MAKERS - bound_anywhere(tree)
    for scope in [*scopes, tree] if is_script else scopes:
        for _ in range(_ROUNDS):
            if not _pruned(scope, makers):
                break
    _drop(tree.body, {id(one) for one in _dead_constants(tree, makers)})
    return tree


def bound_anywhere(tree: ast.Module) -> Names:
    """The names that something of a program may bind, in any scope; ``_MAKERS`` too where it imports all of a module."""
    names = {one.id for one in _names(tree) if not isinstance(one.ctx, ast.Load)}
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                names.add(name)
            case (
                ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name))
            ):
                names.add(name)
            case ast.alias(name="*"):
                names |= _MAKERS
            case ast.alias(name=name, asname=asname):
                names.add(asname or name.split(".")[0])
    return frozenset(names)


def _dead_constants(tree: ast.Module, makers: Names) -> list[ast.Assign]:
    """The assignments of plain values to names of the module that no scope reads, and that no text of the program names. (A
    name with underscores in front may mean something to the interpreter. Of a program without functions and classes, its
    tests may read the variables.)"""
    if not any(isinstance(one, ast.FunctionDef | ast.ClassDef) for one in tree.body):
        return []
    found = [one for one in _harmless(tree.body, NONE, NONE, makers) if one in tree.body]
    told = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    pending = [symtable.symtable(ast.unparse(tree), "<candidate>", "exec")] if found else []
    for scope in pending:
        pending += scope.get_children()
        told |= {one.get_name() for one in scope.get_symbols() if _is_used_globally(one, scope)}
    return [one for one in found if target_of(one) not in told and not target_of(one).startswith("__")]


def _is_used_globally(symbol: symtable.Symbol, scope: symtable.SymbolTable) -> bool:
    """Whether a scope does more with a name of the module than to assign to it."""
    if scope.get_type() == "module":
        return symbol.is_referenced() or symbol.is_imported() or symbol.is_namespace()
    return symbol.is_global()


def _pruned(scope: _Scope, makers: Names) -> bool:
    """Leave out what is dead now. Whether anything was."""
    flow = _Flow(_shared(scope))
    flow.block(scope.body, _After())
    parameters = frozenset(_parameters(scope.args)) if isinstance(scope, ast.FunctionDef) else NONE
    deleted = _deleted(scope)
    doomed = [
        one
        for one in _harmless(scope.body, parameters - deleted, deleted, makers)
        if id(one) in flow.dead and not target_of(one).startswith("__")
    ]
    # A name that is read somewhere must stay bound somewhere: without any assignment it would be that of an outer scope.
    inner = {id(name) for other in _inner_scopes(scope) for name in _names(other)}
    stored = Counter(
        one.id for one in _names(scope) if isinstance(one.ctx, ast.Store) and id(one) not in inner
    )
    stored.subtract(target_of(one) for one in doomed)
    read = _read(scope) - parameters
    removable = {id(one) for one in doomed if target_of(one) not in read or stored[target_of(one)] > 0}
    return _drop(scope.body, removable)


@dataclass(frozen=True, slots=True)
class _After:
    """The names that are live after a statement: where it goes on, and where it breaks and continues to."""

    on: Names = NONE
    leave: Names = NONE
    again: Names = NONE


@dataclass(slots=True)
class _Flow:
    """One pass backwards over a function. ``shared``: names that other scopes use. ``dead``: the assignments (their
    ``id``) that nothing reads."""

    shared: Names
    dead: set[int] = field(default_factory=set)

    def block(self, body: Sequence[ast.stmt], after: _After) -> Names:
        """The names that are live before a block."""
        live = after.on
        for statement in reversed(body):
            live = self.statement(statement, replace(after, on=live))
        return live

    def statement(self, node: ast.stmt, after: _After) -> Names:
        """The names that are live before a statement."""
        match node:
            case ast.Return() | ast.Raise():
                return _read(node)
            case ast.Break():
                return after.leave
            case ast.Continue():
                return after.again
            case ast.If():
                return _read(node.test) | self.block(node.body, after) | self.block(node.orelse, after)
            case ast.For() | ast.While():
                return self._loop(node, after)
            case ast.Assign(targets=[ast.Name(id=name)]):
                if name not in after.on | self.shared:
                    self.dead.add(id(node))
                else:
                    self.dead.discard(id(node))
                return (after.on - {name}) | _read(node.value)
            case ast.Expr() | ast.AugAssign() | ast.AnnAssign() | ast.Assign() | ast.Assert() | ast.Pass():
                return after.on | _read(node)
            case _:  # what may go on anywhere: everything that it mentions is live
                return after.on | after.leave | after.again | _mentioned(node)

    def _loop(self, node: ast.For | ast.While, after: _After) -> Names:
        head, bound = _read(node.test) if isinstance(node, ast.While) else NONE, NONE
        if isinstance(node, ast.For):
            head = _read(node.iter) | _read(node.target)
            bound = frozenset([node.target.id]) if isinstance(node.target, ast.Name) else NONE
        start = head | self.block(node.orelse, after)
        while True:
            live = self.block(node.body, _After(start, after.on, start)) - bound
            if live <= start:
                return start
            start |= live


def target_of(assignment: ast.Assign) -> str:
    """The name that an assignment of one name binds."""
    (target,) = assignment.targets
    assert isinstance(target, ast.Name)
    return target.id


def _harmless(body: Sequence[ast.stmt], bound: Names, deleted: Names, makers: Names) -> Iterator[ast.Assign]:
    """Assignments of one name whose value is computed without effect, in a block before which ``bound`` have values.
    Nothing is known of the names that are ``deleted`` somewhere. ``makers``: those of ``_MAKERS`` that are the builtin ones."""
    for statement in body:
        if isinstance(statement, ast.Assign):
            if len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
                if _is_plain(statement.value, bound, makers):
                    yield statement
                bound |= {target_of(statement)} - deleted
        else:
            for inner in _blocks(statement):
                yield from _harmless(inner, bound, deleted, makers)


def _is_plain(value: ast.expr, bound: Names, makers: Names) -> bool:
    match value:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name in bound
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return all(_is_plain(part, bound, makers) for part in parts)
        case ast.Dict(keys=[], values=[]):
            return True
        case ast.Call(func=ast.Name(id=name), args=[], keywords=[]):
            return name in makers
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return True
        case _:
            return False


def _drop(body: list[ast.stmt], removable: set[int]) -> bool:
    """Take the statements out of a block and the blocks in it. Whether any was taken out."""
    kept = [one for one in body if id(one) not in removable]
    meaning = [one for one in kept if not isinstance(one, ast.Pass)] or [ast.Pass()]
    changed = len(meaning) != len(body)
    body[:] = meaning
    for statement in body:
        for inner in _blocks(statement):
            changed |= _drop(inner, removable)
    return changed


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a statement that the analysis follows."""
    if isinstance(statement, ast.If | ast.For | ast.While):
        yield statement.body
        if statement.orelse:
            yield statement.orelse


def _read(node: ast.AST) -> Names:
    """The names that a statement or an expression reads; a name that it deletes or adds to counts too."""
    read = {one.id for one in _names(node) if not isinstance(one.ctx, ast.Store)}
    added = (one.target for one in ast.walk(node) if isinstance(one, ast.AugAssign))
    return frozenset(read | {target.id for target in added if isinstance(target, ast.Name)})


def _names(node: ast.AST) -> Iterator[ast.Name]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Name))


def _parameters(arguments: ast.arguments) -> Iterator[str]:
    for one in (
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ):
        if one is not None:
            yield one.arg


def _inner_scopes(scope: _Scope) -> Iterator[ast.AST]:
    """The scopes in another, with all that stands in them."""
    return (one for one in ast.walk(scope) if one is not scope and isinstance(one, (*_LATER, *_AT_ONCE)))


def _mentioned(node: ast.AST) -> Names:
    return frozenset(one.id for one in _names(node))


def _deleted(node: ast.AST) -> Names:
    """Names that may lose their value in a statement: deleted, or bound by a handler, which deletes them."""
    gone = {one.id for one in _names(node) if isinstance(one.ctx, ast.Del)}
    gone |= {
        one.name for one in ast.walk(node) if isinstance(one, ast.ExceptHandler) and one.name is not None
    }
    return frozenset(gone)


def _shared(scope: _Scope) -> Names:
    """Names that do not belong to the scope alone: used by scopes in it, or declared global or nonlocal. What a
    lazy expression reads, it may read later."""
    found: set[str] = set()
    for node in ast.walk(scope):
        if node is not scope and isinstance(node, _LATER):
            found |= _mentioned(node)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names)
    return frozenset(found)
