"""Statements that nothing in their block can follow: what is put behind them never runs."""

from __future__ import annotations

import ast
from typing import Final

_JUMPS: Final = (ast.Return, ast.Raise, ast.Break, ast.Continue)
_EXITS: Final = frozenset({"exit", "quit", "sys.exit", "os._exit", "os.abort"})


def ends_block(statement: ast.stmt) -> bool:
    """Whether ``statement`` leaves its block whatever happens: a jump, a call that ends the program, or a choice of which
    each branch ends so."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name() | ast.Attribute() as function)):
            return ast.unparse(function) in _EXITS
        case ast.If(body=body, orelse=[*_, last]):
            return ends_block(body[-1]) and ends_block(last)
    return isinstance(statement, _JUMPS)
