"""Tests in the shapes in which data sets hold them: texts of asserts, files of tests, inputs and outputs, calls.

A list or object may stand in a string of JSON, at every level.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from prmdata.problems.layouts.calls import SETUP, call_test, entry_of
from prmdata.problems.plain import loads, opened
from prmdata.problems.rows import Row
from prmdata.problems.syntax import bound_names, parse
from prmdata.records import Test

_NAMES: Final = ("fn_name", "func_name", "function_name", "entry_point")
_GROUPS: Final = ("test_cases", "tests", "testcases", "unit_tests", "asserts", "assert_case", "functional")
_CALLS: Final = ("functional", "function_call", "call")


@dataclass(frozen=True, slots=True)
class Cases:
    """The tests of one row; ``name`` is the function that they call with data, "" where they call it in code or feed
    standard input."""

    tests: tuple[Test, ...] = ()
    name: str = ""

    def entry(self, reference: str) -> str | None:
        """The entry point of calls that are given as data; None if there are no such calls."""
        return entry_of(self.name, reference) if self.name else None

    @property
    def setup(self) -> str:
        """The imports that a data set gives to a program which is called with data."""
        return SETUP if self.name else ""


def cases_of(row: Row, value: Any, name: str = "") -> Cases:
    """The tests in ``value``. ``name``: the function that pairs of inputs and outputs call, if the row names
    it.

    Raises RowError for a value that is not a test, and for lists of unequal length.
    """
    if isinstance(value, str):
        found = opened(value)
        return Cases(scripts(value)) if isinstance(found, str) else cases_of(row, found, name)
    if value is None:
        return Cases()
    if isinstance(value, Mapping):
        return _of_object(row, value, name)
    if not isinstance(value, Sequence):
        raise row.fail("the tests must be a text, a list or an object of inputs and outputs")
    parts = [_one(row, index, item, name) for index, item in enumerate(value) if item is not None]
    called = next((part.name for part in parts if part.name), "")
    return Cases(tuple(test for part in parts for test in part.tests), called)


def paired(row: Row, inputs: Any, outputs: Any, name: str = "", *, texts: bool = True) -> Cases:
    """Inputs with their outputs: arguments of calls of ``name`` where there is one, else standard input and output.

    ``texts``: an input of a call that is a text holds JSON, one argument on each line, and so does its output
    (LiveCodeBench); without it a text is an argument (APPS).
    """
    inputs = opened(inputs) if isinstance(inputs, str) else inputs
    outputs = opened(outputs) if isinstance(outputs, str) else outputs
    if isinstance(inputs, str) and isinstance(outputs, str):
        inputs, outputs = [inputs], [outputs]
    inputs, outputs = [] if inputs is None else inputs, [] if outputs is None else outputs
    if not isinstance(inputs, list | tuple) or not isinstance(outputs, list | tuple):
        raise row.fail("'inputs' and 'outputs' must be lists")
    if len(inputs) != len(outputs):
        raise row.fail(
            f"{len(inputs)} inputs and {len(outputs)} outputs; each input needs the output that belongs to it"
        )
    pairs = zip(inputs, outputs, strict=True)
    return Cases(tuple(_pair(i, o, is_call=bool(name), texts=texts) for i, o in pairs), name)


def scripts(text: str) -> tuple[Test, ...]:
    """The tests in a text of Python. If the text holds only asserts, each assert is one test; otherwise the
    whole text is one test."""
    if not text.strip():
        return ()
    try:
        body = parse(text).body
    except SyntaxError:
        return (Test("assert", code=text),)
    if "check" in bound_names(body):
        return (Test("check", code=text),)
    if len(body) > 1 and all(isinstance(statement, ast.Assert) for statement in body):
        found = [ast.get_source_segment(text, statement) for statement in body]
        if all(found):
            return tuple(Test("assert", code=one) for one in found if one)
    return (Test("assert", code=text),)


def lines(value: Any) -> str:
    """A text of standard input or output; some rows hold it as the list of its lines."""
    if isinstance(value, list | tuple):
        return "".join(f"{line}\n" for line in value)
    return value if isinstance(value, str) else str(value)


def _of_object(row: Row, value: Mapping[str, Any], name: str) -> Cases:
    name = next((str(value[key]) for key in _NAMES if value.get(key)), name)
    for given, expected in (("inputs", "outputs"), ("input", "output")):
        if given in value and expected in value:
            return paired(row, value[given], value[expected], name)
    groups = [value[key] for key in _GROUPS if value.get(key)]
    if not groups:
        raise row.fail(
            f"the tests are an object without 'inputs' and 'outputs'; it has {', '.join(map(str, value)) or 'nothing'}"
        )
    return cases_of(row, groups[0], name)


def _one(row: Row, index: int, item: Any, name: str) -> Cases:
    """One entry of a list of tests."""
    if isinstance(item, str):
        return Cases(scripts(item))
    if not isinstance(item, Mapping) or "input" not in item or "output" not in item:
        raise row.fail(f"test {index} must be a text of Python or an object with 'input' and 'output'")
    about = item.get("metadata")
    named = next(
        (one[key] for one in (item, about) if isinstance(one, Mapping) for key in _NAMES if one.get(key)), ""
    )
    kind = item.get("type") or item.get("testtype") or ""
    called = str(named) or (name if not kind or kind in _CALLS else "")
    return Cases((_pair(item["input"], item["output"], is_call=bool(called)),), called)


def _pair(given: Any, expected: Any, *, is_call: bool, texts: bool = True) -> Test:
    if not is_call:
        return Test("stdio", input=lines(given), output=lines(expected))
    if isinstance(given, str):
        arguments = [_value(line) for line in given.split("\n") if line.strip()] if texts else [given]
        return call_test(arguments, _value(expected) if texts else expected, may_be_wrapped=True)
    arguments = list(given) if isinstance(given, list | tuple) else [given]
    return call_test(arguments, expected, may_be_wrapped=True)


def _value(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return loads(text)
    except (ValueError, RecursionError):
        return text
