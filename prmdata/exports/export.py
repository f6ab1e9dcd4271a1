"""Write a dataset in a trainer's own layout, and say what was cut, masked, left out or too long.

Nothing is dropped without being counted; what a trainer would corrupt stops the export with the reason.
Memory is bounded by one problem's rows (and by the notes of the rows, where some are chosen).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prmdata.datasets import card, manifest
from prmdata.datasets.compose import Composition, Note, choose, note
from prmdata.datasets.disk import saying_full
from prmdata.datasets.reader import read_rows, read_traces
from prmdata.datasets.schema import from_row, with_features
from prmdata.datasets.writer import write_rows
from prmdata.errors import InputError, NothingUsableError, UsageError
from prmdata.exports.folder import write_folder
from prmdata.exports.format import ExportCounts, ExportOptions, Format, Group
from prmdata.exports.format_names import find
from prmdata.exports.pruning import Pruned, PruningEntry, prune, pruning_entry
from prmdata.exports.readme import describe
from prmdata.exports.settings import ExportSettings
from prmdata.exports.tokens import load_tokenizer
from prmdata.outputs import refuse_links
from prmdata.records import Trace
from prmdata.records.numbers import number_of

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What an export wrote, where, and what it did with every row. ``too_long``: what becomes of rows longer than
    ``max_length``. ``other_kind``: the kind of label that was left out because the dataset holds two and the user
    chose none."""

    format: str
    path: Path
    counts: ExportCounts
    kept: Pruned | None
    max_length: int
    too_long: str
    other_kind: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The figures as JSON-able values."""
        counts = self.counts
        return {
            "format": self.format,
            "rows_read": counts.read,
            "rows": dict(sorted(counts.rows.items())),
            "labels": dict(sorted(counts.labels.items())),
            "left_out": dict(sorted(counts.left_out.items())),
            "other_label_kind": self.other_kind,
            "cut_steps": counts.cut_steps,
            "max_length": self.max_length if counts.longer is not None else None,
            "rows_longer": counts.longer,
            "longest_row": counts.longest,
            "told_by_operator": counts.told_by_operator,
            "keep": self.kept.as_dict() if self.kept else None,
        }

    @property
    def n_rows(self) -> int:
        """Rows written, over all splits."""
        return sum(self.counts.rows.values())

    def figures(self) -> str:
        """What was written, cut and left out, in lines."""
        return "\n".join(self._lines())

    def text(self) -> str:
        """The figures in lines for a terminal, and where the rows are."""
        return "\n".join([*self._lines(), f"written: {self.path}"])

    def _lines(self) -> list[str]:
        counts = self.counts
        lines = [f"{self.format}: {number_of(self.n_rows, 'row')} from {counts.read} ({_pairs(counts.rows)})"]
        if counts.labels:
            cut = (
                f"; {number_of(counts.cut_steps, 'step')} after the last label cut"
                if counts.cut_steps
                else ""
            )
            lines.append(f"labels: {_pairs(counts.labels)}{cut}")
        if counts.left_out:
            lines.append(f"left out: {_pairs(counts.left_out)}")
        if counts.told_by_operator is not None:
            before, after = counts.told_by_operator
            lines.append(
                f"the operator alone tells {100 * before:.1f}% of the labels before, {100 * after:.1f}% now"
            )
        if self.other_kind is not None:
            lines.append(
                f"two kinds of label are not mixed unasked: --label-kind {self.other_kind} exports the other, --mix both"
            )
        if counts.longer is not None:
            lines.append(
                f"longer than {self.max_length} tokens: {number_of(counts.longer, 'row')} (longest {counts.longest}); {self.too_long}"
            )
        if self.kept is not None:
            lines.append(self.kept.text())
        return lines


def _pairs(counter: Mapping[str, int]) -> str:
    return ", ".join(f"{key} {n}" for key, n in sorted(counter.items())) or "none"


def export(out: Path | str, format: str, dest: Path | str | None = None, **options: Any) -> ExportResult:
    """Export ``out`` in ``format`` to the folder ``dest``, or, ``as_config``, as a config of ``out`` itself.

    ``options`` are the fields of :class:`ExportSettings`. Raises RefusedError for what the trainer would
    corrupt, NothingUsableError where no row fits, UsageError for options that do not go together.
    """
    settings = ExportSettings(**options)
    chosen = find(format)
    if (dest is None) == (not settings.as_config):
        raise UsageError("export: give either a folder to write to (-o) or --as-config")
    tokenizer = settings.tokenizer
    tokens = load_tokenizer(tokenizer) if isinstance(tokenizer, str) else tokenizer
    kinds, other_kind = _kinds(out, chosen, settings)
    placeholder = chosen.placeholder if settings.placeholder is None else settings.placeholder
    asked = ExportOptions(chosen.name, kinds, placeholder, tokens, settings.max_length or 1024)
    if chosen.check is not None:
        chosen.check(asked)
    counts = ExportCounts(longer=None if tokens is None else 0, longest=None if tokens is None else 0)
    admitted, kept = _admitted(out, settings, kinds, counts)
    rows = _rendered(out, chosen, asked, counts, admitted, settings.labelled)
    first = list(islice(rows, 1))
    if not first:
        left_out = _pairs(counts.left_out)
        raise NothingUsableError(
            f"export {format}: no row of {out} fits (left out: {left_out}); {_missing(chosen, settings)}"
        )
    with saying_full(Path(out if dest is None else dest)):
        schema = with_features(_schema(chosen, asked))
        path = _write(chain(first, rows), Path(out), None if dest is None else Path(dest), chosen, schema)
        length = asked.max_length
        result = ExportResult(chosen.name, path, counts, kept, length, chosen.too_long, other_kind)
        if dest is None:
            manifest.refresh(
                out,
                exports={chosen.name: settings.stored(with_tokenizer=chosen.schema_with_tokens is not None)},
            )
            card.write_card(out)
        else:
            describe(path, Path(out), chosen, result.as_dict(), result.figures())
    return result


def _missing(format: Format, settings: ExportSettings) -> str:
    """What to build, or what to leave out, so that rows fit."""
    if settings.label_kind == "prefix" or settings.response_class:
        return "it needs rollouts: prmdata build SOURCE --strategy first-error --rollouts-from FILE"
    if not (settings.composition or Composition()).keeps_everything or settings.keep is not None:
        return f"leave out what chooses among rows, or build what it needs: {format.needs}"
    return f"it needs {format.needs}"


def _schema(format: Format, options: ExportOptions) -> pa.Schema:
    """The columns that are written."""
    if options.tokens is not None and format.schema_with_tokens is not None:
        return format.schema_with_tokens()
    return format.schema()


def _write(
    rows: Iterator[tuple[str, dict[str, Any]]],
    out: Path,
    dest: Path | None,
    format: Format,
    schema: pa.Schema,
) -> Path:
    """Write the rows, into ``dest`` or as a config of ``out``; where they are."""
    if dest is not None:
        write_folder(rows, dest, format, schema)
        return dest
    refuse_links(out / "data")
    folder = out / "data" / format.name
    write_rows(rows, folder, schema)
    return folder


def _kinds(out: Path | str, format: Format, settings: ExportSettings) -> tuple[frozenset[str], str | None]:
    """The kinds of label to let in, and the kind that stays out although it was not ruled out. The labels of
    a reference hold in either sense; the other two kinds must not be mixed."""
    chosen = settings.label_kind
    if chosen is not None:
        if chosen not in ("fault", "prefix"):
            raise UsageError(f"--label-kind {chosen}: fault or prefix")
        return frozenset({"reference", chosen}), None
    every = frozenset({"reference", "fault", "prefix"})
    if settings.mix or format.any_kind:
        return every, None
    rows = read_rows(out, columns=["label_kind", "stage"])
    found = {row["label_kind"] for _, row in rows if row["stage"] is None}
    if not {"fault", "prefix"} <= found:
        return every, None
    other = "prefix" if format.first_kind == "fault" else "fault"
    return every - {other}, other


def _admitted(
    out: Path | str, settings: ExportSettings, kinds: frozenset[str], counts: ExportCounts
) -> tuple[Callable[[Trace], bool], Pruned | None]:
    """The rows that go on: those of the classes, the composition and the share that were asked for."""
    composition = settings.composition or Composition()
    if composition.keeps_everything and settings.keep is None:
        return settings.admits_class, None

    entries: list[PruningEntry] = []

    def notes() -> Iterator[Note]:
        for trace in read_traces(out):
            if trace.stage is None and trace.label_kind in kinds and settings.admits_class(trace):
                noted = note(trace)
                if settings.keep is not None:
                    entries.append(pruning_entry(trace, noted))
                yield noted

    choice = choose(notes(), composition)
    counts.left_out.update(choice.left_out)
    counts.told_by_operator = choice.told_by_operator
    if settings.keep is None:
        return (lambda trace: trace.id in choice.ids), None
    chosen = [entry for entry in entries if entry.id in choice.ids]
    kept = prune(chosen, settings.keep, seed=composition.seed)
    counts.left_out["keep"] += kept.n_left_out
    return (lambda trace: trace.id in kept.ids), kept


def _rendered(
    out: Path | str,
    format: Format,
    options: ExportOptions,
    counts: ExportCounts,
    admitted: Callable[[Trace], bool],
    labelled: Callable[[Trace], Trace],
) -> Iterator[tuple[str, dict[str, Any]]]:
    problems = (
        {row["problem_id"]: row for _, row in read_rows(out, "problems")} if format.needs_problems else {}
    )
    for group in groups(out, admitted, problems, counts):
        group = replace(group, traces=tuple(map(labelled, group.traces)))
        for row in format.render(group, options, counts):
            counts.rows[group.split] += 1
            if options.tokens is not None and counts.longer is not None:
                length = len(row.get("input_ids") or options.tokens.ids(format.text(row)))
                counts.longer += length > options.max_length
                counts.longest = max(counts.longest or 0, length)
            yield group.split, row


def groups(
    out: Path | str,
    admitted: Callable[[Trace], bool],
    problems: Mapping[str, Mapping[str, Any]],
    counts: ExportCounts,
) -> Iterator[Group]:
    """The admitted rows of each problem together. Raises InputError if the rows of a problem do not stand
    together."""
    seen: set[str] = set()
    for (split, problem), pairs in groupby(read_rows(out), key=lambda pair: (pair[0], pair[1]["problem_id"])):
        if problem in seen:
            raise InputError(
                str(out), f"the rows of problem {problem} stand apart; put them together with `prmdata merge`"
            )
        seen.add(problem)
        found = [from_row(row) for _, row in pairs]
        counts.read += len(found)
        traces = tuple(trace for trace in found if admitted(trace))
        if traces:
            yield Group(problem, split, traces, problems.get(problem), len(seen) - 1)
