"""Equal fingerprints mean equal compiled code, and nothing weaker."""

from __future__ import annotations

import pytest

from prmdata.edits.fingerprint import compiled, fingerprint, is_compiled


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1\n", "# note\n\nx = (1)\n"),
        ("x = 2 * 3\n", "x = 6\n"),
        ('def f():\n    """a"""\n    return 1\n', 'def f():\n    """b"""\n    return 1\n'),
        ('class A:\n    """a"""\n    x = 1\n', "class A:\n    x = 1\n"),
        ("if x:\n    def f():\n        'a'\n", "if x:\n    def f():\n        pass\n"),
        ("x = y in {1, 2, 3}\n", "x = y in {3, 2, 1}\n"),
        ("def f():\n    return a\n", "def f():\n\n\n    return a\n"),
        ("try:\n    def f():\n        'a'\nexcept A:\n    def g():\n        'b'\n",
         "try:\n    def f():\n        'c'\nexcept A:\n    def g():\n        'd'\n"),
    ],
)  # fmt: skip
def test_equal(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1\n", "x = True\n"),
        ("x = 1\n", "x = 1.0\n"),
        ("x = 0.0\n", "x = -0.0\n"),
        ("x = (1, 2)\n", "x = (1, 2.0)\n"),
        ("x = 'a'\n", "x = b'a'\n"),
        ("def f(a): return a\n", "def f(b): return b\n"),
        ("def f(a): return a\n", "def f(a, /): return a\n"),
        ("x = y in {1, 2}\n", "x = y in {1, True}\n"),
        ("assert x\n", "pass\n"),
        ("x = lambda: 1\n", "x = lambda: 2\n"),
        ("x = (\n", "x = ((\n"),
    ],
)
def test_different(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize("program", ["x = (\n", "return 1\n", "x = 1\x00\n", "break\n", "\ud800"])
def test_a_program_that_does_not_compile_goes_by_its_text(program: str) -> None:
    assert compiled(program) is None
    assert not is_compiled(fingerprint(program))
    assert fingerprint(program) == fingerprint(program)


def test_warnings_do_not_come_out() -> None:
    # pytest turns warnings into errors here, so a warning would make the program look as if it did not
    # compile.
    assert is_compiled(fingerprint("x = 1 is 1\ny = '\\d'\n"))
