"""Programs and prompts in a normal form, which names, order and layout do not change. Similarity is measured
on this form."""

from __future__ import annotations

import ast
import builtins
import copy
import re

from prmdata.problems.entry import split_entry
from prmdata.problems.syntax import bound_names, loaded_names, parse
from prmdata.records import Problem

_BUILTINS = frozenset(dir(builtins))
_WORD = re.compile(r"\w+|[^\w\s]")


PROMPT = 200_000
"""Characters of a prompt that similarity is measured on: some thirty thousand words, and two seconds of work."""


def normal_code(problem: Problem) -> tuple[tuple[str, ...], ...]:
    """The reference's definitions as token texts, sorted: names renamed in order of appearance within each
    definition, no docstrings, annotations, imports or comments; only what the entry point reaches (LeetCode programs
    share a preamble of sixty lines). A reference that does not parse: its words, as one definition.
    """
    try:
        body = parse(problem.reference).body
        top = set(bound_names(body))
        return tuple(sorted(_tokens(statement, top) for statement in _reached(body, problem.entry_point)))
    except (SyntaxError, RecursionError):  # nested so deeply that it can be parsed but not walked
        return (tuple(_WORD.findall(problem.reference)),)


def normal_prompt(problem: Problem) -> tuple[str, ...]:
    """The prompt's words in small letters; where the prompt is a program (HumanEval), those of its docstrings."""
    text = problem.prompt[:PROMPT]
    try:
        tree = parse(text)
    except SyntaxError:
        tree = ast.Module([], [])
    strings = [
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]
    return tuple(word.casefold() for word in _WORD.findall("\n".join(strings) if strings else text))


def _reached(body: list[ast.stmt], entry: str | None) -> list[ast.stmt]:
    """The statements that the entry point uses, directly or not; for a stdio program those that run, and what
    they use. Imports never count."""
    kept = [statement for statement in body if not isinstance(statement, ast.Import | ast.ImportFrom)]
    parts = split_entry(entry) if entry else None
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    if parts is None and all(isinstance(statement, definitions) for statement in kept):
        return kept  # nothing shows which definitions are used
    if parts is None:
        wanted = {
            name
            for statement in kept
            if not isinstance(statement, definitions)
            for name in loaded_names(statement) | set(bound_names([statement]))
        }
    else:
        wanted = {parts[0]}
    reached: list[ast.stmt] = []
    growing = True
    while growing:
        growing = False
        for statement in kept:
            runs = parts is None and not isinstance(statement, definitions)
            if statement not in reached and (runs or wanted & set(bound_names([statement]))):
                reached.append(statement)
                wanted |= loaded_names(statement)
                growing = True
    return reached


def _tokens(statement: ast.stmt, top: set[str]) -> tuple[str, ...]:
    renamed = _Renamed(top).visit(copy.deepcopy(statement))
    return tuple(_WORD.findall(ast.unparse(ast.fix_missing_locations(renamed))))


class _Renamed(ast.NodeTransformer):
    """The tokens with the program's names replaced: ``G`` for names at the top level, ``v0``, ``v1`` ... for
    the others, in order of appearance. Builtins, attributes and literals stay."""

    def __init__(self, top: set[str]) -> None:
        self._top = top
        self._names: dict[str, str] = {}

    def _new(self, name: str) -> str:
        if name in self._top:
            return "G"
        if name in _BUILTINS and name not in self._names:
            return name
        return self._names.setdefault(name, f"v{len(self._names)}")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._new(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        self._names.setdefault(node.arg, f"v{len(self._names)}")
        return ast.arg(arg=self._names[node.arg])

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        node.arg = self._names.get(node.arg, node.arg) if node.arg else None
        node.value = self.visit(node.value)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._definition(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._definition(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._definition(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.visit(ast.Assign(targets=[node.target], value=node.value))  # type: ignore[no-any-return]

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ast.AST:
        node.name = self._new(node.name)
        if not isinstance(node, ast.ClassDef):
            node.returns = None
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node
