"""What is compared: which rows a probe is trained on, and on which features of them."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.training.rows import Row

RAISED: Final = ("runtime_error", "compile_error", "timeout", "memory_limit", "output_limit")


@dataclass(frozen=True, slots=True)
class Arm:
    """Rows to train on. ``features``: ``state`` (of the step's end), ``difference`` (to the end of what stands before), or
    ``both``. ``layers``: which of the layers kept; None: the one that held-out problems like best. ``pairs``: trained on
    what a right and a wrong step after the same prefix differ by."""

    name: str
    group: str
    rows: Sequence[Row]
    features: str = "state"
    layers: tuple[int, ...] | None = None
    pairs: bool = False


def main_arms(pools: Mapping[str, Sequence[Row]]) -> list[Arm]:
    """The labels that are compared. ``pools``: rows by the rule that labelled them."""
    return [Arm(name, "labels", pools[name]) for name in ("strict", "paper", "outcome")]


def ablations(pools: Mapping[str, Sequence[Row]], n_layers: int) -> list[Arm]:
    """Which rows of ``strict``, and which features of them, carry over."""
    strict, programs, rollouts = pools["strict"], pools["programs"], pools["rollouts"]
    found = [Arm(name, "rows", kept) for name, kept in subsets(strict).items()]
    found += [
        Arm("balanced by operator", "rows", balanced(strict)),
        Arm("all steps up to the edit", "rows", programs),
        Arm("all steps up to a wrong edit", "rows", _of_wrong(programs)),
        Arm("all steps up to a wrong answer", "rows", _of_wrong(programs, but=RAISED)),
        Arm("all steps, step minus prefix", "features", programs, "difference"),
        Arm("pairs of one prefix", "rows", strict, pairs=True),
        Arm("step minus prefix", "features", strict, "difference"),
        Arm("step, and step minus prefix", "features", strict, "both"),
    ]
    found += [Arm(f"layer {at}", "features", strict, layers=(at,)) for at in range(n_layers)]
    middle = (n_layers // 2 - 1, n_layers // 2)
    found.append(Arm("both middle layers", "features", strict, layers=middle))
    if rollouts:
        both = [*strict, *rollouts]
        found += [
            Arm("rollouts", "rollouts", rollouts),
            Arm("rollouts: the cut and steps of passing programs", "rollouts", _ends(rollouts)),
            Arm("rollouts, step minus prefix", "rollouts", rollouts, "difference"),
            Arm("rollouts, both middle layers", "rollouts", rollouts, layers=middle),
            Arm("rollouts and edits", "rollouts", both),
            Arm("rollouts and all steps up to the edit", "rollouts", [*programs, *rollouts]),
        ]
    return found


def subsets(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Edit rows by what the build knows of them. Right steps stay where a choice is of wrong ones, and the other way."""
    choices: dict[str, Callable[[Row], bool]] = {
        "without reference rows": lambda row: row.kind != "reference",
        "wrong mutants, right refactorings": lambda row: row.intent != ("refactor", "mutate")[row.label],
        "wrong mutants, reference steps": lambda row: row.kind == "reference" or row.label == 0,
        "wrong answers alone": lambda row: row.label == 1 or row.verdict in ("wrong_answer", "passed"),
        "errors alone": lambda row: row.label == 1 or row.verdict in RAISED,
        "caught by inputs alone": lambda row: row.label == 1 or row.verdict == "passed",
        "first half of programs": lambda row: 2 * row.place < row.n_steps,
        "second half of programs": lambda row: 2 * row.place >= row.n_steps,
    }
    return {name: [row for row in rows if choice(row)] for name, choice in choices.items()}


def by_operator(rows: Sequence[Row], at_least: int) -> dict[str, list[Row]]:
    """For each operator with ``at_least`` wrong steps: those, and all right steps."""
    counts = Counter(row.operator for row in rows if row.label == 0)
    return {
        name: [row for row in rows if row.label == 1 or row.operator == name]
        for name, count in counts.most_common()
        if count >= at_least
    }


def balanced(rows: Sequence[Row]) -> list[Row]:
    """Of each operator as many right as wrong steps, so that no operator gives its label away; those that stay are drawn."""
    groups: dict[str, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for row in rows:
        groups[row.operator][row.label].append(row)
    kept: list[Row] = []
    for name, (wrong, right) in sorted(groups.items()):
        n = min(len(wrong), len(right))
        draw = random.Random(name)
        kept += draw.sample(wrong, n) + draw.sample(right, n)
    return kept


def paired(rows: Sequence[Row]) -> list[tuple[Row, Row]]:
    """A right and a wrong step after the same prefix, each wrong one once, with a right one that is drawn."""
    after: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row.label == 1:
            after[row.parent].append(row)
    draw = random.Random(0)
    return [(draw.choice(after[row.parent]), row) for row in rows if row.label == 0 and after[row.parent]]


def sample(rows: Sequence[Row], n: int, seed: int) -> list[Row]:
    """``n`` rows, or all where there are fewer."""
    return list(rows) if len(rows) <= n else random.Random(seed).sample(list(rows), n)


def _of_wrong(programs: Sequence[Row], but: Sequence[str] = ()) -> list[Row]:
    """The rows of programs whose edit is wrong, without those of a verdict in ``but``."""
    wrong = {row.program for row in programs if row.label == 0 and row.verdict not in but}
    return [row for row in programs if row.program in wrong]


def _ends(rollouts: Sequence[Row]) -> list[Row]:
    """Without the steps before a cut, which only say that something can still follow."""
    return [row for row in rollouts if row.label == 0 or row.verdict == "passed"]
