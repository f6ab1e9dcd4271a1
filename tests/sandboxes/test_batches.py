"""Programs that share a process are judged as each of them alone, and what one leaves behind, no other finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from prmdata.records import Execution, Problem, Spec, Suite, Task, Test, Verdict
from prmdata.sandboxes.choose import choose
from prmdata.sandboxes.contract import Worker

REFERENCE = "import math\nfrom dataclasses import dataclass\ndef f(n):\n    return math.floor(n / 2)\n"
TESTS = ("assert f(4) == 2", "assert f(9) == 4", "assert f(-1) == -1")
INPUTS = tuple(f'{{"a":[{n}],"k":{{}}}}' for n in range(-20, 60))
RIGHT = "import math\ndef f(n):\n    return math.floor(n / 2)\n"
DEPTH = "def f(n):\n    def down(d):\n        try:\n            return down(d + 1)\n        except RecursionError:\n            return d\n    return down(0)\n"


@pytest.fixture(scope="module")
def worker(docker_engine: str) -> Iterator[Worker]:
    """A worker in a container: its interpreter tells lines apart without tracing, which a batch needs."""
    with choose("docker", remote_teacher=False).provider.start() as started:
        yield started


def spec_of(reference: str = REFERENCE, tests: Sequence[str] = TESTS) -> Spec:
    made = Problem("p", "", reference, tuple(Test("assert", code) for code in tests), entry_point="f")
    return Spec(made, cpu_s=0.25, memory_mb=128)


def facts(found: object) -> object:
    """What a run says of a program, without what it took."""
    if not isinstance(found, Execution):
        return repr(found)
    return replace(found, wall_s=0.0, cpu_s=0.0, peak_bytes=0, runs=0, shared=False, confirmed=False)


def judged(
    worker: Worker, programs: Sequence[str], spec: Spec | None = None, task: Task | None = None
) -> list[bool]:
    """Has programs judged in one batch and each alone; fails where the two differ. Returns which shared a process."""
    spec = spec or spec_of()
    tasks = [replace(task or Task(""), program=program, trusted=True) for program in programs]
    together = worker.run(spec, tasks)
    alone = [worker.run(spec, [replace(each, trusted=False)])[0] for each in tasks]
    assert [facts(found) for found in together] == [facts(found) for found in alone]
    return [isinstance(found, Execution) and found.shared for found in together]


PLAIN = {
    "right": RIGHT,
    "wrong": "def f(n):\n    return n // 3\n",
    "raises": "def f(n):\n    return n // 0\n",
    "fails at its top level": "x = 1 // 0\ndef f(n):\n    return n\n",
    "raises an error of its own": "class Odd(ValueError):\n    pass\ndef f(n):\n    raise Odd('no')\n",
    "keeps what it computes": "memo = {}\ndef f(n):\n    if n not in memo:\n        memo[n] = n // 2\n    return memo[n]\n",
    "a class": "class Half:\n    def __init__(self, n):\n        self.n = n\n    def of(self):\n        return self.n // 2\ndef f(n):\n    return Half(n).of()\n",
    "leaves a generator open": "def g():\n    try:\n        yield 1\n    finally:\n        n = 3\nheld = g()\nnext(held)\ndef f(n):\n    return n // 2\n",
    "sets the recursion limit": "import sys\nsys.setrecursionlimit(5000)\ndef f(n):\n    return n // 2\n",
    "goes deep": "def f(n):\n    def down(d):\n        return d if d == 900 else down(d + 1)\n    return down(0) and n // 2\n",
    "sets the precision of decimals": "import decimal\ndecimal.getcontext().prec = 3\ndef f(n):\n    return n // 2\n",
    "asks for the precision of decimals": "import decimal\ndef f(n):\n    return decimal.getcontext().prec and n // 2\n",
}
ODD = {
    "prints": "print('hello')\ndef f(n):\n    return n // 2\n",
    "never ends": "def f(n):\n    while True:\n        n += 1\n",
    "takes all memory": "def f(n):\n    return [0] * (1 << 30)\n",
    "recurses for ever": "def f(n):\n    return f(n)\n",
    "leaves": "def f(n):\n    exit(3)\n",
    "does not compile": "def f(n)\n    return n\n",
    "changes a module": "import math\nmath.floor = lambda x: 7\ndef f(n):\n    return math.floor(n)\n",
    "changes a class": "from fractions import Fraction\nFraction.limit_denominator = None\ndef f(n):\n    return n // 2\n",
    "changes the command line": "import sys\nsys.argv.append('x')\ndef f(n):\n    return n // 2\n",
    "closes its output": "import sys\nsys.stdout.close()\ndef f(n):\n    return n // 2\n",
    "shows an address": "class A:\n    pass\ndef f(n):\n    raise ValueError(A())\n",
    "depends on a set": "def f(n):\n    return len({n, 1}) and n // 2\n",
    "reads the clock": "import time\ndef f(n):\n    return time.time() and n // 2\n",
    "imports more than the reference": "import cmath\ndef f(n):\n    return n // 2\n",
    "registers a class": "from collections.abc import Sized\nSized.register(int)\ndef f(n):\n    return n // 2\n",
}
WITNESS = (
    "import math, decimal, sys\nfrom fractions import Fraction\nfrom collections.abc import Sized\nheld = []\n"
    "def f(n):\n    held.append(n)\n    assert len(held) < 4 and not isinstance(3, Sized) and Fraction.limit_denominator\n"
    "    assert decimal.getcontext().prec == 28\n    return math.floor(n / 2)\n"
)
"""Passes where no program before it has left anything, and fails where one has."""

STORES = "class Kept:\n    pass\nKept.n = 0\n"
"""Stores an attribute: beside a reference that does so, what modules hold is compared after each program."""


def test_programs_without_oddities_share_a_process(worker: Worker) -> None:
    programs = [each for program in PLAIN.values() for each in (program, WITNESS)]
    shared = judged(worker, programs, spec_of(WITNESS.replace("< 4", "< 9") + STORES))
    assert [what for what, is_shared in zip(PLAIN, shared[::2], strict=True) if not is_shared] == []
    assert all(shared)


@pytest.mark.parametrize("what", ODD)
def test_an_odd_program_is_judged_alone_and_leaves_nothing(worker: Worker, what: str) -> None:
    assert judged(worker, [RIGHT, ODD[what], WITNESS], spec_of(WITNESS + STORES)) == [True, False, True]


@pytest.mark.parametrize(
    "what", ["changes a module", "changes a class", "changes the command line", "names a modules' list"]
)
def test_what_could_change_a_module_is_judged_alone_where_modules_are_not_compared(
    worker: Worker, what: str
) -> None:
    odd = ODD | {"names a modules' list": "from sys import path as p\ndef f(n):\n    return p and n // 2\n"}
    assert judged(worker, [RIGHT, odd[what], RIGHT + STORES, WITNESS], spec_of(WITNESS)) == [
        True,
        False,
        False,
        True,
    ]


SETS = {
    "a set": ("def f(n):\n    return sorted({n, n + 1})\n", True),
    "wrong": ("def f(n):\n    return sorted({n, n - 1})\n", True),
    "no set": ("def f(n):\n    return [n, n + 1]\n", True),
    "an order that no answer shows": ("def f(n):\n    return sorted(int(x) for x in {str(n), str(n + 1)})\n", True),
    "an order that answers show": ("def f(n):\n    return [int(x) for x in {str(n), str(n + 1)}]\n", False),
    "a hash": ("def f(n):\n    return sorted({n, n + 1}, key=lambda x: hash(str(x)))\n", False),
    "an address": ("def f(n):\n    return sorted({n, n + 1}, key=id)\n", False),
    "chance": ("import random\ndef f(n):\n    return random.sample(sorted({n, n + 1}), 2)\n", False),
    "an endless loop": ("def f(n):\n    xs = {n, n + 1}\n    while xs:\n        xs |= {n}\n    return xs\n", False),
}  # fmt: skip
SET_TESTS = tuple(f"assert f({n}) == [{n}, {n + 1}]" for n in range(20))
"""So many that the order of two texts is another one under the other seed for one of them."""


@pytest.mark.parametrize("tests", [SET_TESTS, ("assert set(f(3)) == {4, 3}",)], ids=["plain", "sets"])
@pytest.mark.parametrize("what", SETS)
def test_programs_that_make_sets_share_a_process_under_each_seed(
    worker: Worker, what: str, tests: Sequence[str]
) -> None:
    (right, _), (program, is_shared) = SETS["a set"], SETS[what]
    is_shared = is_shared or (what == "an order that answers show" and len(tests) == 1)
    assert judged(worker, [right, program, right + "\n"], spec_of(right, tests)) == [True, is_shared, True]


LOOPS = {
    "nothing changes": "def f(n):\n    while n == n:\n        n += 0\n",
    "back and forth": "def f(n):\n    xs = [n, 1]\n    while True:\n        xs.reverse()\n        n = xs[0]\n",
    "in a function that is called": "def g(n):\n    while n >= 0 or n < 0:\n        n = n or 0\ndef f(n):\n    return [g(x) for x in (n, 1)]\n",
    "at the top level": "n = 1\nwhile n:\n    n = n * 1\ndef f(n):\n    return n\n",
    "in a for loop": "def f(n):\n    for x in (1, 2):\n        while x:\n            n = n * 1\n    return n\n",
    "in a for loop around a for loop": "def f(n):\n    for x in (1, 2):\n        while x:\n            for y in (1, 2):\n                n = n * 1\n    return n\n",
    "a float that changes its sign": "def f(n):\n    x = 0.0\n    while x == 0:\n        x = -x\n",
}
UNPROVED = {
    "counts": "def f(n):\n    while True:\n        n += 1\n",
    "the place of an iterator": "def f(n):\n    it = iter([0] * 10000)\n    while next(it, None) == 0:\n        pass\n    return n // 2\n",
    "in a loop over many": "def f(n):\n    for x in [0] * 3000:\n        i = 0\n        while i < 1:\n            i += 1\n    return n // 2\n",
    "over equal items": "def f(n):\n    for x in [0] * 3000:\n        n += x\n    return n // 2\n",
    "in a loop that is left early": "def f(n):\n    for y in [0] * 3000:\n        for x in [0] * 2:\n            i = 0\n            while i < 2:\n                i += 1\n            if i:\n                break\n    return n // 2\n",
    "around a loop that is left early": "def f(n):\n    k = iter(range(3000))\n    i, o = 0, 0\n    for y in k:\n        while i < 1:\n            for x in [0] * 2:\n                while o < 1:\n                    o += 1\n                o = 0\n                break\n            i += 1\n        i = 0\n        y = 0\n    return n // 2\n",
    "a method's list": "def f(n):\n    xs = []\n    push = xs.append\n    del xs\n    def more():\n        push(0)\n        return len(push.__self__) < 3000\n    while more():\n        pass\n    return n // 2\n",
    "a list that a function closes over": "def made():\n    xs = []\n    def more():\n        xs.append(0)\n        return len(xs) < 3000\n    return more\nmore = made()\ndef f(n):\n    while more():\n        pass\n    return n // 2\n",
    "a default": "def more(xs=[]):\n    xs.append(0)\n    return len(xs) % 3000\ndef f(n):\n    while more():\n        pass\n    return n // 2\n",
    "a class's list": "class A:\n    xs = []\ndef f(n):\n    while len(A.xs) % 3000 != 2999:\n        A.xs.append(0)\n    A.xs.append(0)\n    return n // 2\n",
    "a generator": "def g():\n    while True:\n        yield 0\ndef f(n):\n    i = 0\n    for x in g():\n        i += 1\n        if i == 3000:\n            return n // 2\n",
    "a global counter": "left = 3000\ndef less():\n    global left\n    left = left - 1 or 3000\n    return left < 3000\ndef f(n):\n    while less():\n        pass\n    return n // 2\n",
    "which list it is": "def f(n):\n    a, b, i = [], [], 3000\n    c = [a, b]\n    while i > 1:\n        i -= 1\n        c.reverse()\n    return n // 2\n",
}


@pytest.mark.parametrize("what", LOOPS)
def test_what_is_proved_endless_is_a_timeout_as_alone(worker: Worker, what: str) -> None:
    assert judged(worker, [RIGHT, LOOPS[what], RIGHT + "\n"]) == [True, True, True]


@pytest.mark.parametrize("what", LOOPS)
def test_what_is_proved_endless_need_not_use_up_its_time_alone(worker: Worker, what: str) -> None:
    spec = spec_of(tests=(*TESTS, "import random\nassert f(random.randint(4, 9)) > 1"))
    assert judged(worker, [RIGHT, LOOPS[what]], spec) == [False, False]
    (alone,) = worker.run(spec, [Task(LOOPS[what], trusted=True)])
    assert isinstance(alone, Execution)
    assert (alone.verdict, alone.cpu_s < spec.cpu_s) == (Verdict.TIMEOUT, True)


def test_inputs_share_a_process_where_only_the_tests_depend_on_chance(worker: Worker) -> None:
    spec = spec_of(tests=(*TESTS, "import random\nassert f(random.randint(4, 9)) > 1"))
    inputs = Task("", tests=False, suites=(Suite(INPUTS[:3], ("-10", "-10", "-9")),))
    assert judged(worker, [RIGHT, "def f(n):\n    return n // 3\n"], spec, inputs) == [True, True]
    runs = worker.runs
    worker.run(spec, [replace(inputs, program=RIGHT)])
    assert worker.runs == runs + 1


@pytest.mark.parametrize("what", UNPROVED)
def test_a_loop_that_may_end_is_not_proved_endless(worker: Worker, what: str) -> None:
    expected = tuple(str(n // 2) for n in range(-20, 10))
    task = Task("", suites=(Suite(INPUTS[:30], expected),), watch=(2, 3, 4, 5, 6))
    may_share = what not in ("counts", "a method's list")
    assert judged(worker, [RIGHT, UNPROVED[what]], task=task) == [True, may_share]


def test_a_program_can_recurse_as_deep_as_alone(worker: Worker) -> None:
    (alone,) = worker.run(spec_of(), [Task(DEPTH, tests=False, suites=(Suite((INPUTS[0],)),))])
    together = worker.run(
        spec_of(), [Task(DEPTH, tests=False, suites=(Suite((INPUTS[0],)),), trusted=True)] * 2
    )
    assert isinstance(alone, Execution)
    assert {facts(each) for each in together} == {facts(alone)}
    assert int(alone.observations[0][0].answer) > 900


def test_inputs_are_answered_as_alone(worker: Worker) -> None:
    expected = tuple(str(n // 2) for n in range(-20, 60))
    suites = (Suite(INPUTS, expected), Suite(INPUTS[:5], expected[:5]))
    late = "def f(n):\n    if n > 50:\n        n += 2\n    return n // 2\n"
    bad = "def f(n):\n    if n > 40:\n        raise KeyError(n)\n    return n // 2\n"
    hangs = "def f(n):\n    while n == 30:\n        pass\n    return n // 2\n"
    for stop_after in (0, 1):
        task = Task("", suites=suites, watch=(3,), stop_after=stop_after)
        assert judged(worker, [RIGHT, late, bad, hangs, RIGHT], task=task) == [True] * 5


def test_a_problem_whose_programs_are_all_odd_is_soon_left_alone(worker: Worker) -> None:
    spec = spec_of(tests=TESTS[1:])
    assert not any(judged(worker, [f"print({n})\ndef f(n):\n    return n\n" for n in range(12)], spec))
    (late, _) = worker.run(spec, [Task(RIGHT, trusted=True), Task(RIGHT + "\n", trusted=True)])
    assert isinstance(late, Execution)
    assert not late.shared


def test_what_agrees_is_confirmed_where_asked(worker: Worker) -> None:
    wrong = "def f(n):\n    return n // 3\n"
    asked = [Task(program, trusted=True, confirm=True) for program in (RIGHT, wrong, RIGHT + "\n")]
    found = worker.run(spec_of(tests=TESTS[:2]), asked)
    assert [isinstance(each, Execution) and each.confirmed for each in found] == [True, False, True]


@pytest.mark.parametrize(
    ("reference", "tests"),
    [
        ("import random\ndef f(n):\n    return n // 2\n" * 1 + "x = random.random()\n", TESTS),
        (REFERENCE, (*TESTS, "import time\nassert f(2) == 1 or time.time()")),
        (REFERENCE + "math.tau = 3\n", TESTS),
    ],
)
def test_problems_that_are_not_deterministic_have_no_batches(
    worker: Worker, reference: str, tests: Sequence[str]
) -> None:
    assert not any(judged(worker, [RIGHT, RIGHT + "\n"], spec_of(reference, tests)))


def test_programs_of_a_slow_problem_do_not_share(worker: Worker) -> None:
    """What passes would run its tests twice, which takes longer than a process of its own."""
    quick, slow = spec_of(), replace(spec_of(), cpu_s=0.5)
    assert judged(worker, [RIGHT, RIGHT + "\n"], quick) == [True, True]
    assert judged(worker, [RIGHT, RIGHT + "\n"], slow) == [False, False]
