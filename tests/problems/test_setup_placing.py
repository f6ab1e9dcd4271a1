"""Setup that needs the program, or that knows the answers, is moved to the tests."""

from __future__ import annotations

import pytest

from prmdata.problems.setup import place_setup

REFERENCE = "class Node:\n    pass\ndef f(x):\n    return x\n"


@pytest.mark.parametrize(
    ("setup", "stays", "tests"),
    [
        ("", "", ["assert f(1)"]),
        ("import math\r\n", "import math\r\n", ["assert f(1)"]),
        (
            "root = Node()\nroot.left = 3\n",
            "",
            ["root = Node()\nroot.left = 3\nassert f(root)", "assert f(2)"],
        ),
        ("one = Node(); two = Node()\n", "", ["one = Node()\nassert f(one)", "two = Node()\nassert f(two)"]),
        ("import math\nroot = Node()\n", "import math\n", ["root = Node()\nassert f(root)"]),
        ("x = 1\ndef t():\n    assert f(x)\n", "x = 1\n", ["def t():\n    assert f(x)\nt()"]),
        (
            "@staticmethod\ndef t():\n    assert f('é')\n",
            "",
            ["@staticmethod\ndef t():\n    assert f('é')\nt()"],
        ),
        ("é = Node()\nb = [é]\nb[0] = 2\n", "", ["é = Node()\nb = [é]\nb[0] = 2\nassert f(b)"]),
        ("x = (\n", "x = (\n", ["assert f(1)"]),
    ],
)
def test_each_statement_stands_where_it_can_run(setup: str, stays: str, tests: list[str]) -> None:
    given = tuple(test.rsplit("\n", 1)[-1] for test in tests)
    assert place_setup(setup, REFERENCE, given) == (stays, tuple(tests))
