"""The one problem of the tests of strategies: a reference of six steps, and tests that distinguish its
mutants."""

from __future__ import annotations

from prmdata.records import Test

REFERENCE = """\
def total(numbers):
    result = 0
    for number in numbers:
        if number > 0:
            result += number
    return result
"""
TESTS = tuple(
    Test("assert", f"assert total({numbers}) == {total}")
    for numbers, total in (([1, 2, 3], 6), ([], 0), ([-1, 5], 5), ([2, -2], 2), ([-3], 0))
)
