"""Parsing Python texts that are not ours: no warning escapes, every way to fail is one exception."""

from __future__ import annotations

import ast
import functools
import warnings

from prmdata.problems.plain import long_integers


@functools.lru_cache(maxsize=8)
def parse(text: str) -> ast.Module:
    """The syntax tree of ``text``, which is shared: do not change it. Raises SyntaxError for whatever cannot be
    parsed (NUL bytes and nesting beyond the parser's stack too). Line ends may be of any kind, integers of any length,
    and a byte-order mark may come first.

    A few trees are kept, because each question about a problem parses the same texts (EvalPlus has tests of megabytes).
    """
    with long_integers(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.removeprefix("\ufeff"))
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error) or type(error).__name__) from None


def parses(text: str) -> bool:
    """Whether :func:`parse` takes ``text``."""
    try:
        parse(text)
    except SyntaxError:
        return False
    return True


def fault(error: SyntaxError) -> str:
    """``line 3: invalid syntax``: a syntax error in a few words."""
    return f"line {error.lineno}: {error.msg}" if error.lineno else str(error.msg)


def bound_names(body: list[ast.stmt]) -> dict[str, ast.stmt]:
    """The names that the statements of a module body bind at top level (also under ``if``/``try``/``with``/``for``),
    each with the last statement that binds it."""
    found: dict[str, ast.stmt] = {}
    for statement in body:
        for name in _bound_by(statement):
            found[name] = statement
    return found


def _bound_by(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
    names = {
        node.id
        for node in _shallow(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt):
            names |= _bound_by(child)
        elif isinstance(child, ast.ExceptHandler):
            for inner in child.body:
                names |= _bound_by(inner)
    return names


def _shallow(statement: ast.stmt) -> list[ast.AST]:
    """The nodes of a statement that are in its own scope: not inside nested statements, lambdas or comprehensions."""
    closed = (
        ast.stmt,
        ast.Lambda,
        ast.ListComp,
        ast.SetComp,
        ast.DictComp,
        ast.GeneratorExp,
        ast.ExceptHandler,
    )
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(ast.iter_child_nodes(statement))
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, closed):
            waiting.extend(child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt))
    return found


def loaded_names(tree: ast.AST) -> set[str]:
    """Every name that stands anywhere in ``tree`` to be read."""
    return {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
