"""Runs one test function of a file of tests, as pytest or unittest would: with fixtures, parameters, set-up and tear-down.

It runs where tests run: in the judge, apart from the program (see :mod:`test_modules`). A function with parameters is one
test: all of its cases must pass. What a test needs from the program's own process (``capsys``, ``monkeypatch``) is there
only in one-process mode; elsewhere the test fails, so that vetting tries that mode.
"""

from __future__ import annotations

import contextlib
import inspect
import itertools
import unittest
from typing import TYPE_CHECKING
from unittest import case as unittest_case

from . import fixtures
from .pytest_stand_in import Mark, Skipped, XFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class _State:
    is_isolated = True


STATE = _State()


class _NoDiffs:
    """Stands for ``difflib`` in unittest: the difference of two long answers costs minutes, and nobody reads it."""

    @staticmethod
    def ndiff(*_: Any) -> tuple[()]:
        return ()

    unified_diff = ndiff


unittest_case.difflib = _NoDiffs  # type: ignore[attr-defined]


def run(names: dict[str, Any], path: str) -> None:
    """Run the test function at ``path`` (``test_f``, ``TestStack::test_pop``) of the module whose globals are ``names``.
    Returns where it passes; a skipped test passes, and so does one that was expected to fail."""
    owner, _, name = path.rpartition("::")
    try:
        with contextlib.ExitStack() as stack:
            _set_up(stack, names, "setUpModule", "tearDownModule")
            _set_up(stack, names, "setup_module", "teardown_module")
            kind = names[owner] if owner else None
            if kind is not None and issubclass(kind, unittest.TestCase):
                _run_case(stack, kind, name)
            else:
                _run_function(names, kind, name)
    except (Skipped, XFailed, unittest.SkipTest):
        return


def _run_case(stack: contextlib.ExitStack, kind: type[Any], name: str) -> None:
    """One method of a TestCase. ``debug`` lets what the test raises pass, the proxy's errors too."""
    if getattr(kind, "__unittest_skip__", False):
        return
    kind.setUpClass()
    stack.callback(kind.doClassCleanups)
    stack.callback(kind.tearDownClass)
    method = getattr(kind, name)
    if not getattr(method, "__unittest_expecting_failure__", False):
        kind(name).debug()


def _run_function(names: dict[str, Any], kind: type[Any] | None, name: str) -> None:
    function = getattr(kind, name) if kind is not None else names[name]
    marks = [
        *getattr(function, "pytestmark", ()),
        *getattr(kind, "pytestmark", ()),
        *_as_list(names.get("pytestmark")),
    ]
    _check_marks(marks)
    known = fixtures.known(names, kind, STATE.is_isolated)
    sets = [mark.cases() for mark in marks if mark.name == "parametrize"]
    for chosen in itertools.product(*sets):
        given: dict[str, Any] = {}
        indirect: dict[str, Any] = {}
        case_marks: list[Mark] = []
        for values, is_indirect, own_marks in chosen:
            (indirect if is_indirect else given).update(values)
            case_marks += own_marks
        try:
            _check_marks(case_marks)
        except (Skipped, XFailed):
            continue
        used = [name for mark in marks if mark.name == "usefixtures" for name in mark.args]
        for settings in fixtures.settings(known, _wanted(function, kind), used, given, indirect):
            _call(names, kind, name, (known, used, given, settings))


def _call(names: dict[str, Any], kind: type[Any] | None, name: str, needs: Any) -> None:
    """One call of a test function with its fixtures, on an object of its class where it has one."""
    known, used, given, settings = needs
    with contextlib.ExitStack() as stack:
        target = kind() if kind is not None else None
        function = getattr(target, name) if kind is not None else names[name]
        if target is not None:
            for before, after in (
                ("setup_class", "teardown_class"),
                ("setup_method", "teardown_method"),
                ("setup", "teardown"),
            ):
                _set_up(stack, target, before, after)
        else:
            _set_up(stack, names, "setup_function", "teardown_function")
        scope = fixtures.Scope(known, settings, stack, target)
        for each in (*fixtures.automatic(known), *used):
            scope.value(each)
        wanted = {
            each: given[each] if each in given else scope.value(each) for each in _wanted(function, None)
        }
        result = function(**wanted)
        if inspect.iscoroutine(result):
            import asyncio  # a heavy import that few tests need

            asyncio.run(result)


def _wanted(function: Callable[..., Any], kind: type[Any] | None) -> list[str]:
    """The names of the parameters that a test function takes, but for its object and those with a default."""
    found = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    ]
    return found[1:] if kind is not None and found[:1] == ["self"] else found


def _set_up(stack: contextlib.ExitStack, holder: Any, before: str, after: str) -> None:
    """Run a set-up function, and later its tear-down, of a module's globals or of an object, where there are any."""
    find = holder.get if isinstance(holder, dict) else lambda name: getattr(holder, name, None)
    first, last = find(before), find(after)  # type: ignore[no-untyped-call]
    if callable(first):
        _with_argument(first)
    if callable(last):
        stack.callback(_with_argument, last)


def _with_argument(function: Callable[..., Any]) -> None:
    """Call a set-up function, which may take the module or method that it is for."""
    function(*[None for _ in _wanted(function, None)])


def _check_marks(marks: Any) -> None:
    for mark in marks:
        if mark.name == "skip" or (mark.name == "skipif" and mark.args and mark.args[0]):
            raise Skipped(mark.kwargs.get("reason", ""))
        if mark.name == "xfail" and (not mark.args or mark.args[0]):
            raise XFailed("expected to fail")


def _as_list(value: Any) -> list[Any]:
    return [value] if isinstance(value, Mark) else list(value or ())
