"""Files of pytest and unittest tests become one test for each function. A text that calls nothing is no test."""

from __future__ import annotations

import pytest

from prmdata.problems.doctests import doctests
from prmdata.problems.soundness import examine
from prmdata.problems.unit_tests import calls_nothing, is_test_file, split_tests
from prmdata.records import Problem, Reject, Test

TWICE = "def twice(x):\n    return 2 * x\n\ndef thrice(x):\n    return 3 * x\n"


def names_of(file: str, reference: str = TWICE) -> list[str]:
    """The test functions, as the last line of each text names them."""
    return [
        text.rstrip().rpartition("(globals(), ")[2].strip("\")'")
        for text in split_tests(file, reference).texts
    ]


def test_each_function_keeps_its_file_without_the_others() -> None:
    file = (
        "from solution import twice  # the program\nimport pytest\n\n@pytest.mark.slow\ndef test_a():\n"
        "    assert twice(1) == 2  # é\n\ndef helper():\n    return twice(0)\n\ndef test_b():\n    assert helper() == 0\n"
    )
    found = split_tests(file, TWICE)
    assert found.entry == "twice"
    first, second = found.texts
    assert first == (
        "twice = __solution__.twice  # the program\nimport pytest\n\n@pytest.mark.slow\ndef test_a():\n"
        "    assert twice(1) == 2  # é\n\ndef helper():\n    return twice(0)\n\npass\n"
        "import unit_tests\nunit_tests.run(globals(), 'test_a')\n"
    )
    assert "test_a" not in second
    assert not is_test_file(first)


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("class TestA:\n    def test_x(self): pass\n    def other(self): pass\nclass B:\n    def test_y(self): pass\n", ["TestA::test_x"]),
        ("import unittest\nclass A(unittest.TestCase):\n    def test_x(self): pass\nclass B(A):\n    def test_y(self): pass\n",
         ["A::test_x", "B::test_y", "B::test_x"]),
        ("import pytest\n@pytest.mark.skip(reason='no')\ndef test_a(): pass\n@pytest.mark.xfail\ndef test_b(): pass\ndef test_c(): pass\n", ["test_c"]),
        ("class TestA:\n    def __init__(self): pass\n    def test_x(self): pass\ndef test_y(): pass\n", ["test_y"]),
        ("async def test_a(): pass\n", ["test_a"]),
    ],
)  # fmt: skip
def test_what_is_collected(file: str, names: list[str]) -> None:
    assert is_test_file(file)
    assert names_of(file) == names


@pytest.mark.parametrize(
    ("line", "replaced"),
    [
        ("from solution import twice, thrice as t", "twice = __solution__.twice; t = __solution__.thrice"),
        ("from src.mine import twice", "twice = __solution__.twice"),
        ("from .other import twice", "twice = __solution__.twice"),
        (
            "from solution import *",
            "twice = __solution__.twice; thrice = __solution__.thrice",
        ),
        ("import solution as s", "s = __solution__"),
        ("import solution", "solution = __solution__"),
        ("from solution import E, LIMIT", "pass"),
        ("from collections import deque", "from collections import deque"),
        ("from numpy import array", "from numpy import array"),
        ("import numpy as np", "import numpy as np"),
    ],
)
def test_imports_of_the_program(line: str, replaced: str) -> None:
    reference = TWICE + "class E(ValueError):\n    pass\nLIMIT = 3\n"
    file = f"def test_a():\n    {line}\n    assert True\n"
    (text,) = split_tests(file, reference).texts
    assert text.startswith(f"def test_a():\n    {replaced}\n    assert True\n")


@pytest.mark.parametrize(
    ("text", "is_file", "is_nothing"),
    [
        ("def test_a():\n    assert f(1)\ntest_a()\n", False, False),
        ("def test_a():\n    assert f(1)\ndef test_b():\n    pass\ntest_a()\n", True, False),
        ("def test_a():\n    assert f(1)\nif __name__ == '__main__':\n    test_a()\n", True, True),
        ("def helper():\n    assert f(1)\n", False, True),
        ("import math\nclass A:\n    def go(self): pass\nX = 3\n", False, True),
        ("assert f(1)\n", False, False),
        ("def helper():\n    assert f(1)\nhelper()\n", False, False),
    ],
)
def test_what_is_a_file_of_tests_and_what_tests_nothing(text: str, is_file: bool, is_nothing: bool) -> None:
    assert is_test_file(text) is is_file
    assert calls_nothing(text) is is_nothing


def test_a_test_that_calls_nothing_is_rejected_with_that_reason() -> None:
    found = examine(
        Problem("p", "", TWICE, (Test("assert", code="def helper():\n    assert twice(1) == 3\n"),))
    )
    assert isinstance(found, Reject)
    assert found.reason == "a test calls none of the functions that it defines"
    assert "helper" in found.detail


def test_examples_of_the_prompt_are_tests_where_there_are_no_others() -> None:
    prompt = 'def twice(x):\n    """Double.\n\n    >>> twice(2)\n    4\n    >>> print(twice("a"))\n    aa\n    """\n'
    found = examine(Problem("p", prompt, TWICE, ()))
    assert isinstance(found, Problem)
    assert [test.code for test in found.tests] == [
        "assert twice(2) == 4\n",
        "assert str(twice('a')).strip() == 'aa'\n",
    ]
    assert found.entry_point == "twice"


def test_examples_that_keep_something_run_after_one_another() -> None:
    text = ">>> s = []\n>>> s.append(1)\n>>> s\n[1]\n>>> s.pop(5)\nTraceback (most recent call last):\nIndexError: pop\n"
    first, second = doctests(text)
    exec(first.code, {})
    exec(second.code, {})
    with pytest.raises(AssertionError):
        exec(first.code.replace("append(1)", "append(2)"), {})
    with pytest.raises(AssertionError):
        exec(second.code.replace("pop(5)", "pop(0)"), {})
