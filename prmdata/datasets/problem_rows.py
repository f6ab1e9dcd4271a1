"""Config ``problems``: one row for each vetted problem, in source order.

The rows of ``steps`` refer to it by ``problem_id``. It holds the tests and limits by which a problem was
judged, and the signature by which near-duplicates are kept on one side of a split.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

from prmdata.datasets.schema import with_features
from prmdata.records import Vetted

TEST: Final = pa.struct(
    [("form", pa.string()), ("code", pa.string()), ("input", pa.string()), ("output", pa.string())]
)
COMPARE: Final = pa.struct([("rule", pa.string()), ("tolerance", pa.float64()), ("checker", pa.string())])
PROBLEMS: Final = (
    ("problem_id", pa.string()),
    ("problem_index", pa.int64()),
    ("source", pa.string()),
    ("license", pa.string()),
    ("prompt", pa.string()),
    ("reference", pa.string()),
    ("entry_point", pa.string()),
    ("setup", pa.string()),
    ("tests", pa.list_(TEST)),
    ("compare", COMPARE),
    ("isolation", pa.string()),
    ("cpu_s", pa.float64()),
    ("signature", pa.list_(pa.int64())),
)


def problems_schema() -> pa.Schema:
    """The schema of config ``problems``, with its version and features in its metadata."""
    return with_features(pa.schema(list(PROBLEMS)))


def problem_row(vetted: Vetted, signature: Sequence[int]) -> dict[str, Any]:
    """The row of one vetted problem. ``problem_index`` is set where the order of the source is known."""
    problem = vetted.problem
    return {
        "problem_id": problem.id,
        "problem_index": 0,
        "source": problem.source,
        "license": problem.license,
        "prompt": problem.prompt,
        "reference": problem.reference,
        "entry_point": problem.entry_point,
        "setup": problem.setup,
        "tests": [
            {"form": test.form, "code": test.code, "input": test.input, "output": test.output}
            for test in problem.tests
        ],
        "compare": {
            "rule": problem.compare.rule,
            "tolerance": problem.compare.tolerance,
            "checker": problem.compare.checker,
        },
        "isolation": str(vetted.spec.isolation),
        "cpu_s": vetted.spec.cpu_s,
        "signature": list(signature),
    }
