"""The code objects of a program, and their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .shared_page import MAX_LINES

if TYPE_CHECKING:
    from types import CodeType


def code_objects(code: CodeType) -> list[CodeType]:
    """Return ``code`` and every code object inside it."""
    found = [code]
    for each in found:
        found.extend(const for const in each.co_consts if type(const) is type(code))
    return found


def lines_of(code: CodeType) -> set[int]:
    """Return the physical lines of one code object that can be marked."""
    return {line for _, _, line in code.co_lines() if line is not None and 0 < line < MAX_LINES}
