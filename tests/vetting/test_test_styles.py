"""Files of pytest and unittest tests, run by the judge. The verdicts are pytest's own, and a candidate cannot
forge them.

``python -m benchmarks.test_styles`` compares all thirty problems of :mod:`tests.suites_by_hand` with pytest
itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from prmdata.problems.soundness import examine
from prmdata.records import Execution, Isolation, Problem, Task, Test, Vetted
from prmdata.sandboxes.contract import Worker
from prmdata.vetting.vet import vet
from tests.suites_by_hand import CLOCK, CODEC, MEAN, PARSER, PRINTS, STACK, BothStyles

Driven = Callable[[Any], Any]

WRONG = {
    "stack": ("return self.items.pop()\n", "return self.items.pop(0) + 'x'\n", {"test_pop"}),
    "two_functions": ("text += char * count", "text += char", {"test_round", "test_plain"}),
    "mean": ("return total / count", "return total / (count + 1)", {"test_mean", "test_far"}),
    "own_errors": (
        "raise ParseError(place)",
        "raise ValueError(place)",
        {"test_error", "test_is_value_error"},
    ),
    "prints": ('"hello " + name', '"hello  " + name', {"test_printed"}),
    "patched": ("return RATE", "return 3", {"test_other_rate"}),
}
"""A fault of each program, and the test functions that pytest says it fails (unittest's other_rate patches ``rate``)."""


def vetted(driven: Driven, program: str, file: str) -> Vetted:
    problem = examine(Problem("p", "Prompt.", program, (Test("assert", code=file),)))
    assert isinstance(problem, Problem), problem
    found = driven(vet(problem))
    assert isinstance(found, Vetted), found
    return found


def failed(worker: Worker, found: Vetted, program: str) -> set[str]:
    (answer,) = worker.run(found.spec, (Task(program),))
    assert isinstance(answer, Execution)
    names = [test.code.rstrip().rpartition("(globals(), ")[2].strip("\")'") for test in found.problem.tests]
    outcomes = zip(names, answer.outcomes, strict=True)
    return {name.rpartition("::")[2] for name, outcome in outcomes if str(outcome) != "passed"}


@pytest.mark.parametrize("style", ["pytest", "unittest"])
@pytest.mark.parametrize("one", [STACK, CODEC, MEAN, PARSER, PRINTS, CLOCK], ids=lambda one: one.name)
def test_a_fault_fails_the_functions_that_pytest_says(
    driven: Driven, local_worker: Worker, one: BothStyles, style: str
) -> None:
    file = one.pytest_file if style == "pytest" else one.unittest_file
    found = vetted(driven, one.program, file)
    together = one in (PRINTS, CLOCK)
    assert found.spec.isolation == (Isolation.ONE_PROCESS if together else Isolation.TWO_PROCESSES)
    assert found.spec.cpu_s < 10
    before, after, functions = WRONG[one.name]
    assert before in one.program
    if style == "pytest":
        assert failed(local_worker, found, one.program.replace(before, after)) == functions
    elif one is not CLOCK:
        assert failed(local_worker, found, one.program.replace(before, after)) & functions
    assert failed(local_worker, found, one.program) == set()


FORGERIES = {
    "patches pytest": "import sys, types\nfake = types.ModuleType('pytest')\nfake.raises = lambda *a, **k: None\n"
    "sys.modules['pytest'] = fake\n",
    "patches unittest": "import unittest\nunittest.TestCase.assertEqual = lambda *a, **k: None\n"
    "unittest.TestCase.debug = lambda self: None\n",
    "patches sys.modules": "import sys\nfor name in list(sys.modules):\n"
    "    if 'unit_tests' in name or 'judg' in name or 'pytest' in name:\n        sys.modules[name] = None\n",
    "patches the handle": "import builtins\nbuiltins.__solution__ = None\n__solution__ = None\n",
    "leaves": "import os, atexit\natexit.register(os._exit, 0)\n",
}


@pytest.mark.parametrize("style", ["pytest", "unittest"])
@pytest.mark.parametrize("trick", FORGERIES)
def test_a_forging_candidate_does_not_pass(
    driven: Driven, local_worker: Worker, trick: str, style: str
) -> None:
    file = STACK.pytest_file if style == "pytest" else STACK.unittest_file
    found = vetted(driven, STACK.program, file)
    before, after, functions = WRONG["stack"]
    forged = FORGERIES[trick] + STACK.program.replace(before, after)
    assert functions <= failed(local_worker, found, forged)


def test_an_answer_that_equals_everything_passes_no_assertion(driven: Driven, local_worker: Worker) -> None:
    liar = (
        "class Liar:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
    )
    liar += (
        "    def __sub__(self, other): return 0\n    __rsub__ = __sub__\n    def __abs__(self): return 0\n"
    )
    for file in (MEAN.pytest_file, MEAN.unittest_file):
        found = vetted(driven, MEAN.program, file)
        forged = f"{liar}\ndef mean(numbers):\n    return Liar()\n"
        assert {"test_mean", "test_far"} <= failed(local_worker, found, forged)
