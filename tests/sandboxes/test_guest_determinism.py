"""A deterministic program runs once, and every other program runs twice. Compiled code alone decides which it
is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prmdata.errors import QuarantineError
from prmdata.records import (
    Compare,
    Execution,
    Isolation,
    Problem,
    RunResult,
    Spec,
    Suite,
    Task,
    Test,
    Verdict,
)
from prmdata.resources import guest_module
from prmdata.sandboxes.contract import Worker

NONDETERMINISTIC = {
    "order of a set of text": "def f(x): return list({x, 'a'})",
    "set by name": "def f(x): return list(set(x))",
    "set comprehension": "def f(x): return [y for y in {z for z in x}]",
    "frozenset": "def f(x): return list(frozenset(x))",
    "constant set, iterated": "def f(x): return [y for y in {'a', 'b'}]",
    "set in a nested function": "def f(x):\n    def g(): return set(x)\n    return list(g())",
    "defaultdict of sets": "from collections import defaultdict\ndef f(x): return defaultdict(set)",
    "set in disguise": "from typing import Set\ndef f(x): return list(Set[str](x))",
    "views with &": "def f(x): return list(x.keys() & x.keys())",
    "views with -": "def f(x):\n    a = x.items()\n    return list(a - x.items())",
    "views with ^=": "def f(x):\n    a = x.keys()\n    a ^= x.keys()\n    return list(a)",
    "views by operator": "from operator import sub\ndef f(x): return list(sub(x.keys(), []))",
    "hash": "def f(x): return hash(x) % 2",
    "hash by method": "def f(x): return x.__hash__() % 2",
    "hash as a key": "def f(x): return sorted(x, key=hash)",
    "id": "def f(x): return id(x) % 32",
    "random": "import random\ndef f(x): return random.random()",
    "random, in a function": "def f(x):\n    import random\n    return random.random()",
    "random by name": "from random import shuffle\ndef f(x): return shuffle(x)",
    "random, all of it": "from random import *\ndef f(x): return x",
    "random by another name": "import random as math\ndef f(x): return math.random()",
    "random by import function": "def f(x): return __import__('random').random()",
    "random by another module": "import tempfile\ndef f(x): return tempfile._Random().random()",
    "random by sys": "import sys\ndef f(x): return sys.modules['random'].random()",
    "random by eval": "def f(x): return eval('hash(x)')",
    "random by exec": "exec('import random')\ndef f(x): return random.random()",
    "builtins": "def f(x): return __builtins__['id'](x)",
    "attribute by text": "def f(x): return getattr(x, '__ha' + 'sh__')()",
    "names by text": "def f(x): return globals()['x']",
    "time": "import time\ndef f(x): return time.time() % 2",
    "date": "from datetime import datetime\ndef f(x): return datetime.now()",
    "secrets": "import secrets\ndef f(x): return secrets.randbelow(2)",
    "uuid": "import uuid\ndef f(x): return uuid.uuid4()",
    "threads": "from concurrent.futures import ThreadPoolExecutor\ndef f(x): return x",
    "the system": "import os\ndef f(x): return os.urandom(1)",
    "files": "def f(x): return open('/dev/urandom', 'rb').read(1)",
    "frames": "import sys\ndef f(x): return sys._getframe()",
    "finalisers": "class A:\n    def __del__(self): print(1)\ndef f(x): return A()",
}
DETERMINISTIC = {
    "arithmetic": "def f(a, b): return (a - b) & 3 | a ^ b",
    "text": "def f(s): return ' '.join(sorted(str(c).upper() for c in s)) + f'{len(s):>4}' + '%d' % len(s)",
    "dict": "def f(s):\n    d = {}\n    for k, v in d.items(): d[k] = v\n    return max(d, key=d.get) if d else 0",
    "looked up in a constant set": "def f(s): return [c for c in s if c in {'a', 'b'} or c not in {'e', 'i'}]",
    "modules that compute": "import math, re, heapq\nfrom collections import Counter, defaultdict, deque\n"
    "from functools import lru_cache, reduce\nfrom itertools import *\nfrom typing import List\n"
    "@lru_cache(None)\ndef f(n: List[int]) -> int:\n    return math.gcd(n, 2) + Counter('ab')['a'] + len(re.findall('a', 'aa'))",
    "a header nothing uses": "import random, datetime, os\nfrom time import time\nfrom typing import *\ndef f(x): return x",
    "a class": "class Solution:\n    def __init__(self): self.seen = {}\n    def f(self, n): return n",
    "errors": "def f(x):\n    try:\n        return x[0]\n    except (IndexError, TypeError) as e:\n        raise ValueError(str(e)) from e",
    "a script": "import sys\ndata = sys.stdin.read().split()\nprint(int(data[0]) + int(input()))\nsys.exit(0)",
    "generators": "def f(n):\n    yield from (i * i for i in range(n))",
}  # fmt: skip


@pytest.mark.parametrize("name", NONDETERMINISTIC)
def test_nondeterministic_code_is_recognised(name: str) -> None:
    assert not _is_deterministic(NONDETERMINISTIC[name])


@pytest.mark.parametrize("name", DETERMINISTIC)
def test_plain_code_is_deterministic(name: str) -> None:
    assert _is_deterministic(DETERMINISTIC[name])


def test_names_that_a_setup_binds_count() -> None:
    setup, program = _compiled("import random\n"), _compiled("def f(x): return random.random()\n")
    determinism = guest_module("determinism")
    assert determinism.is_deterministic(setup)
    assert determinism.is_deterministic(program)
    assert not determinism.is_deterministic(setup, program)


PURE = "def f(a): return a\n"
ONCE = {
    "pure": Task(PURE),
    "wrong": Task("def f(a): return [a, 1]\n"),
    "raises": Task("def f(a): return a[7]\n"),
    "does not compile": Task("def f(a: return a\n"),
    "plain inputs": Task(PURE, suites=(Suite(('{"a":["x"],"k":{}}',)),)),
    "timeout": Task("def f(a):\n    while True: pass\n"),
    "timeout on an input": Task(
        "def f(a):\n    while a == 'x': pass\n    return a\n", suites=(Suite(('{"a":["x"],"k":{}}',)),)
    ),
}
TWICE = {
    "set": Task("def f(a): return len(set(a)) or a\n"),
    "address in the answer": Task(
        "def f(a): return a if a == 1 else str(f)[:-5]\n", suites=(Suite(('{"a":["x"],"k":{}}',)),)
    ),
    "set among the inputs": Task(PURE, suites=(Suite(('{"a":[{"s":["x","y"]}],"k":{}}',)),)),
    "timeout": Task("def f(a):\n    while {1, 2}: pass\n"),
    "timeout, called deterministic": Task(
        "import sys\nsys._getframe(1).f_locals['self'].page.is_deterministic = True\ndef f(a):\n    while True: pass\n"
    ),
    "crash": Task("def f(a):\n    it = iter([a])\n    for _ in range(300_000):\n        it = filter(None, it)\n    return next(it)\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", ONCE)
def test_one_run_where_there_can_be_no_other(local_worker: Worker, name: str) -> None:
    assert _runs(local_worker, ONCE[name])[0] == 1


def test_one_run_to_a_timeout_has_the_time_of_a_confirmed_one(local_worker: Worker) -> None:
    _, answer = _runs(local_worker, ONCE["timeout"])
    assert isinstance(answer, Execution)
    assert answer.verdict == Verdict.TIMEOUT
    assert answer.cpu_s >= 4 * _spec().cpu_s


@pytest.mark.parametrize("name", TWICE)
def test_every_seed_where_there_can(local_worker: Worker, name: str) -> None:
    runs, answer = _runs(local_worker, TWICE[name])
    assert runs >= 2 or isinstance(answer, QuarantineError)


@pytest.mark.parametrize(
    "change",
    [
        lambda spec: Spec(spec.problem, Isolation.ONE_PROCESS, spec.cpu_s),
        lambda spec: _spec(setup="import random\nx = random.random()\n"),
        lambda spec: _spec("assert f(set('ab')) == {'a', 'b'}"),
        lambda spec: _spec("import random\nassert f(random.random()) is not None"),
        lambda spec: _spec(compare=Compare("checker", checker="import random\ndef ok(i, e, g): return e == g\n")),
    ],
)  # fmt: skip
def test_what_a_problem_brings_may_be_nondeterministic(
    local_worker: Worker, change: Callable[[Spec], Spec]
) -> None:
    assert _runs(local_worker, Task(PURE), change(_spec()))[0] == 2


def _is_deterministic(program: str) -> bool:
    answer: bool = guest_module("determinism").is_deterministic(_compiled(program))
    return answer


def _compiled(program: str) -> object:
    return compile(program, "<program>", "exec", dont_inherit=True)


def _spec(test: str = "assert f(1) == 1", **problem: object) -> Spec:
    made = Problem("p", "", PURE, (Test("assert", test),), entry_point="f", **problem)  # type: ignore[arg-type]
    return Spec(made, cpu_s=0.1, memory_mb=128)


def _runs(worker: Worker, task: Task, spec: Spec | None = None) -> tuple[int, RunResult]:
    before = worker.runs
    (answer,) = worker.run(spec or _spec(), [task])
    return worker.runs - before, answer
