"""The hostile programs, the problem each is a solution of, and the verdict that it must get."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from prmdata.records import Compare, Problem, Spec, Test

HERE = Path(__file__).parent
CPU_S = 0.1
MEMORY_MB = 128
AMPLE = {
    "memory_touched",
    "memory_slow",
    "memory_in_mmap",
    "memory_in_memfd",
    "huge_list",
    "huge_string",
    "huge_int",
    "fills_the_inodes",
    "fills_the_disk",
    "recursion_in_c",
    "opens_many_files",
    "deep_directories",
    "long_program",
    "output_without_newline",
}
"""The CPU time of programs that reach their limit only after some work."""
AMPLE_CPU_S = 2.0


@dataclass(frozen=True)
class Case:
    """One program. ``wanted`` by sandbox: a verdict, ``unrepeatable``, or ``uncovered: why``."""

    name: str
    program: str
    spec: Spec
    docker: str
    gvisor: str
    local: str


def _spec(problem: Problem) -> Spec:
    return Spec(problem, cpu_s=CPU_S, memory_mb=MEMORY_MB)


def _asserts(*codes: str) -> tuple[Test, ...]:
    return tuple(Test("assert", code) for code in codes)


DOUBLE = _spec(
    Problem(
        "double",
        "",
        "def double(n):\n    return n + n\n",
        (
            *_asserts("assert double(2) == 4", "assert double(21) == 42", "assert double(-7) == -14"),
            Test(
                "check",
                "def check(candidate):\n    for n in range(5, 9):\n        assert candidate(n) == 2 * n",
            ),
        ),
        entry_point="double",
    )
)
HALF = _spec(
    Problem(
        "half",
        "",
        "def half(n):\n    return n / 2\n",
        _asserts("assert abs(half(3) - 1.5) < 1e-6", "assert half(4) == 2.0"),
        entry_point="half",
        compare=Compare("float", 1e-6),
    )
)
ARRANGE = _spec(
    Problem(
        "arrange",
        "",
        "def arrange(items):\n    items.sort()\n    return items\n",
        _asserts(
            "assert arrange([3, 1, 2]) == [1, 2, 3]", "items = [2, 1]\narrange(items)\nassert items == [1, 2]"
        ),
        entry_point="arrange",
        compare=Compare("any-order"),
    )
)
DECODE = _spec(
    Problem(
        "decode",
        "",
        "def encode(text):\n    return text[::-1]\n\ndef decode(text):\n    return text[::-1]\n",
        _asserts("assert decode(encode('abc')) == 'abc'", "assert decode(encode('')) == ''"),
        entry_point="decode",
    )
)
EVEN = _spec(
    Problem(
        "even",
        "",
        "def even(n):\n    return n % 2 == 0\n",
        _asserts(
            "assert all(map(even, [2, 4, 6]))",
            "assert not any(map(even, [1, 3]))",
            "for got, wanted in zip(map(even, [1, 2]), [False, True]):\n    assert got is wanted",
        ),
        entry_point="even",
    )
)
SHOUT = _spec(
    Problem(
        "shout",
        "",
        "def shout(text):\n    return text.upper() + '!'\n",
        _asserts(
            "assert shout('ab').startswith('AB')", "assert 'Q' in shout('q') and shout('q').endswith('!')"
        ),
        entry_point="shout",
    )
)
DISTINCT = _spec(
    Problem(
        "distinct",
        "",
        "def distinct(items):\n    return sorted(set(items))\n",
        _asserts(
            "found = distinct([3, 1, 2, 3])\nassert len(found) == 3 and all(n in found for n in (1, 2, 3))",
            "assert distinct([3, 1, 2, 3]).count(3) == 1 and distinct([1, 1, 2, 3]).index(2) == 1",
        ),
        entry_point="distinct",
    )
)
_SPAN = (
    "class Span:\n    def __init__(self, low, high):\n        self.low, self.high = low, high\n"
    "    def covers(self, other):\n        return self.low <= other.low and other.high <= self.high\n"
)
SHIFT = _spec(
    Problem(
        "shift",
        _SPAN + "def shift(span, by):\n    pass\n",
        _SPAN + "def shift(span, by):\n    return Span(span.low + by, span.high + by)\n",
        _asserts(
            "assert shift(Span(1, 2), 3).covers(Span(4, 5))",
            "assert shift(Span(0, 9), 1).covers(Span(9, 10))",
        ),
        entry_point="shift",
    )
)
ONES = _spec(
    Problem(
        "ones",
        "",
        "def ones(count):\n    return [1] * count\n",
        _asserts("assert sum(ones(3)) == 3", "assert sum(ones(10)) == 10"),
        entry_point="ones",
    )
)
STDIO = _spec(
    Problem(
        "stdio",
        "",
        "print(2 * int(input()))\n",
        (Test("stdio", input="21\n", output="42\n"), Test("stdio", input="1234\n", output="2468\n")),
    )
)


def problem_of(program: str, name: str) -> Spec:
    """The problem that a program pretends to solve, found by the function that it defines."""
    if name.startswith("stdio_"):
        return STDIO
    others = (HALF, ARRANGE, DECODE, EVEN, SHOUT, DISTINCT, SHIFT, ONES)
    return next((spec for spec in others if f"def {spec.problem.entry_point}(" in program), DOUBLE)


RIGHT = "def double(n):\n    return n + n\n"

GENERATED = {
    "null_bytes": "def double(n):\n    return n + n\n\0\0\n",
    "lone_surrogate": "def double(n):\n    return n + n  # \ud800\n",
    "byte_order_mark": "\ufeff" + RIGHT,
    "long_line": "def double(n):\n    x = '" + "x" * (1 << 20) + "'\n    return n + n\n",
    "long_program": "".join(f"x{i} = {i}\n" for i in range(20_000)) + RIGHT,
    "nested_parentheses": "def double(n):\n    return " + "(" * 10_000 + "n + n" + ")" * 10_000 + "\n",
    "nested_brackets_deep": "def double(n):\n    return "
    + "[" * 150
    + "n"
    + "]" * 150
    + "-" * 100_000
    + "n\n",
    "nested_indents": "def double(n):\n"
    + "".join(" " * d + "if n:\n" for d in range(1, 150))
    + " " * 150
    + "return 1\n",
    "carriage_returns": "def double(n):\r    x = n\r    return x + n\r",
    "form_feeds": "\fdef double(n):\n    return n + n\n\f\n",
    "huge_constant": "def double(n):\n    return " + "9" * 100_000 + "\n",
    "empty": "",
    "cookie_rot13": "# -*- coding: rot13 -*-\nqrs qbhoyr(a):\n    erghea a + a\n",
    "indentation_error": "def double(n):\nreturn n + n\n",
    "syntax_error": "def double(n):\n    return n +\n",
}


def read() -> list[Case]:
    """Every case, in the order of ``verdicts.toml``. A program without a verdict, or a verdict without
    a program, is a KeyError or a FileNotFoundError."""
    wanted: dict[str, str | dict[str, str]] = {}
    for section in tomllib.loads((HERE / "verdicts.toml").read_text()).values():
        wanted |= section
    cases = []
    for name, verdict in wanted.items():
        program = GENERATED.get(name)
        if program is None:
            program = (HERE / "programs" / f"{name}.py").read_text()
        each = verdict if isinstance(verdict, dict) else {"docker": verdict}
        docker = each["docker"]
        spec = problem_of(program, name)
        cases.append(
            Case(
                name,
                program,
                replace(spec, cpu_s=AMPLE_CPU_S) if name in AMPLE else spec,
                docker,
                each.get("gvisor", docker),
                each.get("local", docker),
            )
        )
    return cases
