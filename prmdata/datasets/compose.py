"""Choose the rows of a dataset: near-duplicates, trivial negatives, rows per problem, class, position.

The choice works on small notes of the rows (about 200 bytes each), so it takes one pass over a dataset and a
second of time. What is left out is counted by reason. The choice depends only on the ids of the rows and the
seed.
"""

from __future__ import annotations

import hashlib
import io
import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from prmdata.datasets.giveaway import operator_hits
from prmdata.errors import UsageError
from prmdata.labels.labelled_step import subject_step
from prmdata.records import Trace, Verdict

POSITIONS: Final = 4
"""Quarters of the program, in each of which ``balance="position"`` evens out the classes."""


Balance = Literal["none", "class", "position", "operator"]


@dataclass(frozen=True, slots=True)
class Note:
    """What choosing needs to know of one row. ``label`` is 0 if any step has 0, else 1 if any step has 1,
    else None. ``shape`` is equal for near-duplicates."""

    id: str
    problem_id: str
    kind: str
    label: int | None
    trivial: bool
    operator: str
    step_kind: str
    position: int
    shape: str


@dataclass(frozen=True, slots=True)
class Composition:
    """What to keep.

    ``max_per_problem``: the most rows of one problem (including its reference row). ``max_trivial``: the
    largest share of the negatives that may be compile errors. ``balance``: ``class`` evens out the rows with
    an error and those without; ``position`` does so within each quarter of the program, and ``operator`` for each
    operator and kind of step, so that what made an edit does not give its label away (rows that no operator made
    have no counterpart: those of references are left out). ``near_duplicates``: False leaves out rows that differ
    from a kept row only in literals, comments or spacing.
    """

    max_per_problem: int | None = None
    max_trivial: float | None = None
    balance: Balance = "none"
    near_duplicates: bool = True
    seed: int = 0

    @property
    def keeps_everything(self) -> bool:
        limits = (self.max_per_problem, self.max_trivial)
        return limits == (None, None) and self.balance == "none" and self.near_duplicates


@dataclass(slots=True)
class Selection:
    """The ids that stay, in their order, and how many rows were left out, by reason. ``told_by_operator``: the share of
    labels that are the commoner one of their operator, of all rows and of those that stay; None where operators were
    not balanced."""

    ids: dict[str, None] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    told_by_operator: tuple[float, float] | None = None


