"""What a program may return, and what its tests then see: only the plain data in it, never the program's own
code."""

from __future__ import annotations

import pytest

from prmdata.records import Compare, Suite, Task, Verdict
from tests.sandboxes.conftest import Judge

P, W, R = Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR


@pytest.mark.parametrize(
    ("program", "test"),
    [
        ("import enum\nclass E(enum.IntEnum):\n    A = 5\nf = lambda a: E(a)\n", "assert f(5) == 5 and f(5) + 1 == 6"),
        ("import enum\nclass E(enum.StrEnum):\n    A = 'x'\nf = lambda a: E.A\n", "assert f(5) == 'x'"),
        ("class S(str): pass\nf = S\n", "assert f('ab') == 'ab' and f('ab').upper() == 'AB'"),
        ("class F(float): pass\nf = F\n", "assert abs(f(1.5) - 1.5) < 1e-9"),
        ("class L(list): pass\nf = lambda n: L([L([n])])\n", "assert f(2) == [[2]] and f(2)[0][0] == 2"),
        ("class D(dict): pass\nf = lambda n: D(a=n)\n", "assert f(2) == {'a': 2} and f(2).get('b') is None"),
        ("class T(tuple): pass\nf = lambda n: T([n, n])\n", "assert f(2) == (2, 2)"),
        ("from collections import namedtuple\nC = namedtuple('C', 're im')\nf = lambda n: C(n, -n)\n", "assert f(2).re == 2 and f(2)[1] == -2 and f(3) == (3, -3)"),
        ("from array import array\nf = lambda n: array('i', range(n))\n", "assert list(f(3)) == [0, 1, 2]"),
        ("f = lambda n: memoryview(bytes(range(n)))\n", "assert list(f(3)) == [0, 1, 2] and sum(f(2)) == 1"),
        ("from collections import UserString\nf = UserString\n", "assert f('ab') == 'ab'"),
        ("from collections import UserDict, UserList\nf = lambda n: UserList([UserDict({n: 1})])\n", "assert f(2) == [{2: 1}]"),
        ("from types import MappingProxyType\nf = lambda n: MappingProxyType({n: 1})\n", "assert list(f(2)) == [2]"),
        ("class I:\n    def __init__(s, n): s.n = n\n    def __iter__(s):\n        yield from range(s.n)\nf = I\n", "assert list(f(3)) == [0, 1, 2] and 2 in f(3) and 5 not in f(3)"),
        ("class I:\n    def __len__(s): return 2\n    def __getitem__(s, i): return [7, 8][i]\nf = lambda n: I()\n", "assert list(f(3)) == [7, 8] and len(f(3)) == 2"),
        ("import re\nf = lambda s: re.match('[a-z]+$', s)\n", "assert f('abc') and not f('1') and f('a') != None and f('1') is None"),
        ("f = lambda n: f if n else None\n", "assert f(1) and not f(0)"),
        ("from fractions import Fraction\nclass Q(Fraction): pass\nf = lambda n: Q(n, 2)\n", "assert f(4) == 2"),
        ("def f(n):\n    raise KeyError(None, n)\n", "try:\n    f(3)\nexcept KeyError as error:\n    assert error.args == (None, 3)"),
        ("f = lambda n: n * 10 ** 9999\n", "assert str(f(3)) == '3' + '0' * 9999"),
        ("f = lambda n: len(str(n * 10 ** 9999))\n", "assert f(3) == 10000"),
    ],
)  # fmt: skip
def test_what_is_nearly_plain_is_seen_as_the_plain_data_in_it(judged: Judge, program: str, test: str) -> None:
    assert judged(program, test).verdict == P


