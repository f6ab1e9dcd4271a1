"""Thirty problems of this project, each with a file of pytest tests and a file of unittest tests, and mutants
of their programs.

The first ten are written out, because they show what such files do: fixtures, parameters, exceptions of the
program's own, several functions, classes, arguments that are changed in place. The files of the others are
written from tables of calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import indent

from prmdata.edits.rules import propose
from prmdata.edits.source import Source
from prmdata.edits.splice import apply


@dataclass(frozen=True, slots=True)
class BothStyles:
    """A program with its tests in two styles."""

    name: str
    program: str
    pytest_file: str
    unittest_file: str


STACK = BothStyles(
    "stack",
    '''class EmptyStack(Exception):
    """Nothing is on the stack."""


class Stack:
    def __init__(self, limit=3):
        self.items = []
        self.limit = limit

    def push(self, item):
        if len(self.items) >= self.limit:
            raise OverflowError("full")
        self.items.append(item)
        return len(self.items)

    def pop(self):
        if not self.items:
            raise EmptyStack("nothing to pop")
        return self.items.pop()

    def peek(self):
        return self.items[-1] if self.items else None
''',
    """import pytest
from solution import EmptyStack, Stack

@pytest.fixture
def stack():
    made = Stack(2)
    made.push("a")
    yield made

def test_push(stack):
    assert stack.push("b") == 2
    assert stack.peek() == "b"

def test_full(stack):
    stack.push("b")
    with pytest.raises(OverflowError, match="full"):
        stack.push("c")

def test_pop(stack):
    assert stack.pop() == "a"
    assert stack.peek() is None

def test_empty():
    with pytest.raises(EmptyStack) as caught:
        Stack().pop()
    assert "nothing" in str(caught.value)
""",
    """import unittest
from solution import EmptyStack, Stack

class StackTest(unittest.TestCase):
    def setUp(self):
        self.stack = Stack(2)
        self.stack.push("a")

    def test_push(self):
        self.assertEqual(self.stack.push("b"), 2)
        self.assertEqual(self.stack.peek(), "b")

    def test_full(self):
        self.stack.push("b")
        self.assertRaises(OverflowError, self.stack.push, "c")

    def test_pop(self):
        self.assertEqual(self.stack.pop(), "a")
        self.assertIsNone(self.stack.peek())

    def test_empty(self):
        with self.assertRaisesRegex(EmptyStack, "nothing"):
            Stack().pop()

if __name__ == "__main__":
    unittest.main()
""",
)

CODEC = BothStyles(
    "two_functions",
    """def encode(text):
    out = []
    for char in text:
        if out and out[-1][0] == char:
            out[-1][1] += 1
        else:
            out.append([char, 1])
    return [(char, count) for char, count in out]


def decode(pairs):
    text = ""
    for char, count in pairs:
        if count < 1:
            raise ValueError("count")
        text += char * count
    return text
""",
    """import pytest
import solution as codec

@pytest.mark.parametrize("text", ["", "a", "aab", "abba"])
def test_round(text):
    assert codec.decode(codec.encode(text)) == text

@pytest.mark.parametrize(("text", "pairs"), [("aab", [("a", 2), ("b", 1)]), pytest.param("", [], id="none")])
def test_encode(text, pairs):
    assert codec.encode(text) == pairs

class TestDecode:
    def test_plain(self):
        assert codec.decode([("x", 3)]) == "xxx"

    @pytest.mark.parametrize("count", [0, -1])
    def test_bad(self, count):
        with pytest.raises(ValueError):
            codec.decode([("x", count)])
""",
    """from unittest import TestCase
from solution import decode, encode

class Base(TestCase):
    texts = ("", "a", "aab", "abba")

class RoundTest(Base):
    def test_round(self):
        for text in self.texts:
            with self.subTest(text=text):
                self.assertEqual(decode(encode(text)), text)

    def test_encode(self):
        self.assertListEqual(encode("aab"), [("a", 2), ("b", 1)])

    def test_bad(self):
        with self.assertRaises(ValueError):
            decode([("x", 0)])
