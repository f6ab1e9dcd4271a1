"""Files of tests, as pytest and unittest collect them: each test function becomes one test of the problem.

A test keeps the text of its file without the other test functions, byte for byte, and ends with a line that has the judge
run it (``unit_tests.run(globals(), "TestStack::test_pop")``; ``sandbox/guest/unit_tests.py`` is the other side). Names that
the file imports from the program under test become attributes of ``__solution__``, the judge's own handle on the
candidate. Pure ``ast``; nothing is run.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from prmdata.problems.syntax import bound_names, parse
from prmdata.problems.tested_program import Edits, SourceText, TestedProgram

_RUN: Final = "import unit_tests\nunit_tests.run(globals(), {name!r})\n"
_RUNS: Final = "unit_tests.run(globals(), "
_SKIPS: Final = ("skip", "xfail", "expectedFailure")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class TestFile:
    """The tests of one file. ``texts``: one complete text for each test. ``entry``: the name of the program
    that most tests use; None if they import nothing from it."""

    __test__ = False  # pytest: not a test class

    texts: tuple[str, ...]
    entry: str | None


def is_test_file(text: str) -> bool:
    """Whether a text is a file of tests: it has test functions, and does not itself call all of them."""
    try:
        body = parse(text).body
    except SyntaxError:
        return False
    if _RUNS in text and text.rstrip().rpartition("\n")[2].startswith(_RUNS):
        return False  # this text is already a single test that split_tests made
    found = list(_collected(body))
    called = {
        node.func.id
        for statement in body
        if not _is_main_guard(statement)
        for node in _executed(statement)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return any(case.name not in called for case in found)


def calls_nothing(text: str) -> bool:
    """Whether a text defines functions or classes and does nothing else when it runs: it tests nothing."""
    body = parse(text).body
    made = [node for node in body if isinstance(node, Function | ast.ClassDef)]
    passive = (Function, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Pass)
    return bool(made) and all(
        isinstance(node, passive)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (
            isinstance(node, ast.Assign | ast.AnnAssign)
            and not any(isinstance(n, ast.Call) for n in ast.walk(node))
        )
        or _is_main_guard(node)
        for node in body
    )


def split_tests(text: str, reference: str) -> TestFile:
    """One text for each test function of the file. ``reference`` says which imports mean the program under test ("" where
    there is none: then ``solution`` and its like do)."""
    body = parse(text).body
    program = TestedProgram(reference, text)
    cases = list(_collected(body))
    source = SourceText(text)
    imports = list(program.imports_replaced(source, body))
    uses: Counter[str] = Counter()
    texts = []
    for case in cases:
        edits = [*_others_removed(source, body, cases, case), *imports]
        texts.append(source.edited(edits) + _RUN.format(name=case.path))
        uses.update(program.names_in(case.node))
    if not uses:
        uses.update(program.names_in(ast.Module(body, [])))
    entry = max(uses, key=lambda name: (uses[name], program.order(name)), default=None)
    return TestFile(tuple(texts), entry)


@dataclass(frozen=True, slots=True)
class _TestFunction:
    """One test function: its name, its place (``TestStack::test_pop``), and its class, if it has one."""

    name: str
    path: str
    node: Function
    owner: ast.ClassDef | None = None


def _collected(body: list[ast.stmt]) -> Iterator[_TestFunction]:
    """The tests that pytest would collect, in order: functions and methods ``test*`` of classes ``Test*`` or of a subclass
    of a TestCase, but for those that are skipped or expected to fail whatever happens."""
    cases_of = _test_cases(body)
    for node in body:
        if isinstance(node, Function) and node.name.startswith("test") and not _is_left_out(node):
            yield _TestFunction(node.name, node.name, node)
        elif isinstance(node, ast.ClassDef) and not _is_left_out(node):
            is_case = node.name in cases_of
            if not is_case and (not node.name.startswith("Test") or "__init__" in bound_names(node.body)):
                continue
            for owner, inner in _methods(body, node):
                if inner.name.startswith("test") and not _is_left_out(inner):
                    yield _TestFunction(inner.name, f"{node.name}::{inner.name}", inner, owner)


def _methods(body: list[ast.stmt], node: ast.ClassDef) -> Iterator[tuple[ast.ClassDef, Function]]:
    """The methods of a class and, after them, those that it inherits from classes of this file."""
    classes = {one.name: one for one in body if isinstance(one, ast.ClassDef)}
    seen: set[str] = set()
    waiting = [node]
    while waiting:
        owner = waiting.pop(0)
        for inner in owner.body:
            if isinstance(inner, Function) and inner.name not in seen:
                seen.add(inner.name)
                yield owner, inner
        waiting.extend(
            classes[base.id] for base in owner.bases if isinstance(base, ast.Name) and base.id in classes
        )


def _test_cases(body: list[ast.stmt]) -> set[str]:
    """The names of the classes that are a ``unittest.TestCase``, directly or by a class of this file."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, ast.ClassDef):
            bases = [
                base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
                for base in node.bases
            ]
            if any(base.endswith("TestCase") or base in found for base in bases):
                found.add(node.name)
    return found


def _is_left_out(node: Function | ast.ClassDef) -> bool:
    for decorator in node.decorator_list:
        named = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", "")
        if name in _SKIPS:
            return True
    return False


def _is_main_guard(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Compare)
        and "__name__" in ast.unparse(node.test)
    )


def _executed(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement that run when the file runs: not the bodies of functions."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def _others_removed(
    source: SourceText, body: list[ast.stmt], cases: list[_TestFunction], kept: _TestFunction
) -> Edits:
    """Every other test function becomes ``pass``, unless something in the file names it."""
    mentioned = {node.id for node in ast.walk(ast.Module(body, [])) if isinstance(node, ast.Name)}
    mentioned |= {node.attr for node in ast.walk(ast.Module(body, [])) if isinstance(node, ast.Attribute)}
    done = {id(kept.node)}
    for case in cases:
        if id(case.node) not in done and case.name not in mentioned and case.name != kept.name:
            done.add(id(case.node))
            yield source.span(case.node), "pass"