def note(trace: Trace) -> Note:
    """The note of one row."""
    label = 0 if 0 in trace.labels else 1 if 1 in trace.labels else None
    at = subject_step(trace)
    n = max(len(trace.steps) - trace.given_steps, 1)
    place = 0 if at is None else max(at - trace.given_steps, 0)
    return Note(
        id=trace.id,
        problem_id=trace.problem_id,
        kind=trace.label_kind,
        label=label,
        trivial=label == 0 and trace.verdict == Verdict.COMPILE_ERROR,
        operator=trace.edit.operator if trace.edit else trace.strategy,
        step_kind="" if at is None else trace.step_kinds[at],
        position=min(place * POSITIONS // n, POSITIONS - 1),
        shape=_shape(trace, at),
    )


def choose(notes: Iterable[Note], composition: Composition) -> Selection:
    """Apply the limits in this order: near-duplicates, trivial negatives, balance, rows for each problem."""
    if composition.max_per_problem is not None and composition.max_per_problem < 1:
        raise UsageError(f"max per problem {composition.max_per_problem}: must be at least 1")
    if composition.max_trivial is not None and not 0 <= composition.max_trivial <= 1:
        raise UsageError(f"max trivial {composition.max_trivial}: a share from 0 to 1")
    if composition.balance not in get_args(Balance):
        raise UsageError(f"balance {composition.balance}: one of {', '.join(get_args(Balance))}")
    kept = every = list(notes)
    choice = Selection()
    draw = _drawer(composition.seed)

    def leave(reason: str, gone: set[str]) -> None:
        nonlocal kept
        if gone:
            choice.left_out[reason] += len(gone)
            kept = [found for found in kept if found.id not in gone]

    if not composition.near_duplicates:
        leave("near_duplicate", _near_duplicates(kept))
    if composition.max_trivial is not None:
        leave("trivial_negative", _trivial(kept, composition.max_trivial, draw))
    if composition.balance != "none":
        leave(f"balance_{composition.balance}", _unbalanced(kept, _CELLS[composition.balance], draw))
    if composition.max_per_problem is not None:
        leave("max_per_problem", _crowded(kept, composition.max_per_problem, draw))
    choice.ids = dict.fromkeys(found.id for found in kept)
    if composition.balance == "operator":
        choice.told_by_operator = (_told_by_operator(every), _told_by_operator(kept))
    return choice


def _told_by_operator(notes: Iterable[Note]) -> float:
    """The share of labels of edits that the operator alone tells; 0 without such labels."""
    labels: dict[str, Counter[int]] = defaultdict(Counter)
    for found in notes:
        if found.label is not None and found.kind != "reference":
            labels[found.operator][found.label] += 1
    return operator_hits(labels) / max(sum(by.total() for by in labels.values()), 1)


def cap_rows(traces: Sequence[Trace], max_per_problem: int, seed: int = 0) -> list[Trace]:
    """At most ``max_per_problem`` rows of each problem, in their order. The reference's row stays, and the
    others are spread over labels, operators and quarters of the program."""
    kept = choose(map(note, traces), Composition(max_per_problem=max_per_problem, seed=seed)).ids
    return [trace for trace in traces if trace.id in kept]


_Draw = Callable[[Note], str]


def _drawer(seed: int) -> _Draw:
    return lambda found: hashlib.sha256(f"{seed}\0{found.id}".encode()).hexdigest()


def _near_duplicates(notes: list[Note]) -> set[str]:
    seen: set[tuple[object, ...]] = set()
    gone: set[str] = set()
    for found in notes:
        key = (found.problem_id, found.kind, found.label, found.shape)
        gone.update({found.id} if key in seen else ())
        seen.add(key)
    return gone


def _trivial(notes: list[Note], share: float, draw: _Draw) -> set[str]:
    trivial = sorted((found for found in notes if found.trivial), key=draw)
    others = sum(1 for found in notes if found.label == 0 and not found.trivial)
    # t / (t + others) <= share
    room = len(trivial) if share == 1 else int(others * share / (1 - share) + 1e-9)
    return {found.id for found in trivial[room:]}


_CELLS: Final[dict[str, Callable[[Note], Hashable]]] = {
    "class": lambda _: None,
    "position": lambda found: found.position,
    "operator": lambda found: (found.operator, found.step_kind),
}
"""Of which rows each balance keeps as many with an error as without."""


def _unbalanced(notes: list[Note], cell: Callable[[Note], Hashable], draw: _Draw) -> set[str]:
    cells: dict[Hashable, dict[int, list[Note]]] = defaultdict(lambda: {0: [], 1: []})
    for found in notes:
        if found.label is not None:
            cells[cell(found)][found.label].append(found)
    gone: set[str] = set()
    for classes in cells.values():
        room = min(len(classes[0]), len(classes[1]))
        for members in classes.values():
            # A reference row carries the labels of its problem, so it is the last to be left out.
            members.sort(key=lambda found: (found.kind != "reference", draw(found)))
            gone.update(found.id for found in members[room:])
    return gone


def _crowded(notes: list[Note], room: int, draw: _Draw) -> set[str]:
    """The rows beyond ``room`` for each problem. They are chosen in turns over (label, operator, quarter), so
    that the rows that stay are spread."""
    problems: dict[str, list[Note]] = defaultdict(list)
    for found in notes:
        problems[found.problem_id].append(found)
    gone: set[str] = set()
    for members in problems.values():
        turn: Counter[tuple[object, ...]] = Counter()
        ranked: list[tuple[bool, int, bool, str, str]] = []
        for found in sorted(members, key=draw):
            cell = (found.label, found.operator, found.position)
            ranked.append((found.kind != "reference", turn[cell], found.label is None, draw(found), found.id))
            turn[cell] += 1
        gone.update(entry[-1] for entry in sorted(ranked)[room:])
    return gone


_LITERAL = {tokenize.NUMBER: "0", tokenize.STRING: "''"}
_DROPPED = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
_ROUGH = re.compile(r"\w+|\S")


def _shape(trace: Trace, at: int | None) -> str:
    """The step that a row is about, and its place, without literals, comments and spacing. For rows without
    an edit it is the shape of the whole program."""
    if trace.edit is None or at is None:
        text, place = "".join(trace.steps), -1
    else:
        text, place = "".join(trace.steps[trace.edit.step : at + 1]), trace.edit.step
    try:
        tokens = [
            _LITERAL.get(token.type, token.string)
            for token in tokenize.generate_tokens(io.StringIO(text.lstrip()).readline)
            if token.type not in _DROPPED
        ]
    except (tokenize.TokenError, SyntaxError):
        tokens = _ROUGH.findall(text)
    return hashlib.sha256("\0".join((str(place), *tokens)).encode()).hexdigest()[:16]
