"""Which steps of a program may run at all."""

from __future__ import annotations

import pytest

from prmdata.edits.reachable import reachable_steps
from prmdata.edits.source import source_of
from prmdata.records import Problem, Test

STDIN = (Test("stdio", input="3\n", output="6\n"),)


def reached(
    program: str, tests: tuple[Test, ...] = STDIN, entry_point: str | None = None, setup: str = ""
) -> str:
    """The text of the steps that may run."""
    problem = Problem("p", "", program, tests, entry_point, setup)
    source = source_of(program, "")
    return "".join(source.steps[place].text for place in reachable_steps(problem, source))


UNUSED = "def inverse(n):\n    return pow(n, -1, 7)\n"


@pytest.mark.parametrize(
    "unused",
    [
        UNUSED,
        "class Unused:\n    def f(self):\n        return Unused()\n",
        "async def unused():\n    return 1\n",
        "def even(n):\n    return n == 0 or odd(n - 1)\ndef odd(n):\n    return n != 0 and even(n - 1)\n",
    ],
)
def test_what_nothing_uses_is_not_reached(unused: str) -> None:
    used = "def main():\n    print(2 * int(input()))\n"
    start = "if __name__ == '__main__':\n    main()\n"
    assert reached(unused + used + start) == used + start


@pytest.mark.parametrize(
    "use",
    [
        "print(inverse(3))\n",
        "f = [inverse]\nprint(f[0](3))\n",
        "class A:\n    def go(self):\n        return inverse(3)\nprint(A().go())\n",
        "import __main__\nprint(__main__.inverse(3))\n",
        "print(__import__('__main__').__dict__['inverse'](3))\n",
        "print(globals()['in' + 'verse'](3))\n",
        "print(eval('inver' 'se(3)'))\n",
        "@inverse\ndef g():\n    pass\n",
        "def g(n=inverse(3)):\n    return n\n",
        "class A:\n    def f(self, n: inverse(3)) -> inverse(4):\n        return n\n",
        "class A:\n    n = inverse(3)\n",
        "class A(inverse(3)):\n    pass\n",
    ],
)
def test_what_something_may_use_is_reached(use: str) -> None:
    assert reached(UNUSED + use).startswith(UNUSED)


def test_a_decorated_definition_is_reached() -> None:
    program = "import atexit\n@atexit.register\ndef at_the_end():\n    print(1)\n"
    assert reached(program) == program


def test_tests_and_setup_use_definitions() -> None:
    program = "def f(n):\n    return n\n" + UNUSED + "def third():\n    return 3\n"
    tests = (Test("assert", "assert f(inverse(3)) == 5"),)
    assert reached(program, tests, "f", "start = third\n") == program
    assert reached(program, tests, "f") == "def f(n):\n    return n\n" + UNUSED


def test_where_nothing_is_reached_all_steps_are() -> None:
    assert reached(UNUSED) == UNUSED


def test_a_program_that_does_not_parse_is_whole() -> None:
    assert reached("def f(:\n    pass\n") == "def f(:\n    pass\n"
