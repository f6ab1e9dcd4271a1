"""Labels where there is state: 20 problems of our own (``state_problems.jsonl``), built with the rules; what came of the
edits that pass the given tests, one a line, to be read by hand.

    python benchmarks/state.py [OUT]
"""

from __future__ import annotations

import difflib
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from prmdata.datasets.reader import read_traces

PROBLEMS = Path(__file__).with_name("state_problems.jsonl")
BESIDE = ("prefix", "after_edit", "given", "neutral", "part_of_edit")


def main() -> None:
    """Build, then print the survivors and how many there are of each label."""
    out = sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()
    command = [sys.executable, "-c", "from prmdata.cli.main import main; main()", "build", str(PROBLEMS)]
    subprocess.run([*command, "-o", out, "--sandbox", "local"], check=True)
    traces = list(read_traces(Path(out)))
    references = {trace.problem_id: "".join(trace.steps) for trace in traces if trace.edit is None}
    counts: Counter[tuple[str, str]] = Counter()
    for trace in traces:
        if trace.edit is None or trace.verdict != "passed":
            continue
        pairs = zip(trace.labels, trace.reasons, strict=True)
        last = ", ".join(f"{label} {reason}" for label, reason in pairs if reason not in BESIDE)
        counts[trace.edit.intent, last] += 1
        lines = difflib.unified_diff(
            references[trace.problem_id].split("\n"), "".join(trace.steps).split("\n"), n=0
        )
        print(
            trace.problem_id,
            trace.edit.intent,
            last,
            [line for line in lines if line[:2] not in ("--", "++", "@@")],
        )
        if trace.evidence.counterexample is not None:
            print(f"    {trace.evidence.counterexample}")
    for key, count in sorted(counts.items()):
        print(count, *key)


if __name__ == "__main__":
    main()
