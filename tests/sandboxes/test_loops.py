"""Which loops of a code object are around a place, wherever the compiler puts their code."""

from __future__ import annotations

import argparse
import dis
import inspect
import json.decoder
import textwrap
import types

import pytest

from prmdata.resources import guest_module

loops = guest_module("loops")
code_objects = guest_module("code_lines").code_objects


@pytest.mark.parametrize("module", [argparse, dis, inspect, json.decoder, textwrap])
def test_instructions_are_those_of_dis(module: types.ModuleType) -> None:
    code = compile(inspect.getsource(module), "<module>", "exec")
    for each in code_objects(code):
        expected = [
            (one.opcode, one.offset, one.argval if one.opcode in dis.hasjrel else None)
            for one in dis.get_instructions(each)
            if one.opname != "EXTENDED_ARG"
        ]
        assert [(one.operation, one.at, one.stop) for one in loops.instructions(each)] == expected


def test_the_loops_around_each_line() -> None:
    text = """
def f(a, b, c):
    while a != b:
        for b in c:
            c = 0
            while a != b:
                b = a
        a = 3
    for b in c:
        if b:
            continue
        a = 1
    return a
"""
    names: dict[str, types.FunctionType] = {}
    exec(text, names)  # type: ignore[arg-type]
    code = names["f"].__code__
    found = loops.Loops(code)
    starts = list(dis.findlinestarts(code))
    in_for: dict[int | None, set[bool]] = {line: set() for _, line in starts}
    for (at, line), (end, _) in zip(starts, [*starts[1:], (len(code.co_code), 0)], strict=True):
        in_for[line] |= {found.is_in_for(one.at) for one in loops.instructions(code) if at <= one.at < end}
    assert [line for line, each in in_for.items() if each == {True}] == [5, 6, 7, 10, 11, 12]
    back = {
        one.at: one.stop for one in loops.instructions(code) if one.stop is not None and one.stop <= one.at
    }
    goes_on = {stop: found.go_on(stop) for stop in back.values()}
    assert sum(goes_on.values()) == 2  # the first while loop, and the for loop in it
    assert len(goes_on) == 4
