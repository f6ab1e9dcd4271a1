"""One-process mode: the tests run beside the program, in its own process.

For problems whose reference cannot pass apart. A hostile program can forge a pass here: its verdict is
what this process says of itself. The rows say so.
"""

from . import judging, program
from .encoder import Encoder


def run_tests(candidate, parts):
    """Run the tests that the judge sent over, against the program's own names."""
    names = dict(candidate.names)
    for text in parts["helpers"]:
        helpers = {"__name__": "helpers"}
        exec(program.compiled(text, "<helpers>"), helpers)
        names = {**helpers, **names}
    codes = judging.compiled_tests(parts["tests"])
    candidate.coverage.begin()
    outcomes, first, _ = judging.run_in_order(
        parts["order"], parts["tests"], codes, names, lambda: candidate.resolve(0), _blame
    )
    candidate.coverage.end()
    return Encoder.dump({"op": "one", "outcomes": outcomes, "first": first})


def _blame(error):
    """The program is blamed for what arose in a frame of its own; an assertion of the test is not."""
    facts = program.describe(error)
    return facts if facts["l"] is not None else None
