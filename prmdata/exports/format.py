"""What a format is, and what it shares with every other: options, refusals and counts.

A format is a :class:`Format` under the entry point group ``prmdata.exports``: a schema and a generator
that turns the rows of one problem into its own rows. It raises :class:`RefusedError` for what its
trainer would silently corrupt and counts in the :class:`ExportCounts` everything that it cuts, masks or
leaves out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from prmdata.errors import UsageError
from prmdata.records import IGNORE, Trace

if TYPE_CHECKING:
    import pyarrow as pa

LabelKindChoice = Literal["fault", "prefix"]


class RefusedError(UsageError):
    """A format cannot hold a row without changing what it says, or its trainer would corrupt it."""

    def __init__(self, format_name: str, what: str) -> None:
        super().__init__(f"export {format_name}: {what}")


class Tokens(Protocol):
    """What a tokenizer must do here: ids of a text, without special tokens around it."""

    def ids(self, text: str) -> list[int]:
        """Token ids of ``text``."""
        ...


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What the user asked of an export.

    ``kinds``: the kinds of label that are let in. ``placeholder``: the token after which OpenRLHF reads
    a label. ``max_length``: in tokens; rows longer than it are counted.
    """

    kinds: frozenset[str] = frozenset({"reference", "fault", "prefix"})
    placeholder: str = "ки"
    tokens: Tokens | None = None
    max_length: int = 1024


@dataclass(slots=True)
class ExportCounts:
    """What happened to the rows. ``rows``: written, by split; ``labels``: written, by class;
    ``cut_steps``: steps after the last label (or the first error) that a format leaves off;
    ``longer``: rows with more tokens than ``max_length``; None where no tokenizer was given."""

    read: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    cut_steps: int = 0
    longer: int | None = None
    longest: int | None = None

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


Render = Callable[[Group, ExportOptions, ExportCounts], Iterator[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Format:
    """One trainer's layout.

    ``schema`` is called lazily (it imports pyarrow). ``text`` gives all the text of a row, whose tokens
    are counted. ``suffix`` is the file type that the trainer reads. ``any_kind``: its rows say nothing
    about single steps, so kinds of label cannot clash in it. ``first_kind``: which kind goes in where a
    dataset holds both and nobody chose. ``check`` refuses options before any row is
    read. ``recipe`` is Markdown: how to load it.
    """

    name: str
    summary: str
    schema: Callable[[], pa.Schema]
    render: Render
    text: Callable[[Mapping[str, Any]], str]
    recipe: str
    suffix: Literal["parquet", "jsonl"] = "parquet"
    any_kind: bool = False
    first_kind: LabelKindChoice = "fault"
    needs_problems: bool = False
    check: Callable[[ExportOptions], None] | None = None
