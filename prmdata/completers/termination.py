"""Finds loops that plainly never end: a completion with such a loop is not worth half a second of CPU time.

If a prefix opens ``while i < n:`` and is completed with what follows the loop, the result is
``while i < n: x = a[i]``, and every run of it takes a whole time limit. Only plain cases count: if there is
any doubt, the program is run.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import Final

_PURE: Final = frozenset(name for name in dir(builtins) if name.islower()) - {
    "next", "exec", "eval", "input", "setattr", "delattr", "map", "filter", "zip", "iter", "open", "exit", "quit",
}  # fmt: skip
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def is_plainly_nonterminating(tree: ast.AST) -> bool:
    """Whether some ``while`` of ``tree`` can only end by an exception that nothing catches: nothing in the
    loop leaves it, and nothing in it changes what its condition looks at."""
    shared = {
        name for node in ast.walk(tree) if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names
    }
    return any(_never_ends(loop, shared) for loop in _loops(tree))


def _loops(node: ast.AST) -> Iterator[ast.While]:
    """The ``while`` loops outside any ``try``. A loop inside a ``try`` may end by an exception."""
    if isinstance(node, (ast.Try, ast.TryStar, ast.With, ast.AsyncWith)):
        return
    if isinstance(node, ast.While):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _loops(child)


def _never_ends(loop: ast.While, shared: set[str]) -> bool:
    looked_at: set[str] = set()
    for node in ast.walk(loop.test):
        if isinstance(node, ast.Name):
            looked_at.add(node.id)
        elif isinstance(node, (ast.Attribute, ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)) or (
            isinstance(node, ast.Call) and not _is_pure(node)
        ):
            return False
    if isinstance(loop.test, ast.Constant) and not loop.test.value:
        return False
    if looked_at & shared:
        return False
    return not any(_leaves(part) or _touches(part, looked_at) for part in loop.body)


def _is_pure(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in _PURE


def _leaves(node: ast.AST, *, in_loop: bool = False) -> bool:
    """Whether ``node``, a part of the body of a loop, may leave the loop."""
    if isinstance(node, (ast.Return, ast.Raise, ast.Yield, ast.YieldFrom, ast.Await, ast.Assert)):
        return True
    if isinstance(node, ast.Break):
        return not in_loop
    if isinstance(node, _SCOPES):
        return False
    inner = in_loop or isinstance(node, (ast.For, ast.While, ast.AsyncFor))
    return any(_leaves(child, in_loop=inner) for child in ast.iter_child_nodes(node))


def _touches(body: ast.AST, names: set[str]) -> bool:
    """Whether ``body`` binds one of ``names``, or does something that may change its value."""
    for node in ast.walk(body):
        if isinstance(node, ast.Name) and node.id in names and not isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            is_changed = isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load)
            if is_changed and _root(node) in names:
                return True
        if (
            isinstance(node, ast.Call)
            and not _is_pure(node)
            and any(isinstance(one, ast.Name) and one.id in names for one in ast.walk(node))
        ):
            return True
    return False


def _root(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
