"""What a step does, described in words from its syntax. Used by critiques; never guesses at intentions."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable
from typing import Final

LONGEST: Final = 160
"""Characters of source that are quoted; longer sources are described by their kind only."""


def describe_step(step: str) -> str:
    """``The step …``: one sentence on what the step does; "" where its syntax says nothing certain."""
    node = _statement(step)
    if node is None:
        return ""
    describe = _DESCRIBE.get(type(node))
    return f"The step {describe(node)}." if describe is not None else ""


def _statement(step: str) -> ast.stmt | None:
    """The step as a statement; None for clauses (``else:``), decorators and what does not compile."""
    code = textwrap.dedent("\n".join(_code_lines(step)))
    for suite in ("", "\n    pass"):
        try:
            found = ast.parse(code + suite).body
        except (SyntaxError, ValueError):
            continue
        return found[0] if found else None
    return None


def _code_lines(step: str) -> list[str]:
    lines = step.split("\n")
    while lines and (not lines[0].strip() or lines[0].lstrip().startswith("#")):
        lines.pop(0)
    return lines


def _quote(node: ast.AST | None) -> str:
    text = ast.unparse(node) if node is not None else ""
    return f"`{text}`" if 0 < len(text) <= LONGEST and "`" not in text else "an expression"


def _assign(node: ast.stmt) -> str:
    assert isinstance(node, ast.Assign)
    return f"sets {' and '.join(_quote(target) for target in node.targets)} to {_quote(node.value)}"


def _augment(node: ast.stmt) -> str:
    assert isinstance(node, ast.AugAssign)
    return f"updates {_quote(node.target)} with {_quote(node)}"


def _returns(node: ast.stmt) -> str:
    assert isinstance(node, ast.Return)
    return f"returns {_quote(node.value)}" if node.value else "returns nothing"


def _branch(node: ast.stmt) -> str:
    assert isinstance(node, ast.If)
    return f"enters its branch only if {_quote(node.test)}"


def _loop(node: ast.stmt) -> str:
    assert isinstance(node, ast.For)
    return f"loops over {_quote(node.iter)} with {_quote(node.target)}"


def _while(node: ast.stmt) -> str:
    assert isinstance(node, ast.While)
    return f"repeats while {_quote(node.test)}"


def _calls(node: ast.stmt) -> str:
    assert isinstance(node, ast.Expr)
    return f"evaluates {_quote(node.value)}"


def _defines(node: ast.stmt) -> str:
    assert isinstance(node, ast.FunctionDef)
    return f"begins the function `{node.name}`"


_DESCRIBE: Final[dict[type[ast.stmt], Callable[[ast.stmt], str]]] = {
    ast.Assign: _assign,
    ast.AugAssign: _augment,
    ast.Return: _returns,
    ast.If: _branch,
    ast.For: _loop,
    ast.While: _while,
    ast.Expr: _calls,
    ast.FunctionDef: _defines,
    ast.Break: lambda _: "leaves the loop",
    ast.Continue: lambda _: "goes on with the loop's next round",
    ast.Pass: lambda _: "does nothing",
}
