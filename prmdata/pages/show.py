"""A dataset in the terminal: a list of rows, or one row with every step, label and reason.

The output is plain text, without colours unless they are asked for. Control characters in programs are
escaped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from prmdata.datasets.describe import OFF, STYLES, SYMBOLS, listing, visible
from prmdata.datasets.reader import read_rows, read_traces
from prmdata.errors import InputError
from prmdata.records import IGNORE, Trace
from prmdata.records.numbers import number_of

_BOLD: Final = "\x1b[1m"


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows are listed. None means any. ``label`` is the row's class: ``incorrect`` if any step is
    incorrect, else ``correct`` if any step is correct, else ``masked``. ``reason`` may be the reason of any
    step."""

    label: str | None = None
    operator: str | None = None
    problem: str | None = None
    verdict: str | None = None
    reason: str | None = None

    def admits(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of config ``steps`` fits all conditions."""
        return all(wanted is None or wanted in _values(row)[name] for name, wanted in asdict(self).items())


_COLUMNS: Final = ("id", "labels", "edit", "problem_id", "verdict", "reasons")


def _values(row: Mapping[str, Any]) -> dict[str, Collection[str]]:
    label = next(
        (word for value, word in ((0, "incorrect"), (1, "correct")) if value in row["labels"]), "masked"
    )
    return {
        "label": (label,),
        "operator": (row["edit"]["operator"],) if row["edit"] else (),
        "problem": (row["problem_id"],),
        "verdict": (row["verdict"],),
        "reason": row["reasons"],
    }


def show(
    out: Path | str,
    row_id: str | None = None,
    *,
    limit: int = 10,
    color: bool = False,
    where: Mapping[str, str] | None = None,
) -> str:
    """The text of ``prmdata show``.

    With ``row_id`` (or any beginning of an id that fits one row), it describes that row. Without it, or if it
    is the id of a problem, it lists ``limit`` rows that fit ``where`` (the fields of :class:`RowFilter`), one
    on each line below a header, and describes the first row with an error in full. Raises InputError if no
    row, or more than one, fits.
    """
    wanted = RowFilter(**(where or {}))
    if row_id is not None:
        rows = read_rows(out, columns=["problem_id"])
        if wanted.problem is not None or not any(row["problem_id"] == row_id for _, row in rows):
            return "\n".join(describe_trace(find(out, row_id), color=color)) + "\n"
        wanted = replace(wanted, problem=row_id)
    ids = _fitting(out, wanted)
    first = set(islice(ids, limit))
    listed = list(islice(_traces(out, first), len(first)))
    shown = next((trace for trace in _traces(out, ids) if 0 in trace.labels), listed[0])
    lines = [*_table(listed, color), f"{len(listed)} of {number_of(len(ids), 'row')}", ""]
    return "\n".join([*lines, *describe_trace(shown, color=color)]) + "\n"


def _fitting(out: Path | str, wanted: RowFilter) -> dict[str, None]:
    """The ids of the rows that fit, in their order. If no row fits, raises InputError, which says what there
    is."""
    ids: dict[str, None] = {}
    there: dict[str, Counter[str]] = defaultdict(Counter)
    for _, row in read_rows(out, columns=_COLUMNS):
        if wanted.admits(row):
            ids[row["id"]] = None
        for name, values in _values(row).items():
            there[name].update(set(values))
    if ids:
        return ids
    asked = {name: value for name, value in asdict(wanted).items() if value is not None}
    said = " ".join(f"--{name} {value}" for name, value in asked.items())
    strange = [name for name, value in asked.items() if value not in there[name]]
    have = "".join(
        f"; there is --{name} {', '.join(word for word, _ in there[name].most_common(12))}"
        for name in strange
    )
    raise InputError(str(out), f"no row fits {said}{have or '; leave one of them out'}")


def _traces(out: Path | str, ids: Collection[str]) -> Iterator[Trace]:
    return (trace for trace in read_traces(out) if trace.id in ids)


def find(out: Path | str, row_id: str) -> Trace:
    """The row whose id is ``row_id`` or, if there is none, the one whose id begins with it."""
    found = [row["id"] for _, row in read_rows(out, columns=["id"]) if row["id"].startswith(row_id)]
    if row_id in found:
        found = [row_id]
    if not found:
        raise InputError(
            str(out),
            f"no row whose id begins with {row_id!r}, and no problem of that name; `prmdata show {out}` lists some",
        )
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


def _table(traces: Sequence[Trace], color: bool) -> Iterator[str]:
    """A header and the rows, in columns."""
    cells = [("row", "problem", "made by", "verdict")]
    for trace in traces:
        what = trace.edit.operator if trace.edit else trace.response_class or trace.label_kind
        cells.append((trace.id, visible(trace.problem_id), what, str(trace.verdict)))
    widths = [max(len(row[place]) for row in cells) for place in range(4)]
    signs = ["steps: + correct, - incorrect, · masked", *(_signs(trace, color) for trace in traces)]
    for row, last in zip(cells, signs, strict=True):
        line = "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        head = row is cells[0] and color
        yield f"{_BOLD}{line}  {last}{OFF}" if head else f"{line}  {last}"


def _signs(trace: Trace, color: bool) -> str:
    signs = [(STYLES[label], SYMBOLS[label] if label != IGNORE else "·") for label in trace.labels]
    return "".join(f"{style}{sign}{OFF}" if color else sign for style, sign in signs)


def _passed(trace: Trace) -> str:
    passed = sum(1 for outcome in trace.outcomes if outcome == "passed")
    return f"{passed} of {len(trace.outcomes)} tests passed"
