"""open-r1/codeforces: official tests, and a checker of its own where several answers are right."""

from __future__ import annotations

from prmdata.problems.layouts.cases import cases_of
from prmdata.problems.layouts.references import first_whole
from prmdata.problems.layouts.texts import unfenced
from prmdata.problems.rows import Row
from prmdata.problems.syntax import parses
from prmdata.records import Compare, Limits, Problem, Reject

_SHOWN = (
    ("", "description"),
    ("Input", "input_format"),
    ("Output", "output_format"),
    ("Note", "note"),
)
_CHECKER = '''\
PROGRAM = {program!r}


def ok(input, expected, got):
    """Run the data set's own checker, a program that is given three files and prints a score."""
    import builtins, io, sys

    files = {{"input.txt": input, "answer.txt": expected, "output.txt": got}}

    def open_given(path, mode="r", *args, **kwargs):
        if str(path) in files and not set(mode) & set("wax+"):
            text = files[str(path)]
            return io.BytesIO(text.encode()) if "b" in mode else io.StringIO(text)
        return builtins.open(path, mode, *args, **kwargs)

    printed = io.StringIO()
    kept = sys.argv, sys.stdout
    sys.argv, sys.stdout = ["checker.py", "input.txt", "answer.txt", "output.txt"], printed
    try:
        exec(compile(PROGRAM, "<checker program>", "exec"), {{"__name__": "__main__", "open": open_given}})
    except SystemExit as ended:
        if ended.code not in (None, 0) and not printed.getvalue().split():
            return False
    finally:
        sys.argv, sys.stdout = kept
    words = printed.getvalue().split()
    return bool(words) and float(words[0]) >= 1
'''
"""The text of a checker for the judge. The checkers of the data set print a score: 0 for a wrong answer, and 1 or
100 for a right one. A part of a score is no right answer."""


def read(row: Row) -> Problem | Reject:
    """Reads a row. The data set has no solutions (``--rollouts-from`` gives them), unless somebody added them
    as ``solution`` or ``code``."""
    if row.values.get("interaction_format"):
        return Reject(row.identity("id"), "read", "an interactive problem", "its judge answers while it runs")
    if row.values.get("input_mode") not in (None, "", "stdio"):
        return Reject(
            row.identity("id"), "read", "reads and writes files", "only standard input and output are fed"
        )
    checker = row.text("generated_checker")
    if checker and not parses(checker):
        raise row.fail("the checker does not parse; give a generated_checker of Python or null")
    reference, others = first_whole(
        [unfenced(row.text(key)) for key in ("solution", "code", "reference") if row.values.get(key)]
    )
    memory = row.values.get("memory_limit")
    tests = row.values.get("official_tests") or row.values.get("examples")
    return Problem(
        id=row.identity("id"),
        prompt=_prompt(row),
        reference=reference,
        tests=cases_of(row, tests).tests,
        compare=Compare("checker", checker=_CHECKER.format(program=checker)) if checker else Compare(),
        references=others,
        source=row.source,
        license=row.license,
        limits=Limits(memory_mb=int(memory) if isinstance(memory, int | float) and memory >= 1 else None),
        metadata=row.rest("id", "official_tests", "generated_checker", *(key for _, key in _SHOWN)),
    )


def _prompt(row: Row) -> str:
    parts = [row.text("title")]
    for title, key in _SHOWN:
        text = row.text(key).strip()
        if text:
            parts.append(f"{title}\n\n{text}" if title else text)
    parts += [
        f"Example\n\n{example.get('input')}\n\n{example.get('output')}"
        for example in row.items("examples")
        if isinstance(example, dict)
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