@pytest.mark.parametrize(
    ("program", "test"),
    [
        ("import numpy\nf = numpy.int64\n", "assert f(3) == 3 and [1, 2, 3, 4][f(3)] == 4"),
        ("import numpy\nf = lambda n: numpy.float32(n) / 2\n", "assert f(3) == 1.5"),
        ("import numpy\nf = lambda n: numpy.arange(n) ** 2\n", "assert list(f(3)) == [0, 1, 4]"),
        ("import numpy\nf = lambda n: [numpy.bool_(n > 0)]\n", "assert f(3) == [True]"),
        ("import numpy\nf = lambda n: numpy.eye(n, dtype=int)\n", "assert [list(row) for row in f(2)] == [[1, 0], [0, 1]]"),
    ],
)  # fmt: skip
def test_what_numpy_returns_are_numbers_and_lists(judged: Judge, program: str, test: str) -> None:
    pytest.importorskip("numpy")
    assert judged(program, test, cpu_s=0.1).verdict == P  # the import has time of its own


LIST = "def f(n):\n    return [n, n + 1]\n"


@pytest.mark.parametrize(
    ("answers", "test"),
    [
        ("def __contains__(s, x): return True", "assert 5 in f(5) and 6 in f(5)"),
        ("def count(s, x): return 1", "assert f(5).count(6) == 1"),
        ("def index(s, x): return 0 if x == 5 else 1", "assert f(5).index(6) == 1"),
        ("def __getitem__(s, i): return 5 + i", "assert f(5)[1] == 6"),
        ("def __add__(s, x): return [5, 6] + x", "assert f(5) + [7] == [5, 6, 7]"),
        ("def __len__(s): return 2", "assert len(f(5)) == 2"),
        ("value = 5", "assert f(5).value == 5"),
        ("def isdigit(s): return True", "assert f(5).isdigit()"),
    ],
)
def test_an_object_answers_no_question_where_the_reference_returns_plain_data(
    judged: Judge, answers: str, test: str
) -> None:
    """Such a question would contain what the test expects, and the object could answer yes to it."""
    program = f"class Liar:\n    {answers}\ndef f(n):\n    return Liar()\n"
    assert judged(program, test, reference=LIST).verdict == W


def test_an_object_answers_where_the_references_object_does(judged: Judge) -> None:
    reference = (
        "class Bag:\n    def __init__(self, *items): self.items = list(items)\n"
        "    def has(self, x): return x in self.items\n    def __len__(self): return len(self.items)\n"
        "def f(n):\n    return Bag(n, n + 1)\n"
    )
    tests = (
        "bag = f(3)\nassert bag.has(4) and len(bag) == 2 and bag and bag.items == [3, 4]",
        "assert f(1).has(1)",
    )
    assert judged(reference.replace("Bag", "Sack"), *tests, reference=reference).outcomes == (P, P)
    mixed = reference.replace("return Bag(n, n + 1)", "return Bag(n, n + 1) if n == 3 else [n]")
    half = (tests[0], "assert 1 in f(1)")
    liar = "class L:\n    def __contains__(self, x): return True\ndef f(n):\n    return L()\n"
    assert judged(liar, *half, reference=mixed).outcomes[1] == W


def test_iterators_of_own_classes_end_where_they_end(judged: Judge) -> None:
    program = (
        "class Down:\n    def __init__(self, n): self.n = n\n    def __iter__(self): return self\n"
        "    def __next__(self):\n        if not self.n: raise StopIteration\n"
        "        self.n -= 1\n        return self.n\ndef f(n):\n    return Down(n)\n"
    )
    test = "down = f(3)\nassert next(down) == 2 and down.n == 2 and list(down) == [1, 0]"
    assert judged(program, test, reference=program).verdict == P
    assert judged(program, "assert list(f(3)) == [2, 1, 0]", reference=LIST).verdict == P


