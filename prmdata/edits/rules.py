"""Which operators there are (the built-in ones, then those of the entry point group ``prmdata.operators``),
and which of their proposals to take: compiled, different from each other, and spread over steps and families.

Everything is decided by the program, the operators and the seed. The choice for one step does not depend on
which other steps were asked for, except that no two edits give the same code.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points
from math import ceil
from typing import Final

from prmdata.edits.fingerprint import fingerprint, is_compiled
from prmdata.edits.operators import Operator
from prmdata.edits.source import Source
from prmdata.edits.splice import apply, splice
from prmdata.errors import EditRefused, UsageError
from prmdata.plug_ins import load, wrong_kind
from prmdata.records import Edit, Intent

GROUP: Final = "prmdata.operators"
"""The entry point group for further operators."""

TARGET_EDITS = 24
"""How many edits of one intent are wanted for one program. Each step gets its share."""

_LEAST, _MOST = 3, 12

COARSE = frozenset(
    {
        "argument-none", "assignment-value", "arithmetic-replace", "comparison-identity", "singleton-replace",
        "comparison-order-for-identity", "keyword-rename", "in-place-result", "unary-replace", "variable-insert",
        "number-scale", "condition-constant", "return-wrap", "binding-drop", "loop-empty",
    }
)  # fmt: skip
"""Mutations that fail on almost any input. A step takes them after the subtler mutations of their family, so
that easy negatives do not crowd out the informative ones."""


@cache
def shipped() -> tuple[Operator, ...]:
    """The operators of this package: mutations, then refactorings."""
    from prmdata.edits.mutators import MUTATORS
    from prmdata.edits.refactors import REFACTORS

    return (*MUTATORS, *REFACTORS)


@cache
def operators() -> tuple[Operator, ...]:
    """Every operator, in a fixed order: the built-in ones, then plug-ins by entry point name.

    An entry point names an :class:`Operator` or an iterable of them. Raises UsageError if one cannot be
    loaded or a name is taken.
    """
    found = list(shipped())
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        loaded = load(point)
        added = list(loaded) if isinstance(loaded, Iterable) else [loaded]
        if not all(hasattr(each, "propose") for each in added):
            raise wrong_kind(point, loaded, "an Operator or an iterable of them")
        found += added
    names = [each.name for each in found]
    taken = sorted({name for name in names if names.count(name) > 1})
    if taken:
        raise UsageError(f"two operators are called {', '.join(taken)}: names go into rows and must differ")
    return tuple(found)


def default_per_step(n_steps: int) -> int:
    """How many edits to ask for at each step, so that a program of ``n_steps`` editable steps gets about
    ``TARGET_EDITS`` if there are that many. Short functions need more for each step."""
    return min(_MOST, max(_LEAST, ceil(TARGET_EDITS / max(1, n_steps))))


def propose(
    source: Source,
    intents: Collection[Intent] = ("mutate", "refactor"),
    steps: Iterable[int] | None = None,
    per_step: int | None = None,
    seed: int = 0,
) -> list[Edit]:
    """Up to ``per_step`` edits of each intent that start in each of ``steps`` (None: in each step that is not
    given), in the order of the steps, mutations before refactorings.

    Every edit compiles, differs in compiled code from the program and from every other edit, and can be
    spliced. A program that does not compile here has none.
    """
    original = fingerprint(source.program)
    if not is_compiled(original) or source.tree is None:
        return []
    wanted = sorted(set(range(source.given, len(source.steps)) if steps is None else steps))
    most = default_per_step(len(wanted)) if per_step is None else per_step
    seen = {original}
    chosen: list[Edit] = []
    for intent in ("mutate", "refactor"):
        if intent not in intents:
            continue
        found = _by_step(source, [each for each in operators() if each.intent == intent])
        for step in wanted:
            rng = random.Random(f"{seed}:{intent}:{step}")
            picked = 0
            for proposal, trusted in _spread(found.get(step, {}), rng):
                if picked == most:
                    break
                edit = replace(proposal, trusted=trusted)
                if _is_new(source, edit, seen):
                    chosen.append(edit)
                    picked += 1
    return sorted(chosen, key=lambda edit: edit.start)


def all_proposals(source: Source, wanted: Callable[[Operator], bool] = lambda _: True) -> list[Edit]:
    """All proposals of the operators, not compiled and not compared (for measuring)."""
    return [edit for operator in operators() if wanted(operator) for edit in operator.propose(source)]


_Proposal = tuple[Edit, bool]
"""A proposal, and whether it is to be trusted, whatever it says itself."""


def _by_step(source: Source, chosen: list[Operator]) -> dict[int, dict[str, list[_Proposal]]]:
    """Proposals by the step they start in, then by family; those of an operator whose edits may share a process are
    trusted."""
    found: dict[int, dict[str, list[_Proposal]]] = {}
    for operator in chosen:
        trusted = operator in shipped() or getattr(operator, "shares_process", False) is True
        for edit in operator.propose(source):
            found.setdefault(edit.start, {}).setdefault(operator.family, []).append((edit, trusted))
    return found


def _spread(families: dict[str, list[_Proposal]], rng: random.Random) -> Iterable[_Proposal]:
    """The proposals, one from each family in turn, the subtler ones of each family first, until all are
    used."""
    queues: list[list[_Proposal]] = []
    for family in sorted(families):
        proposals = families[family]
        rng.shuffle(proposals)
        queues.append(sorted(proposals, key=_is_coarse, reverse=True))
    rng.shuffle(queues)
    queues.sort(key=lambda queue: _is_coarse(queue[-1]))
    while queues:
        for queue in queues:
            yield queue.pop()
        queues = [queue for queue in queues if queue]


def _is_coarse(proposal: _Proposal) -> bool:
    return proposal[0].operator in COARSE


def _is_new(source: Source, edit: Edit, seen: set[str]) -> bool:
    """Whether ``edit`` compiles, to other code than all edits before it, and can be spliced. The candidate
    that this check makes is kept for the next caller that asks for it."""
    digest = fingerprint(apply(source, edit))
    if digest in seen or not is_compiled(digest):
        return False
    try:
        splice(source, edit)
    except EditRefused:
        return False
    seen.add(digest)
    return True
