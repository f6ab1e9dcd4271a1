"""A dataset in the terminal: a list of rows, or one row with every step, label and reason.

Plain text without colours unless asked; control characters of programs are shown, never sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from prmdata.datasets.listing import OFF, STYLES, SYMBOLS, listing, visible
from prmdata.datasets.reader import read_rows, read_traces
from prmdata.errors import InputError
from prmdata.records import IGNORE, Trace

_BOLD: Final = "\x1b[1m"


def show(out: Path | str, row_id: str | None = None, *, limit: int = 10, color: bool = False) -> str:
    """The text of ``prmdata show``.

    With ``row_id`` (or any beginning of an id that fits one row) that row; else ``limit`` rows, one a
    line, and the first that has an error in full. Raises InputError where no row, or more than one, fits.
    """
    if row_id is not None:
        return "\n".join(describe_trace(find(out, row_id), color=color)) + "\n"
    rows = list(islice(read_traces(out), limit))
    width = max(len(trace.id) for trace in rows)
    lines = [_line(trace, width, color) for trace in rows]
    shown = next((trace for trace in read_traces(out) if 0 in trace.labels), rows[0])
    return "\n".join([*lines, "", *describe_trace(shown, color=color)]) + "\n"


def find(out: Path | str, row_id: str) -> Trace:
    """The row whose id is ``row_id`` or, if no other does, begins with it."""
    found = [row["id"] for _, row in read_rows(out, columns=["id"]) if row["id"].startswith(row_id)]
    if row_id in found:
        found = [row_id]
    if not found:
        raise InputError(str(out), f"no row whose id begins with {row_id!r}; `prmdata show {out}` lists some")
    if len(found) > 1:
        raise InputError(
            str(out), f"{len(found)} rows begin with {row_id!r}: {', '.join(found[:4])} ...; give more of it"
        )
    return next(trace for trace in read_traces(out) if trace.id == found[0])


def describe_trace(trace: Trace, *, color: bool = False) -> Iterator[str]:
    """One row in full, line by line."""
    yield f"{_BOLD}{trace.id}{OFF}" if color else trace.id
    facts = {
        "problem": trace.problem_id,
        "strategy": f"{trace.strategy}, labels of kind {trace.label_kind}, policy {trace.policy or 'none'}",
        "verdict": f"{trace.verdict}, {_passed(trace)}"
        + (f", {trace.error_type}" if trace.error_type else ""),
    }
    if trace.edit is not None:
        facts["edit"] = f"{trace.edit.intent} by {trace.edit.author}, operator {trace.edit.operator}"
        if before := trace.edit.before.strip():
            lines = [line.strip() for line in before.split("\n") if line.strip()]
            facts["instead"] = "of " + " ⏎ ".join(lines)
    if trace.response_class is not None:
        completer = f", completer {trace.completer}, K = {trace.k}" if trace.completer else ""
        facts["rollout"] = f"{trace.response_class}{completer}"
    tried = trace.evidence
    if tried.differential and tried.inputs_tried:
        facts["inputs"] = (
            f"{tried.inputs_tried} tried, {tried.inputs_reached} reached the edit, "
            f"{tried.inputs_disagreed_inside} disagreed inside the hull, {tried.inputs_disagreed_outside} outside"
        )
    yield from (f"  {name:9}{visible(value)}" for name, value in facts.items())
    yield ""
    yield from listing(trace, color=color)
    if tried.counterexample is not None:
        yield ""
        for name in ("input", "expected", "got"):
            yield f"  {name:9}{visible(getattr(tried.counterexample, name))}"


def _line(trace: Trace, width: int, color: bool) -> str:
    symbols = "".join(SYMBOLS[label] if label != IGNORE else "·" for label in trace.labels)
    if color:
        symbols = "".join(
            f"{STYLES[label]}{SYMBOLS[label] if label != IGNORE else '·'}{OFF}" for label in trace.labels
        )
    what = trace.edit.operator if trace.edit else trace.response_class or trace.label_kind
    return f"{trace.id:{width}}  {visible(trace.problem_id)}  {what}  {trace.verdict}  {symbols}"


def _passed(trace: Trace) -> str:
    passed = sum(1 for outcome in trace.outcomes if outcome == "passed")
    return f"{passed} of {len(trace.outcomes)} tests passed"
