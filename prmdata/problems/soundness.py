"""What can be wrong with a problem without running anything: its parts, each with a reason that is true.

Rejects of stage ``read``. What only running shows is vetting's work.
"""

from __future__ import annotations

import ast
import dataclasses
import sys
from collections.abc import Iterator

from prmdata.errors import where_raised
from prmdata.problems.doctests import doctests
from prmdata.problems.entry import calls_entry, defines, infer_entry
from prmdata.problems.syntax import bound_names, fault, parse, parses
from prmdata.problems.unit_tests import calls_nothing, is_test_file, split_tests
from prmdata.records import Problem, Reject, Test

STAGE = "read"
_MARK = "\ufeff"


def examined(problem: Problem) -> Problem | Reject:
    """What :func:`examine` gives for the problem without its byte-order marks. If the host cannot even read the problem,
    the result is a Reject that says why."""
    problem = _without_marks(problem)
    odd = next((name for name, text in _texts(problem) if not is_text(text)), None)
    if odd is not None:
        detail = f"its {odd} holds half a surrogate pair, which no file of UTF-8 can hold"
        return _reject(problem, "not text", detail)
    try:
        return examine(problem)
    except (RecursionError, MemoryError, ValueError) as error:
        return _reject(problem, "a fault of the host's work on it", where_raised(error))


def _without_marks(problem: Problem) -> Problem:
    """The problem without the byte-order mark that an editor on Windows may have put before a text. The mark belongs to
    the encoding of a file and not to the program: neither the tokenizer nor the parser accepts it inside a string."""

    def unmarked(text: str) -> str:
        return text.removeprefix(_MARK)

    return dataclasses.replace(
        problem,
        prompt=unmarked(problem.prompt),
        reference=unmarked(problem.reference),
        setup=unmarked(problem.setup),
        references=tuple(map(unmarked, problem.references)),
        tests=tuple(dataclasses.replace(test, code=unmarked(test.code)) for test in problem.tests),
        rollouts=tuple(dataclasses.replace(one, program=unmarked(one.program)) for one in problem.rollouts),
    )


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
        needs = "the row gives no solution; give programs that may be right with --rollouts-from FILE"
        return _reject(problem, "no reference", needs)
    problem = with_single_tests(problem)
    if not problem.tests:
        return _reject(problem, "no tests", "and the prompt shows no examples (>>>)")
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
        if test.form == "assert" and calls_nothing(test.code):
            detail = f"test {index} defines {_names(parse(test.code))}; call them, or name them test_..."
            return _reject(problem, "a test calls none of the functions that it defines", detail)
    if not parses(problem.setup):
        return _reject(problem, "the setup does not parse")
    if problem.reference.strip():
        try:
            tree = parse(problem.reference)
        except SyntaxError as error:
            version = f"Python {sys.version_info.major}.{sys.version_info.minor}"
            return _reject(problem, "the reference does not parse", f"{fault(error)} ({version})")
    else:
        tree = parse(_first_program(problem))
    return problem if stdio else _with_entry(problem, tree)


def with_single_tests(problem: Problem) -> Problem:
    """The problem with each function of a file of tests (pytest, unittest) as a test of its own, and with the examples of
    its prompt as tests where it has no others. Its entry point is then what most of the functions use."""
    tests: list[Test] = []
    used: list[str] = []
    for test in problem.tests:
        if test.form == "assert" and test.code.lstrip().startswith(">>>"):
            tests += doctests(test.code)
        elif test.form == "assert" and is_test_file(test.code):
            found = split_tests(test.code, problem.reference or _first_program(problem))
            tests += [Test("assert", code=text) for text in found.texts]
            used += [found.entry] if found.entry else []
        else:
            tests.append(test)
    if not tests:
        tests += doctests(problem.prompt)
    entry = problem.entry_point or (max(used, key=used.count) if used else None)
    return dataclasses.replace(problem, tests=tuple(tests), entry_point=entry)


def _first_program(problem: Problem) -> str:
    """The first rollout that parses, for a problem without a reference: what its tests call is found in it."""
    return next((one.program for one in problem.rollouts if parses(one.program)), "")


def _with_entry(problem: Problem, tree: ast.Module) -> Problem | Reject:
    """A called problem with its entry point, which the reference must define and the tests must use."""
    entry = problem.entry_point
    if entry is None:
        entry = infer_entry(tree, problem.tests)
    if not problem.reference.strip():
        if entry is None:
            return _reject(problem, "no entry point", "name it (entry_point, --entry-point)")
        return dataclasses.replace(problem, entry_point=entry)
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
