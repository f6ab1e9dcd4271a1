"""Which function of a program the tests are about, and whether they call it. Pure ``ast``.

An entry point is a function's name (``f``), a class's method on a fresh object (``Solution().f``), or a
dotted path (``Solution.f``).
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence

from prmdata.problems.syntax import bound_names, parse
from prmdata.records import Test

SOLUTION = "__solution__"
"""The name by which tests call the judge's handle on the program under test (see
:mod:`prmdata.problems.unit_tests`)."""

_PATH = re.compile(r"(?P<head>[^\W\d]\w*)(?:(?:\(\))?\.(?P<method>[^\W\d]\w*))?")


def split_entry(entry: str) -> tuple[str, str | None] | None:
    """``Solution().f`` as ``("Solution", "f")``, ``f`` as ``("f", None)``; None for anything else."""
    match = _PATH.fullmatch(entry.strip())
    return (match["head"], match["method"]) if match else None


def defines(reference: ast.Module, entry: str) -> bool:
    """Whether the program binds the entry point. A method may be inherited, so for a class with bases only
    the class must be there."""
    parts = split_entry(entry)
    if parts is None:
        return False
    bound = bound_names(reference.body)
    head, method = parts
    if (
        any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in reference.body)
        and not method
    ):
        return True
    statement = bound.get(head)
    if statement is None or method is None or not isinstance(statement, ast.ClassDef):
        return statement is not None
    return method in bound_names(statement.body) or bool(statement.bases)


def infer_entry(reference: ast.Module, tests: Sequence[Test]) -> str | None:
    """The function that the tests call and the reference defines; None where there is none.

    Where several qualify: the one that most tests call; then the one that most asserts call outermost; then
    the one defined last (helpers come first). Where the tests call no function and no method of a fresh object, it is
    the class of which they make objects. ``check`` tests name no function: there it is the only function of the reference,
    or of its last class.
    """
    classes = [name for name, node in bound_names(reference.body).items() if isinstance(node, ast.ClassDef)]
    made: Counter[str] = Counter()
    functions = {
        name: order
        for order, (name, node) in enumerate(bound_names(reference.body).items())
        if not isinstance(node, ast.ClassDef | ast.Import | ast.ImportFrom)
    }
    if any(test.form == "check" for test in tests):
        return _only_function(reference)
    called: Counter[str] = Counter()
    outermost: Counter[str] = Counter()
    methods: Counter[str] = Counter()
    for test in tests:
        tree = parse(test.code)
        called.update({name for name in _called(tree) if name in functions})
        outermost.update(name for name in _outermost(tree) if name in functions)
        methods.update(set(_called_methods(tree, reference)))
        made.update({name for name in _called(tree) if name in classes})
    if called:
        return max(called, key=lambda name: (called[name], outermost[name], functions[name]))
    if methods:
        return max(methods, key=lambda name: (methods[name], name))
    return max(made, key=lambda name: (made[name], classes.index(name)), default=None)


def calls_entry(test: Test, entry: str) -> bool:
    """Whether the test's text can reach the entry point: it names it, or its ``check`` uses its parameter."""
    tree = parse(test.code)
    parts = split_entry(entry)
    names = {parts[0]} if parts is not None else set()
    check = bound_names(tree.body).get("check") if test.form == "check" else None
    if isinstance(check, ast.FunctionDef | ast.AsyncFunctionDef):
        names.update(parameter.arg for parameter in (check.args.posonlyargs + check.args.args)[:1])
    reached = {SOLUTION, *(name for name, node in bound_names(tree.body).items() if _is_handle(node))}
    waiting: list[ast.AST] = [tree]
    while waiting:  # depth first: a test of a megabyte shows its call after a few nodes
        node = waiting.pop()
        if isinstance(node, ast.Name) and node.id in names:
            return True
        if (
            isinstance(node, ast.Attribute)
            and node.attr in names
            and isinstance(node.value, ast.Name)
            and node.value.id in reached
        ):
            return True
        waiting.extend(ast.iter_child_nodes(node))
    return False


def _is_handle(node: ast.stmt) -> bool:
    """Whether a statement gives the judge's handle on the program a name (``import solution`` as a test file has it)."""
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id == SOLUTION


def _only_function(reference: ast.Module) -> str | None:
    functions = [node for node in reference.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    if len(functions) == 1:
        return functions[0].name
    classes = [node for node in reference.body if isinstance(node, ast.ClassDef)]
    if functions or not classes:
        return None
    methods = [
        node.name for node in classes[-1].body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"
    ]
    return f"{classes[-1].name}().{methods[0]}" if len(methods) == 1 else None


def _called(tree: ast.AST) -> list[str]:
    return [
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]


def _called_methods(tree: ast.AST, reference: ast.Module) -> list[str]:
    """``Solution().f`` for each such call of a class that the reference defines."""
    classes = {node.name for node in reference.body if isinstance(node, ast.ClassDef)}
    return [
        f"{node.func.value.func.id}().{node.func.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Call)
        and isinstance(node.func.value.func, ast.Name)
        and node.func.value.func.id in classes
    ]


def _outermost(tree: ast.Module) -> list[str]:
    """The functions whose calls are not inside another call."""
    found: list[str] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.append(node.func.id)
        else:
            waiting.extend(ast.iter_child_nodes(node))
    return found
