"""What can be wrong with a problem without running anything: its parts, each with a reason that is true.

Rejects of stage ``read``. What only running shows is vetting's work.
"""

from __future__ import annotations

import ast
import dataclasses
import sys
from collections.abc import Iterator

from prmdata.errors import where_raised
from prmdata.problems.entry import calls_entry, defines, infer_entry
from prmdata.problems.syntax import bound_names, fault, parse, parses
from prmdata.records import Problem, Reject

STAGE = "read"


def examined(problem: Problem) -> Problem | Reject:
    """See :func:`examine`; a problem that the host cannot even look at is a Reject that says why."""
    odd = next((name for name, text in _texts(problem) if not is_text(text)), None)
    if odd is not None:
        detail = f"its {odd} holds half a surrogate pair, which no file of UTF-8 can hold"
        return _reject(problem, "not text", detail)
    try:
        return examine(problem)
    except (RecursionError, MemoryError, ValueError) as error:
        return _reject(problem, "a fault of the host's work on it", where_raised(error))


def is_text(text: str) -> bool:
    """Whether ``text`` can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _texts(problem: Problem) -> Iterator[tuple[str, str]]:
    """The texts of a problem by what they are; rollouts are looked at one by one, where they are judged."""
    for name in ("source", "license", "prompt", "reference", "setup"):
        yield name, getattr(problem, name)
    yield "entry point", problem.entry_point or ""
    yield "checker", problem.compare.checker
    for other in problem.references:
        yield "reference", other
    for test in problem.tests:
        yield "test", test.code + test.input + test.output


def examine(problem: Problem) -> Problem | Reject:
    """The problem with its entry point set, or why it cannot be used.

    A problem without a reference is kept where it has rollouts: vetting looks for one that passes.
    """
    if not problem.reference.strip() and not problem.rollouts:
        return _reject(problem, "no reference", "the row gives no solution and no rollouts")
    if not problem.tests:
        return _reject(problem, "no tests")
    stdio = sum(test.form == "stdio" for test in problem.tests)
    if 0 < stdio < len(problem.tests):
        return _reject(
            problem,
            "tests of two kinds",
            f"{stdio} of {len(problem.tests)} feed standard input, the rest call",
        )
    for index, test in enumerate(problem.tests):
        try:
            parse(test.code)
        except SyntaxError as error:
            return _reject(problem, "a test does not parse", f"test {index}: {fault(error)}")
    if not parses(problem.setup):
        return _reject(problem, "the setup does not parse")
    if problem.reference.strip():
        try:
            tree = parse(problem.reference)
        except SyntaxError as error:
            version = f"Python {sys.version_info.major}.{sys.version_info.minor}"
            return _reject(problem, "the reference does not parse", f"{fault(error)} ({version})")
    else:
        tree = parse("")
    return problem if stdio else _with_entry(problem, tree)


def _with_entry(problem: Problem, tree: ast.Module) -> Problem | Reject:
    """A called problem with its entry point, which the reference must define and the tests must use."""
    entry = problem.entry_point
    if not problem.reference.strip():
        return problem if entry else _reject(problem, "no entry point", "and no reference to find it in")
    if entry is None:
        entry = infer_entry(tree, problem.tests)
    if entry is None:
        return _reject(problem, "tests never call the reference", f"it defines {_names(tree)}")
    if not defines(tree, entry):
        return _reject(
            problem, "the reference does not define the entry point", f"{entry}; it defines {_names(tree)}"
        )
    if not any(calls_entry(test, entry) for test in problem.tests):
        return _reject(problem, "tests never call the entry point", entry)
    return dataclasses.replace(problem, entry_point=entry)


def _names(tree: ast.Module) -> str:
    shown = [
        name
        for name, node in bound_names(tree.body).items()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    return ", ".join(shown[:8]) or "no function"


def _reject(problem: Problem, reason: str, detail: str = "") -> Reject:
    return Reject(problem.id, STAGE, reason, detail)
