"""The one-process mode: the tests run in the process of the program.

It serves problems whose reference cannot pass when judge and candidate are two processes. A hostile program can
forge a pass here, because the verdict is what its own process reports. The rows of the data set say so.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from . import judging, program, test_modules
from .encoder import Encoder

if TYPE_CHECKING:
    from typing import Any

    from .candidate import Candidate


def run_tests(candidate: Candidate, parts: dict[str, Any]) -> str:
    """Run the tests that the judge sent against the names of the program."""
    names = dict(candidate.names)
    names[test_modules.SOLUTION] = sys.modules.get(names.get("__name__"))  # type: ignore[arg-type]
    test_modules.provide(parts["tests"], is_isolated=False)
    for text in parts["helpers"]:
        helpers = {"__name__": "helpers"}
        exec(program.compiled(text, "<helpers>"), helpers)
        names = {**helpers, **names}
    codes = judging.compiled_tests(parts["tests"])
    candidate.coverage.begin()
    suite = judging.TestSuite(parts["tests"], codes, names, lambda: candidate.resolve(0), _blame)
    outcomes, first, _ = judging.run_in_order(parts["order"], suite)
    candidate.coverage.end()
    return Encoder.dump({"op": "one", "outcomes": outcomes, "first": first})


def _blame(error: BaseException) -> dict[str, Any] | None:
    """Return the facts of an exception that arose in a frame of the program; None for an assertion of the test."""
    facts = program.describe(error)
    return facts if facts["l"] is not None else None
