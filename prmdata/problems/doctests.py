"""Examples of a prompt (``>>> f(1)``) as tests, where a problem has no others."""

from __future__ import annotations

import ast
import builtins
import doctest
from typing import Final

from prmdata.problems.syntax import parses
from prmdata.records import Test

_ENDS: Final = ('"""', "'''", "```")


def doctests(text: str) -> tuple[Test, ...]:
    """One test for each example that shows an answer. An answer that is a literal is compared as a value, a
    printed answer as a text, and an exception by its kind. If some examples keep a value (``>>> s =
    Stack()``), the examples before each example run first."""
    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError:  # an indentation that a doctest must not have
        return ()
    shown = [(one.source, _answer(one.want), one.exc_msg) for one in examples if parses(one.source)]
    keeps = any(not answer for _, answer, _ in shown)
    tests = []
    before = ""
    for source, answer, raised in shown:
        code = _checked(source, answer, raised) if answer else ""
        if code:
            tests.append(Test("assert", code=before + code))
        before = before + source if keeps else ""
    return tuple(tests)


def _answer(want: str) -> str:
    """What an example shows, without the quotes or the fence that end its text."""
    lines = []
    for line in want.split("\n"):
        if line.strip().startswith(_ENDS):
            break
        lines.append(line)
    return "\n".join(lines).strip()


def _checked(source: str, answer: str, raised: str | None) -> str:
    """The statements that check one example; "" where it cannot be checked."""
    body = ast.parse(source).body
    if raised is not None or answer.startswith("Traceback"):
        name = (raised or answer.rpartition("\n")[2]).partition(":")[0].strip().rpartition(".")[2]
        kind = getattr(builtins, name, None)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            return ""
        indented = "".join(f"    {line}\n" for line in source.rstrip("\n").split("\n"))
        return f"try:\n{indented}except {name}:\n    pass\nelse:\n    raise AssertionError('no {name}')\n"
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return ""
    value = body[0].value
    text = ast.unparse(value)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print":
        if len(value.args) != 1 or value.keywords:
            return ""
        return f"assert str({ast.unparse(value.args[0])}).strip() == {answer!r}\n"
    try:
        ast.literal_eval(answer)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return f"assert repr({text}) == {answer!r}\n"
    return f"assert {text} == {answer}\n"
