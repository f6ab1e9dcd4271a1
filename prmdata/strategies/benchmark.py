"""Strategy ``benchmark``: programs whose first wrong step is known, for ``prmdata bench build``.

The programs of a problem are those that it brings (``human``: with known faulty lines, beside the repair; ``model``: without)
or, where it brings none, edits of its reference by the teacher (``planted``). Each is searched as ``first-error`` does;
beside every row stands where it comes from and which steps are known to be wrong.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import Any, Final

from prmdata.edits.reachable import reachable_steps
from prmdata.edits.source import Source, source_of
from prmdata.edits.splice import splice
from prmdata.errors import EditRefused
from prmdata.evidence.explore import explore
from prmdata.evidence.input_budget import budget_of
from prmdata.evidence.passing import passes
from prmdata.records import Intent, Problem, Question, Request, Rollout, Trace, Vetted
from prmdata.steps import split_steps, step_of_line
from prmdata.strategies import first_error
from prmdata.strategies.program_faults import done_or_rejected, work_or_rejected
from prmdata.strategies.repairs import repaired
from prmdata.strategies.rows import StrategyResult, StrategySettings, seed_for

MODEL_PROGRAMS: Final = 24
PLANTED_FAULTS: Final = 8
PLANTED_RIGHT: Final = 3
"""The most programs of one problem. They are chosen by their hash, so that the choice does not depend on the
other programs."""
EDITS_WANTED: Final = 12


@dataclass(frozen=True, slots=True)
class ProgramOrigin:
    """The origin of a program: its stratum, its author, and the steps that are known to be wrong (None:
    nothing is known; empty: the program is known to be right)."""

    stratum: str
    generator: str
    known_steps: tuple[int, ...] | None = None

    def as_metadata(self) -> dict[str, str]:
        """The origin as it stands in a row's column ``metadata``."""
        known = None if self.known_steps is None else list(self.known_steps)
        return {"stratum": self.stratum, "generator": self.generator, "known_steps": json.dumps(known)}


Origins = dict[str, ProgramOrigin]
"""The programs of a problem in order, each with its origin."""


def make(settings: StrategySettings) -> Callable[[Vetted], Generator[Question, Any, StrategyResult]]:
    """The strategy with the settings of a build."""
    return partial(run, options=first_error.options_of(settings))


def run(vetted: Vetted, options: first_error.FirstErrorOptions) -> Generator[Question, Any, StrategyResult]:
    """One row for each program, with its origin in ``metadata``."""
    problem, seed = vetted.problem, options.seed
    planting = StrategyResult()
    origins = _brought(problem, seed) if problem.rollouts else (yield from _planted(problem, seed, planting))
    rollouts = tuple(Rollout(program) for program in origins)
    searched = replace(vetted, spec=replace(vetted.spec, problem=replace(problem, rollouts=rollouts)))
    outcome = yield from first_error.run(searched, replace(options, rollouts=0))
    outcome.traces = [_with_origin(trace, origins["".join(trace.steps)]) for trace in outcome.traces]
    yield from _repair_models(searched, outcome, seed)
    outcome.rejects += planting.rejects
    outcome.count_unusable(planting.unusable.items())
    return outcome


def _repair_models(vetted: Vetted, outcome: StrategyResult, seed: int) -> Generator[Question, Any, None]:
    """If a model's program has a cut, look for a repair there; the repair becomes the row's witness. Without
    a repair nothing shows that the step is wrong, because the completer may only be unable to continue from
    it."""
    traces = outcome.traces
    passing = [trace.steps for trace in traces if passes(trace.verdict, trace.evidence)]
    searched = [
        place
        for place, trace in enumerate(traces)
        if trace.metadata["stratum"] == "model" and trace.cut is not None and trace.witness is not None
    ]
    if not searched:
        return
    corpus = yield from explore(vetted, seed=seed_for(vetted.problem, seed), budget=budget_of(vetted))
    for place in searched:
        trace = traces[place]
        finding = repaired(vetted, corpus, trace, passing, seed_for(vetted.problem, seed))
        repair = yield from work_or_rejected(outcome, trace.problem_id, "".join(trace.steps), finding)
        if repair is not None:
            traces[place] = replace(trace, witness=repair)


def _with_origin(trace: Trace, origin: ProgramOrigin) -> Trace:
    return replace(trace, strategy=NAME, metadata={**trace.metadata, **origin.as_metadata()})


NAME: Final = "benchmark"


def _brought(problem: Problem, seed: int) -> Origins:
    """The programs that a problem brings. Faulty programs of people come with their repair."""
    found: Origins = {}
    models = [one for one in problem.rollouts if one.faulty_lines is None]
    for one in problem.rollouts:
        if one.faulty_lines is not None:
            found[one.program] = ProgramOrigin("human", "human", steps_at(one.program, one.faulty_lines))
            found[problem.reference] = ProgramOrigin("human", "human", ())
    for program in drawn((one.program for one in models), MODEL_PROGRAMS, problem, seed):
        found.setdefault(program, ProgramOrigin("model", "model"))
    return found


def steps_at(program: str, lines: Iterable[int]) -> tuple[int, ...] | None:
    """The steps that hold physical lines (1-based) of a program; None if no step does."""
    steps = split_steps(program)
    places = {step_of_line(steps, line) for line in lines}
    return tuple(sorted(place for place in places if place is not None)) or None


def _planted(problem: Problem, seed: int, outcome: StrategyResult) -> Generator[Question, Any, Origins]:
    """Edits of the reference: faults at a step that is then known, and refactorings, which are meant to be
    right."""
    source = source_of(problem.reference, problem.prompt)
    faults = yield from _edited(problem, source, "mutate", seed, outcome)
    right = yield from _edited(problem, source, "refactor", seed, outcome)
    found = {program: faults[program] for program in drawn(faults, PLANTED_FAULTS, problem, seed)}
    found |= {program: right[program] for program in drawn(right, PLANTED_RIGHT, problem, seed)}
    found.setdefault(problem.reference, ProgramOrigin("planted", "reference", ()))
    return found


def _edited(
    problem: Problem, source: Source, intent: Intent, seed: int, outcome: StrategyResult
) -> Generator[Question, Any, Origins]:
    """The programs of the edits of one intent."""
    steps = reachable_steps(problem, source)
    per_step = ceil(EDITS_WANTED / max(len(steps), 1))
    reply = yield Request(
        intent, problem, source.program, steps, per_step=per_step, seed=seed_for(problem, seed)
    )
    outcome.count_unusable(reply.unusable)
    found: Origins = {}
    for edit in reply.edits:

        def spliced(edit: Any = edit) -> Any:
            try:
                return splice(source, edit)
            except EditRefused as refused:
                outcome.count_unusable(((refused.reason, 1),))
                return None

        candidate = done_or_rejected(outcome, problem.id, edit.text, spliced)
        if candidate is None or (intent == "mutate" and candidate.labelled_step is None):
            continue
        known = () if intent == "refactor" else (candidate.labelled_step,)
        found.setdefault(candidate.program, ProgramOrigin("planted", f"{edit.author}:{edit.operator}", known))
    return found


def drawn(programs: Iterable[str], most: int, problem: Problem, seed: int) -> list[str]:
    """At most ``most`` of the programs: those with the smallest hashes, in the order of their hashes."""

    def key(program: str) -> bytes:
        text = f"{seed}\0{problem.id}\0{program}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()

    return sorted(dict.fromkeys(programs), key=key)[:most]
