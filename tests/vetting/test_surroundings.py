"""A reference is rejected if it answers differently under another clock, pid, hash seed, working folder or
locale."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from prmdata.records import Problem, Reject, Vetted
from prmdata.vetting.surroundings import depends_on_surroundings
from prmdata.vetting.vet import vet
from tests.programs_by_hand import asserting

REJECTED = {
    "import time\ndef f(x):\n    return x + int(time.time() * 1e6) % 2\n": "its clock",
    "from datetime import date\ndef f(x):\n    return x + (date.today().year > 2024)\n": "its clock",
    "import os\ndef f(x):\n    return x + os.getpid() % 2\n": "its process id",
    "import os\ndef f(x):\n    return x + len(os.getcwd()) % 2\n": "its working folder",
    "import os\ndef f(x):\n    return x + (os.environ['LANG'] == 'C.UTF-8')\n": "its locale",
    "import random\ndef f(x):\n    return x + (random.random() < 0.5)\n": "its hash seed",
}
HELD = [
    "import time\ndef f(x):\n    start = time.perf_counter()\n    time.sleep(0.01)\n    return x + (time.perf_counter() > start)\n",
    "from datetime import date, timedelta\ndef f(x):\n    return x + (date(2024, 2, 28) + timedelta(1)).day - 28\n",
    "_n = 0\ndef f(x):\n    global _n\n    _n = min(_n + 1, 1)\n    return x + _n\n",
    "def f(x):\n    return x + len(set('abc')) - 2\n",
]
TESTS = ("f(1) in (1, 2)", "f(7) in (7, 8)", "f(30) in (30, 31)", "f(44) in (44, 45)", "f(50) in (50, 51)")


@pytest.mark.parametrize(("reference", "what"), REJECTED.items(), ids=range(len(REJECTED)))
def test_what_depends_on_its_surroundings_is_rejected_with_the_reason(
    driven: Callable[..., Any], reference: str, what: str
) -> None:
    found = driven(vet(asserting(reference, *TESTS)))
    assert isinstance(found, Reject), found
    assert found.reason == f"the reference depends on {what}"


@pytest.mark.parametrize("reference", HELD, ids=range(len(HELD)))
def test_what_only_measures_time_or_keeps_state_holds(
    vetted: Callable[[Problem], Vetted], reference: str
) -> None:
    vetted(asserting(reference, *TESTS))


def test_what_can_run_in_only_one_way_is_not_asked(vetted: Callable[[Problem], Vetted]) -> None:
    for reference, runs, asked in (
        ("def f(x):\n    return x + 1 - 1\n", 1, 0),
        ("def f(x):\n    return int(format(x, 'n'))\n", 1, 1),
        (HELD[-1], 2, 1),
    ):
        found = vetted(asserting(reference, *TESTS))
        assert found.reference.runs == runs
        assert len(list(islice(depends_on_surroundings(found), 1))) == asked


def test_chance_is_told_from_the_rest(driven: Callable[..., Any]) -> None:
    reference = "import os\ndef f(x):\n    return [x, os.urandom(8).hex()]\n"
    found = driven(vet(asserting(reference, "f(1)[0] == 1", "f(7)[0] == 7")))
    assert isinstance(found, Reject)
    assert found.reason == "the reference depends on chance"
