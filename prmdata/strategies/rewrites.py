"""Natural bugs: the end of a reference, written anew by the teacher from the task and what stands before.

Bugs that were planted are not those that models make (BugPilot: unintended ones taught better with half the data).
What comes back and fails is a bug that nobody asked for, with a known place: the first step that differs and from which
no completion passes (:mod:`prmdata.strategies.prefix_search` looks for it). What passes is another right program.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from math import ceil
from typing import Any, Final

from prmdata.edits.fingerprint import fingerprint
from prmdata.records import Edit, EditRecord, Problem, Question, Request, Step
from prmdata.steps import given_count, join, split_steps
from prmdata.strategies.prefix_search import SampledProgram
from prmdata.strategies.program_faults import done_or_rejected, why_not_workable
from prmdata.strategies.rows import StrategyResult, seed_for

FROM_ONE_PLACE: Final = 4
"""How many rewrites begin at one place; they share one prompt."""


def requests(problem: Problem, n: int, seed: int) -> list[Request]:
    """The questions to the teacher for ``n`` rewrites of one problem's reference. The longest beginning comes
    first, so that the server's cache holds it for the others."""
    steps = split_steps(problem.reference)
    places = _places(steps, given_count(problem.prompt, steps))
    rng = random.Random(f"rewrite/{seed_for(problem, seed)}")
    chosen = sorted(rng.sample(places, min(len(places), ceil(n / FROM_ONE_PLACE))), reverse=True)
    shares = [n // len(chosen) + (at < n % len(chosen)) for at in range(len(chosen))] if chosen else []
    return [
        Request(
            "rewrite",
            problem,
            problem.reference,
            tuple(range(place, len(steps))),
            n=share,
            seed=seed_for(problem, seed),
        )
        for place, share in zip(chosen, shares, strict=True)
    ]


def _places(steps: tuple[Step, ...], given: int) -> list[int]:
    """The places where a rewrite may begin: the first step that is not given, and each step that begins a
    block, but never the last step alone."""
    openers = ("header", "clause", "docstring")
    own = [place for place in range(given, len(steps)) if steps[place].kind not in ("docstring", "clause")]
    begins = [place for place in own if place and steps[place - 1].kind in openers]
    found = dict.fromkeys([*own[:1], *begins])
    return [place for place in found if place < len(steps) - 1] or own[:1]


def rewritten(
    problem: Problem, n: int, seed: int, seen: set[str], outcome: StrategyResult
) -> Generator[Question, Any, list[SampledProgram]]:
    """The programs of ``n`` rewrites. Those in ``seen`` (programs and fingerprints) are left out, and each
    program is added to it."""
    steps = split_steps(problem.reference)
    seen |= {problem.reference, fingerprint(problem.reference)}
    found: list[SampledProgram] = []
    for request in requests(problem, n, seed):
        reply = yield request
        outcome.count_unusable(reply.unusable)
        for edit in reply.edits:
            program = join(steps[: edit.start]) + edit.text

            def made(edit: Edit = edit, program: str = program) -> SampledProgram | None:
                return _sampled(steps, edit, program, seen, outcome)

            sampled = done_or_rejected(outcome, problem.id, program, made)
            if sampled is not None:
                found.append(sampled)
    return found


def _sampled(
    steps: tuple[Step, ...], edit: Edit, program: str, seen: set[str], outcome: StrategyResult
) -> SampledProgram | None:
    """The program of one rewrite, whose edit begins at the first step that differs; None if the program
    exists already or shows nothing. These cases are counted."""
    why = why_not_workable(program)
    new = () if why else split_steps(program)
    first = next(
        (at for at, (one, old) in enumerate(zip(new, steps, strict=False)) if one.text != old.text), None
    )
    if not why and {program, fingerprint(program)} & seen:
        why = "duplicate"
    elif not why and first is None:
        why = "ends early"  # the reference's own beginning: no step of it is wrong
    if why or first is None:
        outcome.count_unusable(((why, 1),))
        return None
    seen |= {program, fingerprint(program)}
    record = EditRecord(
        step=first,
        n_steps=len(new) - first,
        before=join(steps[first:]),
        after=join(new[first:]),
        also_changed=(),
        intent="rewrite",
        operator=edit.operator,
        author=edit.author,
    )
    return SampledProgram(program, edit=record)