@pytest.mark.parametrize(
    "error", ["StopIteration", "StopAsyncIteration", "GeneratorExit", "StopIteration(True)"]
)
@pytest.mark.parametrize(
    "test",
    [
        "assert all(map(f, [1, 2]))",
        "assert not any(map(f, [1, 2]))",
        "for got, want in zip(map(f, [1, 2]), [2, 3]):\n    assert got == want",
        "assert list(filter(f, [1, 2])) == []",
        "assert next(map(f, [1]), 7) == 7",
        "assert [*iter(lambda: f(1), 0)] == []",
    ],
)
def test_what_ends_loops_ends_no_loop_of_a_test(judged: Judge, error: str, test: str) -> None:
    found = judged(f"def f(n):\n    raise {error}\n", test)
    assert (found.verdict, found.error_type) == (R, error.partition("(")[0])


PAIR = "class Pair:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n    def same(self, o):\n        return (self.a, self.b) == (o.a, o.b)\n"


@pytest.mark.parametrize(
    "how", ["p.same = lambda o: True\n    return p", "q = Pair(0, 0); q.same = print; return q"]
)
def test_a_method_of_the_judges_class_stays_its_own(judged: Judge, how: str) -> None:
    program = PAIR + f"def f(p):\n    {how}\n"
    reference = PAIR + "def f(p):\n    return Pair(p.b, p.a)\n"
    test = "assert f(Pair(1, 2)).same(Pair(2, 1))"
    assert judged(program, test, prompt=PAIR, reference=reference).verdict != P
    assert judged(reference, test, prompt=PAIR, reference=reference).verdict == P


def test_a_proxy_passed_on_travels_as_its_handle(judged: Judge) -> None:
    """As an instance of a class, it would bring the judge's own objects along."""
    program = "class Box:\n    def __init__(self, n=0): self.n = n\n    def take(self, box): return [type(box).__name__, box.n]\n"
    test = "assert Box(1).take(Box(2)) == ['Box', 2]"
    assert judged(program, test, entry="Box", reference=program).verdict == P


def test_generated_inputs_see_what_tests_see(judged: Judge) -> None:
    """Some programs passed because their answer was only iterated, or only tested for truth. Such answers are
    compared in the same way."""
    suite = Suite(('{"a":[2],"k":{}}', '{"a":[0],"k":{}}'), ("[0,1]", "[]"))
    for body in ("yield from range(n)", "return range(n)", "return dict.fromkeys(range(n))"):
        found = judged(f"def f(n):\n    {body}\n", "assert list(f(1)) == [0]", task=Task("", suites=(suite,)))
        assert [each.status for each in found.observations[0]] == ["agreed", "agreed"], body
    found = judged("def f(n):\n    yield 5\n", "assert list(f(1))", task=Task("", suites=(suite,)))
    assert {each.status for each in found.observations[0]} == {"disagreed"}
    truths = Suite(('{"a":["ab"],"k":{}}', '{"a":["1"],"k":{}}'), ("true", "false"))
    program = "import re\ndef f(s):\n    return re.match('[a-z]+', s)\n"
    found = judged(program, "assert f('a')", task=Task("", suites=(truths,)))
    assert [each.status for each in found.observations[0]] == ["agreed", "agreed"]
    kept = judged(program, "assert f('a')", task=Task("", suites=(Suite(truths.inputs),)))
    assert [each.status for each in kept.observations[0]] == ["opaque", "answered"]
    forgets = "def f(s):\n    if s.isalpha(): return True\n"
    found = judged(forgets, "assert f('a')", task=Task("", suites=(truths,)))
    assert [each.status for each in found.observations[0]] == ["agreed", "disagreed"]


def test_a_checker_reads_an_answer_as_often_as_it_likes(judged: Judge) -> None:
    ok = "def ok(input, expected, got):\n    return len(list(got)) == len(expected) and all(n in input[0] for n in got)\n"
    suite = Suite(('{"a":[[1,2]],"k":{}}',), ("[1,2]",), Compare("checker", checker=ok))
    for program, status in (("iter([0] * len(a))", "disagreed"), ("reversed(a)", "agreed")):
        task = Task("", suites=(suite,))
        found = judged(f"def f(a):\n    return {program}\n", "assert list(f([])) == []", task=task)
        assert [each.status for each in found.observations[0]] == [status]
