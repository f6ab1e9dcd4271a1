"""Which edits libcst splices, and why it does not splice the others. No program is run.

    python benchmarks/splice.py FILE... [--limit N]

For each file, it takes the edits that the ``rules`` teacher proposes for each reference, by the kinds of step
that they replace. It prints how many libcst splices, how many are spliced as text and for which reasons, and
the share of the former. A build judges these edits (and those whose renames it propagates). Exits with 1 if
the share is below 98%.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from itertools import islice

from prmdata.edits.rules import propose
from prmdata.edits.source import Source, source_of
from prmdata.edits.splice import BY_LIBCST, splice
from prmdata.problems import read_problems
from prmdata.records import Edit, Problem

LEAST = 0.98


def place(source: Source, edit: Edit) -> str:
    """What ``edit`` replaces, in the words of the steps."""
    kinds = "+".join(sorted({step.kind for step in source.steps[edit.start : edit.stop]})) or "insertion"
    return kinds + (", and other steps" if edit.also else "") + ("" if edit.text else ", deleted")


def table(path: str, limit: int | None) -> float:
    """Print the table of one file; return the share that libcst splices."""
    places: Counter[tuple[str, bool]] = Counter()
    reasons: Counter[str] = Counter()
    for problem in islice(read_problems(path), limit):
        if not isinstance(problem, Problem):
            continue
        source = source_of(problem.reference, problem.prompt)
        for edit in propose(source):
            reason = splice(source, edit).spliced_as_text or BY_LIBCST
            reasons[reason] += 1
            places[place(source, edit), reason == BY_LIBCST] += 1
    share = reasons[BY_LIBCST] / max(1, reasons.total())
    print(f"{path}: {reasons.total()} edits, {share:.2%} by libcst")
    for name in sorted({name for name, _ in places}, key=lambda name: -places[name, True]):
        print(f"  {name:40} {places[name, True]:7} libcst {places[name, False]:5} text")
    for reason, count in reasons.most_common():
        print(f"  {count:7} {reason}")
    return share


def main() -> None:
    """Parse the arguments and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+")
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()
    shares = [table(path, options.limit) for path in options.files]
    sys.exit(0 if min(shares) >= LEAST else 1)


if __name__ == "__main__":
    main()
