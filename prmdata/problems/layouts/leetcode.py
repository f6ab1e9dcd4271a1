"""LeetCodeDataset: ``Solution().f`` entry points, a preamble of imports and helper classes in ``prompt``."""

from __future__ import annotations

from prmdata.problems.rows import Row
from prmdata.records import Problem, Test

_COLUMNS = ("task_id", "prompt", "completion", "entry_point", "test")
_SHOWN = ("problem_description", "starter_code")


def read(row: Row) -> Problem:
    """Reads a row whose program is ``prompt`` and ``completion``. The data set's prompt is only the preamble.
    Here the description and the signature follow it as one docstring, so that a completion fits after either."""
    preamble, completion, test = row.text("prompt"), row.text("completion"), row.text("test")
    asked = "\n\n".join(part for part in map(row.text, _SHOWN) if part)
    return Problem(
        id=row.identity("task_id"),
        prompt=preamble + (quoted(asked) if asked else ""),
        reference=preamble + completion if completion.strip() else "",
        tests=(Test("check", code=test),) if test.strip() else (),
        entry_point=row.text("entry_point") or None,
        source=row.source,
        license=row.license,
        metadata=row.rest(*_COLUMNS, *_SHOWN),
    )


def quoted(text: str) -> str:
    """``text`` as a docstring on lines of its own, with the meaning of its backslashes and quotes unchanged."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""\n{escaped}\n"""\n'