""",
)

MEAN = BothStyles(
    "mean",
    """def mean(numbers):
    total = 0.0
    count = 0
    for number in numbers:
        total += number
        count += 1
    if count == 0:
        return None
    return total / count
""",
    """from pytest import approx, mark
from solution import mean

@mark.parametrize("numbers, wanted", [([1, 2], 1.5), ([0.1, 0.2, 0.3], 0.2), ([-1, 1], 0)])
def test_mean(numbers, wanted):
    assert mean(numbers) == approx(wanted)

def test_far():
    assert mean([1e9, 3e9]) == approx(2e9, rel=1e-3)
    assert [mean([1, 2]), mean([3])] == approx([1.5, 3])

def test_none():
    assert mean([]) is None
""",
    """import unittest
import math
from solution import mean

class TestMean(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.numbers = [0.1, 0.2, 0.3]

    def test_mean(self):
        self.assertAlmostEqual(mean(self.numbers), 0.2)

    def test_far(self):
        self.assertAlmostEqual(mean([1e9, 3e9]), 2e9, delta=1000)
        self.assertTrue(math.isclose(mean([-1, 1]), 0))

    def test_none(self):
        self.assertIsNone(mean([]))
""",
)

SORTED = BothStyles(
    "in_place",
    """def bubble(items):
    n = len(items)
    for i in range(n):
        for j in range(n - 1 - i):
            if items[j] > items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
""",
    """from solution import *
import pytest

def helper(items):
    copy = list(items)
    assert bubble(copy) is None
    return copy

@pytest.fixture(params=[[], [1], [2, 1], [3, 1, 2, 1]])
def items(request):
    return request.param

def test_sorted(items):
    assert helper(items) == sorted(items)

def test_words():
    assert helper(["b", "a"]) == ["a", "b"]
""",
    """import unittest
from solution import bubble

class SortTest(unittest.TestCase):
    def check(self, items):
        copy = list(items)
        bubble(copy)
        self.assertEqual(copy, sorted(items))

    def test_numbers(self):
        self.check([3, 1, 2, 1])

    def test_short(self):
        self.check([])
        self.check([2, 1])

    def test_words(self):
        items = ["b", "a"]
        self.assertIsNone(bubble(items))
        self.assertCountEqual(items, ["a", "b"])
""",
)

BANK = BothStyles(
    "two_classes",
    """class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount")
        self.balance += amount
        return self.balance


class Bank:
    def __init__(self):
        self.accounts = {}

    def open(self, owner):
        if owner in self.accounts:
            raise KeyError(owner)
        self.accounts[owner] = Account(owner)
        return self.accounts[owner]

    def total(self):
        return sum(account.balance for account in self.accounts.values())
""",
    """import pytest
from bank import Account, Bank

@pytest.fixture
def bank():
    return Bank()

@pytest.fixture
def rich(bank):
    account = bank.open("ann")
    account.deposit(10)
    return account

def test_deposit():
    assert Account("bob", 5).deposit(2) == 7

def test_bad():
    for amount in (0, -1):
        with pytest.raises(ValueError):
            Account("bob").deposit(amount)

def test_total(bank, rich):
    assert bank.total() == 10
    assert rich.balance == 10

def test_twice(bank, rich):
    with pytest.raises(KeyError):
        bank.open("ann")
""",
    """import unittest
from bank import Account, Bank

class BankTest(unittest.TestCase):
    def setUp(self):
        self.bank = Bank()
        self.addCleanup(setattr, self, "bank", None)

    def test_deposit(self):
        self.assertEqual(Account("bob", 5).deposit(2), 7)
        self.assertRaises(ValueError, Account("bob").deposit, 0)

    def test_total(self):
        self.bank.open("ann").deposit(10)
        self.assertEqual(self.bank.total(), 10)

    def test_twice(self):
        self.bank.open("ann")
        self.assertRaises(KeyError, self.bank.open, "ann")
""",
)

PARSER = BothStyles(
    "own_errors",
    """class ParseError(ValueError):
    def __init__(self, place):
        super().__init__(f"bad at {place}")
        self.place = place


def parse(text):
    total, sign = 0, 1
    for place, char in enumerate(text):
        if char == "-":
            sign = -1
        elif char == "+":
            sign = 1
        elif char.isdigit():
            total += sign * int(char)
        else:
            raise ParseError(place)
    return total
""",
    """import pytest
from .solution import ParseError, parse

CASES = {"1+2": 3, "9-4": 5, "": 0, "-3": -3}

@pytest.mark.parametrize("text", sorted(CASES))
def test_value(text):
    assert parse(text) == CASES[text]

def test_error():
    with pytest.raises(ParseError, match="bad at 1"):
        parse("1x")

def test_is_value_error():
    try:
        parse("x")
    except ValueError as error:
        assert isinstance(error, ParseError)
    else:
        pytest.fail("no error")
""",
    """import unittest
from solution import ParseError, parse

class ParseTest(unittest.TestCase):
    def test_value(self):
        for text, value in {"1+2": 3, "9-4": 5, "": 0, "-3": -3}.items():
            self.assertEqual(parse(text), value, msg=text)

    def test_error(self):
        with self.assertRaises(ParseError) as caught:
            parse("1x")
        self.assertEqual(str(caught.exception), "bad at 1")

    @unittest.skip("not yet")
    def test_later(self):
        self.fail()
""",
)

CHUNKS = BothStyles(
    "generator",
    """def chunks(items, size):
    if size < 1:
        raise ValueError("size")
    for start in range(0, len(items), size):
        yield items[start:start + size]
""",
    """import pytest
from solution import chunks

def test_even():
    assert list(chunks([1, 2, 3, 4], 2)) == [[1, 2], [3, 4]]

def test_rest():
    assert [len(chunk) for chunk in chunks("abcde", 2)] == [2, 2, 1]

def test_bad():
    with pytest.raises(ValueError):
        list(chunks([1], 0))
""",
    """import unittest
from solution import chunks

class ChunksTest(unittest.TestCase):
    def test_even(self):
        self.assertEqual(list(chunks([1, 2, 3, 4], 2)), [[1, 2], [3, 4]])

    def test_rest(self):
        self.assertSequenceEqual([len(chunk) for chunk in chunks("abcde", 2)], [2, 2, 1])

    def test_bad(self):
        with self.assertRaises(ValueError):
            list(chunks([1], 0))
""",
)

APPLY = BothStyles(
    "callbacks",
    """def apply_all(functions, value):
    for function in functions:
        value = function(value)
    return value


def count_if(items, test):
    count = 0
    for item in items:
        if test(item):
            count += 1
    return count
""",
    """from solution import apply_all, count_if

def test_apply():
    assert apply_all([lambda x: x + 1, lambda x: 2 * x], 3) == 8

def test_nothing():
    assert apply_all([], "x") == "x"

def test_count():
    seen = []
    def odd(x):
        seen.append(x)
        return x % 2
    assert count_if([1, 2, 3], odd) == 2
    assert seen == [1, 2, 3]
""",
    """import unittest
from solution import apply_all, count_if

class ApplyTest(unittest.TestCase):
    def test_apply(self):
        self.assertEqual(apply_all([lambda x: x + 1, lambda x: 2 * x], 3), 8)

    def test_count(self):
        self.assertEqual(count_if([1, 2, 3], lambda x: x % 2), 2)
        self.assertEqual(count_if([], bool), 0)
""",
)

PRINTS = BothStyles(
    "prints",
    """def greet(names):
    for name in names:
        print("hello " + name)
    return len(names)
""",
    """from solution import greet

def test_printed(capsys):
    assert greet(["ann", "bob"]) == 2
    assert capsys.readouterr().out == "hello ann\\nhello bob\\n"

def test_nobody(capsys):
    greet([])
    out, err = capsys.readouterr()
    assert out == err == ""
""",
    """import io
import unittest
from contextlib import redirect_stdout
from unittest.mock import patch
from solution import greet

class GreetTest(unittest.TestCase):
    def test_printed(self):
        out = io.StringIO()
        with redirect_stdout(out):
            self.assertEqual(greet(["ann"]), 1)
        self.assertEqual(out.getvalue(), "hello ann\\n")

    def test_nobody(self):
        with patch("builtins.print") as printed:
            greet([])
        printed.assert_not_called()
""",
)

CLOCK = BothStyles(
    "patched",
    """RATE = 3


def rate():
    return RATE


def price(amount):
    if amount < 0:
        return 0
    return amount * rate()
""",
    """import solution

def test_price():
    assert solution.price(2) == 6
    assert solution.price(-1) == 0

def test_other_rate(monkeypatch):
    monkeypatch.setattr(solution, "RATE", 5)
    assert solution.price(2) == 10
""",
    """import unittest
from unittest import mock
import solution

class PriceTest(unittest.TestCase):
    def test_price(self):
        self.assertEqual(solution.price(2), 6)
        self.assertEqual(solution.price(-1), 0)

    @mock.patch("solution.rate", return_value=5)
    def test_other_rate(self, rate):
        self.assertEqual(solution.price(2), 10)
        rate.assert_called_once_with()
""",
)

TABLES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "clamp": ("def clamp(x, lo, hi):\n    if x < lo:\n        return lo\n    if x > hi:\n        return hi\n    return x\n", [("clamp(5, 0, 10)", "5"), ("clamp(-1, 0, 10)", "0"), ("clamp(11, 0, 10)", "10")]),
    "gcd": ("def gcd(a, b):\n    while b:\n        a, b = b, a % b\n    return a\n", [("gcd(12, 18)", "6"), ("gcd(7, 5)", "1"), ("gcd(4, 0)", "4")]),
    "is_prime": ("def is_prime(n):\n    if n < 2:\n        return False\n    for d in range(2, n):\n        if n % d == 0:\n            return False\n    return True\n", [("is_prime(2)", "True"), ("is_prime(9)", "False"), ("is_prime(1)", "False")]),
    "vowels": ("def vowels(text):\n    count = 0\n    for char in text.lower():\n        if char in 'aeiou':\n            count += 1\n    return count\n", [("vowels('Anna')", "2"), ("vowels('')", "0"), ("vowels('xyz')", "0")]),
    "rotate": ("def rotate(items, k):\n    if not items:\n        return []\n    k = k % len(items)\n    return items[-k:] + items[:-k]\n", [("rotate([1, 2, 3], 1)", "[3, 1, 2]"), ("rotate([], 4)", "[]"), ("rotate([1, 2], 2)", "[1, 2]")]),
    "second": ("def second(items):\n    if len(items) < 2:\n        return None\n    return sorted(items)[-2]\n", [("second([1, 5, 3])", "3"), ("second([1])", "None"), ("second([2, 2])", "2")]),
    "flatten": ("def flatten(items):\n    out = []\n    for item in items:\n        if isinstance(item, list):\n            out.extend(flatten(item))\n        else:\n            out.append(item)\n    return out\n", [("flatten([1, [2, [3]]])", "[1, 2, 3]"), ("flatten([])", "[]"), ("flatten([[]])", "[]")]),
    "words": ("def words(text):\n    found = {}\n    for word in text.split():\n        found[word] = found.get(word, 0) + 1\n    return found\n", [("words('a b a')", "{'a': 2, 'b': 1}"), ("words('')", "{}"), ("words(' x ')", "{'x': 1}")]),
    "digits": ("def digits(n):\n    total = 0\n    n = abs(n)\n    while n > 0:\n        total += n % 10\n        n //= 10\n    return total\n", [("digits(123)", "6"), ("digits(-45)", "9"), ("digits(0)", "0")]),
    "common": ("def common(a, b):\n    return sorted(set(a) & set(b))\n", [("common([1, 2, 3], [2, 3, 4])", "[2, 3]"), ("common([], [1])", "[]"), ("common([5, 5], [5])", "[5]")]),
    "fib": ("def fib(n):\n    a, b = 0, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a\n", [("fib(0)", "0"), ("fib(1)", "1"), ("fib(10)", "55")]),
    "title": ("def title(text):\n    parts = []\n    for word in text.split(' '):\n        parts.append(word[:1].upper() + word[1:].lower())\n    return ' '.join(parts)\n", [("title('heLLo you')", "'Hello You'"), ("title('')", "''"), ("title('a')", "'A'")]),
    "pairs": ("def pairs(items, total):\n    count = 0\n    for i in range(len(items)):\n        for j in range(i + 1, len(items)):\n            if items[i] + items[j] == total:\n                count += 1\n    return count\n", [("pairs([1, 2, 3], 4)", "1"), ("pairs([2, 2, 2], 4)", "3"), ("pairs([], 0)", "0")]),
    "balanced": ("def balanced(text):\n    depth = 0\n    for char in text:\n        if char == '(':\n            depth += 1\n        elif char == ')':\n            depth -= 1\n            if depth < 0:\n                return False\n    return depth == 0\n", [("balanced('(())')", "True"), ("balanced(')(')", "False"), ("balanced('(')", "False")]),
    "transpose": ("def transpose(rows):\n    if not rows:\n        return []\n    return [[row[i] for row in rows] for i in range(len(rows[0]))]\n", [("transpose([[1, 2], [3, 4]])", "[[1, 3], [2, 4]]"), ("transpose([])", "[]"), ("transpose([[1, 2]])", "[[1], [2]]")]),
    "caesar": ("def caesar(text, k):\n    out = ''\n    for char in text:\n        if char.islower():\n            out += chr((ord(char) - 97 + k) % 26 + 97)\n        else:\n            out += char\n    return out\n", [("caesar('xyz', 3)", "'abc'"), ("caesar('A b', 1)", "'A c'"), ("caesar('', 9)", "''")]),
    "runs": ("def runs(items):\n    best = 0\n    now = 0\n    for index, item in enumerate(items):\n        if index and item > items[index - 1]:\n            now += 1\n        else:\n            now = 1\n        best = max(best, now)\n    return best\n", [("runs([1, 2, 2, 3, 4])", "3"), ("runs([])", "0"), ("runs([5, 4])", "1")]),
    "mode": ("def mode(items):\n    best = None\n    for item in items:\n        if best is None or items.count(item) > items.count(best):\n            best = item\n    return best\n", [("mode([1, 2, 2])", "2"), ("mode([])", "None"), ("mode([3, 1])", "3")]),
    "between": ("def between(x, low, high):\n    return low <= x < high\n", [("between(1, 1, 3)", "True"), ("between(3, 1, 3)", "False"), ("between(0, 1, 3)", "False")]),
    "halve": ("def halve(n):\n    steps = 0\n    while n > 1:\n        if n % 2 == 0:\n            n = n // 2\n        else:\n            n = n - 1\n        steps += 1\n    return steps\n", [("halve(8)", "3"), ("halve(1)", "0"), ("halve(7)", "4")]),
}  # fmt: skip


def _from_table(name: str) -> BothStyles:
    program, calls = TABLES[name]
    functions = "\n".join(
        f"def test_{number}():\n    assert {call} == {answer}\n"
        for number, (call, answer) in enumerate(calls)
    )
    methods = "\n".join(
        f"def test_{number}(self):\n    self.assertEqual({call}, {answer})\n"
        for number, (call, answer) in enumerate(calls)
    )
    head = f"from solution import {name}\n\n"
    case = f"class Test{name.title()}(unittest.TestCase):\n{indent(methods, '    ')}"
    return BothStyles(name, program, head + functions, f"import unittest\n{head}{case}")


PROBLEMS = (
    STACK, CODEC, MEAN, SORTED, BANK, PARSER, CHUNKS, APPLY, PRINTS, CLOCK, *map(_from_table, TABLES),
)  # fmt: skip


def mutants(program: str, most: int = 10) -> list[str]:
    """Up to ``most`` different programs that the operators make of one by one edit, spread over all that they make."""
    source = Source(program)
    found = dict.fromkeys(apply(source, edit) for edit in propose(source))
    made = [text for text in found if text != program]
    return made[:: max(len(made) // most, 1)][:most]
