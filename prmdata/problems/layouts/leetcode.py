"""LeetCodeDataset: ``Solution().f`` entry points, a preamble of imports and helper classes in ``prompt``."""

from __future__ import annotations

from prmdata.problems.rows import Row
from prmdata.records import Problem, Test

_COLUMNS = ("task_id", "prompt", "completion", "entry_point", "test")
_SHOWN = ("problem_description", "starter_code")


def read(row: Row) -> Problem:
    """The program is ``prompt`` and ``completion``. What the data calls the prompt is only the preamble: the
    description and the signature follow it as one docstring, so that a completion may be put after either."""
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
    """``text`` as a docstring on lines of its own, its backslashes and quotes kept as they were meant."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""\n{escaped}\n"""\n'
