"""Writes inputs and answers of the wire as tests, in the way that a person could have written them."""

from __future__ import annotations

import ast
from typing import Any

from prmdata.evidence.values import decode
from prmdata.records import Compare, Problem, Test
from prmdata.resources import guest_module

LONGEST = 2000
"""The most characters of a generated test. Nobody reads longer ones, so they are not written."""


def write_test(problem: Problem, compare: Compare, given: str, answer: str) -> Test | None:
    """The test that ``given`` is answered by ``answer`` (both in the wire's text form), compared as the problem compares;
    None where it cannot be written with literals (the call raised, changed its arguments, or gave back an object)."""
    if problem.is_stdio:
        return Test("stdio", input=given, output=answer) if len(given) + len(answer) <= LONGEST else None
    try:
        expected = guest_module("codec").decode(answer)
        arguments = _arguments(given)
    except ValueError:
        return None
    literal = _literal(expected)
    if arguments is None or literal is None:
        return None
    is_check = problem.tests[0].form == "check"
    function = "candidate" if is_check else problem.entry_point
    claim = _claim(f"{function}({arguments})", literal, expected, compare)
    if claim is None or len(claim) > LONGEST:
        return None
    return (
        Test("check", code=f"def check(candidate):\n    {claim}\n")
        if is_check
        else Test("assert", code=claim)
    )


def _claim(call: str, literal: str, expected: Any, compare: Compare) -> str | None:
    if compare.rule == "checker":
        return None
    if compare.rule == "any-order" and isinstance(expected, list | tuple):
        return f"assert sorted({call}, key=repr) == sorted({literal}, key=repr)"
    if compare.rule == "float" and type(expected) is float:
        return f"assert abs({call} - {literal}) <= {compare.tolerance!r} * max(1.0, abs({literal}))"
    if compare.rule == "float" and _holds_float(expected):
        return None  # the test would have to compare each element with a tolerance
    return f"assert {call} is None" if expected is None else f"assert {call} == {literal}"


def _holds_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_float(one) for pair in value.items() for one in pair)
    if isinstance(value, list | tuple | set | frozenset):
        return any(_holds_float(one) for one in value)
    return isinstance(value, float)


def _arguments(given: str) -> str | None:
    call = decode(given)
    texts = [_literal(value) for value in call.values]
    if None in texts:
        return None
    positional = len(texts) - len(call.names)
    named = [f"{name}={text}" for name, text in zip(call.names, texts[positional:], strict=True)]
    return ", ".join([*(text or "" for text in texts[:positional]), *named])


def _literal(value: Any) -> str | None:
    """``repr`` of a value, if reading it gives an equal value of the same types; None otherwise (NaN,
    objects)."""
    text = repr(value)
    try:
        again = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return text if repr(again) == text and again == value else None
