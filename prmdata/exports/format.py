"""What a format is, and what it shares with every other: options, refusals, counts, columns.

A format is a :class:`Format` under the entry point group ``prmdata.exports``: a schema and a generator
that turns the rows of one problem into its own rows. It raises :class:`RefusedError` for what its
trainer would silently corrupt and counts in the :class:`ExportCounts` everything that it cuts, masks or
leaves out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from prmdata.errors import UsageError
from prmdata.records import IGNORE, Trace

if TYPE_CHECKING:
    import pyarrow as pa

LabelKindChoice = Literal["fault", "prefix"]


class RefusedError(UsageError):
    """A format cannot hold a row without changing what it says, or the trainer of the format would corrupt
    the row."""

    def __init__(self, format_name: str, what: str) -> None:
        super().__init__(f"export {format_name}: {what}")


class Tokens(Protocol):
    """The interface of a tokenizer for exports: it gives the ids of a text, without special tokens around it."""

    def ids(self, text: str) -> list[int]:
        """Token ids of ``text``."""
        ...


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What a format must know of the export that it renders for.

    ``format``: its own name. ``kinds``: the kinds of label that are let in. ``placeholder``: the token at which a label or
    a score is read. ``max_length``: in tokens; rows longer than it are counted.
    """

    format: str = ""
    kinds: frozenset[str] = frozenset({"reference", "fault", "prefix"})
    placeholder: str = "ки"
    tokens: Tokens | None = None
    max_length: int = 1024


@dataclass(slots=True)
class ExportCounts:
    """What happened to the rows. ``rows``: written, by split; ``labels``: written, by class;
    ``cut_steps``: steps after the last label (or the first error) that a format leaves off;
    ``longer``: rows with more tokens than ``max_length``; None where no tokenizer was given.
    ``told_by_operator``: see :class:`prmdata.datasets.compose.Selection`."""

    read: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    cut_steps: int = 0
    longer: int | None = None
    longest: int | None = None
    told_by_operator: tuple[float, float] | None = None

    def count_labels(self, labels: tuple[int, ...] | list[int]) -> None:
        """Count labels by class."""
        names = {1: "correct", 0: "incorrect", IGNORE: "masked"}
        self.labels.update(names[label] for label in labels)


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one problem, in their stored order, and its row in config ``problems`` (if asked for)."""

    problem_id: str
    split: str
    traces: tuple[Trace, ...]
    problem: Mapping[str, Any] | None = None
    place: int = 0


IDS: Final = {"id": "string", "problem_id": "string"}
"""The columns that lead from a row of an export back to the row that it was made of."""


def identity(trace: Trace) -> dict[str, str]:
    """The cells of :data:`IDS`."""
    return {"id": trace.id, "problem_id": trace.problem_id}


def columns(**types: Any) -> Callable[[], pa.Schema]:
    """A schema with these columns in their order, made when it is called.

    A type is a name that Arrow knows (``string``, ``int64``), ``[type]`` for a list or ``{name: type}`` for a
    struct.
    """

    def schema() -> pa.Schema:
        import pyarrow as pa

        def arrow(type_: Any) -> pa.DataType:
            if isinstance(type_, list):
                return pa.list_(arrow(type_[0]))
            if isinstance(type_, dict):
                return pa.struct([(name, arrow(inner)) for name, inner in type_.items()])
            return pa.type_for_alias(type_)

        return pa.schema([(name, arrow(type_)) for name, type_ in types.items()])

    return schema


def joined(*names: str) -> Callable[[Mapping[str, Any]], str]:
    """The text of a row that a trainer tokenizes as it stands: these columns, texts or lists of texts."""
    return lambda row: "".join("".join(row[name]) for name in names)


Render = Callable[[Group, ExportOptions, ExportCounts], Iterator[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Format:
    """One trainer's layout.

    ``schema`` is called lazily (it imports pyarrow). ``text`` gives all the text of a row, whose tokens
    are counted. ``suffix`` is the file type that the trainer reads. ``any_kind``: its rows say nothing
    about single steps, so kinds of label cannot clash in it. ``first_kind``: which kind goes in where a
    dataset holds both and the user chose none. ``check`` refuses options before any row is
    read. ``recipe`` is Markdown: how to load it. ``needs``: what to build where no row of a dataset fits.
    ``schema_with_tokens``: the columns where a tokenizer is given, for a format that writes tokens (else one only
    counts). ``too_long``: what becomes of rows with more tokens than ``max_length``. ``files``: what else stands in
    the folder, name and text; ``DIR`` in it (as in ``recipe``) is the folder's name. ``placeholder``: used where none is given.
    """

    name: str
    summary: str
    schema: Callable[[], pa.Schema]
    render: Render
    text: Callable[[Mapping[str, Any]], str]
    recipe: str
    schema_with_tokens: Callable[[], pa.Schema] | None = None
    suffix: Literal["parquet", "jsonl"] = "parquet"
    any_kind: bool = False
    first_kind: LabelKindChoice = "fault"
    needs_problems: bool = False
    check: Callable[[ExportOptions], None] | None = None
    too_long: str = "a trainer cuts them"
    files: Mapping[str, str] = field(default_factory=dict)
    placeholder: str = "ки"
    needs: str = "edits with labels: prmdata build SOURCE --strategy mutate-refactor"
